"""The trace: every status, frame or byte of a connection, for people to read. Secrets are masked here, once for all.

Levels: `status` (what becomes of the connection), `frames` (those, and each frame decoded), `bytes` (those, and every read and
write in hex with the frames' boundaries, so that half a frame, or two and a half, in one read can be seen).

make = tracer("frames", print, lambda: time.time_ns() // 1_000_000)
trace = make("127.0.0.1:5002")
trace.status("connected")
trace.moved("->", data)
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import msgspec

from roomful.protocol.frames import MAX_FRAME
from roomful.protocol.hexdump import rows
from roomful.protocol.masking import SECRETS, masked
from roomful.protocol.slicing import Astray, Control, Piece, Slicer, Whole
from roomful.protocol.webslicing import WebSocketSlicer

__all__ = ["SECRETS", "Level", "Trace", "Tracer", "Way", "tracer"]

Level = Literal["status", "frames", "bytes"]
Way = Literal["->", "<-"]  # from this side to the peer; from the peer to this side

_SHORT = 100  # characters of JSON that go on the frame's own line
_INDENT = " " * 4
# What a terminal would obey instead of showing, and what would turn the text's direction around.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_COLOURS = {"request": "36", "reply": "32", "event": "33", "signal": "35", "error": "31", "status": "1", "bytes": "2"}


class Trace(Protocol):
    """What a connection tells its trace. One per connection."""

    def status(self, text: str) -> None:
        """connecting, connected, closed by peer, reset, timed out, resumed …"""

    def moved(self, way: Way, data: bytes) -> None:
        """These bytes were read from, or written to, the socket in one call, in this order."""

    def upgraded(self) -> None:
        """From here on the bytes are frames of a WebSocket (RFC 6455)."""


Tracer = Callable[[str], Trace]  # a trace for the connection with this peer


def tracer(
    level: Level,
    write: Callable[[str], None],
    clock: Callable[[], int],
    *,
    colour: bool = False,
    max_frame: int = MAX_FRAME,
) -> Tracer:
    """What makes the traces of connections.

    `write` takes one or several lines without the last line feed; what it raises goes through to whoever moved the bytes.
    `clock` gives ms since 1970 UTC; shown is local time. What announces more than `max_frame` bytes is taken for garbage.
    """

    def make(peer: str) -> Trace:
        return _Written(peer, level, write, clock, colour, max_frame)

    return make


class _Written:
    """The trace of one connection, written as text."""

    def __init__(
        self,
        peer: str,
        level: Level,
        write: Callable[[str], None],
        clock: Callable[[], int],
        colour: bool,
        max_frame: int,
    ) -> None:
        self._peer, self._level, self._write, self._clock, self._colour = peer, level, write, clock, colour
        self._max_frame = max_frame
        self._slicers: dict[Way, Slicer] = {"->": Slicer(max_frame), "<-": Slicer(max_frame)}

    def status(self, text: str) -> None:
        self._write(self._painted("status", f"{self._prefix('--')}  {_showable(text)}"))

    def upgraded(self) -> None:
        self._slicers = {"->": WebSocketSlicer(self._max_frame), "<-": WebSocketSlicer(self._max_frame)}

    def moved(self, way: Way, data: bytes) -> None:
        if self._level == "status":
            return
        lines = list(self._lines(way, data))
        if lines:
            self._write("\n".join(lines))

    def _lines(self, way: Way, data: bytes) -> Iterator[str]:
        prefix = self._prefix(way)
        slices = list(self._slicers[way].take(data))
        if self._level == "bytes":
            verb = "wrote" if way == "->" else "read"
            yield self._painted("bytes", f"{prefix}  {verb} {len(data):,} byte{'' if len(data) == 1 else 's'}")
            for piece in slices:
                if isinstance(piece, Piece):
                    yield from (self._painted("bytes", _INDENT + row) for row in rows(piece))
        for told in slices:
            if isinstance(told, Whole):
                yield from self._frame(prefix, told)
            elif isinstance(told, Control):
                yield self._painted("status", f"{prefix}  frame {told.frame}: {told.text}")
            elif isinstance(told, Astray):
                yield self._painted("error", f"{prefix}  no frames from byte {told.offset:,} on: {told.reason}")

    def _frame(self, prefix: str, whole: Whole) -> Iterator[str]:
        kind, title = _title(whole)
        body = _pretty(whole)
        start = f"{prefix}  frame {whole.frame}, {whole.size:,} bytes: {title}"
        if len(body) == 1:
            yield self._painted(kind, f"{start}  {body[0]}".rstrip())
            return
        yield self._painted(kind, start)
        yield from (self._painted(kind, _INDENT + line) for line in body)

    def _prefix(self, way: str) -> str:
        moment = datetime.fromtimestamp(self._clock() / 1000, UTC).astimezone()
        return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d} {way} {self._peer}"

    def _painted(self, kind: str, line: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{line}\x1b[0m" if self._colour else line


def _title(whole: Whole) -> tuple[str, str]:
    """What kind of frame it is, and what to call it: request 4 post, reply to 4 ok, event 22 in #lobby."""
    if whole.fault:
        return "error", f"not JSON ({whole.fault})"
    if not isinstance(whole.value, dict):
        return "error", "JSON, but no object"
    field = {name: _showable(value)[:60] for name, value in whole.value.items() if isinstance(value, str | int)}
    kind = field.get("type", "?")
    match kind:
        case "ok" | "error":
            code = f" {field['code']}" if kind == "error" and "code" in field else ""
            return "reply" if kind == "ok" else "error", f"reply to {field.get('re', 'no request')} {kind}{code}"
        case "event":
            return "event", f"event {field.get('seq', '?')} in {field.get('room', '?')}"
        case "signal":
            return "signal", f"signal in {field.get('room', '?')}"
        case "goodbye":
            return "error", f"goodbye {field.get('code', '?')}"
    return "request", f"request {field.get('id', '?')} {kind}"


def _pretty(whole: Whole) -> list[str]:
    """The payload, with secrets masked: on one line when short, else indented."""
    if whole.fault:
        return [_showable(whole.legible)] if whole.legible else [""]
    text = msgspec.json.encode(masked(whole.value))
    if len(text) > _SHORT:
        text = msgspec.json.format(text, indent=2)
    return [_showable(line) for line in text.decode().split("\n")]


def _showable(value: Any) -> str:
    """Text without anything that a terminal obeys."""
    return _UNSHOWABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", str(value))
