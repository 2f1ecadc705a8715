"""A room's state: deciding changes nothing, evolving follows."""

import pytest

from roomful.domain import events
from roomful.domain.events import Sender, Unknown
from roomful.domain.members import Member
from roomful.domain.room import RoomState
from roomful.domain.texts import MAX_TEXT, MAX_TOPIC, check_text
from roomful.errors import BadText, NoSuchEvent, NotAllowed, NotMember

from .people import ALICE, BOB, CAROL, GUS, follow, named, post, room, topic

# -- posting ------------------------------------------------------------------------------------


def test_a_post_becomes_a_message() -> None:
    state = room(ALICE, BOB)
    assert state.decide_post(ALICE, post("hi", style="action", reply_to=1)) == events.Message("hi", "action", 1)


def test_a_stranger_may_not_post() -> None:
    with pytest.raises(NotMember) as refused:
        room(ALICE).decide_post(BOB, post())
    assert refused.value.field == "room"


@pytest.mark.parametrize("text", ["", "a\0b", "a" * (MAX_TEXT + 1), "é" * (MAX_TEXT // 2 + 1), "half \ud83d"])
def test_texts_that_are_refused(text: str) -> None:
    with pytest.raises(BadText) as refused:
        room(ALICE).decide_post(ALICE, post(text))
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    "text", ["a" * MAX_TEXT, "é" * (MAX_TEXT // 2), "\N{GRINNING FACE}" * (MAX_TEXT // 4), " ", "a\nb"]
)
def test_texts_that_just_fit(text: str) -> None:
    assert room(ALICE).decide_post(ALICE, post(text)).text == text


def test_a_server_may_allow_less() -> None:
    state = room(ALICE)
    assert state.decide_post(ALICE, post("12345"), max_text=5).text == "12345"
    with pytest.raises(BadText, match="at most 5 are allowed"):
        state.decide_post(ALICE, post("123456"), max_text=5)


def test_a_reply_is_to_something_that_is_there() -> None:
    state = room(ALICE, BOB)
    with pytest.raises(NoSuchEvent) as refused:
        state.decide_post(ALICE, post(reply_to=3))
    assert refused.value.field == "reply_to"


def test_mentions_become_ids_of_members() -> None:
    state = room(ALICE, BOB)
    assert state.decide_post(ALICE, post("@bob and @ALICE, where is @carol?")).mentions == ("p1", "p2")


def test_a_nick_that_two_members_have_mentions_both() -> None:
    away, heir = (
        Sender("p9", "dora", "person"),
        Sender("p8", "Dora", "person"),
    )  # the second claimed it when it was free
    assert room(ALICE, away, heir).decide_post(ALICE, post("@dora?")).mentions == ("p8", "p9")


def test_a_mention_follows_the_nick() -> None:
    state = room(ALICE, BOB)
    assert state.decide_post(ALICE, post("@bob")).mentions == ("p2",)
    state.evolve(3, 2000, BOB, events.Nick("Robert"))
    assert state.decide_post(ALICE, post("@bob @robert")).mentions == ("p2",)
    state.evolve(4, 2000, state.members["p2"].sender, events.Leave())
    assert state.decide_post(ALICE, post("@robert")).mentions == ()


def test_a_message_may_belong_to_a_thread() -> None:
    assert room(ALICE).decide_post(ALICE, post("hi", thread=1)) == events.Message("hi", thread=1)


@pytest.mark.parametrize("text", ["@room tea!", "(@room)", "tea, @room."])
def test_everybody_is_called_by_whoever_may(text: str) -> None:
    state = room(ALICE, BOB)
    assert state.decide_post(ALICE, post(text)).everybody
    assert not state.decide_post(BOB, post(text)).everybody, "in a public room only moderators may"
    assert state.decide_post(BOB, post(text), server_owner=True).everybody
    private = room(ALICE, BOB, GUS, kind="private")
    assert private.decide_post(BOB, post(text)).everybody
    assert not private.decide_post(GUS, post(text)).everybody


@pytest.mark.parametrize("text", ["room", "@rooms", "me@room", "@room-mate", "@ROOM"])
def test_what_calls_nobody(text: str) -> None:
    assert not room(ALICE).decide_post(ALICE, post(text)).everybody


# -- topics -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tea",
        "a" * MAX_TOPIC,
        "thé\N{NARROW NO-BREAK SPACE}!",
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
    ],
)
def test_topics(text: str) -> None:
    assert room(ALICE).decide_topic(ALICE, topic(text)) == events.Topic(text)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0", "\x1b[31m", "a\N{LINE SEPARATOR}b", "a" * (MAX_TOPIC + 1)])
def test_what_is_no_topic(text: str) -> None:
    with pytest.raises(BadText) as refused:
        room(ALICE).decide_topic(ALICE, topic(text))
    assert refused.value.field == "text"


def test_a_direct_room_has_no_topic() -> None:
    state = RoomState("r9", "direct", "p1 p2")
    state.evolve(1, 0, ALICE, events.Join())
    with pytest.raises(NotAllowed):
        state.decide_topic(ALICE, topic("ours"))


def test_whoever_owns_the_server_owns_every_room_it_is_in_but_direct_ones() -> None:
    assert room(ALICE, BOB).role_of("p2", server_owner=True) == "owner"
    assert room(ALICE, BOB, kind="direct").role_of("p2", server_owner=True) == "member"
    with pytest.raises(NotMember):
        room(ALICE).role_of("p2", server_owner=True)


# -- following ----------------------------------------------------------------------------------


def test_what_a_log_adds_up_to() -> None:
    state = room(ALICE, BOB)
    state.evolve(3, 1500, ALICE, events.Topic("tea"))
    state.evolve(4, 1600, BOB, events.Message("yes"))
    state.evolve(5, 1700, BOB, events.Nick("Robert"))
    state.evolve(6, 1800, CAROL, events.Join("bot"))
    state.evolve(7, 1900, ALICE, events.Leave("bye"))
    state.evolve(8, 2000, CAROL, Unknown("poll", {}))
    assert (state.head, state.at, state.topic, state.address) == (8, 2000, "tea", "#tea")
    robert = Sender("p2", "Robert", "person")
    assert state.members == {"p2": Member(robert, "member", 2), "p3": Member(CAROL, "bot", 6)}


def test_who_began_the_room_owns_it_until_leaving() -> None:
    state = room(ALICE, BOB)
    assert state.role_of("p1") == "owner"
    state.evolve(3, 0, ALICE, events.Leave())
    state.evolve(4, 0, ALICE, events.Join())
    assert state.role_of("p1") == "member"


def test_a_nick_of_somebody_who_is_no_member_changes_nothing() -> None:
    state = room(ALICE)
    state.evolve(2, 0, BOB, events.Nick("Robert"))
    assert state.members == {"p1": Member(ALICE, "owner", 1)}


def test_a_member_is_found_by_the_nick_it_has_now() -> None:
    state = room(ALICE, BOB)
    follow(state, BOB, events.Nick("Robert"))
    found = state.member_called("robert")
    assert found is not None
    assert found.sender.id == "p2"
    assert state.member_called("bob") is None


def test_roles_change_and_a_guest_that_is_given_one_is_an_account() -> None:
    state = room(ALICE, BOB, GUS)
    follow(state, ALICE, events.Promoted(named(BOB), "moderator"))
    follow(state, GUS, events.Promoted(named(GUS), "member"))
    assert state.role_of("p2") == "moderator"
    assert state.members["p4"] == Member(Sender("p4", "gus", "person"), "member", 3), "the membership goes on"
    follow(state, ALICE, events.Promoted(named(CAROL), "moderator"))
    assert "p3" not in state.members, "who is no member has no role"


def test_a_bot_stays_a_bot_whatever_its_role() -> None:
    state = room(ALICE, CAROL)
    follow(state, ALICE, events.Promoted(named(CAROL), "moderator"))
    assert state.members["p3"].sender.kind == "bot"


def test_a_room_is_renamed_and_keeps_its_id() -> None:
    state = room(ALICE)
    follow(state, ALICE, events.Renamed("#coffee", "#tea"))
    assert (state.address, state.name, state.id) == ("#coffee", "#coffee", "r1")


def test_what_a_room_is_called_on_the_wire() -> None:
    assert room().address == "#tea"
    assert RoomState("r9", "direct", "p1 p2").address == "!r9"


@pytest.mark.parametrize(("text", "limit"), [("a" * 10, 10), ("é" * 5, 10), ("", 0)])
def test_text_at_its_limit(text: str, limit: int) -> None:
    check_text(text, limit)
    with pytest.raises(BadText, match=f"{limit + 1} bytes; at most {limit} "):
        check_text(text + "a", limit)
