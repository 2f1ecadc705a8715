"""What is shown: one kind of item after the other, in a fixed time zone."""

from datetime import timedelta, timezone

import pytest

from roomful.domain import events
from roomful.domain.answers import MemberInfo, RoomInfo
from roomful.domain.events import KnownBody, Sender, Unknown, parse_timestamp
from roomful.protocol.native import Told
from roomful.terminal.view import View, counted, listed, nick_style, text_of

ZONE = timezone(timedelta(hours=2))
ALICE = Sender("p1", "alice", "person")
BOB = Sender("p2", "bob", "person")
AT = parse_timestamp("2026-11-20T10:02:03.000Z")
VIEW = View("p1", ZONE)
NUMBERED = View("p1", ZONE, numbers=True)


def told(body: KnownBody | Unknown, sender: Sender = BOB, seq: int = 7) -> Told:
    return Told("#lobby", seq, AT, sender, "n", body)


def shown(view: View, body: events.Message, sender: Sender = BOB, **how: object) -> list[str]:
    return [text_of(line) for line in view.message(told(body, sender), body, **how)]  # type: ignore[arg-type]


def test_a_message_has_its_local_time_and_its_sender() -> None:
    assert shown(VIEW, events.Message("hello")) == ["12:02 bob: hello"]
    assert shown(NUMBERED, events.Message("hello"), numbered=True) == ["12:02    7 bob: hello"]
    assert shown(NUMBERED, events.Message("hello")) == ["12:02      bob: hello"], (
        "in one column with those that have one"
    )
    assert shown(VIEW, events.Message("hello"), numbered=True) == ["12:02    7 bob: hello"]


def test_actions_notices_and_bots_are_told_apart() -> None:
    assert shown(VIEW, events.Message("waves", "action")) == ["12:02 * bob waves"]
    assert shown(VIEW, events.Message("backup done", "notice")) == ["12:02 -bob- backup done"]
    assert shown(VIEW, events.Message("hi"), Sender("b1", "rosie", "bot")) == ["12:02 rosie [bot]: hi"]


def test_other_rooms_are_named() -> None:
    assert shown(VIEW, events.Message("hi"), room="#dev") == ["12:02 #dev bob: hi"]


def test_direct_lines_say_from_whom_to_whom() -> None:
    assert shown(VIEW, events.Message("psst"), BOB, peer=BOB) == ["12:02 [bob → you] psst"]
    assert shown(VIEW, events.Message("yes?"), ALICE, peer=BOB) == ["12:02 [you → bob] yes?"]
    assert shown(VIEW, events.Message("nods", "action"), ALICE, peer=BOB) == ["12:02 [you → bob] * nods"]


def test_an_answer_shows_what_it_answers() -> None:
    question = told(events.Message("who is\nthere?"), ALICE, 5)
    answer = events.Message("me", reply_to=5)
    assert shown(VIEW, answer, answered=question) == ["      ┌ alice: who is⏎there?", "12:02 bob: me"]
    assert shown(NUMBERED, answer, answered=question, numbered=True)[0] == "           ┌ 5 alice: who is⏎there?"
    assert shown(VIEW, answer)[0] == "      ┌ line 5"


def test_a_second_line_cannot_be_taken_for_somebody_elses() -> None:
    assert shown(VIEW, events.Message("hi\n12:02 alice: I agree")) == ["12:02 bob: hi", "      │ 12:02 alice: I agree"]


def test_hostile_text_and_names_are_made_harmless() -> None:
    mallory = Sender("p3", "mal\x1b[8m", "person")
    assert shown(VIEW, events.Message("\x1b[2Jgone"), mallory, room="#\x1b") == ["12:02 #␛ mal␛[8m: ␛[2Jgone"]
    for line in (
        VIEW.notice("\x1b[2J", room="\x07"),
        VIEW.refusal("\x1b[2J"),
        VIEW.rule("\x1b"),
        VIEW.room(RoomInfo("#\x1b", 1, 1, "\x1b")),
        VIEW.members("#a", [MemberInfo("p", "\x1b", "person", online=True)]),
    ):
        assert "\x1b" not in text_of(line)
        assert "\x07" not in text_of(line)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (events.Join(), "12:02 · bob joined"),
        (events.Leave("bye"), "12:02 · bob left"),
        (events.Nick("robert"), "12:02 · bob is now called robert"),
        (events.Topic("tea"), "12:02 · bob set the topic: tea"),
        (events.Topic(""), "12:02 · bob removed the topic"),
        (Unknown("poll", {}), "12:02 · bob did something that this release does not know (poll)"),
    ],
)
def test_facts_are_one_line(body: KnownBody | Unknown, text: str) -> None:
    assert text_of(VIEW.fact(told(body))) == text


def test_a_line_that_names_one_stands_out() -> None:
    line = VIEW.message(
        told(events.Message("@alice hi", mentions=("p1",))), events.Message("@alice hi", mentions=("p1",))
    )
    assert ("class:mention", "@alice hi") in line[0]


def test_a_nick_keeps_its_colour() -> None:
    assert nick_style("Alice") == nick_style("alice") == "class:nick11"
    assert len({nick_style(f"nick{n}") for n in range(100)}) == 12


def test_members_are_listed_with_what_they_are() -> None:
    members = [
        MemberInfo("p1", "alice", "person", "owner", online=True),
        MemberInfo("b1", "rosie", "bot", online=True),
        MemberInfo("p2", "bob", "person"),
    ]
    assert text_of(VIEW.members("#lobby", members)) == "· #lobby: 2 here: alice (you, owner), rosie (bot). Away: bob."


def test_rooms_are_listed_with_their_topics() -> None:
    assert text_of(VIEW.room(RoomInfo("#dev", 1, 9, "code"), "joined")) == "  #dev · 1 member · joined · code"
    assert text_of(VIEW.room(RoomInfo("!r1", 2, 9, peer=BOB))) == "  @bob"


def test_the_day() -> None:
    assert text_of(VIEW.day(AT)) == "── Friday, 20 November 2026 ──"


def test_names_are_counted_beyond_a_few() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh")) == "a, b, c, d, e and 3 others"
    assert counted(1, "line") == "1 line"
    assert counted(1200, "line") == "1,200 lines"
