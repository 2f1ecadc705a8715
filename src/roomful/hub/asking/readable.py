"""What somebody may read, and how much of it fits into a frame."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from roomful.domain.events import Event
from roomful.domain.rights import Action
from roomful.errors import NoSuchRoom, NotMember

from ..rooms import Room
from ..session import Participant

if TYPE_CHECKING:
    from ..hub import Hub

ENVELOPE = 512  # bytes an event may have around its body on the wire
ITEM = 1_200  # bytes a room, a member or a sanction in a list may have (a topic has 2,000 more)
ANSWER = 1_024  # bytes of a reply around what it lists


async def readable(hub: "Hub", me: Participant, reference: str, action: Action = "read") -> Room:
    """The room, if the participant is a member of it who may do this. Raises NoSuchRoom, Moved, NotMember, NotAllowed."""
    room = await hub.load_room(reference)
    if room is None:
        key = hub.rooms.key_of(reference) if reference.startswith("#") else ""
        name = await hub.store.moved(key) if key else None
        raise hub.no_such_room(reference, {key: name} if name is not None else {})
    if me.sender.id not in room.state.members:
        if room.state.kind == "direct":
            raise NoSuchRoom(f"There is no room {reference}.", field="room")
        raise NotMember(f"You are not in {room.address}: join it first.", field="room")
    room.state.require(me.sender.id, action, server_owner=me.owner)
    return room


def budget(hub: "Hub") -> int:
    """How many bytes a reply may list."""
    return hub.limits.max_frame - ANSWER


def fit(events: list[Event], most: int, *, newest: bool = False) -> list[Event]:
    """As many events as fit in so many bytes on the wire, but at least one; from the end with `newest`."""
    kept: list[Event] = []
    size = 0
    for event in reversed(events) if newest else events:
        size += len(event.data) + ENVELOPE
        if kept and size > most:
            break
        kept.append(event)
    return kept[::-1] if newest else kept


def weight(events: Iterable[Event]) -> int:
    """How many bytes these may have on the wire."""
    return sum(len(event.data) + ENVELOPE for event in events)


def within(events: list[Event], most: int) -> list[Event]:
    """As many events as fit in so many bytes on the wire, from the beginning; perhaps none."""
    kept = fit(events, most)
    return kept if weight(kept) <= most else []
