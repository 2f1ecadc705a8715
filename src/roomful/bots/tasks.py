"""Work that goes on beside, of which nothing is forgotten: a fault is logged, and at the end all of it is let go."""

import asyncio
import traceback
from collections.abc import Coroutine
from typing import Any

from roomful.client import ConnectionLost
from roomful.errors import RoomfulError
from roomful.log import Log


class Tasks:
    """A set of them."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._running: set[asyncio.Task[None]] = set()

    def start(self, what: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin it. `what`: for the log, should it fail."""
        task = asyncio.get_running_loop().create_task(work, name=what)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled() or (why := task.exception()) is None:
            return
        what = task.get_name()
        if isinstance(why, RoomfulError):
            self.log.warning(f"{what} did not succeed", code=why.code, reason=why.message)
        elif isinstance(why, ConnectionLost):
            self.log.info(f"{what} was cut short", reason=why.message)
        else:  # one bot's fault ends nothing else
            self.log.error(f"fault: {what}", trace="".join(traceback.format_exception(why)))

    async def settle(self) -> None:
        """Wait for all that is under way."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def close(self) -> None:
        """Let go of all of it."""
        while running := list(self._running):  # what ends may begin something to clear up
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
