"""A scripted server, and clients that do not wait before they come back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from roomful.client import Client

from .scripted import Scripted

Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """A server in the test's hand."""
    async with Scripted() as server:
        yield server


@pytest.fixture
async def connect(server: Scripted) -> AsyncIterator[Connect]:
    """Makes connected clients, which are closed at the end."""
    async with AsyncExitStack() as stack:

        async def make(nick: str | None = "alice", room: str | None = None, **options: Any) -> Client:
            client = Client(server.address, nick=nick, **({"random": lambda: 0.0} | options))
            stack.push_async_callback(client.close)
            await client.connect()
            if room is not None:
                await client.join(room, last=50)
            return client

        yield make
