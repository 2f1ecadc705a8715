"""Questions: what can be answered without changing anything. They run beside the commands, and are answered when read."""

import asyncio
from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import Answer, MemberInfo, MemberList, Page, RoomInfo, RoomList
from roomful.domain.events import Event
from roomful.domain.names import parse_nick
from roomful.errors import BadRequest, NoSuchRoom, NotMember, RoomfulError

from .rooms import Room
from .session import Participant, Session

if TYPE_CHECKING:
    from .hub import Hub

ENVELOPE = 512  # bytes an event may have around its body on the wire
BEYOND_ALL_IDS = "~"  # ids are lower case letters and digits
ITEM = 700  # bytes a room or a member in a list may have (a topic has 2,000 more)


class Questions:
    """Answers them for the hub."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, session: Session, question: commands.Question) -> None:
        """Take a question. A session's are answered in turn, none before its socket has taken the answer to the last."""
        assert session.participant is not None
        if session.asked is None:
            session.asked = deque()
        session.asked.append((session.participant, question))
        self.go_on(session)

    def go_on(self, session: Session) -> None:
        """Answer what the session has asked, unless that is under way or its socket is full."""
        if session.asked and not session.answering and session.paused_at is None:
            session.answering = True
            task = asyncio.get_running_loop().create_task(self._answer_all(session, session.asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let go of everything that is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer_all(self, session: Session, asked: deque[tuple[Participant, commands.Question]]) -> None:
        try:
            while asked and session.paused_at is None and session.open:
                me, question = asked.popleft()
                await self._answer(session, me, question)
        finally:
            session.answering = False
            if not asked:
                session.asked = None

    async def _answer(self, session: Session, me: Participant, question: commands.Question) -> None:
        try:
            session.answer(question.id, await self._find(me, question))
        except RoomfulError as refused:
            session.refuse(question.id, refused)
        except Exception:
            # The question's sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault while answering", request=type(question).__name__)
            session.refuse(question.id, RoomfulError())

    async def _find(self, me: Participant, question: commands.Question) -> Answer:
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
                peer = loaded.state.peer_of(me.sender.id) if loaded else None
            rooms.append(RoomInfo(address, summary.count, summary.head, summary.topic, peer))
        return RoomList(tuple(rooms), len(found) > limit)

    async def _members(self, me: Participant, ask: commands.Members) -> MemberList:
        room = await self._readable(me, ask.room)
        limit = min(ask.limit, (self.hub.limits.max_frame - 1024) // ITEM)
        state = room.state
        nicks = state.nicks()
        start = 0 if ask.after is None else bisect_right(nicks, (parse_nick(ask.after).folded, BEYOND_ALL_IDS))
        shown = (state.members[id] for _, id in nicks[start : start + limit])
        members = tuple(
            MemberInfo(m.id, m.nick, m.kind, state.roles.get(m.id, "member"), m.id in room.here) for m in shown
        )
        return MemberList(room.address, len(nicks), members, start + limit < len(nicks))


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
