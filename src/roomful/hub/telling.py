"""Telling: what was recorded goes to live readers, and answers to those who asked. After the commit, never before.

Events committed together are encoded once per wire and joined; every live reader gets the same bytes in one write. A session
that has answers in this batch is corked: its answers, its rooms' blocks and what else follows go out in one write.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from roomful.domain.answers import Receipt
from roomful.domain.events import Event, Sender
from roomful.domain.signals import Direct, Signal
from roomful.errors import RoomfulError

from .rooms import Block, Room
from .session import Participant, Session
from .work import BARRIERS, Result

if TYPE_CHECKING:
    from .hub import Hub

_LEAVING = (b'{"type":"kick"', b'{"type":"ban"', b'{"type":"leave"')


class Telling:
    """Writes to live readers."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._busy = False
        self._paused: list[Session] = []
        self._knocks: list[Room] = []  # direct rooms with news

    def paused(self, session: Session) -> None:
        """The session's socket is full. While telling goes on it only is noted: groups are being iterated."""
        if self._busy:
            self._paused.append(session)
        else:
            self.hub.readers.set_aside(session)

    def batch(self, results: Sequence[Result], recorded: dict[str, list[Event]]) -> None:
        """Tell a recorded batch: every answer, every event to the live readers of its room; then let follow what follows."""
        counts: dict[Session, int] = {}
        released: set[Session] = set()
        for result in results:
            session = result.pending.session
            if session is None:
                self._tell_caller(result)
            else:
                if session.outbox is None:
                    session.outbox = []
                answer = result.answer
                if type(answer) is Receipt:  # as nearly all are
                    data = session.wire.receipt(result.pending.command.id, answer.room, answer.seq)
                else:
                    data = _encode(session, result)
                session.outbox.append(data)
                counts[session] = counts.get(session, 0) + 1
                if result.room:
                    self._detach(session, result.room)
                if session.held is not None and type(result.pending.command) in BARRIERS:
                    released.add(session)  # not at the answer to a command from before its barrier
        self._busy = True
        for id, events in recorded.items():
            self._tell_safely(id, events)
        self._let_follow(results)
        self._knock()
        for session in counts:
            session.flush()
        self._set_paused_aside()
        self._let_go_on(counts, released)

    def _tell_caller(self, result: Result) -> None:
        """Answer what came over no connection, if somebody waits for that."""
        if result.pending.told is not None and result.answer is not None:
            result.pending.told(result.answer)

    def events(self, room: Room, events: list[Event]) -> None:
        """Tell events that another writer recorded."""
        self._busy = True
        self._tell_safely(room.state.id, events)
        self._knock()
        self._set_paused_aside()

    def _let_follow(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.effect is not None:
                try:
                    result.effect()
                except Exception:
                    # Nothing ends the committer: this connection is cut, and may resume; the others do not notice.
                    self.hub.log.exception("fault after a command", request=type(result.pending.command).__name__)
                    if result.pending.session is not None:
                        result.pending.session.abort()

    def _let_go_on(self, counts: dict[Session, int], released: set[Session]) -> None:
        for session, count in counts.items():
            try:
                session.answered(count)
                if session in released:
                    session.release()
            except Exception:
                # As above. What the session had waiting, of whatever kind, is taken up in here.
                self.hub.log.exception("fault after an answer", **session.described())
                session.abort()

    def _tell_safely(self, id: str, events: list[Event]) -> None:
        room = self.hub.rooms.by_id.get(id)
        if room is None:
            return
        try:
            for part in _parts(events):
                if part[0] is not events[0]:
                    _leave_out(room)
                self._tell(room, part)
        except Exception:
            # Nothing ends the committer: this room's readers are told again from the log, the others do not notice.
            self.hub.log.exception("fault while telling", room=room.address)
            self.hub.rooms.drop_tails(room)
            self.hub.readers.set_back(room, events[0].seq - 1)

    def _tell(self, room: Room, events: list[Event]) -> None:
        room.used_at = self.hub.monotonic()
        if room.typing:
            for event in events:
                room.typing.pop(event.sender.id, None)  # who has said it types no more
        if room.drafts:
            self.hub.bots.said(room, events)
        for wire, live in room.live.items():
            block = Block(events[0].seq, wire.events(room.address, events))
            self.hub.rooms.keep(room, wire, block)
            data = block.data
            for session in live:
                session.write(data)
        if room.state.kind == "direct":
            self._knocks.append(room)

    def _detach(self, session: Session, id: str) -> None:
        """The session's reader of the room begins anew, or ends: what is told now must not reach it by the old one.

        It is in the tail, where the new one looks for it.
        """
        if room := self.hub.rooms.by_id.get(id):
            room.set_aside(session)
            room.expect(session.wire)

    def _knock(self) -> None:
        """Let both participants of direct rooms with news know of them on the connections that do not follow them."""
        knocks, self._knocks = self._knocks, []
        for room in knocks:
            for id in room.state.members:
                peer = room.state.peer_of(id)
                participant = self.hub.participants.get(id)
                if participant is not None and peer is not None:
                    self._knock_at(participant, room, peer)

    def _knock_at(self, participant: Participant, room: Room, peer: Sender) -> None:
        for session in participant.sessions:
            if room.state.id not in session.rooms and session.paused_at is None:
                session.write(session.wire.signal(room.address, None, Direct(room.state.head, peer)))

    def _set_paused_aside(self) -> None:
        self._busy = False
        while self._paused:
            self.hub.readers.set_aside(self._paused.pop())

    def signal(self, room: Room, sender: Sender | None, signal: Signal, but: Session | None = None) -> None:
        """Tell a signal to everybody who follows the room, wants signals, and has room in the socket."""
        self._busy = True
        for wire, live in room.live.items():
            data = wire.signal(room.address, sender, signal) if live else b""
            for session in live:
                if session is not but and session not in room.deaf:
                    session.write(data)
        self._set_paused_aside()


def _parts(events: list[Event]) -> list[list[Event]]:
    """The events, cut behind those with which memberships end: who is removed hears of that, and not what was said behind it."""
    ends = [event.data.startswith(_LEAVING) for event in events] if len(events) > 1 else ()
    cuts = [n for n, (one, after) in enumerate(pairwise(ends), 1) if one and not after]
    return [events[a:b] for a, b in pairwise((0, *cuts, len(events)))] if cuts else [events]


def _leave_out(room: Room) -> None:
    """Tell those no more who are members no more. (That they are told why, and follow no more, is among the effects.)"""
    for live in room.live.values():
        for session in [s for s in live if s.participant is None or s.participant.sender.id not in room.state.members]:
            del live[session]


def _encode(session: Session, result: Result) -> bytes:
    re, answer = result.pending.command.id, result.answer
    if isinstance(answer, RoomfulError):
        return session.wire.error(re, answer)
    assert answer is not None
    return session.wire.answer(re, answer)
