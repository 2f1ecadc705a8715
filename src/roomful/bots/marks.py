"""What a bot keeps at the server between two lives of the host: how far it is done in each room, and small notes."""

import asyncio
from collections.abc import Awaitable, Callable

from roomful.domain.verdicts import Kept
from roomful.errors import Stale

from .tasks import Tasks

LATE = 3.0  # s for which a mark may wait: after a crash, silences since then are decided anew, and answers are not
MARK = "mark:"  # and a room's id: the number up to which the bot is done

Put = Callable[[str, str, int], Awaitable[int]]  # name, value, the version it replaces; the version it has then
Get = Callable[[str], Awaitable[list[Kept]]]  # values whose names begin so


class Marks:
    """Those of one bot."""

    def __init__(self, put: Put, get: Get, tasks: Tasks) -> None:
        self._put, self._get, self._tasks = put, get, tasks
        self._kept: dict[str, Kept] = {}
        self._wanted: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._in_turn = asyncio.Lock()

    async def load(self) -> None:
        """Read what there is. Raises Refused, ConnectionLost."""
        self._kept = {one.key: one for one in await self._get("")}

    def mark(self, room: str) -> int | None:
        """How far the bot is done in a room; None: it is new there."""
        value = self.value(MARK + room)
        return int(value) if value.isdigit() else None

    def value(self, name: str) -> str:
        """What is kept under a name; empty: nothing."""
        kept = self._kept.get(name)
        return self._wanted.get(name) or (kept.value if kept is not None else "")

    def keep_mark(self, room: str, seq: int, *, soon: bool = False) -> None:
        """The bot is done in a room up to this line. `soon`: it has spoken, so this is worth a request of its own."""
        self.keep(MARK + room, str(seq), soon=soon)

    def keep(self, name: str, value: str, *, soon: bool = True) -> None:
        """Keep a value."""
        self._wanted[name] = value
        if soon:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATE, self.flush)

    def flush(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._wanted:
            self._tasks.start("keeping marks", self._deliver())

    async def _deliver(self) -> None:
        async with self._in_turn:
            while self._wanted:
                name, value = next(iter(self._wanted.items()))
                version = await self._replace(name, value)
                self._kept[name] = Kept(name, value, version)
                if self._wanted.get(name) == value:  # else a newer one has come meanwhile
                    del self._wanted[name]

    async def _replace(self, name: str, value: str) -> int:
        kept = self._kept.get(name)
        try:
            return await self._put(name, value, kept.version if kept is not None else 0)
        except Stale:  # sent twice, or by a host before this one
            now = next((one for one in await self._get(name) if one.key == name), None)
            return await self._put(name, value, now.version if now is not None else 0)
