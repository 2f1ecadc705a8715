"""HTTP beside the chat: the web client, its WebSocket, the API; health and metrics.

Each part is a module with `add(app, door)`, which adds its routes.
"""

import asyncio
import socket

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from roomful.errors import Ended, TooManyConnections
from roomful.hub.hub import Hub

from ..admission import set_options
from . import api, cookies, files, health, hooks, page, previews, speech, upgrade
from .door import Door, Sockets
from .faults import logger
from .problems import problem
from .security import headed
from .shares import Entrance

CONNECTION_LIFE = 30.0  # s, at least; at most twice as long
KEPT_ALIVE = 15.0  # s for the next request of a connection
CLOSE_WITHIN = 0.3  # s for requests that are being answered
PARTS = (health, upgrade, cookies, files, speech, previews, api, hooks, page)


class HttpGateway:
    """The listener."""

    def __init__(
        self,
        hub: Hub,
        tcp: str,
        *,
        sockets: Sockets | None = None,
        origins: tuple[str, ...] = (),
        proxies: tuple[str, ...] = (),
    ) -> None:
        self._hub = hub
        self.door = Door(hub, tcp, sockets=sockets, origins=origins, proxies=proxies)
        app = web.Application(middlewares=(headed, _shared(self.door)))
        for part in PARTS:
            part.add(app, self.door)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=CLOSE_WITHIN,
            keepalive_timeout=KEPT_ALIVE,
            logger=logger(hub.log),
        )
        self._servers: list[asyncio.Server] = []
        self._sweeping: asyncio.Task[None] | None = None
        self._old: set[object] = set()  # connections that were there at the last sweep

    async def listen(self, listener: socket.socket) -> None:
        """Serve on a bound socket; may be called for several."""
        set_options(listener)
        loop = asyncio.get_running_loop()
        if self._sweeping is None:
            await self._runner.setup()
            self._sweeping = loop.create_task(self._sweep_for_ever())
        self._servers.append(await loop.create_server(self._accept, sock=listener))

    async def close(self) -> None:
        """Finish what is being answered, and stop."""
        for server in self._servers:
            server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self.door.sockets is not None:
            self.door.sockets.close()
        await self._runner.cleanup()

    def _accept(self) -> asyncio.Protocol:
        """A connection, if there is room for one: strangers must not use up the chat's descriptors here."""
        server = self._runner.server
        assert server is not None
        return Entrance(self.door.shares, server(), lambda: len(server.connections))

    def sweep(self) -> None:
        """End the connections that were there at the last sweep, unless they last.

        By itself aiohttp lets a request that is never finished wait for ever.
        """
        there = self._runner.server.connections if self._runner.server else []
        connections = [one for one in there if one not in self.door.shares.lasting]
        for old in connections:
            if old in self._old:
                old.force_close()
        self._old = set(connections)
        self.door.shares.forget_gone()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CONNECTION_LIFE)
            self.sweep()


def _shared(door: Door) -> Middleware:
    """No address has more than its share of the requests that are under way."""

    @web.middleware
    async def shared(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            with door.shares.asking(door.address_of(request)):
                return await handler(request)
        except TooManyConnections as why:
            return problem(why)
        except ConnectionResetError:
            if request.transport is not None:
                raise
            return problem(Ended())  # whoever asked hung up in the middle: nobody hears it, and it is no fault of ours

    return shared
