"""The web page in a real browser, before a real server."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

import roomful
from tests.browser.visiting import Visitor, open_window
from tests.support.server import Server, serve

HERE = Path(__file__).parent
PAGE = Path(roomful.__file__).parent / "gateways" / "http" / "static" / "index.html"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Visit = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here, as they share a browser."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium, one for each worker of the tests."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    if not PAGE.is_file():
        pytest.skip("the page is not built: `just web-build`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server with nobody in it, without bots."""
    async with serve(tmp_path, environment={"ROOMFUL_LIMITS__ENABLED": "false"}) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def peopled(tmp_path: Path) -> AsyncIterator[Server]:
    """A server with the bots that it has at first."""
    async with serve(tmp_path, bots=True) as server:
        await server.bots_are_in()
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Opens windows: `await visit(server, "alice")` is somebody who has come in. No page may have a fault in its scripts."""
    opened: list[Visitor] = []

    async def come(server: Server, nick: str = "", path: str = "/", width: int = 1200, height: int = 800) -> Visitor:
        visitor = await open_window(browser, f"http://{server.http}", width, height)
        opened.append(visitor)
        if nick:
            await visitor.come(nick, path)
        return visitor

    yield come
    for visitor in opened:
        await visitor.context.close()
    assert not [fault for visitor in opened for fault in visitor.faults]
