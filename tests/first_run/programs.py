"""Programs as somebody types them, and everything they write."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

PATIENCE = 20.0  # s: a safety net, not a measure
PROGRAM = str(Path(sys.executable).with_name("roomful"))  # what installing the package puts beside its Python


def environment(home: Path) -> dict[str, str]:
    """The surroundings of somebody new, with this home."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "share"),
        "TZ": "UTC",
        "ROOMFUL_SERVER__BOTS": "false",
    }


class Program:
    """`roomful …` in a process of its own, between pipes."""

    def __init__(self, words: list[str], process: asyncio.subprocess.Process) -> None:
        self.words = words
        self.process = process
        self.lines: list[str] = []

    async def sees(self, text: str) -> None:
        """Read its output until a line holds the text."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                self.lines.append(line.decode().rstrip("\n"))
                if text in self.lines[-1]:
                    return
        raise AssertionError(f"{self.words} ended without {text!r}:\n" + "\n".join(self.lines))

    def type(self, line: str) -> None:
        """Write a line to its input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    def ask_to_end(self) -> None:
        """What Ctrl-C sends."""
        self.process.send_signal(signal.SIGINT)

    async def ended(self) -> int:
        """Close its input and read what is left; its exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            rest = (await self.process.stdout.read()).decode()
            self.lines += rest.splitlines()
            return await self.process.wait()

    @property
    def transcript(self) -> str:
        """What was typed to start it, and what it wrote, with times and ports masked."""
        text = "\n".join([f"$ roomful {' '.join(self.words)}", *self.lines]) + "\n"
        text = re.sub(r"^\d\d:\d\d ", "HH:MM ", text, flags=re.MULTILINE)
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)


@contextlib.asynccontextmanager
async def program(home: Path, *words: str) -> AsyncIterator[Program]:
    """A running program; ended at the end, if it still runs."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *words, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(home), cwd=home
    )
    try:
        yield Program(list(words), process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
