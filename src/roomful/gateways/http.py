"""HTTP beside the chat: health, metrics, and a page that says how to connect."""

import asyncio
import html
import socket

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from roomful import __version__
from roomful.errors import StoreUnavailable
from roomful.hub.hub import Hub

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

    async def listen(self, listener: socket.socket) -> None:
        """Serve on a bound socket."""
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def close(self) -> None:
        """Finish what is being answered, and stop."""
        await self._runner.cleanup()

    async def _page(self, request: web.Request) -> web.Response:
        default = self._tcp == "127.0.0.1:5002"
        text = PAGE.format(
            version=html.escape(__version__),
            online=len(self._hub.participants),
            rooms=len(self._hub.rooms),
            tcp=html.escape(self._tcp or "(off)"),
            address="" if default else html.escape(f" tcp://{self._tcp}"),
        )
        return web.Response(text=text, content_type="text/html")

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
        text = generate_latest(self._registry)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
