"""A room's state: deciding changes nothing, evolving follows, forks are islands."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from roomful.domain import commands, events
from roomful.domain.events import Sender, Unknown
from roomful.domain.room import MAX_TEXT, MAX_TOPIC, RoomState, check_text
from roomful.errors import BadText, NoSuchEvent, NotAllowed, NotMember, Refused

ALICE = Sender("p1", "alice", "person")
BOB = Sender("p2", "Bob", "person")
CAROL = Sender("p3", "carol", "bot")


def room(*members: Sender) -> RoomState:
    state = RoomState("r1", "public", "#tea")
    for seq, member in enumerate(members, 1):
        state.evolve(seq, 1000 + seq, member, events.Join("owner" if seq == 1 else "member"))
    return state


def post(text: str = "hi", **fields: Any) -> commands.Post:
    return commands.Post(1, "#tea", "n", text, **fields)


def topic(text: str) -> commands.Topic:
    return commands.Topic(1, "#tea", "n", text)


def seen(state: RoomState) -> tuple[Any, ...]:
    """All that can be seen of a state, detached from it."""
    return (state.head, state.at, state.topic, dict(state.members), dict(state.roles), state.address)


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
    state.evolve(4, 2000, state.members["p2"], events.Leave())
    assert state.decide_post(ALICE, post("@robert")).mentions == ()


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


# -- following ----------------------------------------------------------------------------------


def test_what_a_log_adds_up_to() -> None:
    state = room(ALICE, BOB)
    state.evolve(3, 1500, ALICE, events.Topic("tea"))
    state.evolve(4, 1600, BOB, events.Message("yes"))
    state.evolve(5, 1700, BOB, events.Nick("Robert"))
    state.evolve(6, 1800, CAROL, events.Join())
    state.evolve(7, 1900, ALICE, events.Leave("bye"))
    state.evolve(8, 2000, CAROL, Unknown("reaction", {}))
    assert seen(state) == (8, 2000, "tea", {"p2": Sender("p2", "Robert", "person"), "p3": CAROL}, {}, "#tea")


def test_who_began_the_room_owns_it_until_leaving() -> None:
    state = room(ALICE, BOB)
    assert state.roles == {"p1": "owner"}
    state.evolve(3, 0, ALICE, events.Leave())
    state.evolve(4, 0, ALICE, events.Join())
    assert state.roles == {}


def test_a_nick_of_somebody_who_is_no_member_changes_nothing() -> None:
    state = room(ALICE)
    state.evolve(2, 0, BOB, events.Nick("Robert"))
    assert state.members == {"p1": ALICE}


def test_what_a_room_is_called_on_the_wire() -> None:
    assert room().address == "#tea"
    assert RoomState("r9", "direct", "p1 p2").address == "!r9"


@pytest.mark.parametrize(("text", "limit"), [("a" * 10, 10), ("é" * 5, 10), ("", 0)])
def test_text_at_its_limit(text: str, limit: int) -> None:
    check_text(text, limit)
    with pytest.raises(BadText, match=f"{limit + 1} bytes; at most {limit} "):
        check_text(text + "a", limit)


# -- forks --------------------------------------------------------------------------------------

PEOPLE = [Sender(f"p{n}", f"nick{n}", "person") for n in range(4)]
BODIES = st.one_of(
    st.just(events.Message("hi")),
    st.builds(events.Join, st.sampled_from(["owner", "member"])),
    st.just(events.Leave()),
    st.builds(events.Nick, st.sampled_from(["nick1", "ann", "Zoë"])),
    st.builds(events.Topic, st.sampled_from(["", "tea"])),
    st.just(Unknown("later", {})),
)


class Forks(RuleBasedStateMachine):
    """A forest of forks, each beside a state that was built alone from the same events."""

    @initialize()
    def begin(self) -> None:
        self.states = [RoomState("r", "public", "#r")]
        self.logs: list[list[tuple[Sender, events.KnownBody | Unknown]]] = [[]]

    @rule(index=st.integers(0, 5))
    def fork(self, index: int) -> None:
        if len(self.states) < 6:
            index %= len(self.states)
            self.states.append(self.states[index].fork())
            self.logs.append(list(self.logs[index]))

    @rule(index=st.integers(0, 5), sender=st.sampled_from(PEOPLE), body=BODIES)
    def evolve(self, index: int, sender: Sender, body: events.KnownBody | Unknown) -> None:
        index %= len(self.states)
        log = self.logs[index]
        log.append((sender, body))
        self.states[index].evolve(len(log), len(log) * 10, sender, body)

    @rule(
        index=st.integers(0, 5), sender=st.sampled_from(PEOPLE), text=st.sampled_from(["hi", "@nick1 @ann", "@zoë", ""])
    )
    def decide(self, index: int, sender: Sender, text: str) -> None:
        state = self.states[index % len(self.states)]
        before = seen(state)
        try:
            message = state.decide_post(sender, commands.Post(1, "#r", "n", text))
            state.decide_topic(sender, topic(text))
        except Refused:
            assert sender.id not in state.members or not text
        else:
            assert set(message.mentions) <= state.members.keys()
        assert seen(state) == before

    @invariant()
    def every_fork_is_what_its_own_log_adds_up_to(self) -> None:
        for state, log in zip(self.states, self.logs, strict=True):
            alone = RoomState("r", "public", "#r")
            for seq, (sender, body) in enumerate(log, 1):
                alone.evolve(seq, seq * 10, sender, body)
            assert seen(state) == seen(alone)
            assert state.nicks() == alone.nicks()
            if member := next(iter(state.members.values()), None):
                everybody = commands.Post(1, "#r", "n", "@nick0 @nick1 @nick2 @nick3 @ann @zoë")
                assert state.decide_post(member, everybody) == alone.decide_post(member, everybody)


TestForks = Forks.TestCase
TestForks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
