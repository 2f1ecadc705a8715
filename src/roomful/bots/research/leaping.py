"""Time that stands still while anybody works, and leaps where all would wait.

A conversation so takes as long as its models take, and no longer; and since no clock runs beside it, the same answers give
the same prompts, to the letter: what a prompt says of time is the same in each run.
"""

import asyncio
from collections.abc import Awaitable, Callable

from roomful.bots.engine.inputs import Moment

BEGINNING = 1_767_225_600_000  # 2026-01-01T00:00Z, ms since 1970: when every rehearsal takes place
LOOK_AGAIN = 0.2  # s: should no news come of what has changed
LONG = 10.0**7  # s


class LeapingClock:
    """A host's clock, and the clock of the hub before it."""

    def __init__(self) -> None:
        self.s = 0.0  # since the beginning
        self._timers: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []
        self._news = asyncio.Event()

    def now(self) -> Moment:
        """The present moment."""
        return Moment(self.s, self.utc())

    def utc(self) -> int:
        """Milliseconds since 1970."""
        return BEGINNING + round(self.s * 1000)

    def monotonic(self) -> float:
        """Seconds."""
        return self.s

    def at(self, s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call something at a time of `Moment.s`; what is returned can be cancelled, and does nothing by itself."""
        handle = asyncio.get_running_loop().call_later(LONG, _nothing)
        self._timers.append((s, call, handle))
        self._news.set()
        return handle

    async def run(self, busy: Callable[[], bool], settle: Callable[[], Awaitable[object]]) -> None:
        """Let time leap, for ever.

        Args:
            busy: whether somebody is at work, who will give news.
            settle: waits until all that was said has been heard by everybody.
        """
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            if busy():
                continue
            await settle()
            if not busy() and not self._news.is_set():
                self._leap()

    def _leap(self) -> None:
        self._timers = [timer for timer in self._timers if not timer[2].cancelled()]
        if not self._timers:
            return
        first = min(self._timers, key=lambda timer: timer[0])
        self._timers.remove(first)
        s, call, handle = first
        handle.cancel()
        self.s = max(self.s, s)
        self._news.set()
        call()


def _nothing() -> None:
    pass
