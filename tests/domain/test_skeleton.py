"""Which nicks can be taken for one another, and which honest ones must not be."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.looks import look
from roomful.domain.names import parse_nick, skeleton
from roomful.errors import BadName


def seen(nick: str) -> str:
    return skeleton(parse_nick(nick).text)


@pytest.mark.parametrize(
    ("registered", "impostor"),
    [
        ("alice", "аlice"),  # Cyrillic а
        ("alice", "ΑLICE"),  # Greek Α, and all in capitals
        ("Alice", "AIice"),  # a capital I for the l
        ("alice", "a1ice"),
        ("alice", "a|ice"),
        ("bob", "b0b"),
        ("BOB", "ВОВ"),  # all Cyrillic
        ("bob", "BΟB"),  # Greek Ο
        ("max", "rnax"),
        ("Max", "rnax"),
        ("william", "vvilliam"),
        ("Popa", "Рора"),  # all Cyrillic: it looks no different for that
        ("O'Hara", "O`Hara"),
        ("Łukasz", "Łukаsz"),
    ],
)
def test_an_impostor_has_the_same_skeleton(registered: str, impostor: str) -> None:
    assert parse_nick(registered).folded != parse_nick(impostor).folded
    assert seen(registered) == seen(impostor)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ella", "Elia"),
        ("ELLA", "Elia"),
        ("Neil", "Nell"),
        ("Kai", "Kal"),
        ("Clara", "Dara"),  # 'cl' is no 'd' to most eyes, and both are names
        ("Müller", "Muller"),
        ("Dimitri", "Дмитрий"),
        ("Anna", "Hanna"),
        ("Sara", "Sarah"),
        ("山田", "山口"),
        ("nn", "m"),
        ("alice", "alice_"),
        ("s5", "ss"),
    ],
)
def test_honest_nicks_may_sit_side_by_side(one: str, other: str) -> None:
    assert seen(one) != seen(other)


@given(st.text(string.ascii_letters + "_$'()/;<=>[\\]^`{|}\"-" + string.digits, min_size=1, max_size=32))
def test_the_short_way_for_ascii_is_the_standard_s(nick: str) -> None:
    capitals = not any(map(str.islower, nick))
    assert skeleton(nick) == look(nick, capitals=capitals)


@given(st.text(max_size=32))
def test_a_skeleton_is_its_own(text: str) -> None:
    try:
        nick = parse_nick(text).text
    except BadName:
        return
    found = skeleton(nick)
    assert found
    assert look(found, capitals=False) == found
