"""Commands as somebody types them: processes of their own, with nothing of ours around them."""

import asyncio
import contextlib
import os
import pty
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from tests.support.server import PATIENCE, ROOMFUL, surroundings


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


async def roomful(home: Path, *words: str, stdin: str = "", **environment: str) -> Ended:
    """Run a command in a folder, to its end."""
    process = await asyncio.create_subprocess_exec(
        *(ROOMFUL, *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=home,
        env=surroundings(home, home / "data") | environment,
    )
    try:
        async with asyncio.timeout(3 * PATIENCE):
            out, err = await process.communicate(stdin.encode())
    finally:
        if process.returncode is None:
            process.kill()
    return Ended(process.returncode or 0, out.decode(), err.decode())


class Window:
    """A terminal in which a command runs: what it writes to standard error is `shown`."""

    def __init__(self, terminal: int, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.shown = ""
        self._terminal = terminal

    async def sees(self, text: str) -> None:
        """Read until the window shows the text."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            while text not in self.shown:
                self.shown += (await loop.run_in_executor(None, os.read, self._terminal, 65536)).decode()

    async def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def window(home: Path, *words: str) -> AsyncIterator[Window]:
    """A command with standard error on a terminal of its own."""
    outer, inner = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(ROOMFUL, *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=inner,
        cwd=home,
        env=surroundings(home, home / "data") | {"COLUMNS": "120"},
    )
    os.close(inner)
    try:
        yield Window(outer, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(outer)
