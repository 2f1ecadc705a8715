"""One direction of a connection, cut at the boundaries of its frames as it comes: what a trace shows.

`frames.cut` gives the whole frames and keeps the rest. Here the parts of a frame matter too, each with its place in the
stream and with what of it must be hidden. The law is the same: however the bytes are cut, the frames are the same.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from roomful.protocol.frames import HEADER, MAX_FRAME, TooLargeAfter
from roomful.protocol.masking import Veil

Part = Literal["header", "payload", "garbage"]
_MAYBE_SECRET = "What follows a broken frame that names a secret is not shown: it may belong to the secret."  # noqa: S105


class Piece(NamedTuple):
    """Bytes of one read or write that belong to one part of one frame."""

    part: Part
    frame: int  # its number in this direction, from 1
    offset: int  # of its first byte in this direction's stream
    data: bytes
    hidden: bytes  # a 1 for each byte that nobody may see, else a 0
    begins: bool  # the first bytes of this part
    missing: int  # bytes of this part that have not come yet
    size: int | None  # of the payload; None while the header is not whole


class Whole(NamedTuple):
    """A frame, complete."""

    frame: int
    size: int  # bytes of its payload
    value: Any  # what its JSON says; None if it is not JSON
    fault: str  # why it is not JSON; empty if it is
    legible: str  # its text as far as people may see it


class Astray(NamedTuple):
    """From here on this direction holds no frames that could be told."""

    offset: int
    reason: str


class Control(NamedTuple):
    """A frame of the carrier's own, which brings no payload of the protocol."""

    frame: int
    text: str  # what it is


Slice = Piece | Whole | Astray | Control


class Slicer:
    """Cuts one direction's bytes. Never raises: what is no frame is garbage, and is shown as such."""

    HEAD = HEADER.size  # bytes of a header at least

    def __init__(self, max_frame: int = MAX_FRAME) -> None:
        self._max_frame = max_frame
        self._part: Part = "header"
        self._frame = 1
        self._offset = 0
        self._have = bytearray()  # of the part that is being read
        self._shown = bytearray()  # the same of a payload, with `*` for what is hidden
        self._need = self.HEAD
        self._size: int | None = None
        self._veil = Veil()
        self._stray = False  # a payload was not JSON: the next header may be one in name only

    def take(self, data: bytes) -> Iterator[Slice]:
        """The pieces of one read or write, and after its last piece each frame that is whole, in order."""
        at = 0
        while at < len(data):
            if self._part == "garbage":
                yield self._garbage(data[at:])
                return
            if self._part == "header":
                self._need = self._head_needs(bytes(self._have) + data[at : at + self.HEAD])
            piece = self._piece(data[at : at + self._need - len(self._have)])
            at += len(piece.data)
            yield piece
            if not piece.missing:
                yield from self._finish()

    def _piece(self, data: bytes) -> Piece:
        begins = not self._have
        data = self._clear(data)
        hidden = self._is_hidden(data)
        self._have += data
        if self._part == "payload":
            self._shown += _stars(data, hidden)
        return self._placed(self._part, data, hidden, begins, self._need - len(self._have))

    def _is_hidden(self, data: bytes) -> bytes:
        """One byte for each of a piece: 1 where it must be hidden."""
        return self._veil.feed(data) if self._part == "payload" or self._stray else bytes(len(data))

    def _clear(self, data: bytes) -> bytes:
        """A piece as its sender meant it."""
        return data

    def _head_needs(self, begun: bytes) -> int:
        """How long the header is that begins so."""
        return self.HEAD

    def _head_size(self) -> int:
        """Bytes of payload that a whole header announces."""
        (size,) = HEADER.unpack(self._have)
        return int(size)

    def _placed(self, part: Part, data: bytes, hidden: bytes, begins: bool, missing: int) -> Piece:
        if part == "header" and not missing:
            self._size = self._head_size()
        size = None if self._stray and self._veil.named else self._size
        piece = Piece(part, self._frame, self._offset, data, hidden, begins, missing, size)
        self._offset += len(data)
        return piece

    def _garbage(self, data: bytes) -> Piece:
        return self._placed("garbage", data, self._veil.feed(data), False, 0)

    def _finish(self) -> Iterator[Slice]:
        """A part is complete: go on to the next one."""
        if self._part == "header":
            size = self._size or 0
            if (astray := self._check_head(size)) is not None:
                yield astray
                return
            self._start("payload", size)
            if size:
                return
        yield from self._finish_payload()

    def _check_head(self, size: int) -> Astray | None:
        """Why this cannot be a header; None: it can."""
        return self._no_header(size) if size > self._max_frame else None

    def _finish_payload(self) -> Iterator[Slice]:
        yield from self._told(told(self._frame, bytes(self._have), bytes(self._shown)))

    def _told(self, whole: Whole) -> Iterator[Slice]:
        """A message is whole: tell it, and go on as its bytes allow."""
        yield whole
        if self._veil.complete:
            self._veil.restart()
            self._stray = False
        elif self._veil.named:
            yield self._go_astray(self._offset, _MAYBE_SECRET)
            return
        else:
            self._veil.give_up()
            self._stray = True
        self._next()

    def _next(self) -> None:
        """The next frame begins."""
        self._frame += 1
        self._size = None
        self._start("header", self.HEAD)

    def _start(self, part: Part, need: int) -> None:
        self._part, self._need = part, need
        self._have.clear()
        self._shown.clear()

    def _no_header(self, size: int) -> Astray:
        if not self._stray:  # the veil has not seen these four bytes yet: a word may begin in them
            self._veil.feed(bytes(self._have))
        elif self._veil.named:
            return self._go_astray(self._offset, _MAYBE_SECRET)
        return self._go_astray(self._offset - len(self._have), TooLargeAfter([], size, self._max_frame).message)

    def _go_astray(self, offset: int, reason: str) -> Astray:
        self._veil.give_up()
        self._part = "garbage"
        return Astray(offset, reason)


def told(frame: int, payload: bytes, shown: bytes) -> Whole:
    """What a payload says. `shown`: the same with `*` for what is hidden."""
    legible = shown.decode("utf-8", "backslashreplace")
    try:
        return Whole(frame, len(payload), msgspec.json.decode(payload), "", legible)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        return Whole(frame, len(payload), None, _reason(why), legible)


def _reason(why: Exception) -> str:
    """Why it is not JSON, without the byte at fault: it may be a secret's."""
    if isinstance(why, UnicodeDecodeError):
        return f"not UTF-8 (byte {why.start})"
    return "nested too deeply" if isinstance(why, RecursionError) else str(why)


def _stars(data: bytes, hidden: bytes) -> bytes:
    return bytes(ord("*") if veiled else byte for byte, veiled in zip(data, hidden, strict=True))
