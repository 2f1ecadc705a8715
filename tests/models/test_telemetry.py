"""Spans of requests, as a collector gets them: what a request took, and never what was said."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from roomful import models
from roomful.models import telemetry
from tests.support.provider import Provider

from .conftest import Make, compatible, said


@pytest.fixture
async def collector() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A collector's address, and what it got."""
    got: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        got.append(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", got
    await runner.cleanup()


async def test_a_collector_learns_what_requests_took(
    collector: tuple[str, list[bytes]], provider: Provider, desk: Make
) -> None:
    address, got = collector
    assert telemetry.start({"OTEL_EXPORTER_OTLP_ENDPOINT": address})
    try:
        provider.next("A secret answer.")
        answer = (
            desk(work=compatible(provider)).model("work:llama3").stream([models.Message("user", "A secret question.")])
        )
        assert await said(answer) == "A secret answer."
    finally:
        await asyncio.to_thread(telemetry.stop)
    spans = b"".join(got)
    assert b"gen_ai.request.model" in spans
    assert b"llama3" in spans
    assert b"gen_ai.usage.output_tokens" in spans
    assert b"secret" not in spans


async def test_nobody_is_told_unless_a_collector_is_named(provider: Provider, desk: Make) -> None:
    assert not telemetry.start({})
    assert telemetry.instrumentation() is False
