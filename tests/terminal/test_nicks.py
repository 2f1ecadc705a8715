"""Everybody gets a valid nick without being asked for one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.names import MAX_NICK, parse_nick
from roomful.terminal.nicks import candidates, made_valid, system_nick


@pytest.mark.parametrize(
    ("name", "nick"),
    [
        ("alice", "alice"),
        ("Jane Doe", "Jane_Doe"),
        ("42", "guest"),
        ("1alice", "alice"),
        ("CORP\\bob", "bob"),
        ("alice@example.org", "alice"),
        ("x.y", "x_y"),
        ("日本", "日本"),
        ("", "guest"),
        ("...", "guest"),
    ],
)
def test_names_become_nicks(name: str, nick: str) -> None:
    assert made_valid(name) == nick


@given(st.text(max_size=60))
def test_any_name_becomes_a_valid_nick(name: str) -> None:
    assert parse_nick(made_valid(name))


def test_taken_nicks_get_a_number() -> None:
    assert list(itertools.islice(candidates("alice"), 3)) == ["alice", "alice2", "alice3"]
    assert all(len(nick) == MAX_NICK for nick in candidates("a" * MAX_NICK))


def test_the_systems_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "Ada Lovelace")
    assert system_nick() == "Ada_Lovelace"
