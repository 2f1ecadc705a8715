"""What stands in the rooms' logs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from roomful.domain import commands
from roomful.domain.answers import Found, Hits, Page
from roomful.domain.events import Event, timestamp
from roomful.errors import BadRequest, NoSuchEvent
from roomful.search import Scope

from ..rooms import Room
from ..session import Participant, Session
from .readable import budget, fit, readable, weight, within

if TYPE_CHECKING:
    from ..hub import Hub

HIT = 2_400  # bytes of a hit in a reply: a snippet of some 300 characters, its matches, and who said it
MOST_CHANGES = 200  # to the messages of a page
Fitting = Callable[[int], list[Event]]  # as many events as fit in so many bytes
CHANGES = ("edit", "reaction", "redaction", "pin")


async def history(hub: "Hub", session: Session, me: Participant, ask: commands.History) -> Page:
    """A part of a room's log: its newest events, or those before, after or around a number."""
    if sum(x is not None for x in (ask.before, ask.after, ask.around)) > 1:
        raise BadRequest("Ask for one of `before`, `after` and `around`.", field="around")
    room = await readable(hub, me, ask.room)
    head, floor = room.state.head, room.state.first_of(me.sender.id) - 1
    if ask.around is not None:
        half = max(1, ask.limit // 2)
        around = min(ask.around, head + 1)
        older = await _read(hub, room, floor, around, half, newest=True)
        newer = await _read(hub, room, max(floor, ask.around - 1), head + 1, ask.limit - half or 1)
        page = await _page(hub, room, _part(older, newer), whole=True)
    elif ask.after is not None:
        newer = await _read(hub, room, max(floor, ask.after), head + 1, ask.limit)
        page = await _page(hub, room, _part([], newer), whole=True)
    else:
        older = await _read(hub, room, floor, min(ask.before or head + 1, head + 1), ask.limit, newest=True)
        page = await _page(hub, room, _part(older, []), whole=True)
        return replace(page, more=bool(page.events and page.events[0].seq > floor + 1))
    return replace(page, more=bool(page.events and page.events[-1].seq < head))


async def _read(hub: "Hub", room: Room, after: int, before: int, limit: int, *, newest: bool = False) -> list[Event]:
    most = budget(hub)
    return await hub.store.read(room.state.id, after=after, before=before, limit=limit, max_bytes=most, newest=newest)


def _part(older: list[Event], newer: list[Event]) -> Fitting:
    """As many events of a part of the log as fit, those in the middle first."""

    def fitting(most: int) -> list[Event]:
        share = most // 2 if older and newer else most
        return fit(older, share, newest=True) + fit(newer, share)

    return fitting


async def _page(hub: "Hub", room: Room, fitting: Fitting, *, whole: bool) -> Page:
    """Events, and what was done to them where the page does not tell it: edits above all, so that no old text is shown.

    Args:
        whole: the events are a part of the log, without gaps. Else what is in between was not told either.
    """
    most = budget(hub)
    events = fitting(most)
    changes = within(await _changes(hub, room, events, whole=whole), most // 2)
    if changes:
        events = fitting(most - weight(changes))
        changes = within(await _changes(hub, room, events, whole=whole), most - weight(events))
    return Page(room.address, tuple(events), room.state.head, changes=tuple(changes))


async def _changes(hub: "Hub", room: Room, events: list[Event], *, whole: bool) -> list[Event]:
    after = events[-1].seq if whole and events else 0
    if not events or after >= room.state.head:
        return []
    seqs = [event.seq for event in events]
    found = await hub.store.changes(room.state.id, seqs, after=after, limit=MOST_CHANGES)
    return [event for event in found if event.seq <= room.state.head]


async def thread(hub: "Hub", session: Session, me: Participant, ask: commands.Thread) -> Page:
    """What was said in a thread."""
    room, found = await _about(hub, me, ask, ("thread",))
    page = await _page(hub, room, lambda most: fit(found[: ask.limit], most), whole=False)
    return replace(page, more=len(found) > len(page.events))


async def changes(hub: "Hub", session: Session, me: Participant, ask: commands.Changes) -> Page:
    """What was done to a message."""
    room, found = await _about(hub, me, ask, CHANGES)
    return _plain(hub, room, found, ask.limit)


async def _about(
    hub: "Hub", me: Participant, ask: commands.Thread | commands.Changes, what: tuple[str, ...]
) -> tuple[Room, list[Event]]:
    """The room, and what is about a message: one more than was asked for, if there is."""
    room = await readable(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    if not first <= ask.seq <= room.state.head:
        raise NoSuchEvent(f"{room.address} has no message {ask.seq} that you may read.", field="seq")
    after = max(ask.after, first - 1)
    return room, await hub.store.related(room.state.id, ask.seq, what, after=after, limit=ask.limit + 1)


async def pins(hub: "Hub", session: Session, me: Participant, ask: commands.Pins) -> Page:
    """The pinned messages."""
    room = await readable(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    seqs = [seq for seq in await hub.store.pins(room.state.id) if seq >= first]
    by_seq = {event.seq: event for event in await hub.store.events(room.state.id, seqs)}
    found = [by_seq[seq] for seq in seqs if seq in by_seq]
    page = await _page(hub, room, lambda most: fit(found, most), whole=False)
    return replace(page, more=len(page.events) < len(found))


async def acts(hub: "Hub", session: Session, me: Participant, ask: commands.Acts) -> Page:
    """The moderation log."""
    room = await readable(hub, me, ask.room, "see_acts")
    first = room.state.first_of(me.sender.id)
    found = await hub.store.acts(room.state.id, before=ask.before, limit=ask.limit + 1)
    found = [event for event in found if first <= event.seq <= room.state.head]
    return _plain(hub, room, found, ask.limit)


async def search(hub: "Hub", session: Session, me: Participant, ask: commands.Search) -> Hits:
    """Messages that fit, in rooms that one may read."""
    if hub.indexer is None:
        raise BadRequest("This server does not search: its owner has switched it off.", field="type")
    only = [(await readable(hub, me, ask.room)).state.id] if ask.room is not None else []
    rooms = [room for id in await hub.store.rooms_of(me.sender.id) if (room := await hub.load_room("!" + id))]
    scope = Scope(
        {room.state.id: room.state.first_of(me.sender.id) for room in rooms},
        {room.key: room.state.id for room in rooms if room.state.kind != "direct"},
    )
    found = await hub.indexer.search(ask.query, scope, limit=ask.limit, offset=ask.offset, rooms=only)
    address = {room.state.id: room.address for room in rooms}
    hits = tuple(
        Found(address[h.room], h.seq, timestamp(h.at), h.sender, h.snippet, h.matches, h.thread) for h in found.hits
    )
    return Hits(hits[: budget(hub) // HIT], found.more or len(hits) > budget(hub) // HIT, found.behind)


def _plain(hub: "Hub", room: Room, found: list[Event], limit: int) -> Page:
    """Of events of which there may be one more than was asked for, as many as fit."""
    events = fit(found[:limit], budget(hub))
    return Page(room.address, tuple(events), room.state.head, len(found) > len(events))
