"""As much of HTTP/1.1 (RFC 9112) as asking for one page takes, over any stream."""

import re
from collections.abc import Callable

from msgspec import Struct

from .wire import Failed, Stream

MAX_HEAD = 16 * 1024  # bytes
MAX_LINE = 1024  # bytes of a chunk's first line
MAX_DIGITS = 18  # of a number that may be anything: it comes from a stranger
_SIZE = re.compile(rb"[0-9a-fA-F]{1,16}")
AGENT = "Mozilla/5.0 (X11; Linux x86_64) roomful"
OURS = frozenset(("host", "user-agent", "accept", "connection"))  # the header fields that we send


class Head(Struct, frozen=True):
    """The head of an answer; names of fields in lower case."""

    status: int
    fields: dict[str, str]


class Answer(Struct, frozen=True):
    """A page that came. `body` is cut where it is longer than what was asked for."""

    status: int
    fields: dict[str, str]
    body: bytes
    size: int  # bytes of the body that came
    head_at: float  # when its head was there, and when all was, by the clock that was passed in
    done_at: float


def request(target: str, host: str, extra: str = "") -> bytes:
    """A GET. `target` is a path, or an address for a proxy; `extra` are more header lines, each with its end."""
    lines = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n{extra}Connection: close\r\n\r\n"
    return lines.encode("latin-1")


async def read_head(stream: Stream) -> Head:
    """The head of the final answer (1xx are skipped). Raises Failed("garbage") as soon as it cannot be HTTP."""
    while True:
        while len(stream.buffer) < 5:
            _looks_like_http(stream.buffer)
            await stream.need()
        _looks_like_http(stream.buffer)
        head = _head(await stream.until(b"\r\n\r\n", MAX_HEAD))
        if head.status >= 200 or head.status == 101:
            return head


def _looks_like_http(data: bytearray) -> None:
    if not b"HTTP/".startswith(data[:5]):
        raise Failed("garbage")


def _head(data: bytes) -> Head:
    first, *lines = data.decode("latin-1").split("\r\n")
    words = first.split(None, 2)
    if len(words) < 2 or len(words[1]) != 3 or not words[1].isdecimal():
        raise Failed("garbage")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return Head(int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs})


async def read_answer(stream: Stream, most: int, clock: Callable[[], float], *, keep: bool = True) -> Answer:
    """Head and body, the body up to `most` bytes. With `keep` false the body is counted, and empty in the answer.

    Raises Failed: "cut" when the body ends before its end.
    """
    head = await read_head(stream)
    began = clock()
    body = _Body(most, keep)
    fields = head.fields
    if head.status in (204, 304):
        pass
    elif "chunked" in fields.get("transfer-encoding", "").lower():
        await _chunks(stream, body)
    elif (length := fields.get("content-length", "")).isdecimal():
        await _take(stream, body, int(length[:MAX_DIGITS]))
    else:
        await _rest(stream, body)
    return Answer(head.status, fields, bytes(body.kept), body.size, began, clock())


class _Body:
    """A body as it comes: `most` bytes of it, kept or only counted."""

    def __init__(self, most: int, keep: bool) -> None:
        self.size = 0
        self.kept = bytearray()
        self._most = most
        self._keep = keep

    @property
    def full(self) -> bool:
        """Whether nothing more is wanted."""
        return self.size >= self._most

    def take(self, buffer: bytearray, count: int) -> int:
        """Move up to `count` bytes over, fewer where the body gets full. Returns how many left the buffer."""
        count = min(count, self._most - self.size, len(buffer))
        if self._keep:
            self.kept += buffer[:count]
        del buffer[:count]
        self.size += count
        return count


async def _take(stream: Stream, body: _Body, count: int) -> None:
    while count > 0 and not body.full:
        if not stream.buffer:
            await stream.need()
        count -= body.take(stream.buffer, count)


async def _chunks(stream: Stream, body: _Body) -> None:
    while not body.full:
        line = (await stream.until(b"\r\n", MAX_LINE)).partition(b";")[0].strip()
        if not _SIZE.fullmatch(line):
            raise Failed("garbage")
        size = int(line, 16)
        if size == 0:
            return
        await _take(stream, body, size)
        if not body.full:
            await stream.exactly(2)


async def _rest(stream: Stream, body: _Body) -> None:
    while not body.full:
        body.take(stream.buffer, len(stream.buffer))
        if not await stream.fill():
            return
