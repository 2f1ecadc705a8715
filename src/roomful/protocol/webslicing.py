"""One direction of a WebSocket (RFC 6455, 5.2), cut at the boundaries of its frames: what a trace shows.

As `slicing`, with WebSocket's headers. What a client masked is shown without its mask, and a message in fragments is told
once, with the number of its last frame.
"""

from collections.abc import Iterator
from typing import Final

from roomful.protocol.frames import MAX_FRAME
from roomful.protocol.slicing import Astray, Control, Slice, Slicer, told

FIN, RESERVED, OPCODE, MASKED, LENGTH = 0x80, 0x70, 0x0F, 0x80, 0x7F
CONTROL: Final = {0x8: "close", 0x9: "ping", 0xA: "pong"}
LONGEST_CONTROL = 125  # bytes (section 5.5)
MASK = 4  # bytes
_MORE = {126: 2, 127: 8}  # bytes of length behind the first two


class WebSocketSlicer(Slicer):
    """Cuts one direction's bytes, from behind the handshake on."""

    HEAD = 2

    def __init__(self, max_frame: int = MAX_FRAME) -> None:
        super().__init__(max_frame)
        self._mask = b""
        self._first = 0
        self._message, self._legible = b"", b""  # of the fragments before this frame

    def _head_needs(self, begun: bytes) -> int:
        """How long the header is that begins so, as far as can be told."""
        if len(begun) < self.HEAD:
            return self.HEAD
        return self.HEAD + _MORE.get(begun[1] & LENGTH, 0) + (MASK if begun[1] & MASKED else 0)

    def _head_size(self) -> int:
        """Bytes of payload that the header announces."""
        self._first, second = self._have[:2]
        more = _MORE.get(second & LENGTH, 0)
        self._mask = bytes(self._have[2 + more :])
        return int.from_bytes(self._have[2 : 2 + more]) if more else second & LENGTH

    def _clear(self, data: bytes) -> bytes:
        """Without its mask."""
        if self._part != "payload" or not self._mask:
            return data
        at = len(self._have) % MASK
        key = (self._mask[at:] + self._mask[:at]) * (len(data) // MASK + 1)
        return bytes(byte ^ veil for byte, veil in zip(data, key, strict=False))

    def _finish_payload(self) -> Iterator[Slice]:
        payload, shown = bytes(self._have), bytes(self._shown)
        kind = CONTROL.get(self._first & OPCODE)
        if kind is not None:
            yield Control(self._frame, _said(kind, payload))
            self._next()
            return
        self._message, self._legible = self._message + payload, self._legible + shown
        if not self._first & FIN:
            self._next()
            return
        whole, self._message, self._legible = told(self._frame, self._message, self._legible), b"", b""
        yield from self._told(whole)

    def _is_hidden(self, data: bytes) -> bytes:
        """A control frame is no part of the message around it: of what is in it, only a close's reason is shown, by name."""
        return (
            b"\1" * len(data)
            if self._part == "payload" and self._first & OPCODE in CONTROL
            else super()._is_hidden(data)
        )

    def _check_head(self, size: int) -> Astray | None:
        if self._first & RESERVED or (self._first & OPCODE in CONTROL and size > LONGEST_CONTROL):
            return self._go_astray(self._offset - len(self._have), "this is no header of a WebSocket's frame")
        return super()._check_head(size)


def _said(kind: str, payload: bytes) -> str:
    if kind != "close" or len(payload) < 2:
        return kind
    return f"close {int.from_bytes(payload[:2])}"
