"""Telling the server how far its reader has read, not more often than it has to know."""

import asyncio
from collections.abc import Awaitable, Callable

from roomful.client import Client, ConnectionLost
from roomful.errors import RoomfulError, TryLater

EVERY = 2.0  # s between two rounds of marks


class Marking:
    """Marks as read what was shown.

    Args:
        sleep: waits so many seconds; a test may hold it.
    """

    def __init__(self, client: Client, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._read: dict[str, int] = {}  # by room: what is to be marked
        self._marked: dict[str, int] = {}  # what is, by this device or another
        self._round: asyncio.Task[None] | None = None

    def shown(self, room: str, seq: int) -> None:
        """A message of somebody else was shown."""
        if seq > max(self._marked.get(room, 0), self._read.get(room, 0)):
            self._read[room] = seq
            if self._round is None:
                self._round = asyncio.get_running_loop().create_task(self._later())

    def marked(self, room: str, seq: int) -> None:
        """Another device has read so far."""
        self._marked[room] = max(seq, self._marked.get(room, 0))
        if self._read.get(room, 0) <= seq:
            self._read.pop(room, None)

    def forget(self, room: str) -> None:
        """The room is none of ours any more, or its numbers mean nothing any more."""
        self._read.pop(room, None)
        self._marked.pop(room, None)

    async def flush(self) -> None:
        """Mark what is to be marked, at once."""
        while self._read and self._client.state == "connected":
            room, seq = self._read.popitem()
            try:
                await self._client.mark(room, seq)
            except (TryLater, ConnectionLost):
                self._read.setdefault(room, seq)
                return
            except RoomfulError:
                continue  # the room was left, or is no more: nobody asks how far it was read
            self.marked(room, seq)

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
