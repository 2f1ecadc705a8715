"""Who may have how much of the HTTP door: so many short connections in all, and of these a share for each address.

A peer on this machine, or one of the settings' proxies, may stand for anybody: of its connections only the sum is bounded, and
the share is of the requests that are under way, by the address that each says it is from (`address_of`).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from aiohttp.web_protocol import RequestHandler

from roomful.errors import TooManyConnections
from roomful.hub.hub import Hub
from roomful.hub.limits import counted_as, is_loopback

from .problems import written

MOST_CONNECTIONS = 1_000  # at a time, without those that last: a browser has six of them open while it loads the page
TOLD = 64  # connections at a time that are told why they are one too many; more are just closed
TOLD_WITHIN = 1.0  # s for that
RETRY = 5.0  # s after which whoever was sent away may try again


class Shares:
    """Counts. `lasting`: connections that are neither ended for their age nor counted."""

    def __init__(self, hub: Hub, proxies: frozenset[str]) -> None:
        self._hub = hub
        self._proxies = proxies
        self.lasting: set[object] = set()
        self._connections: dict[str, set[RequestHandler]] = {}  # by peer; those that are gone too, for a while
        self._requests: dict[str, int] = {}  # under way, by address

    @property
    def most(self) -> int | None:
        """The share of one address; None: there is none, as one may be a whole classroom, or nothing is limited."""
        limits = self._hub.limits
        return limits.max_connections_per_address if limits.enabled and limits.by_address else None

    def connected(self, peer: str, connection: RequestHandler, in_all: int) -> None:
        """One more connection, when there are so many in all. Raises TooManyConnections."""
        if self._hub.limits.enabled and in_all - len(self.lasting) >= MOST_CONNECTIONS:
            raise TooManyConnections("The server has as many connections as it can have.", retry_after=RETRY)
        if is_loopback(peer) or peer in self._proxies:
            return
        here = self._connections.setdefault(counted_as(peer), set())
        here -= {one for one in here if one.transport is None}
        self._check(len(here) - len(here & self.lasting), "connections")
        here.add(connection)

    def forget_gone(self) -> None:
        """Forget connections that are no more."""
        for peer, here in list(self._connections.items()):
            here -= {one for one in here if one.transport is None}
            if not here:
                del self._connections[peer]

    @contextmanager
    def asking(self, address: str) -> Iterator[None]:
        """A request from there is under way. Raises TooManyConnections."""
        source = counted_as(address)
        self._check(self._requests.get(source, 0), "requests under way")
        self._count(source, 1)
        try:
            yield
        finally:
            self._count(source, -1)

    @contextmanager
    def apart(self, address: str) -> Iterator[None]:
        """While this runs the request is not counted: it lasts, and what lasts is counted by other measures."""
        source = counted_as(address)
        self._count(source, -1)
        try:
            yield
        finally:
            self._count(source, 1)

    def _count(self, source: str, more: int) -> None:
        count = self._requests.get(source, 0) + more
        if count:
            self._requests[source] = count
        else:
            self._requests.pop(source, None)

    def _check(self, here: int, what: str) -> None:
        if (most := self.most) is not None and here >= most:
            raise TooManyConnections(f"Your address has {here} {what}, and no more are taken.", retry_after=RETRY)


class Entrance(asyncio.Protocol):
    """In front of aiohttp until it is known where a connection comes from: lets it in, or says why not."""

    told = 0  # connections that are being told

    def __init__(self, shares: Shares, handler: RequestHandler, in_all: Callable[[], int]) -> None:
        self._shares = shares
        self._handler = handler
        self._in_all = in_all
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        try:
            self._shares.connected(peer[0] if peer else "", self._handler, self._in_all())
        except TooManyConnections as why:
            self._send_away(transport, why)
        else:
            transport.set_protocol(self._handler)
            self._handler.connection_made(transport)

    def _send_away(self, transport: asyncio.Transport, why: TooManyConnections) -> None:
        """Answer what was not asked yet: a connection that is closed with something unread would take the answer along."""
        if Entrance.told >= TOLD:
            transport.abort()
            return
        Entrance.told += 1
        transport.write(written(why))
        transport.write_eof()
        self._late = asyncio.get_running_loop().call_later(TOLD_WITHIN, transport.abort)

    def data_received(self, data: bytes) -> None:
        """What is asked does not count any more."""

    def connection_lost(self, exc: Exception | None) -> None:
        """It was told, or has gone."""
        if self._late is not None:
            self._late.cancel()
            Entrance.told -= 1
