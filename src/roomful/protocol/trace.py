"""The trace: every status, frame or byte of a connection, for people to read. Secrets are masked here, once for all.

Levels: `status` (what becomes of the connection), `frames` (those, and each frame decoded), `bytes` (those, and every read and
write in hex with the frames' boundaries, so that half a frame, or two and a half, in one read can be seen).
"""

from collections.abc import Callable
from typing import Literal, Protocol

Level = Literal["status", "frames", "bytes"]
Way = Literal["->", "<-"]  # from this side to the peer; from the peer to this side

SECRETS = frozenset(("password", "token", "resume", "code"))


class Trace(Protocol):
    """What a connection tells its trace. One per connection."""

    def status(self, text: str) -> None:
        """connecting, connected, closed by peer, reset, timed out, resumed …"""

    def moved(self, way: Way, data: bytes) -> None:
        """These bytes were read from, or written to, the socket in one call, in this order."""


Tracer = Callable[[str], Trace]  # a trace for the connection with this peer
