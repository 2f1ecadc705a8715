"""Waiting for a provider, for as long as its settings allow."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from .faults import too_slow
from .names import Name

T = TypeVar("T")


async def soon(what: Awaitable[T], name: Name, *, began: bool) -> T:
    """What comes next, if it comes in time; `began`: some of the answer came before. Raises ModelTimeout."""
    seconds = name.source.settings.timeout
    try:
        async with asyncio.timeout(seconds):
            return await what
    except TimeoutError:
        raise too_slow(name, seconds, began=began) from None
