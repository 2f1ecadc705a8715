"""For machines: whether the process lives, whether requests can be served, and the hub's figures."""

import asyncio

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from roomful.errors import StoreUnavailable
from roomful.hub.hub import Hub
from roomful.hub.limits import is_loopback

from .door import Door


class Figures(Collector):
    """The hub's counters in Prometheus' form, read when asked for."""

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


class Health:
    """Their answers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = hub = door.hub
        self._registry = CollectorRegistry()
        self._registry.register(Figures(hub))

    async def healthz(self, request: web.Request) -> web.Response:
        """The process lives and its loop turns."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """Requests can be served: the store answers."""
        try:
            async with asyncio.timeout(2):
                await self._hub.store.ping()
        except (StoreUnavailable, TimeoutError) as why:
            return web.json_response({"status": "store unavailable", "reason": str(why)}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(self, request: web.Request) -> web.Response:
        """The figures; where strangers come in, by `--lan` or through a proxy, for this machine only."""
        strangers = self._hub.settings.code or "X-Forwarded-For" in request.headers
        if strangers and not is_loopback(self._door.address_of(request)):
            raise web.HTTPForbidden(text="Figures are for this machine only.\n")
        text = generate_latest(self._registry)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def add(app: web.Application, door: Door) -> None:
    """Their routes."""
    health = Health(door)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
