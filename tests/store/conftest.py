"""A database in a folder of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from roomful.store.sqlite import SqliteStore

Open = Callable[..., Awaitable[SqliteStore]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "roomful.db"


@pytest.fixture
async def open_sqlite(path: Path) -> AsyncIterator[Open]:
    """Opens stores over the test's database, or another; they are closed at the end."""
    async with AsyncExitStack() as stack:

        async def another(where: Path = path, vfs: str | None = None) -> SqliteStore:
            store = await SqliteStore.open(where, vfs=vfs)
            stack.push_async_callback(store.close)
            return store

        yield another


@pytest.fixture
async def store(open_sqlite: Open) -> SqliteStore:
    return await open_sqlite()
