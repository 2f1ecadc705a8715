"""One real server for all tests that chat; each uses rooms and nicks of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.server import serve


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with serve(tmp_path_factory.mktemp("home")) as server:
        yield server.tcp


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests by `uv run`: what is typed to start Roomful is what it is for somebody who installed it."""
    monkeypatch.delenv("UV", raising=False)
