"""Nicks, rooms' names and mentions: what is allowed, and what counts as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from precis_i18n import get_profile

from roomful.domain.names import MAX_MENTIONS, MAX_NICK, Nick, mentioned, parse_nick, parse_room
from roomful.errors import BadName

FORBIDDEN = "!@#:,*?&+%~. "
ascii_text = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=40)


def by_the_rfc(text: str) -> Nick | None:
    """A nick as RFC 8265 and our own rules have it, without the short way for ASCII; None: refused."""
    own_rules = len(text) <= MAX_NICK and not set(text) & set(FORBIDDEN) and text[:1] not in "-0123456789"
    if not text or not own_rules:
        return None
    try:
        shown = get_profile("UsernameCasePreserved").enforce(text)
        return Nick(shown, get_profile("UsernameCaseMapped").enforce(text))
    except UnicodeEncodeError:
        return None


@given(ascii_text)
def test_the_short_way_for_ascii_is_the_rfc_s_way(text: str) -> None:
    try:
        parsed = parse_nick(text)
    except BadName:
        parsed = None
    assert parsed == by_the_rfc(text)


def test_the_short_way_takes_every_single_character_as_the_rfc_does() -> None:
    for code in range(128):
        for text in (chr(code), "a" + chr(code)):
            expected = by_the_rfc(text)
            if expected is None:
                with pytest.raises(BadName):
                    parse_nick(text)
            else:
                assert parse_nick(text) == expected


@given(st.text(max_size=40))
def test_folding_is_done_once_and_for_all(text: str) -> None:
    try:
        nick = parse_nick(text)
    except BadName:
        return
    assert parse_nick(nick.text) == nick
    assert not set(nick.text) & set(FORBIDDEN)
    assert len(nick.text) <= MAX_NICK


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("Alícia", "ALÍCIA"),
        ("Alícia", "Ali\N{COMBINING ACUTE ACCENT}cia"),  # composed and decomposed
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}nna", "anna"),
        ("\N{KELVIN SIGN}im", "kim"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_the_same_nick(one: str, other: str) -> None:
    assert parse_nick(one).folded == parse_nick(other).folded


def test_a_nick_is_shown_as_its_owner_writes_it() -> None:
    assert parse_nick("McArthur") == Nick("McArthur", "mcarthur")
    assert parse_nick("Ünal").text == "Ünal"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 33,
        "é" * 33,
        "two words",
        "a\N{NO-BREAK SPACE}b",
        "-dash",
        "4ever",
        "\N{ARABIC-INDIC DIGIT THREE}abc",
        "a\0b",
        "a\nb",
        "a\N{ZERO WIDTH SPACE}b",
        "\N{GRINNING FACE}",
        "\N{LATIN SMALL LIGATURE FI}x",
        "a\N{FULLWIDTH COMMERCIAL AT}b",  # becomes '@' in the RFC's width mapping
        "\N{FULLWIDTH NUMBER SIGN}a",
        "a\N{FULLWIDTH FULL STOP}b",
        "\N{FULLWIDTH HYPHEN-MINUS}a",
        "\N{FULLWIDTH DIGIT ONE}a",
        "a\ud800",
        *(f"a{c}" for c in FORBIDDEN),
    ],
)
def test_what_is_no_nick(text: str) -> None:
    with pytest.raises(BadName) as refused:
        parse_nick(text)
    assert refused.value.field == "nick"
    assert refused.value.message.endswith(".")
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [("#Lobby", "#lobby"), ("#STRASSE", "#straße"), ("#Cafe\N{COMBINING ACUTE ACCENT}", "#café"), ("#a.b:c", "#A.B:C")],
)
def test_the_same_room(one: str, other: str) -> None:
    assert parse_room(one).folded == parse_room(other).folded


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "lobby",
        "&lobby",
        "#" + "a" * 64,
        "#a b",
        "#a,b",
        "#a\0b",
        "#a\tb",
        "#a\N{RIGHT-TO-LEFT OVERRIDE}b",
        "#\ud800",
    ],
)
def test_what_is_no_room(text: str) -> None:
    with pytest.raises(BadName) as refused:
        parse_room(text)
    assert refused.value.field == "room"


def test_a_room_without_its_sign_is_told_what_was_meant() -> None:
    with pytest.raises(BadName, match="did you mean #lobby"):
        parse_room("lobby")


@given(st.text(max_size=70).map(lambda text: "#" + text))
def test_a_room_s_folded_name_is_its_own_folded_name(text: str) -> None:
    try:
        room = parse_room(text)
    except BadName:
        return
    assert parse_room(room.text) == room


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@alice, see @Bob", {"alice", "bob"}),
        ("@alice: hello", {"alice"}),
        ("thanks @alice.", {"alice"}),
        ("@Alícia!", {"alícia"}),
        ("mail me at bob@example.org", set()),
        ("@@alice", set()),
        ("@ alice", set()),
        ("@4ever @-x", set()),
        ("@" + "a" * 33, set()),  # not somebody called by the first 32 of these
        ("nothing", set()),
        ("", set()),
    ],
)
def test_mentions(text: str, expected: set[str]) -> None:
    assert mentioned(text) == expected


@pytest.mark.parametrize("text", ["(hi @alice)", '"@alice"', "@alice's turn", "[@alice]", "@alice;", "@alice/@bob"])
def test_a_mention_in_quotes_or_brackets(text: str) -> None:
    assert "alice" in mentioned(text)


def test_a_nick_with_brackets_is_found_too() -> None:
    assert "alice[away]" in mentioned("where is @Alice[away]?")


def test_a_text_full_of_mentions_costs_no_more_than_a_few() -> None:
    text = " ".join(f"@a{number}" for number in range(3000))
    assert mentioned(text) == {f"a{number}" for number in range(MAX_MENTIONS)}


@given(st.text())
def test_mentions_of_any_text_are_nicks(text: str) -> None:
    for folded in mentioned(text):
        assert parse_nick(folded).folded == folded
