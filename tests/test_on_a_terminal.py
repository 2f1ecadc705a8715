"""`roomful serve` as somebody types it: what the greeting shows, and what becomes of it when the window is closed."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful import server
from roomful.starting import certificates, lan
from roomful.starting.greeting import BLACK_ON_WHITE
from tests.support.server import PATIENCE, ROOMFUL, surroundings

networked = pytest.mark.skipif(not lan.own_addresses(), reason="this machine has no private address")


class Window:
    """A terminal window in which a server was started."""

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

    def close(self) -> None:
        """Close the window."""
        if self._terminal >= 0:
            os.close(self._terminal)
        self._terminal = -1


def _own_the_terminal() -> None:
    os.setsid()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)


@contextlib.asynccontextmanager
async def window(home: Path, *flags: str) -> AsyncIterator[Window]:
    """A server that writes to a terminal of its own."""
    outer, inner = pty.openpty()
    words = ("serve", "--tcp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--no-bots", *flags)
    process = await asyncio.create_subprocess_exec(
        *(ROOMFUL, *words),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=home,
        env=surroundings(home, home / "data") | {"TERM": "xterm"},
        preexec_fn=_own_the_terminal,
    )
    os.close(inner)
    found = Window(outer, process)
    try:
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        found.close()


async def test_a_server_whose_window_is_closed_ends(tmp_path: Path) -> None:
    async with window(tmp_path, "--tls", "127.0.0.1:0") as there:
        await there.sees("Ctrl-C")
        assert certificates.load("", "", tmp_path / "data", "").fingerprint in there.shown
        there.close()
        async with asyncio.timeout(PATIENCE):
            assert await there.process.wait() == 0


@networked
async def test_the_code_is_shown_to_scan_and_to_read(tmp_path: Path) -> None:
    async with window(tmp_path, "--lan", "--verbose") as there:
        await there.sees("\x1b[0m\r\n")
        code = (tmp_path / "data" / server.LAN_CODE).read_text().strip()
        await there.sees("http answers")
        assert f"--code {code}" in there.shown
        assert there.shown.count(BLACK_ON_WHITE) > 10
        logged = [line for line in there.shown.splitlines() if re.match(r"\d\d:\d\d:\d\d ", line)]
        assert logged
        assert not any(code in line for line in logged)
