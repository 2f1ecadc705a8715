"""What stands in the rooms' logs."""

from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import Found, Hits, Page
from roomful.domain.events import Event, timestamp
from roomful.errors import BadRequest, NoSuchEvent
from roomful.search import Scope

from ..rooms import Room
from ..session import Participant, Session
from .readable import budget, fit, readable

if TYPE_CHECKING:
    from ..hub import Hub

HIT = 2_400  # bytes of a hit in a reply: a snippet of some 300 characters, its matches, and who said it
CHANGES = ("edit", "reaction", "redaction", "pin")


async def history(hub: "Hub", session: Session, me: Participant, ask: commands.History) -> Page:
    """A part of a room's log: its newest events, or those before, after or around a number."""
    if sum(x is not None for x in (ask.before, ask.after, ask.around)) > 1:
        raise BadRequest("Ask for one of `before`, `after` and `around`.", field="around")
    room = await readable(hub, me, ask.room)
    head, floor = room.state.head, room.state.first_of(me.sender.id) - 1
    read, id, most = hub.store.read, room.state.id, budget(hub)
    if ask.around is not None:
        half = max(1, ask.limit // 2)
        before, after = min(ask.around, head + 1), max(floor, ask.around - 1)
        older = await read(id, after=floor, before=before, limit=half, max_bytes=most // 2, newest=True)
        newer = await read(id, after=after, before=head + 1, limit=ask.limit - half or 1, max_bytes=most)
        events = fit(older, most // 2, newest=True) + fit(newer, most // 2)
        return _page(room, events, more=bool(events and events[-1].seq < head))
    if ask.after is not None:
        after = max(floor, ask.after)
        events = fit(await read(id, after=after, before=head + 1, limit=ask.limit, max_bytes=most), most)
        return _page(room, events, more=bool(events and events[-1].seq < head))
    before = min(ask.before or head + 1, head + 1)
    events = await read(id, after=floor, before=before, limit=ask.limit, max_bytes=most, newest=True)
    events = fit(events, most, newest=True)
    return _page(room, events, more=bool(events and events[0].seq > floor + 1))


async def thread(hub: "Hub", session: Session, me: Participant, ask: commands.Thread) -> Page:
    """What was said in a thread."""
    return await _about(hub, me, ask, ("thread",))


async def changes(hub: "Hub", session: Session, me: Participant, ask: commands.Changes) -> Page:
    """What was done to a message."""
    return await _about(hub, me, ask, CHANGES)


async def _about(hub: "Hub", me: Participant, ask: commands.Thread | commands.Changes, what: tuple[str, ...]) -> Page:
    room = await readable(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    if not first <= ask.seq <= room.state.head:
        raise NoSuchEvent(f"{room.address} has no message {ask.seq} that you may read.", field="seq")
    after = max(ask.after, first - 1)
    found = await hub.store.related(room.state.id, ask.seq, what, after=after, limit=ask.limit + 1)
    events = fit(found[: ask.limit], budget(hub))
    return _page(room, events, more=len(found) > len(events))


async def pins(hub: "Hub", session: Session, me: Participant, ask: commands.Pins) -> Page:
    """The pinned messages."""
    room = await readable(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    seqs = [seq for seq in await hub.store.pins(room.state.id) if seq >= first]
    by_seq = {event.seq: event for event in await hub.store.events(room.state.id, seqs)}
    found = [by_seq[seq] for seq in seqs if seq in by_seq]
    events = fit(found, budget(hub))
    return _page(room, events, more=len(events) < len(found))


async def acts(hub: "Hub", session: Session, me: Participant, ask: commands.Acts) -> Page:
    """The moderation log."""
    room = await readable(hub, me, ask.room, "see_acts")
    first = room.state.first_of(me.sender.id)
    found = await hub.store.acts(room.state.id, before=ask.before, limit=ask.limit + 1)
    found = [event for event in found if first <= event.seq <= room.state.head]
    events = fit(found[: ask.limit], budget(hub))
    return _page(room, events, more=len(found) > len(events))


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


def _page(room: Room, events: list[Event], *, more: bool) -> Page:
    return Page(room.address, tuple(events), room.state.head, more)
