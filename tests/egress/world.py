"""A small world for the checker: a target over TLS, a plain one, a judge; and the names and addresses they have.

The checker connects from 127.0.0.9, so that what a proxy gives away of it can be told from the proxy's own 127.0.0.1.
"""

import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web
from msgspec import Struct

from roomful.egress import Proxy, Result, check
from roomful.egress.judge import judging
from tests.support.tls import Authority

Answer = Callable[[web.Request], Awaitable[web.Response]]
OWN = "127.0.0.9"
PAGE = (
    "<!doctype html><html><head><title>The target</title></head><body>"
    + "<p>As it must be.</p>" * 50
    + "</body></html>"
)


class World(Struct):
    """Where everything is; `check` is the checker, told so."""

    authority: Authority
    target: str  # https://
    plain: str  # http://, another server
    judge: str

    def check(self, proxies: Iterable[Proxy], **more: Any) -> AsyncGenerator[Result]:
        """The checker with a target over TLS, unless told otherwise."""
        wishes = {"target": self.target, "judge": self.judge, "bind": OWN, "tls": self.authority.client()}
        return check(proxies, **{"timeout": 2.0, "payload": 20_000, **wishes, **more})

    async def results(self, proxies: Iterable[Proxy], **more: Any) -> dict[Proxy, Result]:
        """All of them, by proxy."""
        return {result.proxy: result async for result in self.check(proxies, **more)}

    async def result(self, proxy: Proxy, **more: Any) -> Result:
        """The only one."""
        return (await self.results([proxy], **more))[proxy]

    def port(self, url: str) -> int:
        """The port of one of the addresses."""
        return int(url.split(":")[2].partition("/")[0])


@contextlib.asynccontextmanager
async def world() -> AsyncIterator[World]:
    """All of it, listening."""
    authority = Authority()
    async with contextlib.AsyncExitStack() as stack:
        target = await stack.enter_async_context(serving(authority.server("localhost")))
        plain = await stack.enter_async_context(serving(None))
        judge = await stack.enter_async_context(judging())
        yield World(authority, target, plain, judge.replace("127.0.0.1", "localhost"))


async def page(_: web.Request) -> web.Response:
    """The target's page: the same for everybody."""
    return web.Response(text=PAGE, content_type="text/html")


@contextlib.asynccontextmanager
async def serving(tls: ssl.SSLContext | None, answer: Answer = page) -> AsyncIterator[str]:
    """A page at `localhost`, over TLS or not. Gives its address."""
    app = web.Application()
    app.router.add_get("/page", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        yield f"{'https' if tls else 'http'}://localhost:{runner.addresses[0][1]}/page"
    finally:
        await runner.cleanup()
