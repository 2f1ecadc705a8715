"""How somebody is there: at the keyboard, idle for a while, or away because it was said so."""

import asyncio
from collections.abc import Awaitable, Callable

from roomful.client import Client, ConnectionLost
from roomful.errors import RoomfulError

IDLE_AFTER = 600.0  # s without a key


class Being:
    """Says by itself that its person is idle, and is not any more; what was said by hand stands.

    Args:
        now: monotonic time, s.
        sleep: waits so many seconds; a test may hold it.
    """

    def __init__(
        self, client: Client, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client = client
        self._now = now
        self._sleep = sleep
        self._away = self._idle = False
        self._last = now()  # key
        self._touched = asyncio.Event()

    async def away(self, text: str) -> None:
        """One is away. Raises Refused."""
        await self._client.presence("away", text)
        self._away, self._idle = True, False
        self._touched.set()  # who was idle is so no more

    async def back(self) -> None:
        """One is back. Raises Refused."""
        await self._client.presence("online")
        self._away = self._idle = False
        self._touched.set()

    def touched(self) -> None:
        """A key was pressed."""
        self._last = self._now()
        if self._idle:
            self._touched.set()

    async def watch(self) -> None:
        """See whether keys are pressed, for as long as this runs."""
        while True:
            rest = self._last + IDLE_AFTER - self._now()
            if rest > 0 or self._away:
                await self._sleep(rest if rest > 0 else IDLE_AFTER)
                continue
            await self._become(idle=True)
            await self._touched.wait()
            await self._become(idle=False)

    async def _become(self, *, idle: bool) -> None:
        self._idle = idle
        self._touched.clear()
        if self._client.state != "connected" or self._away:
            return
        try:
            await self._client.presence("idle" if idle else "online")
        except (RoomfulError, ConnectionLost):
            return  # a hint: nobody is told, and nothing hangs on it
