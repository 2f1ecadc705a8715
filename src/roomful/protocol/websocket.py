"""WebSocket frames as a server writes them (RFC 6455, section 5): whole messages, unmasked.

Reading is aiohttp's. Writing is here because an event is encoded once for all its readers, header and all.
"""

import struct
from typing import Final

TEXT: Final = 0x81  # a text frame that is a whole message
CLOSE: Final = 0x88

NORMAL: Final = 1000  # why a connection is closed (section 7.4.1)
GOING_AWAY: Final = 1001
NOT_TEXT: Final = 1003
BAD_UTF8: Final = 1007
POLICY: Final = 1008
TOO_LARGE: Final = 1009
TRY_AGAIN: Final = 1013  # registered with IANA

_short = struct.Struct("!BB").pack
_long = struct.Struct("!BBH").pack
_huge = struct.Struct("!BBQ").pack
_code = struct.Struct("!H").pack


def text(payload: bytes) -> bytes:
    """A payload, which must be UTF-8, as one text message in one frame."""
    return _header(TEXT, len(payload)) + payload


def close(code: int, reason: str = "") -> bytes:
    """The frame after which nothing may be sent; `reason` is for whoever debugs, at most 123 bytes."""
    body = _code(code) + reason.encode()
    return _header(CLOSE, len(body)) + body


def _header(first: int, size: int) -> bytes:
    if size < 126:
        return _short(first, size)
    return _long(first, 126, size) if size < 65_536 else _huge(first, 127, size)
