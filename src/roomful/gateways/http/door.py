"""What the parts of the HTTP door share: the hub, how the door is set up, and which connections last."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

from aiohttp import web

from roomful.domain.commands import Request
from roomful.hub.hub import Hub
from roomful.store import RoomRecord, Store

from ..calls import Calls
from .security import Origins, address_of
from .shares import Shares

Form = Literal["jsonl", "csv", "md"]  # of a file that a room is exported into
Exporting = Callable[[Store, RoomRecord, Form], AsyncIterator[bytes]]  # a room into such a file, piece by piece


class Sockets(Protocol):
    """What serves WebSockets: another gateway, which this one does not know."""

    async def serve(
        self, request: web.Request, address: str, completed: Callable[[Request], Request]
    ) -> web.StreamResponse:
        """One connection, until it is no more."""

    def close(self) -> None:
        """Say goodbye to everybody."""


class Door:
    """One for all listeners. Each part has `add(app, door)`, which adds its routes."""

    def __init__(
        self,
        hub: Hub,
        tcp: str = "",
        *,
        sockets: Sockets | None = None,
        origins: tuple[str, ...] = (),
        proxies: tuple[str, ...] = (),
    ) -> None:
        self.hub = hub
        self.calls = Calls(hub)  # the sessions of those who ask over HTTP
        self.exporting: Exporting | None = None  # None: rooms are not exported
        self.tcp = tcp  # where the chat listens, HOST:PORT; empty: nowhere
        self.sockets = sockets
        self.origins = Origins(origins)  # from which pages may speak to us besides our own
        self._proxies = frozenset(proxies)
        self.shares = Shares(hub, self._proxies)

    def address_of(self, request: web.Request) -> str:
        """Where a request comes from, without port: what limits count by."""
        return address_of(request, self._proxies)

    @contextmanager
    def lasts(self, request: web.Request) -> Iterator[None]:
        """While this runs the request's connection may take as long as it likes: a WebSocket, a stream, an upload.

        Begin it only when it is known who asks: whatever lasts is not ended for its age.
        """
        connection = request.protocol
        self.shares.lasting.add(connection)
        try:
            with self.shares.apart(self.address_of(request)):
                yield
        finally:
            self.shares.lasting.discard(connection)
