"""The judge: a page that says what reached it, so that whoever asks through a proxy sees what the proxy made of it.

    GET /ANYTHING      the page: address, request line and header fields as they came, and ANYTHING
    GET /bytes/COUNT   that many bytes, for throughput

A judge has to stand where the proxies can reach it, and nothing may stand in front of it: behind a reverse proxy it would
judge that one.
"""

import contextlib
import ssl
from collections.abc import AsyncIterator

from aiohttp import web

from .seen import Seen, render

MOST_BYTES = 4 * 1024 * 1024  # in one answer
_BLOCK = bytes(range(256)) * 256

_HEADERS = {"Cache-Control": "no-store, no-transform", "Content-Type": "text/html; charset=utf-8"}


def application() -> web.Application:
    """The judge, for whatever runs aiohttp applications."""
    app = web.Application()
    app.router.add_get("/bytes/{count:[0-9]+}", _bytes)
    app.router.add_get("/{anything:.*}", _page)
    return app


@contextlib.asynccontextmanager
async def judging(host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Run a judge; gives its URL. Raises OSError where it cannot listen."""
    runner = web.AppRunner(application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=tls)
        await site.start()
        place = runner.addresses[0]
        shown = f"[{place[0]}]" if ":" in place[0] else place[0]
        yield f"{'https' if tls else 'http'}://{shown}:{place[1]}/"
    finally:
        await runner.cleanup()


async def _page(request: web.Request) -> web.Response:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers)
    version = f"{request.version.major}.{request.version.minor}"
    seen = Seen(peer[0] if peer else "", request.raw_path, version, fields)
    return web.Response(body=render(seen), headers=_HEADERS)


async def _bytes(request: web.Request) -> web.Response:
    count = min(int(request.match_info["count"][:9]), MOST_BYTES)
    body = (_BLOCK * (count // len(_BLOCK) + 1))[:count]
    return web.Response(body=body, content_type="application/octet-stream", headers={"Cache-Control": "no-store"})
