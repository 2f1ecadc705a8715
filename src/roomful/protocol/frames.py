"""Frames: a 4-byte big-endian unsigned length, then that many bytes of payload.

TCP hands over bytes in whatever portions it likes. The law of this file: however the bytes are cut, the frames are the same.
"""

import struct
from collections.abc import Iterable

from roomful.errors import FrameTooLarge

HEADER = struct.Struct("!I")  # payload length in bytes, network order
MAX_FRAME = 65_536  # bytes of payload

_length = HEADER.unpack_from
_header = HEADER.pack


def frame(payload: bytes) -> bytes:
    """The payload as one frame."""
    return _header(len(payload)) + payload


def cut(data: bytes, limit: int = MAX_FRAME) -> tuple[list[bytes], bytes]:
    """Cut whole frames off the front of `data`.

    Returns the payloads and the rest: the beginning of a frame whose end has not come. Put the rest in front of the next bytes.

    Raises:
        FrameTooLarge: a header announces more than `limit` bytes; frames before it are in the error's `frames`.
    """
    payloads: list[bytes] = []
    at, end = 0, len(data)
    while end - at >= 4:
        (size,) = _length(data, at)
        if size > limit:
            raise TooLargeAfter(payloads, size, limit)
        stop = at + 4 + size
        if stop > end:
            break
        payloads.append(data[at + 4 : stop])
        at = stop
    return payloads, data[at:] if at else data


class TooLargeAfter(FrameTooLarge):
    """A frame that is too large, and the good ones that came before it."""

    def __init__(self, frames: list[bytes], size: int, limit: int) -> None:
        hint = " Is this the right port? The first bytes look like text." if size > 0x20202020 else ""
        super().__init__(f"A frame of {size:,} bytes was announced; at most {limit:,} are allowed.{hint}")
        self.frames = frames
        self.size = size


def join(payloads: Iterable[bytes]) -> bytes:
    """The payloads as frames, one behind the other."""
    return b"".join([_header(len(p)) + p for p in payloads])
