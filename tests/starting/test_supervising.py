"""A process beside the server: told what it is to know, started again when it crashes, ended with the server."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from roomful.log import Log
from roomful.starting.supervising import Supervised

PATIENCE = 20.0  # s: a safety net, not a measure


@asynccontextmanager
async def supervised(
    program: str, logged: list[str], sleep: Callable[[float], Awaitable[None]], final: frozenset[int] = frozenset()
) -> AsyncIterator[Supervised]:
    process = Supervised("helper", (sys.executable, "-c", program), Log(logged.append), final=final, sleep=sleep)
    process.begin()
    try:
        yield process
    finally:
        await process.close()


class Waits:
    """The waits between starts, which take no time; after so many of them, nothing is started any more."""

    def __init__(self, most: int) -> None:
        self.seconds: list[float] = []
        self.over = asyncio.Event()
        self._most = most

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) == self._most:
            self.over.set()
            await asyncio.Event().wait()


async def test_it_is_told_over_standard_input_each_time_it_starts(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    program = f"import sys; open({str(notes)!r}, 'a').write(sys.stdin.readline()); sys.exit(1)"
    waits = Waits(3)
    async with supervised(program, [], waits) as process, asyncio.timeout(PATIENCE):
        process.tell(b'{"secret": 1}')
        await waits.over.wait()
    assert notes.read_text() == '{"secret": 1}\n' * 3


async def test_it_is_started_again_with_longer_waits_and_said_so() -> None:
    logged: list[str] = []
    waits = Waits(8)
    async with supervised("raise SystemExit(7)", logged, waits) as process, asyncio.timeout(PATIENCE):
        process.tell(b"{}")
        await waits.over.wait()
    assert waits.seconds == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "helper ended  code=7" in logged[0]


async def test_one_that_ends_by_itself_stays_ended() -> None:
    logged: list[str] = []
    waits = Waits(1)
    for code, final in ((0, frozenset[int]()), (3, frozenset((3,)))):
        async with supervised(f"raise SystemExit({code})", logged, waits, final) as process, asyncio.timeout(PATIENCE):
            process.tell(b"{}")
            assert process._task is not None
            await process._task
    assert waits.seconds == []


async def test_one_that_does_not_end_is_killed(tmp_path: Path) -> None:
    logged: list[str] = []
    up = tmp_path / "up"
    os.mkfifo(up)
    program = f"import signal; signal.signal(15, signal.SIG_IGN); open({str(up)!r}, 'w').write('up'); signal.pause()"
    async with supervised(program, logged, Waits(1)) as process, asyncio.timeout(PATIENCE):
        process.tell(b"{}")
        assert await asyncio.to_thread(up.read_text) == "up"
    assert process._process is not None
    assert process._process.returncode == -9
    assert "did not end in time" in logged[0]
