"""A site on the loopback that says what it is told to, and remembers who asked for what."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from roomful.egress.sources import Source, Web


class Site:
    """Pages by path: a text, or a function of the request."""

    def __init__(self) -> None:
        self.url = ""
        self.pages: dict[str, Any] = {}
        self.asked: list[web.Request] = []  # all but robots.txt
        self.changed = asyncio.Event()

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path_qs for request in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        if request.path != "/robots.txt":
            self.asked.append(request)
            self.changed.set()
        page = self.pages.get(request.path_qs, self.pages.get(request.path))
        if page is None:
            return web.Response(status=404, text="There is no such page.")
        if callable(page):
            page = page(request)
        if isinstance(page, web.StreamResponse):
            return page
        kind = "application/json" if page[:1] in ("{", "[") else "text/html" if page[:1] == "<" else "text/plain"
        return web.Response(text=page, content_type=kind)


@contextlib.asynccontextmanager
async def site(pages: Mapping[str, Any] | None = None, host: str = "127.0.0.1") -> AsyncIterator[Site]:
    """A site with these pages, listening."""
    made = Site()
    made.pages |= pages or {}
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://{host}:{runner.addresses[0][1]}"
        yield made
    finally:
        await runner.cleanup()


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def quick(time: Time | None = None, **more: Any) -> Web:
    """Asks without waiting: time is the test's own."""
    time = time or Time()
    return Web(clock=time, sleep=time.sleep, chance=lambda: 0.5, **more)


def row(name: str, url: str = "", **more: Any) -> Source:
    """A row of the configuration."""
    return Source(name, url=url, **{"enabled": True, "interval": 0.0, "retries": 0, **more})
