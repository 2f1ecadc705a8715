"""A server with everything in it, a provider of models that answers by a script, and windows of a browser."""

import asyncio
import importlib.util
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.visiting import PATIENCE, Visitor, open_window
from tests.support.provider import KEY, Fault, Provider
from tests.support.raw import RawClient
from tests.support.server import ROOMFUL, Server, serve
from tools.gallery.shots import HEIGHT, WIDTH, Shots

PASSWORD = "correct horse battery"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
PROGRAM = Path(__file__).parents[2] / "tests" / "bots_tools" / "files_server.py"
CONFIG = """
[accounts]
registration = "open"

[providers.lab]
kind = "openai"
key = "{key}"
base_url = "{url}"
local = false

[[mcp]]
name = "files"
command = "{python}"
args = ["{program}"]
env = {{ FOLDER = "{folder}" }}

[[bots]]
nick = "eliza"
model = "offline:eliza"
rooms = ["#lobby"]
host = true

[[bots]]
nick = "parry"
model = "offline:parry"

[[bots]]
nick = "gpt"
model = "lab:gpt-4o-mini"
rooms = ["#lobby", "#kitchen"]
tools = ["files.*"]

[tools."files.write"]
guests = ["#lobby", "#kitchen"]
"""
HALF = """Three things decide it:

1. **The flow.** Each connection probes for what is free.
2. **The queue.** A full one drops, and a drop means *slower*.
3. **The round trip"""


class Teller(Provider):
    """A provider whose answers stay half-written when they are to stall."""

    async def _fail(
        self, request: web.Request, response: web.StreamResponse, step: Fault, events: Any, model: str
    ) -> web.StreamResponse:
        if step.kind != "stall":
            return await super()._fail(request, response, step, events, model)
        for piece in list(events(model, HALF))[:-3]:
            await response.write(piece)
        await self._hang()
        return response


@dataclass
class Stage:
    """What scenes play on."""

    server: Server
    provider: Teller
    browser: Browser
    shots: Shots
    folder: Path
    speaks: bool
    stack: AsyncExitStack

    async def window(self, width: int = WIDTH, height: int = HEIGHT) -> Visitor:
        """Somebody new, before the page is opened."""
        visitor = await open_window(self.browser, f"http://{self.server.http}", width, height)
        self.stack.push_async_callback(visitor.context.close)
        await visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        return visitor

    async def guest(self, nick: str, path: str = "/") -> Visitor:
        """A guest who has come in."""
        visitor = await self.window()
        await visitor.come(nick, path)
        return visitor

    async def owner(self, name: str = "ann") -> Visitor:
        """Whoever owns the server, with an account."""
        visitor = await self.window()
        token = (self.server.data / "owner.token").read_text(encoding="utf-8").strip()
        await visitor.page.goto(f"{visitor.base}/#owner={token}")
        await visitor.page.get_by_label("Account").fill(name)
        await visitor.page.get_by_label("Password").fill(PASSWORD)
        await self.shots.take(visitor.page, "entry-owner")
        await visitor.page.get_by_role("button", name="Make the account").click()
        await visitor.is_in()
        return visitor

    async def talker(self, nick: str, *rooms: str) -> RawClient:
        """Somebody over the native protocol, in these rooms."""
        client = await RawClient.login(self.server.tcp, nick)
        for room in rooms:
            await client.ok("join", room=room, signals=False)
        pings = asyncio.create_task(_alive(client))
        self.stack.push_async_callback(client.close)
        self.stack.callback(pings.cancel)
        return client

    async def command(self, *words: str) -> None:
        """Run `roomful` with these words beside the server. Raises RuntimeError with what it said if it fails."""
        process = await asyncio.create_subprocess_exec(
            ROOMFUL,
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.server.environment,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(said.decode())


async def _alive(client: RawClient) -> None:
    """Say something now and then, as whoever is silent for long is taken for gone."""
    while True:
        await asyncio.sleep(30)
        client.send("ping")


@asynccontextmanager
async def stage(folder: Path, shots: Shots) -> AsyncIterator[Stage]:
    """The server, the provider and the browser, for as long as this is entered."""
    expect.set_options(timeout=PATIENCE)
    speaks = all(importlib.util.find_spec(name) for name in ("espeakng_loader", "pocketsphinx", "av"))
    environment = {"ROOMFUL_LIMITS__ENABLED": "false"}
    if speaks:
        environment |= {"ROOMFUL_SPEECH__LISTEN": "offline", "ROOMFUL_SPEECH__SPEAK": "offline"}
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(Teller())
        config = folder / "roomful.toml"
        words = {"key": KEY, "url": provider.openai, "python": sys.executable, "program": PROGRAM, "folder": folder}
        config.write_text(CONFIG.format(**words), encoding="utf-8")
        flags = ("--config", str(config))
        server = await stack.enter_async_context(serve(folder, *flags, environment=environment, bots=True))
        await server.bots_are_in()
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        stack.push_async_callback(browser.close)
        windows = await stack.enter_async_context(AsyncExitStack())
        yield Stage(server, provider, browser, shots, folder, speaks, windows)
