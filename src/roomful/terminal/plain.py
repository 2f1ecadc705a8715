"""A front end of plain lines: for pipes, for `--plain`, and for terminals that can do no more."""

import asyncio
import codecs
import contextlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, TextIO

from roomful.terminal.front import OutputGone
from roomful.terminal.unseen import unseen
from roomful.terminal.view import Line, text_of

if TYPE_CHECKING:
    from roomful.terminal.desk import Desk

CHUNK = 65_536  # bytes read at once


class PlainFront:
    """Lines in, lines out."""

    live = False

    def __init__(self, stdin: TextIO, stdout: TextIO) -> None:
        self.asks = stdin.isatty()
        self._stdin = stdin
        self._stdout = stdout
        self._reader: LineReader | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Write lines. Raises OutputGone."""
        self._write("".join(f"{text_of(line)}\n" for line in lines))

    def _write(self, text: str) -> None:
        try:
            self._stdout.write(text)
            self._stdout.flush()
        except OSError as why:  # a broken pipe, or a terminal that was closed
            raise OutputGone from why

    def refresh(self) -> None:
        """There is no prompt and no toolbar, and an answer is shown when it is whole."""

    def give_back(self, text: str) -> None:
        """What came through a pipe is not put back into it."""

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask for one line. What is secret and typed on a terminal is not shown."""
        # Hidden before it is asked for: somebody, or a program, may be quick to answer.
        with unseen(self._stdin.fileno()) if secret else contextlib.nullcontext():
            self._write(question)
            line = await self._lines().next()
        if line is None:
            raise EOFError
        return line

    async def lines(self, desk: "Desk") -> AsyncIterator[str]:
        """Each input line, as it is asked for."""
        while (line := await self._lines().next()) is not None:
            yield line

    def _lines(self) -> "LineReader":
        if self._reader is None:
            self._reader = LineReader(self._stdin.fileno())
        return self._reader

    async def close(self) -> None:
        """Nothing waits to be shown. Once nobody reads, what is still buffered goes nowhere."""
        try:
            self._stdout.flush()
        except OSError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), self._stdout.fileno()
            )  # or the interpreter's last flush complains


def standard_streams() -> PlainFront:
    """The front end on standard input and output; what their encoding cannot say is escaped."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    return PlainFront(sys.stdin, sys.stdout)


class LineReader:
    """Lines of a descriptor: a pipe, a file, a terminal.

    A thread of our own reads, because a file cannot be waited for, a terminal's descriptor is shared with others and must not
    become non-blocking, and a read that blocks must not hold up the end of the program. It reads only when asked to.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._lines: list[str] = []  # the next one last
        self._rest = ""
        self._ended = False

    async def next(self) -> str | None:
        """The next line without its end; None at the end of input."""
        while not self._lines and not self._ended:
            self._take(await self._read())
        return self._lines.pop() if self._lines else None

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + self._decoder.decode(data, final=not data)).split("\n")
        if not data:
            self._ended = True
            lines += [self._rest] if self._rest else []
        self._lines = [line.removesuffix("\r") for line in reversed(lines)]

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        read: asyncio.Future[bytes] = loop.create_future()

        def finish(data: bytes) -> None:
            if not read.done():
                read.set_result(data)

        def run() -> None:
            try:
                data = os.read(self._descriptor, CHUNK)
            except OSError:  # a closed terminal reads as an error: the input has ended
                data = b""
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, data)

        threading.Thread(target=run, name="stdin", daemon=True).start()
        return await read
