"""Questions: what can be answered without changing anything. They run beside the commands, and are answered when read."""

from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import Answer, MemberInfo, MemberList, Page, RoomInfo, RoomList
from roomful.domain.events import Event
from roomful.domain.names import parse_nick
from roomful.errors import BadRequest, NoSuchRoom, NotMember

from .batch import peer_of
from .rooms import Room
from .session import Participant

if TYPE_CHECKING:
    from .hub import Hub

ENVELOPE = 512  # bytes an event may have around its body on the wire
ITEM = 700  # bytes a room or a member in a list may have (a topic has 2,000 more)


class Questions:
    """Answers them for the hub."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub

    async def answer(self, me: Participant, question: commands.Question) -> Answer:
        """The answer to one question. Raises Refused, StoreUnavailable."""
        match question:
            case commands.History():
                return await self._history(me, question)
            case commands.Rooms():
                return await self._rooms(me, question)
            case commands.Members():
                return await self._members(me, question)

    async def _readable(self, me: Participant, reference: str) -> Room:
        """The room, if the participant is a member of it."""
        room = await self.hub.load_room(reference)
        if room is None or (room.state.kind == "direct" and me.sender.id not in room.state.members):
            raise NoSuchRoom(f"There is no room {reference}.", field="room")
        if me.sender.id not in room.state.members:
            raise NotMember(f"You are not in {room.address}: join it first.", field="room")
        return room

    async def _history(self, me: Participant, ask: commands.History) -> Page:
        if sum(x is not None for x in (ask.before, ask.after, ask.around)) > 1:
            raise BadRequest("Ask for one of `before`, `after` and `around`.", field="around")
        room = await self._readable(me, ask.room)
        head = room.state.head
        read, id = self.hub.store.read, room.state.id
        budget = self.hub.limits.max_frame - 1024
        if ask.around is not None:
            half = max(1, ask.limit // 2)
            older = await read(id, before=min(ask.around, head + 1), limit=half, max_bytes=budget // 2, newest=True)
            newer = await read(id, after=ask.around - 1, before=head + 1, limit=ask.limit - half or 1, max_bytes=budget)
            older, newer = _fit(older, budget // 2, newest=True), _fit(newer, budget // 2, newest=False)
            events = older + newer
            return Page(room.address, tuple(events), head, bool(events and events[-1].seq < head))
        if ask.after is not None:
            events = await read(id, after=ask.after, before=head + 1, limit=ask.limit, max_bytes=budget)
            events = _fit(events, budget, newest=False)
            return Page(room.address, tuple(events), head, bool(events and events[-1].seq < head))
        before = min(ask.before or head + 1, head + 1)
        events = await read(id, before=before, limit=ask.limit, max_bytes=budget, newest=True)
        events = _fit(events, budget, newest=True)
        return Page(room.address, tuple(events), head, bool(events and events[0].seq > 1))

    async def _rooms(self, me: Participant, ask: commands.Rooms) -> RoomList:
        limit = min(ask.limit, (self.hub.limits.max_frame - 1024) // (ITEM + 2000))
        after = ""
        if ask.after is not None:
            room = await self.hub.load_room(ask.after)
            after = room.key if room else ask.after.casefold()
        mine = me.sender.id if ask.mine else None
        found = await self.hub.store.list_rooms(participant=mine, after=after, limit=limit + 1)
        rooms = []
        for summary in found[:limit]:
            peer, address = None, summary.name
            if summary.kind == "direct":
                address = "!" + summary.id
                loaded = await self.hub.load_room(address)
                peer = peer_of(loaded.state, me.sender.id) if loaded else None
            rooms.append(RoomInfo(address, summary.count, summary.head, summary.topic, peer))
        return RoomList(tuple(rooms), len(found) > limit)

    async def _members(self, me: Participant, ask: commands.Members) -> MemberList:
        room = await self._readable(me, ask.room)
        limit = min(ask.limit, (self.hub.limits.max_frame - 1024) // ITEM)
        state = room.state
        by_nick = sorted((parse_nick(m.nick).folded, m) for m in state.members.values())
        if ask.after is not None:
            last = parse_nick(ask.after).folded
            by_nick = [item for item in by_nick if item[0] > last]
        members = tuple(
            MemberInfo(m.id, m.nick, m.kind, state.roles.get(m.id, "member"), m.id in room.here)
            for _, m in by_nick[:limit]
        )
        return MemberList(room.address, len(state.members), members, len(by_nick) > limit)


def _fit(events: list[Event], budget: int, *, newest: bool) -> list[Event]:
    """As many events as fit in so many bytes on the wire, but at least one; from the end with `newest`."""
    kept: list[Event] = []
    size = 0
    for event in reversed(events) if newest else events:
        size += len(event.data) + ENVELOPE
        if kept and size > budget:
            break
        kept.append(event)
    return kept[::-1] if newest else kept
