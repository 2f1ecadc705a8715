"""Who may connect: connections in all, and from one address, by whichever door they come."""

import socket

from roomful.hub.hub import Hub
from roomful.hub.limits import counted_as
from roomful.hub.session import Session

KEEPALIVE = 60  # s of silence before the kernel probes
DEAD_AFTER = 30_000  # ms without acknowledgement of sent data (RFC 5482)


class Admission:
    """Counts connections that may stay. One for all doors of a server."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._by_source: dict[str, int] = {}

    def admit(self, address: str) -> bool:
        """Whether one more connection may come from there. If so, `gone` must follow when it is no more."""
        source, limits = counted_as(address), self._hub.limits
        here = self._by_source.get(source, 0)
        if limits.enabled and (len(self._hub.sessions) >= limits.max_connections or self._crowded(source, here)):
            self._hub.log.warning("too many connections", peer=address, of_this_address=here)
            return False
        self._by_source[source] = here + 1
        return True

    def gone(self, session: Session, why: Exception | None) -> None:
        """An admitted connection is no more."""
        left = self._by_source[session.source] - 1
        if left:
            self._by_source[session.source] = left
        else:
            del self._by_source[session.source]
        if not session.ending:
            self._hub.log.info("lost", reason=str(why) if why else "closed by peer", **session.described())
        session.lost()

    def _crowded(self, source: str, here: int) -> bool:
        """Whether too many connections come from there; of a classroom behind one address, those that have not logged in."""
        most = self._hub.limits.max_connections_per_address
        if here < most or self._hub.limits.by_address:
            return here >= most
        return sum(one.source == source and one.participant is None for one in self._hub.sessions) >= most


def set_options(listener: socket.socket) -> None:
    """Options of a listening socket; on Linux the accepted ones inherit them, which costs nothing for each."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option, value in (("TCP_KEEPIDLE", KEEPALIVE), ("TCP_USER_TIMEOUT", DEAD_AFTER)):
        if hasattr(socket, option):  # not on every system
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def spoken(peer: tuple[str, int]) -> str:
    """A peer's address for people."""
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
