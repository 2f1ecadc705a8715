"""The same world as the hub's tests, and once more behind TLS: what holds for a plain connection holds for an encrypted one."""

from collections.abc import AsyncIterator

import pytest

from roomful.store import Store
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.hub.conftest import World, node
from tests.support.tls import Authority

__all__ = ["node", "world"]

AUTHORITY = Authority()


@pytest.fixture(params=["tcp", "tls"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """No hub yet: the test starts those it needs."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log)

    world = World(new_store, certificate=AUTHORITY.server() if request.param == "tls" else None)
    yield world
    await world.end()
