"""Connections as the checker needs them: it waits for bytes, and every way in which none come has a code."""

import asyncio
import contextlib
import errno
import socket
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from typing import cast

HIGH = 1024 * 1024  # bytes read ahead of whoever takes them
STARVED_FOR = 0.1  # s between two tries for a file descriptor


class Failed(Exception):
    """It did not work. `code` is one of `result.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stream(ABC):
    """Bytes that come and go: a connection, or TLS within one. What has come and was not taken yet is `buffer`."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.heard = False  # whether anything has come at all

    @abstractmethod
    async def fill(self) -> bool:
        """Wait until more has come. False: the other side is done. Raises Failed."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send; does nothing once the connection is lost."""

    async def need(self) -> None:
        """Wait until more has come. Raises Failed("closed") or, where something had come already, Failed("cut")."""
        if not await self.fill():
            raise Failed("cut" if self.heard else "closed")

    async def exactly(self, count: int) -> bytes:
        """Take that many bytes. Raises Failed."""
        while len(self.buffer) < count:
            await self.need()
        data = bytes(self.buffer[:count])
        del self.buffer[:count]
        return data

    async def until(self, end: bytes, most: int) -> bytes:
        """Take all up to `end`, and `end`. Raises Failed("garbage") when it is not within `most` bytes."""
        while (at := self.buffer.find(end)) < 0:
            if len(self.buffer) > most:
                raise Failed("garbage")
            await self.need()
        return await self.exactly(at + len(end))


class Connection(Stream, asyncio.Protocol):
    """A TCP connection. `transport` is there once it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.transport: asyncio.Transport | None = None
        self._ended = self._paused = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more can come."""
        return self._ended

    async def fill(self) -> bool:
        size = len(self.buffer)
        if self._paused and self.transport is not None and not self._ended:
            self._paused = False
            self.transport.resume_reading()
        while len(self.buffer) == size and not self._ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return len(self.buffer) > size

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self._ended and not self.transport.is_closing():
            self.transport.write(data)

    @property
    def local(self) -> str:
        """Our address."""
        place = self.transport.get_extra_info("sockname") if self.transport is not None else None
        return str(place[0]) if place else ""

    def close(self) -> None:
        """End it at once: a checker has nothing left to send."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        self.heard = True
        self.buffer += data
        if len(self.buffer) >= HIGH and self.transport is not None and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Attempt:
    """One connection of one try, with what is told to whoever waits when its time is over."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.starved = False  # for want of a file descriptor

    def overdue(self) -> str:
        """The code for a try whose time is over."""
        if self.connection is None:
            return "no_sockets" if self.starved else "timeout"
        return "too_slow" if self.connection.heard else "silent"


@contextlib.asynccontextmanager
async def connected(attempt: Attempt, host: str, port: int, bind: str) -> AsyncIterator[Connection]:
    """A connection, from the local address `bind` if that is not "". Raises Failed."""
    local = (bind, 0) if bind else None
    connection = attempt.connection = await open_connection(attempt, host, port, local)
    try:
        yield connection
    finally:
        connection.close()


async def open_connection(attempt: Attempt, host: str, port: int, local: tuple[str, int] | None = None) -> Connection:
    """A connection that its taker closes, from `local` if that is not None. Raises Failed."""
    connect = asyncio.get_running_loop().create_connection
    make: Callable[[], Connection] = Connection
    while True:
        try:
            return (await connect(make, host, port, local_addr=local))[1]
        except UnicodeError:  # a name that cannot be one
            raise Failed("unresolved") from None
        except OSError as why:
            code = _code(why)
            if code != "no_sockets":
                raise Failed(code) from None
        attempt.starved = True  # others will give theirs back; the try's own time limit ends this
        await asyncio.sleep(STARVED_FOR)


_CODES = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "closed",
    errno.ETIMEDOUT: "timeout",
    errno.EMFILE: "no_sockets",
    errno.ENFILE: "no_sockets",
    errno.ENOBUFS: "no_sockets",
    errno.EADDRNOTAVAIL: "no_sockets",
}


def _code(why: OSError) -> str:
    if isinstance(why, socket.gaierror):
        return "unresolved"
    return _CODES.get(why.errno or 0, "unreachable")
