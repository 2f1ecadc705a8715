"""By which way requests leave. Whoever makes them takes one proxy's address; behind the pool's there is the local proxy, so that
every library can use the pool, and nothing of it has to know that there is one.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from .proxy import Proxy
from .settings import DIRECT, POOL, EgressSettings

FILE = "proxies.db"  # in the data folder


class Routes:
    """Ways by what the settings say. `local`: where the local proxy listens; None: nothing goes through the pool."""

    def __init__(self, default: str = "", local: tuple[str, int] | None = None, password: str = "") -> None:
        self._default, self._local, self._password = default, local, password

    def __call__(self, way: str, session: str) -> str:
        """The proxy to use, as an address; `direct`: none, whatever the environment says; empty: as the environment says.

        Args:
            way: what the settings of the one who asks say; empty: what `[egress]` says.
            session: who asks: the pool keeps it with one proxy while that works.
        """
        chosen = way or self._default
        if chosen != POOL:
            return chosen
        assert self._local is not None, "whoever says pool was named in `routed`"
        return Proxy(*self._local, "http", session, self._password).url


@contextlib.asynccontextmanager
async def routed(
    settings: EgressSettings, ways: Iterable[str], folder: Path, tell: Callable[[str], object] = lambda _: None
) -> AsyncIterator[Routes]:
    """The ways, with the local proxy before the pool where somebody wants that.

    Args:
        ways: what providers and others say; with `pool` among them, the pool is opened.
        folder: the data folder.
        tell: is told, in a sentence, what is amiss.
    """
    if POOL not in (settings.route, *ways):
        yield Routes(settings.route)
        return
    from .pool import Pool, Rotator, keep_fresh  # most servers have no pool, and start without it

    async with contextlib.AsyncExitStack() as stack:
        pool = await Pool.open(folder / FILE)
        stack.push_async_callback(pool.close)
        if not pool.records:
            tell("The pool of proxies is empty: `roomful proxies check`, with a FILE or with sources, fills it.")
        password = secrets.token_urlsafe(16)
        rotator = Rotator(pool, password)
        local = await rotator.listen()
        stack.push_async_callback(rotator.close)
        if settings.target:
            fresh = asyncio.create_task(keep_fresh(pool, settings.target, settings.judge, tell), name="fresh proxies")
            stack.push_async_callback(_ended, fresh)
        yield Routes(settings.route, local, password)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


__all__ = ["DIRECT", "FILE", "POOL", "Routes", "routed"]
