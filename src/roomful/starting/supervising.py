"""A process beside the server, started with it, started again when it crashes, and ended with it.

What it says on standard error goes where the server's own words go. What it is to know comes over its standard input as one
line, which may hold secrets: arguments and environments are read by others. The pipe stays open behind it, so that the process
notices the end of the server, however sudden.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Sequence

from roomful.log import Log

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # s before it is started again
WELL = 60.0  # s of life, after which a crash counts as the first one
END_WITHIN = 2.0  # s to end by itself


class Supervised:
    """One process. It is begun early, so that it loads while the server starts, and waits for what it is told."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        log: Log,
        *,
        final: frozenset[int] = frozenset(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`final`: exit codes after which it is not started again, 0 being one."""
        self._name, self._words, self._log = name, words, log
        self._final = final | {0}
        self._sleep, self._clock = sleep, clock
        self._told: asyncio.Future[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    def begin(self) -> None:
        """Start it."""
        loop = asyncio.get_running_loop()
        self._told = loop.create_future()
        self._task = loop.create_task(self._keep(self._told), name=self._name)

    def tell(self, line: bytes) -> None:
        """What it is to know, each time it is started."""
        if self._told is not None and not self._told.done():
            self._told.set_result(line + b"\n")

    async def close(self) -> None:
        """End it."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_WITHIN):
                await process.wait()
        except TimeoutError:
            self._log.warning(f"{self._name} did not end in time", pid=process.pid)
            process.kill()
            await process.wait()

    async def _keep(self, told: asyncio.Future[bytes]) -> None:
        wait = FIRST_WAIT
        while True:
            begun = self._clock()
            code = await self._run(told)
            if code in self._final:
                self._log.info(f"{self._name} ended", code=code)
                return
            wait = FIRST_WAIT if self._clock() - begun > WELL else wait
            self._log.error(f"{self._name} ended", code=code, note=f"started again in {wait:g} s")
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _run(self, told: asyncio.Future[bytes]) -> int:
        """The process's exit code; negative: the signal that ended it."""
        try:
            # A session of its own: Ctrl-C on the terminal is for the server, which ends it in its turn.
            process = self._process = await asyncio.create_subprocess_exec(
                *self._words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
            )
        except OSError as why:
            self._log.error(f"{self._name} cannot be started", reason=str(why))
            return -1
        assert process.stdin is not None
        line = await told
        with contextlib.suppress(ConnectionError):  # it has ended already: its exit code tells
            process.stdin.write(line)
            await process.stdin.drain()
        return await process.wait()
