"""A stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ..bots_host.stage import Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A hub and room for a host."""
    async with staged(tmp_path / "search.db") as stage:
        yield stage
