"""Frames over one TCP connection, from its first byte to its last, with its trace and the peer's pulse."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

from roomful.errors import Ended, TooSlow
from roomful.protocol.frames import TooLargeAfter, cut, frame
from roomful.protocol.native import encode_goodbye
from roomful.protocol.trace import Trace
from roomful.terminal.pair.pulse import Pace, Pulse

READ = 65_536  # bytes
MAX_UNREAD = 1 << 20  # bytes that wait for a peer that asks and does not read
LINGER = 2.0  # seconds for the peer to close its side, so that our last words are not lost in a reset

How = Literal["left", "peer left", "closed", "reset", "silent", "told off", "refused"]


class Ending(NamedTuple):
    """How a connection ended."""

    how: How
    why: str = ""
    code: str = ""  # of a goodbye


class Wire:
    """One connection. `read` and `watch` run beside each other; whichever returns first says how it ended."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trace: Trace | None, pace: Pace
    ) -> None:
        self._reader, self._writer, self._trace = reader, writer, trace
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._pulse = Pulse(pace, self._clock())

    def status(self, text: str) -> None:
        """Tell the trace what becomes of the connection."""
        if self._trace is not None:
            self._trace.status(text)

    def send(self, *payloads: bytes) -> None:
        """Send payloads, each in a frame, in one write."""
        if self._writer.is_closing():
            return
        data = b"".join(map(frame, payloads))
        self._writer.write(data)
        if self._trace is not None:
            self._trace.moved("->", data)

    async def read(self, take: Callable[[bytes], Ending | None]) -> Ending:
        """Pass on every payload until `take` says that it is over, or the connection says so.

        What `take` raises as Ended is told to the peer as a goodbye.
        """
        rest = b""
        try:
            while data := await self._reader.read(READ):
                if self._trace is not None:
                    self._trace.moved("<-", data)
                self._pulse.heard(self._clock())
                rest, ending = _take_all(rest + data, take)
                if ending is not None:
                    return ending
                if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
                    raise TooSlow("The other side asks and does not read the answers.")
        except Ended as why:
            self.send(encode_goodbye(why))
            return Ending("refused", why.message, why.code)
        except TimeoutError:
            self.status("timed out")
            return Ending("silent")
        except OSError as why:
            self.status("reset")
            return Ending("reset", why.strerror or str(why))
        self.status("closed by peer")
        return Ending("closed", "in the middle of a frame" if rest else "")

    async def watch(self, ping: Callable[[], None]) -> Ending:
        """Ping the peer while it is quiet; returns when it was silent for too long."""
        while not self._pulse.silent(self._clock()):
            if self._pulse.ping(self._clock()):
                ping()
            await asyncio.sleep(self._pulse.wait(self._clock()))
        self.status("timed out")
        return Ending("silent")

    async def close(self) -> None:
        """End our side, wait a moment for the peer to end its own, and close."""
        try:
            async with asyncio.timeout(LINGER):
                if self._writer.can_write_eof() and not self._writer.is_closing():
                    self._writer.write_eof()
                while await self._reader.read(READ):
                    pass  # what is left unread would make the system reset the connection, our last words with it
        except OSError:  # a reset, or the time is over: there is nothing more to lose
            self._writer.transport.abort()
        await self._closed()

    async def drop(self) -> None:
        """Close at once."""
        self._writer.transport.abort()
        await self._closed()

    async def _closed(self) -> None:
        self._writer.close()
        with suppress(OSError):  # how it ended was told by `read`
            await self._writer.wait_closed()
        self.status("closed")


def _take_all(data: bytes, take: Callable[[bytes], Ending | None]) -> tuple[bytes, Ending | None]:
    """Pass on each whole frame; returns what is left of the bytes. Raises FrameTooLarge after those before it."""
    too_large: TooLargeAfter | None = None
    try:
        payloads, rest = cut(data)
    except TooLargeAfter as why:
        payloads, rest, too_large = why.frames, b"", why
    for payload in payloads:
        if ending := take(payload):
            return rest, ending
    if too_large is not None:
        raise too_large
    return rest, None
