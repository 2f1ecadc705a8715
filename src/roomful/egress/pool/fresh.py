"""Checking anew, beside everything else, what was not looked at for long."""

import asyncio
import contextlib
from collections.abc import Callable

from ..checking import check
from .pool import Pool

AT_ONCE = 50
EVERY = 60.0  # s between two looks at who is due
MOST = 500  # proxies at a look


async def keep_fresh(pool: Pool, target: str, judge: str = "", tell: Callable[[str], object] = lambda _: None) -> None:
    """Check for ever whoever is due. Cancel it to end it. Raises ValueError: target or judge is no address."""
    while True:
        await refresh(pool, target, judge, tell)
        await asyncio.sleep(EVERY)


async def refresh(pool: Pool, target: str, judge: str = "", tell: Callable[[str], object] = lambda _: None) -> int:
    """Check whoever is due; returns how many. Raises ValueError."""
    due = pool.due()[:MOST]
    if not due:
        return 0
    async with contextlib.aclosing(check(due, target=target, judge=judge, at_once=AT_ONCE, tell=tell)) as results:
        async for result in results:
            pool.checked(result)
    return len(due)
