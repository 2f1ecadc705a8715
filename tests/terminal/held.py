"""Time that the test lets pass."""

import asyncio


class Time:
    """A clock and the sleep that goes with it."""

    def __init__(self) -> None:
        self.at = 0.0
        self.asleep: asyncio.Queue[float] = asyncio.Queue()  # how long, each time somebody falls asleep
        self._waking: asyncio.Future[None] | None = None

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self._waking = asyncio.get_running_loop().create_future()
        self.asleep.put_nowait(seconds)
        await self._waking

    async def passes(self) -> float:
        """Wait until somebody sleeps, then let so much time pass; returns how much."""
        seconds = await self.asleep.get()
        self.at += seconds
        self.wakes()
        return seconds

    def wakes(self) -> None:
        """Whoever sleeps, sleeps no more."""
        assert self._waking is not None
        self._waking.set_result(None)
