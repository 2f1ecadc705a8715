"""Work that goes on beside the hub's own, of which nothing is forgotten: at the end all of it is let go."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Beside:
    """A set of tasks. What they do looks after its own failures: whoever waits for it must get an answer."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str | None = None) -> asyncio.Task[None]:
        """Begin it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finished(self) -> None:
        """Once nothing is under way, whatever was begun meanwhile included."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def close(self) -> None:
        """Let go of everything that is under way."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
