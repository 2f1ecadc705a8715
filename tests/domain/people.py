"""People and rooms to try the domain with."""

from typing import Any

from roomful.domain import commands, events
from roomful.domain.events import Named, Sender
from roomful.domain.room import RoomState
from roomful.domain.sanctions import Arriving
from roomful.domain.talk import Talk

ALICE = Sender("p1", "alice", "person")
BOB = Sender("p2", "Bob", "person")
CAROL = Sender("p3", "carol", "bot")
GUS = Sender("p4", "gus", "guest")


def room(*members: Sender, kind: Any = "public") -> RoomState:
    """A room that these have joined: the first owns it."""
    state = RoomState("r1", kind, "#tea")
    for seq, member in enumerate(members, 1):
        role = "owner" if seq == 1 else member.kind if member.kind in ("guest", "bot") else "member"
        state.evolve(seq, 1000 + seq, member, events.Join(role))
    return state


def follow(state: RoomState, sender: Sender, body: events.KnownBody | events.Unknown, at: int = 0) -> None:
    """The room's next event."""
    state.evolve(state.head + 1, max(at, state.at), sender, body)


def named(sender: Sender) -> Named:
    """Somebody to whom something is done."""
    return Named(sender.id, sender.nick)


def arriving(sender: Sender, address: str = "192.0.2.7") -> Arriving:
    """Somebody at the door."""
    return Arriving(sender.id, sender.nick.lower(), sender.kind == "guest", address)


def post(text: str = "hi", **fields: Any) -> commands.Post:
    """A request to say something."""
    return commands.Post(1, "#tea", "n", text, **fields)


def topic(text: str) -> commands.Topic:
    """A request for a topic."""
    return commands.Topic(1, "#tea", "n", text)


def seen(state: RoomState) -> tuple[Any, ...]:
    """All that can be seen of a state, detached from it."""
    return (
        state.head,
        state.at,
        state.topic,
        dict(state.members),
        state.address,
        state.kind,
        state.settings,
        state.bans,
        dict(state.mutes),
        state.invited,
        dict(state.spoke),
        state.quiet,
        state.partial,
        repr([getattr(state.talk, name, None) for name in Talk.__slots__]),
    )
