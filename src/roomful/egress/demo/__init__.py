"""The demonstration: pages, proxies, a judge and a target on the loopback, for whoever wants to see the chain at work.

proxies.py   proxies, each with one habit
pages.py     lists of them in all shapes, and the rows with which they are read
"""

import contextlib
import socket
from collections.abc import AsyncIterator

from aiohttp import web
from msgspec import Struct

from ..judge import judging
from ..source import Source
from . import pages
from .proxies import HOST, Standing, standing

__all__ = ["Demo", "Standing", "demonstration"]


class Demo(Struct, frozen=True):
    """Where everything is."""

    sources: tuple[Source, ...]
    proxies: tuple[Standing, ...]
    target: str
    judge: str
    own: str  # the address to check from, so that what a proxy tells of it can be told from its own; "": any


@contextlib.asynccontextmanager
async def demonstration() -> AsyncIterator[Demo]:
    """All of it, listening on free ports. Raises OSError."""
    async with contextlib.AsyncExitStack() as stack:
        proxies = await stack.enter_async_context(standing())
        judge = await stack.enter_async_context(judging(HOST))
        site = await stack.enter_async_context(_serving(pages.application([one.proxy for one in proxies])))
        yield Demo(pages.sources(site), tuple(proxies), f"{site}/target", judge, _own())


@contextlib.asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _own() -> str:
    """A second address of the loopback, where the system has them all."""
    with contextlib.suppress(OSError), socket.socket() as sock:
        sock.bind(("127.0.0.9", 0))
        return "127.0.0.9"
    return ""
