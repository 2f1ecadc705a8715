"""The web, as far as these tests know it: a server on loopback, which their names lead to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(title: str, more: str = "") -> str:
    """A page with a head."""
    return f"<!doctype html><html><head><title>{title}</title>{more}</head><body>{'long ' * 1000}</body></html>"


@dataclass
class Sites:
    """What stands at each path, and what was asked."""

    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    names: dict[str, list[Sequence[str]]] = field(
        default_factory=dict
    )  # what a name stands for, one time after the other
    resolved: list[str] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)  # lets go what `slow` keeps
    came: asyncio.Event = field(default_factory=asyncio.Event)  # set by every request
    port: int = 0

    def say(
        self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str
    ) -> str:
        """Let something stand at a path. Returns its address."""
        data = body.encode() if isinstance(body, str) else body

        async def handle(request: web.Request) -> web.StreamResponse:
            return web.Response(body=data, status=status, headers={"Content-Type": kind, **headers})

        self.pages[path] = handle
        return self.url(path)

    def slow(self, path: str) -> str:
        """A page that does not come before `held` is set. Returns its address."""

        async def handle(request: web.Request) -> web.StreamResponse:
            await self.held.wait()
            return web.Response(text=page("at last"), content_type="text/html")

        self.pages[path] = handle
        return self.url(path)

    def url(self, path: str, host: str = "site.example") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.path for request in self.asked]

    async def comes(self, count: int) -> None:
        """Wait until so many were asked for."""
        async with asyncio.timeout(10):
            while len(self.asked) < count:
                self.came.clear()
                await self.came.wait()

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """What a name stands for."""
        self.resolved.append(host)
        known = self.names.get(host, [["127.0.0.1"]])
        return known.pop(0) if len(known) > 1 else known[0]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self.asked.append(request)
        self.came.set()
        if (handler := self.pages.get(request.path)) is None:
            return web.Response(status=404)
        return await handler(request)


@asynccontextmanager
async def standing() -> AsyncIterator[Sites]:
    """They stand until the block ends."""
    sites = Sites()
    app = web.Application()
    app.router.add_get("/{path:.*}", sites.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sites.port = runner.addresses[0][1]
    try:
        yield sites
    finally:
        sites.held.set()
        await runner.cleanup()
