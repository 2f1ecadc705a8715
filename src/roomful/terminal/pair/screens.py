"""Where one reads and writes: the contract, and plain lines in a pipe, byte for byte. typed.py is for terminals."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from roomful.terminal.front import OutputGone
from roomful.terminal.pair.texts import Decoder
from roomful.terminal.text import one_line

CHUNK = 65_536  # bytes
T = TypeVar("T")


class Screen(Protocol):
    """A front end."""

    grace: float
    """Seconds that more text may take to come when the peer is leaving."""

    manual: str
    """What to press, for somebody who sits there; empty in a pipe."""

    async def read(self) -> str:
        """What was typed, as it comes; empty at the end of input. Text that ends without a line feed goes on."""

    async def said(self, nick: str, text: str) -> None:
        """Show what somebody said; a line without a line feed goes on with the next text. Raises OutputGone."""

    async def echo(self, nick: str, line: str) -> None:
        """Show what `read` has just returned, where it would not stand otherwise."""

    async def note(self, text: str) -> None:
        """Show one sentence of our own. Raises OutputGone."""


class Plain:
    """Lines in a pipe. What others say is written byte for byte, unless a terminal would obey it.

    A thread reads and another writes: neither a slow reader of ours nor a slow writer may stop the loop, which must answer
    the peer's pings.
    """

    grace = 0.5
    manual = ""

    def __init__(self, clock: Callable[[], int], source: int = 0, target: int = 1) -> None:
        self._clock, self._source, self._target = clock, source, target
        self._decoder = Decoder()
        self._raw = not os.isatty(target)
        self._in_line = False

    async def read(self) -> str:
        while data := await _in_thread(os.read, self._source, CHUNK):
            if text := self._decoder.decode(data):
                return text
        return self._decoder.decode(b"")

    async def said(self, nick: str, text: str) -> None:
        head = f"{local_time(self._clock())} {nick}: "
        lines = text.split("\n")
        shown = lines if self._raw else [one_line(line) for line in lines]
        first = "" if self._in_line else head
        body = f"\n{head}".join(shown)
        if not lines[-1]:  # it ended with a line feed: the next line's head is not due yet
            body = body.removesuffix(head)
        self._in_line = bool(lines[-1])
        await self._write(first + body)

    async def echo(self, nick: str, line: str) -> None:
        """Nothing: whoever pipes text in has it, and what is piped out is what the other side said."""

    async def note(self, text: str) -> None:
        start = "\n" if self._in_line else ""
        self._in_line = False
        await self._write(f"{start}{local_time(self._clock())} · {one_line(text)}\n")

    async def _write(self, text: str) -> None:
        try:
            await _in_thread(_write_all, self._target, text.encode(errors="surrogateescape"))
        except OSError as why:
            raise OutputGone from why


def local_time(ms: int) -> str:
    """A time (ms since 1970 UTC) as it is here: 10:02."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone():%H:%M}"


def to_stderr(text: str) -> None:
    """Write lines to standard error at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _write_all(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


async def _in_thread(call: Callable[..., T], *args: object) -> T:
    """Call in a thread that does not keep the program from ending, as the loop's own threads would."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, failure: OSError | None) -> None:
        if result.done():  # nobody waits any more
            return
        if failure is None:
            result.set_result(value)  # type: ignore[arg-type]
        else:
            result.set_exception(failure)

    def run() -> None:
        value, failure = None, None
        try:
            value = call(*args)
        except OSError as why:
            failure = why
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, daemon=True).start()
    return await result
