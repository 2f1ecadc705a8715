"""The stores' suite over every adapter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog, MemoryStore

from .changes import OpenStore
from .store import StoreSuite


class TestMemory(StoreSuite):
    @pytest.fixture
    async def open_store(self) -> AsyncIterator[OpenStore]:
        log = MemoryLog()
        async with AsyncExitStack() as stack:

            async def another() -> Store:
                store = MemoryStore(log)
                stack.push_async_callback(store.close)
                return store

            yield another


class TestSqlite(StoreSuite):
    @pytest.fixture
    async def open_store(self, tmp_path: Path) -> AsyncIterator[OpenStore]:
        async with AsyncExitStack() as stack:

            async def another() -> Store:
                store = await SqliteStore.open(tmp_path / "roomful.db")
                stack.push_async_callback(store.close)
                return store

            yield another
