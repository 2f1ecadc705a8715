"""Readers that are not live: they catch up from the room's tail, else from the store, until they are live.

A slow reader costs only itself: nothing is queued for it. Its cursor stands still while its socket is full; when the socket
drains it reads on in small chunks, one room after the other.
"""

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from roomful.domain.signals import State
from roomful.errors import StoreUnavailable

from .rooms import Room
from .session import Session

if TYPE_CHECKING:
    from .hub import Hub

CHUNK = 64 * 1024  # bytes read on at once
RETRY = 1.0  # s, while the store cannot be read
SHOWN = 100  # participants in a state signal


class Reader:
    """A session in a room, behind its head."""

    __slots__ = ("cursor", "room", "session")

    def __init__(self, session: Session, room: Room, cursor: int) -> None:
        self.session = session
        self.room = room
        self.cursor = cursor  # the newest event it has been written

    @property
    def current(self) -> bool:
        """Whether this still is the session's reader of the room, and not one from before a leave or a second join."""
        return self.session.rooms.get(self.room.state.id) is self and self.session.open


class Readers:
    """Starts readers, moves them on, makes them live, sets them aside."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._pumps: set[asyncio.Task[None]] = set()

    # -- starting and stopping ------------------------------------------------------------------

    def follow(self, session: Session, id: str, cursor: int, *, deaf: bool) -> None:
        """Start a reader after `cursor`; it replaces the one that the session has in the room."""
        room = self.hub.rooms.by_id.get(id)
        if room is None or session.transport is None or session.participant is None:
            return
        if id in session.rooms:
            room.set_aside(session)
        else:
            self.hub.presence.came(room, session)
        (room.deaf.add if deaf else room.deaf.discard)(session)
        reader = session.rooms[id] = Reader(session, room, cursor)
        if not self._go_live(reader):
            self.wake(session)

    def unfollow(self, session: Session, id: str) -> None:
        """Stop the session's reader of a room, live or not."""
        if id not in session.rooms:
            return
        del session.rooms[id]
        if room := self.hub.rooms.by_id.get(id):
            room.set_aside(session)
            room.deaf.discard(session)
            self.hub.presence.went(room, session)
            if not room.here:  # nobody follows: nothing needs to be encoded
                room.live.clear()
                self.hub.rooms.drop_tails(room)

    def set_aside(self, session: Session) -> None:
        """Take a session whose socket is full out of every live group; its cursors are at the heads."""
        for id, reader in session.rooms.items():
            if reader is None:
                room = self.hub.rooms.by_id[id]
                room.set_aside(session)
                session.rooms[id] = Reader(session, room, room.state.head)

    def set_back(self, room: Room, cursor: int) -> None:
        """Let every live reader of a room read again after `cursor`."""
        for session in [s for live in room.live.values() for s in live]:
            room.set_aside(session)
            session.rooms[room.state.id] = Reader(session, room, cursor)
            self.wake(session)

    # -- moving on ---------------------------------------------------------------------------------

    def wake(self, session: Session) -> None:
        """Move the session's readers on, unless that is under way or its socket is full."""
        if session.pumping or session.paused_at is not None or not session.open:
            return
        if any(reader is not None for reader in session.rooms.values()):
            session.pumping = True
            task = asyncio.get_running_loop().create_task(self._pump(session))
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, session: Session) -> None:
        """Read on in turn over the rooms until all readers are live or the socket is full."""
        try:
            while behind := [reader for reader in session.rooms.values() if reader is not None]:
                for reader in behind:
                    if session.paused_at is not None or not session.open:
                        return
                    if reader.current and not self._go_live(reader):
                        await self._read_on(reader)
        except StoreUnavailable as why:
            self.hub.log.warning("reading failed", reason=why.message, **session.described())
            asyncio.get_running_loop().call_later(RETRY, self.wake, session)
        except Exception:
            # Nobody else would move this session on: without its connection it comes back, and its readers begin anew.
            self.hub.log.exception("fault while reading on", **session.described())
            session.abort()
        finally:
            session.pumping = False

    async def _read_on(self, reader: Reader) -> None:
        """Write the next chunk: from the tail if it reaches back so far, else from the store."""
        room, session = reader.room, reader.session
        tail = room.tails.get(session.wire)
        found = tail.after(reader.cursor, CHUNK) if tail else None
        if found is not None:
            session.write(found[0])
            reader.cursor = found[1]
            await asyncio.sleep(0)  # others first: a long tail is many chunks
            return
        # Not beyond the head that was told: what is recorded but not told yet will be told to live readers.
        before = room.state.head + 1
        events = await self.hub.store.read(room.state.id, after=reader.cursor, before=before, max_bytes=CHUNK)
        if not reader.current:
            return
        if not events:
            raise StoreUnavailable(f"{room.address} has no event after {reader.cursor}, but its head is {before - 1}.")
        session.write(b"".join(session.wire.events(room.address, events)))
        reader.cursor = events[-1].seq

    def _go_live(self, reader: Reader) -> bool:
        """The last step, in one go: write what is missing if it is little and at hand, and enter the live group."""
        room, session = reader.room, reader.session
        if session.paused_at is not None:
            return False
        missing = b""
        if reader.cursor < room.state.head:
            tail = room.tails.get(session.wire)
            found = tail.after(reader.cursor, CHUNK) if tail else None
            if found is None or found[1] != room.state.head:
                return False
            missing = found[0]
        session.rooms[room.state.id] = None
        room.enter(session)
        if session not in room.deaf:
            missing += session.wire.signal(room.address, None, self.state(room))
        if missing:
            session.write(missing)  # may pause the session, which then is set aside like any live reader
        return True

    def state(self, room: Room) -> State:
        """How things are in the room."""
        now = self.hub.monotonic()
        members = room.state.members
        here = tuple(members[id].sender for id in islice(room.here, SHOWN) if id in members)
        typing = tuple(id for id, until in room.typing.items() if until > now)
        status = tuple(
            known.status for one in here if (known := self.hub.participants.get(one.id)) is not None and known.status
        )
        return State(here, len(room.here), typing, tuple(room.drafts.values()), status)

    async def close(self) -> None:
        """Let go of everything that is under way."""
        for task in list(self._pumps):
            task.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
