"""Forks of a room's state are islands: what happens on one is not seen on another."""

from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from roomful.domain import commands, events
from roomful.domain.events import Named, Sender, Unknown, timestamp
from roomful.domain.room import RoomState
from roomful.domain.sanctions import Arriving
from roomful.domain.talk import Talk
from roomful.errors import Refused

from .people import arriving, post, seen, topic

PEOPLE = [Sender(f"p{n}", f"nick{n}", kind) for n, kind in enumerate(("person", "person", "guest", "bot"))]
NAMED = [Named(one.id, one.nick) for one in PEOPLE]
LATER, SOON = timestamp(10**12), timestamp(120)  # the machine's clock goes 10 ms an event

named = st.sampled_from(NAMED)
until = st.sampled_from([None, SOON, LATER])
flags = st.none() | st.booleans()

# One strategy for each type of body, so that none is forgotten: see the test below.
BODIES: dict[type, st.SearchStrategy[Any]] = {
    events.Message: st.builds(events.Message, st.just("hi"), thread=st.none() | st.just(1)),
    events.Edit: st.builds(events.Edit, st.integers(1, 9), st.just("ho")),
    events.Redaction: st.builds(events.Redaction, st.integers(1, 9)),
    events.Reaction: st.builds(events.Reaction, st.integers(1, 9), st.just("+1"), st.booleans()),
    events.Pin: st.builds(events.Pin, st.integers(1, 9), st.booleans()),
    events.Join: st.builds(events.Join, st.sampled_from(["owner", "moderator", "member", "guest", "bot"])),
    events.Leave: st.builds(events.Leave, st.sampled_from(["", "bye", "expired", "banned", "deleted"])),
    events.Kick: st.builds(events.Kick, named),
    events.Ban: st.one_of(
        st.builds(events.Ban, named, until=until),
        st.builds(events.Ban, mask=st.sampled_from(["nick*", "zo?"]), until=until),
        st.builds(events.Ban, address=st.just("hidden")),
    ),
    events.Unban: st.builds(events.Unban, st.integers(1, 25)),
    events.Mute: st.builds(events.Mute, named, until),
    events.Unmute: st.builds(events.Unmute, named),
    events.Promoted: st.builds(events.Promoted, named, st.sampled_from(["owner", "moderator", "member"])),
    events.Invite: st.builds(events.Invite, named),
    events.Nick: st.builds(events.Nick, st.sampled_from(["nick1", "ann", "Zoë"])),
    events.Topic: st.builds(events.Topic, st.sampled_from(["", "tea"])),
    events.Renamed: st.builds(events.Renamed, st.sampled_from(["#r", "#s"])),
    events.Changed: st.builds(
        events.Changed,
        kind=st.sampled_from([None, "public", "private"]),
        history=st.sampled_from([None, "all", "joined"]),
        slow=st.sampled_from([None, 0, 1]),
        archived=flags,
    ),
    events.Conversation: st.builds(events.Conversation, st.just((NAMED[3],)), turns=st.integers(2, 4)),
    events.Concluded: st.builds(events.Concluded, st.integers(1, 9), st.just("settled")),
    events.Stopped: st.just(events.Stopped()),
    events.Continued: st.just(events.Continued()),
}


def test_every_body_is_tried() -> None:
    assert set(BODIES) == set(get_args(events.KnownBody))


class Forks(RuleBasedStateMachine):
    """A forest of forks, each beside a state that was built alone from the same events."""

    @initialize()
    def begin(self) -> None:
        self.states = [new_room()]
        self.logs: list[list[tuple[Sender, events.KnownBody | Unknown]]] = [[]]

    @rule(index=st.integers(0, 5))
    def fork(self, index: int) -> None:
        if len(self.states) < 6:
            index %= len(self.states)
            self.states.append(self.states[index].fork())
            self.logs.append(list(self.logs[index]))

    @rule(
        index=st.integers(0, 5),
        sender=st.sampled_from(PEOPLE),
        body=st.one_of(*BODIES.values(), st.just(Unknown("later", {}))),
    )
    def evolve(self, index: int, sender: Sender, body: events.KnownBody | Unknown) -> None:
        index %= len(self.states)
        log = self.logs[index]
        log.append((sender, body))
        self.states[index].evolve(len(log), len(log) * 10, sender, body)

    @rule(
        index=st.integers(0, 5),
        sender=st.sampled_from(PEOPLE),
        text=st.sampled_from(["hi", "@nick1 @ann", "@zoë", "@room", ""]),
        now=st.integers(0, 2000),
    )
    def decide(self, index: int, sender: Sender, text: str, now: int) -> None:
        state = self.states[index % len(self.states)]
        before = seen(state)
        try:
            message = state.decide_post(sender, post(text), now)
            state.decide_topic(sender, topic(text))
            state.decide_join(arriving(sender), now)
        except Refused:
            pass
        else:
            assert set(message.mentions) <= state.members.keys()
        assert seen(state) == before

    @invariant()
    def every_fork_is_what_its_own_log_adds_up_to(self) -> None:
        for state, log in zip(self.states, self.logs, strict=True):
            alone = new_room()
            for seq, (sender, body) in enumerate(log, 1):
                alone.evolve(seq, seq * 10, sender, body)
            assert seen(state) == seen(alone)
            assert state.nicks() == alone.nicks()
            for member in state.members.values():
                assert outcome(state, member.sender) == outcome(alone, member.sender)


def new_room() -> RoomState:
    state = RoomState("r", "public", "#r")
    state.talk = Talk()
    return state


def outcome(state: RoomState, sender: Sender) -> list[Any]:
    """What comes of asking for everything that can be asked for."""
    everybody = "@nick0 @nick1 @nick2 @nick3 @ann @zoë @room"
    done: list[Any] = [state.first_of(sender.id)]
    for ask in (
        lambda: state.decide_post(sender, commands.Post(1, "#r", "n", everybody), 100),
        lambda: state.decide_topic(sender, topic("tea")),
        lambda: state.decide_join(Arriving("p9", "zoë", guest=True, address=""), 100),
    ):
        try:
            done.append(ask())
        except Refused as refused:
            done.append((type(refused), refused.retry_after))
    return done


TestForks = Forks.TestCase
TestForks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
