"""What a bot host tells those who watch over it: a real server with its bot host, a stand-in provider, a stand-in collector."""

import asyncio
import gzip
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from roomful.bots.figures import told
from roomful.client import Client, Message, Told
from roomful.log import Log
from tests.support.provider import KEY, Provider
from tests.support.server import PATIENCE, serve

CONFIG = """
[server]
bots_metrics = "127.0.0.1:0"

[providers.lab]
kind = "compatible"
base_url = "{address}"
key = "{key}"

[[bots]]
nick = "ada"
model = "lab:gpt-test"
"""


@asynccontextmanager
async def collector(got: list[bytes]) -> AsyncIterator[str]:
    """What is listening for spans; its address."""

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        got.append(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def fetched(address: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return str(answer.read(), "utf-8")

    return await asyncio.to_thread(get)


def _counted(text: str) -> set[str]:
    """The figures that have values."""
    return {line.partition("{")[0] for line in text.splitlines() if not line.startswith("#")}


async def heard(client: Client, style: str) -> None:
    """Wait until the bot says something: a notice, when it has come in; or text."""
    async for item in client.events():
        match item:
            case Told(body=Message(style=said), sender=sender) if said == style and sender.nick == "ada":
                return


async def test_figures_and_spans_of_a_turn(tmp_path: Path) -> None:
    spans: list[bytes] = []
    async with Provider() as provider, collector(spans) as address, asyncio.timeout(PATIENCE):
        (tmp_path / "roomful.toml").write_text(CONFIG.format(address=provider.openai, key=KEY))
        surroundings = {"OTEL_EXPORTER_OTLP_ENDPOINT": address}
        async with (
            serve(tmp_path, bots=True, environment=surroundings) as server,
            Client(server.tcp, nick="ann") as ann,
        ):
            await ann.join("#lobby", after=0)
            await heard(ann, "notice")
            await ann.post("#lobby", "this is for nobody")
            await ann.post("#lobby", "@ada hello")
            await heard(ann, "text")
            found = re.search(r"figures are served.*?(http://\S+/metrics)", server.log())
            assert found is not None, server.log()
            while not {"roomful_bot_silent_lines_total", "roomful_bot_turns_total"} <= _counted(
                text := await fetched(found[1])
            ):
                pass  # silences are gathered for a moment
    assert 'roomful_bot_turns_total{bot="ada",verdict="answered"} 1.0' in text
    assert 'roomful_bot_tokens_total{bot="ada",model="gpt-test-2026",way="in"} 20.0' in text
    assert 'roomful_bot_tokens_total{bot="ada",model="gpt-test-2026",way="out"} 7.0' in text
    assert 'roomful_bot_first_token_seconds_count{model="gpt-test-2026"} 1.0' in text
    assert re.search(r'roomful_bot_silent_lines_total\{bot="ada",rule="\w+"\} 1.0', text)
    assert "this is for nobody" not in text
    assert any(b"roomful-bots" in one and b"gpt-test" in one for one in spans)
    assert not any(b"hello" in one for one in spans), "what was said is in no span"


async def test_nothing_is_told_unless_somebody_asks(tmp_path: Path) -> None:
    async with told("", {}, Log(print)) as watch:
        assert watch is None


async def test_bots_go_on_where_figures_cannot_be_served(tmp_path: Path) -> None:
    logged: list[str] = []
    async with told("127.0.0.1:no-port", {}, Log(logged.append)) as watch:
        assert watch is None
    assert "no figures are served" in logged[0]
