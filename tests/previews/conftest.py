"""The web on loopback."""

from collections.abc import AsyncIterator

import pytest

from .sites import Sites, standing


@pytest.fixture
async def sites() -> AsyncIterator[Sites]:
    """What stands there is up to the test."""
    async with standing() as sites:
        yield sites
