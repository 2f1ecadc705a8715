"""HTTP beside the chat: health, metrics, and a page that says how to connect."""

import asyncio
import html
import re
import socket
from typing import cast

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from roomful import __version__
from roomful.errors import StoreUnavailable
from roomful.hub.hub import Hub
from roomful.hub.limits import is_loopback

DEFAULT_TCP = "127.0.0.1:5002"  # what `roomful chat` calls without an address
CODE = re.compile("[0-9]{6}")
MOST_CONNECTIONS = 128  # at a time
CONNECTION_LIFE = 30.0  # s, at least; at most twice as long
CLOSE_WITHIN = 0.3  # s for requests that are being answered

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Roomful</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }}
code {{ font: 1em ui-monospace, monospace; padding: .15em .4em; border-radius: .3em; background: #8882 }}
</style>
<h1>Roomful</h1>
<p>A chat server runs here: release {version}, {online} connected, {rooms} rooms in use.</p>
<p>Talk in a terminal: <code>roomful chat{address}</code></p>
<p>Write your own client: the protocol is JSON in length-prefixed frames on <code>{tcp}</code>.</p>
<p>For machines: <a href="healthz">healthz</a> · <a href="readyz">readyz</a> · <a href="metrics">metrics</a></p>
</html>
"""


class Figures(Collector):
    """The hub's counters, in Prometheus' form, read when asked for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> list[Metric]:
        """One sample of everything."""
        hub, committer = self._hub, self._hub.committer
        return [
            GaugeMetricFamily("roomful_connections", "Connections now", len(hub.sessions)),
            GaugeMetricFamily("roomful_participants", "Participants connected now", len(hub.participants)),
            GaugeMetricFamily("roomful_rooms_loaded", "Rooms in memory", len(hub.rooms)),
            GaugeMetricFamily("roomful_tail_bytes", "Bytes of encoded events in memory", hub.rooms.tail_bytes),
            GaugeMetricFamily("roomful_pending_commands", "Commands not yet decided", len(committer.pending)),
            CounterMetricFamily("roomful_events", "Events recorded", committer.events),
            CounterMetricFamily("roomful_batches", "Commits", committer.batches),
            CounterMetricFamily("roomful_commit_seconds", "Time spent waiting for the store", committer.commit_seconds),
        ]


class SentAway(asyncio.Protocol):
    """A connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it at once."""
        cast("asyncio.Transport", transport).abort()


class HttpGateway:
    """The listener."""

    def __init__(self, hub: Hub, tcp: str) -> None:
        self._hub = hub
        self._tcp = tcp
        self._registry = CollectorRegistry()
        self._registry.register(Figures(hub))
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=CLOSE_WITHIN)
        self._servers: list[asyncio.Server] = []
        self._sweeping: asyncio.Task[None] | None = None
        self._old: set[object] = set()  # connections that were there at the last sweep

    async def listen(self, listener: socket.socket) -> None:
        """Serve on a bound socket; may be called for several."""
        loop = asyncio.get_running_loop()
        if self._sweeping is None:
            await self._runner.setup()
            self._sweeping = loop.create_task(self._sweep_for_ever())
        self._servers.append(await loop.create_server(self._accept, sock=listener))

    async def close(self) -> None:
        """Finish what is being answered, and stop."""
        for server in self._servers:
            server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        await self._runner.cleanup()

    def _accept(self) -> asyncio.Protocol:
        """A connection, if there is room for one: strangers must not use up the chat's descriptors here."""
        assert self._runner.server is not None
        full = self._hub.limits.enabled and len(self._runner.server.connections) >= MOST_CONNECTIONS
        return SentAway() if full else self._runner.server()

    def sweep(self) -> None:
        """End the connections that were there at the last sweep: aiohttp lets a request that is never finished wait for ever."""
        connections = self._runner.server.connections if self._runner.server else []
        for old in connections:
            if old in self._old:
                old.force_close()
        self._old = set(connections)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CONNECTION_LIFE)
            self.sweep()

    async def _page(self, request: web.Request) -> web.Response:
        address = self._reached_by(request)
        code = request.query.get("code", "")
        words = "" if address == DEFAULT_TCP else f" tcp://{address}"
        text = PAGE.format(
            version=html.escape(__version__),
            online=len(self._hub.participants),
            rooms=len(self._hub.rooms),
            tcp=html.escape(address or "(off)"),
            address=html.escape(words if address else "") + (f" --code {code}" if CODE.fullmatch(code) else ""),
        )
        return web.Response(text=text, content_type="text/html", headers={"Referrer-Policy": "no-referrer"})

    def _reached_by(self, request: web.Request) -> str:
        """Where whoever asks reaches the chat: by the address that brought them here, if it listens there."""
        if not self._tcp or request.transport is None or not self._hub.settings.code:
            return self._tcp
        host, port = request.transport.get_extra_info("sockname")[0], self._tcp.rpartition(":")[2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def _healthz(self, request: web.Request) -> web.Response:
        """The process lives and its loop turns."""
        return web.json_response({"status": "ok"})

    async def _readyz(self, request: web.Request) -> web.Response:
        """Requests can be served: the store answers."""
        try:
            async with asyncio.timeout(2):
                await self._hub.store.ping()
        except (StoreUnavailable, TimeoutError) as why:
            return web.json_response({"status": "store unavailable", "reason": str(why)}, status=503)
        return web.json_response({"status": "ready"})

    async def _metrics(self, request: web.Request) -> web.Response:
        if self._hub.settings.code and not is_loopback(request.remote or "?"):
            raise web.HTTPForbidden(text="Figures are for this machine only.\n")
        text = generate_latest(self._registry)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
