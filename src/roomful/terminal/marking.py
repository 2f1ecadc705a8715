"""Telling the server how far its reader has read, not more often than it has to know."""

import asyncio
from collections.abc import Awaitable, Callable

from roomful.client import Client, ConnectionLost
from roomful.errors import RoomfulError, TryLater

Place = tuple[str, int | None]  # a room, or a thread of it
EVERY = 2.0  # s between two rounds of marks


class Marking:
    """Marks as read what was shown.

    Args:
        sleep: waits so many seconds; a test may hold it.
    """

    def __init__(self, client: Client, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._read: dict[Place, int] = {}  # what is to be marked
        self._marked: dict[Place, int] = {}  # what is, by this device or another
        self._round: asyncio.Task[None] | None = None

    def shown(self, room: str, seq: int, thread: int | None = None) -> None:
        """A message of somebody else was shown."""
        place = (room, thread)
        if seq > max(self._marked.get(place, 0), self._read.get(place, 0)):
            self._read[place] = seq
            if self._round is None:
                self._round = asyncio.get_running_loop().create_task(self._later())

    def marked(self, room: str, seq: int, thread: int | None = None) -> None:
        """Another device has read so far."""
        place = (room, thread)
        self._marked[place] = max(seq, self._marked.get(place, 0))
        if self._read.get(place, 0) <= seq:
            self._read.pop(place, None)

    def forget(self, room: str) -> None:
        """The room is none of ours any more, or its numbers mean nothing any more."""
        self._read = {place: seq for place, seq in self._read.items() if place[0] != room}
        self._marked = {place: seq for place, seq in self._marked.items() if place[0] != room}

    async def flush(self) -> None:
        """Mark what is to be marked, at once."""
        while self._read and self._client.state == "connected":
            (room, thread), seq = self._read.popitem()
            try:
                await self._client.mark(room, seq, thread=thread)
            except (TryLater, ConnectionLost):
                self._read.setdefault((room, thread), seq)
                return
            except RoomfulError:
                continue  # the room was left, or is no more: nobody asks how far it was read
            self.marked(room, seq, thread)

    async def _later(self) -> None:
        while self._read:
            await self._sleep(EVERY)
            await self.flush()
        self._round = None

    async def close(self) -> None:
        """Mark no more."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)
