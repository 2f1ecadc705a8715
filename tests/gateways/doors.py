"""The HTTP door of a hub under test."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from roomful.gateways.http import HttpGateway
from roomful.gateways.websocket import WebSocketGateway
from tests.hub.conftest import Node
from tests.support.ws import WsClient


@dataclass
class Served:
    """A door that is open."""

    node: Node
    gateway: HttpGateway
    sockets: WebSocketGateway
    where: str  # HOST:PORT
    clients: list[WsClient] = field(default_factory=list)

    @property
    def http(self) -> str:
        """Where its pages are."""
        return f"http://{self.where}"

    @property
    def ws(self) -> str:
        """Where its WebSockets are."""
        return f"ws://{self.where}/ws"

    async def raw(self, **options: Any) -> WsClient:
        """A connection that has said nothing."""
        client = await WsClient.open(self.ws, **options)
        self.clients.append(client)
        return client

    async def client(self, nick: str | None, room: str | None = None, **fields: Any) -> WsClient:
        """Somebody who is logged in, and in a room if named."""
        client = await WsClient.enter(self.ws, nick, **fields)
        self.clients.append(client)
        if room is not None:
            await client.ok("join", room=room)
        return client


@asynccontextmanager
async def opened(node: Node, tracer: Any = None, **settings: Any) -> AsyncIterator[Served]:
    """The door, until the block ends."""
    sockets = WebSocketGateway(node.hub, node.gateway.admission, tracer)
    gateway = HttpGateway(node.hub, node.address, sockets=sockets, **settings)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    await gateway.listen(listener)
    served = Served(node, gateway, sockets, f"127.0.0.1:{listener.getsockname()[1]}")
    try:
        yield served
    finally:
        await gateway.close()
        for client in served.clients:
            client.writer.transport.abort()
            await client.http.close()
