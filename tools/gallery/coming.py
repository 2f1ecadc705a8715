"""How the connection is: connecting, lost with a countdown, back again, offline, too fast, told to go; each as it is."""

import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Error, async_playwright

from tests.browser.filling import post
from tests.browser.visiting import PATIENCE, Visitor, open_window
from tests.support.raw import RawClient
from tests.support.server import Server, serve
from tools.gallery.shots import HEIGHT, WIDTH, Shots
from tools.gallery.stage import FLAGS, PASSWORD

LIMITS = {
    "ROOMFUL_ACCOUNTS__REGISTRATION": "open",
    "ROOMFUL_LIMITS__MESSAGES_PER_SECOND": "0.5",
    "ROOMFUL_LIMITS__MESSAGES_BURST": "12",
}


async def play(folder: Path, shots: Shots) -> None:
    """A server with few lines a second, which is stopped and started."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(folder, environment=LIMITS))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        stack.push_async_callback(browser.close)
        await post(server, "#lobby", [f"line {number}" for number in range(8)])
        ann, zoe = [await _window(stack, browser, server) for _ in range(2)]
        await ann.come("ann")
        await ann.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        for name, scene in (
            ("fast", _fast(ann, shots)),
            ("lost", _lost(server, ann, shots)),
            ("ended", _ended(server, zoe, shots)),
        ):
            try:
                await scene
            except (Error, AssertionError) as why:  # the others are still to be seen
                shots.faults.append(f"{name} was not played to its end: {why}")
        await _connecting(ann, shots)


async def _window(stack: AsyncExitStack, browser: Browser, server: Server) -> Visitor:
    visitor = await open_window(browser, f"http://{server.http}", WIDTH, HEIGHT)
    stack.push_async_callback(visitor.context.close)
    await visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return visitor


async def _fast(ann: Visitor, shots: Shots) -> None:
    """More lines than the server takes at once."""
    for number in range(14):
        await ann.say(f"too fast {number}")
    await ann.page.locator(".composer-note").wait_for()
    await shots.take(ann.page, "rate-limited", main=True)
    await ann.page.locator(".row-sending").first.wait_for(state="hidden", timeout=4 * PATIENCE)


async def _lost(server: Server, ann: Visitor, shots: Shots) -> None:
    """The server is gone, and back; then without a network."""
    page = ann.page
    await server.stop()
    await page.get_by_text("Trying again in").wait_for()
    await ann.say("said without a server")
    await page.get_by_text("Waits for the connection.").wait_for()
    await shots.take(page, "reconnecting", main=True)
    await ann.context.set_offline(True)
    await server.start()
    await post(server, "#lobby", ["one", "two"], "other")
    await ann.context.set_offline(False)
    await page.get_by_role("status").filter(has_text="Back again").wait_for(timeout=4 * PATIENCE)
    await shots.take(page, "resumed", main=True)
    await server.stop()
    await page.reload()
    await page.get_by_text("Trying again in").wait_for()
    await shots.take(page, "offline", main=True)
    await server.start()


async def _ended(server: Server, zoe: Visitor, shots: Shots) -> None:
    """Told to go: the device is logged out elsewhere."""
    await zoe.page.goto(zoe.base)
    await zoe.page.get_by_role("button", name="Make an account").click()
    await zoe.page.get_by_label("Account").fill("zoe")
    await zoe.page.get_by_label("Password").fill(PASSWORD)
    await zoe.page.get_by_role("button", name="Make the account").click()
    await zoe.is_in()
    client = await RawClient.login(server.tcp, None, account="zoe", password=PASSWORD)
    devices = (await client.ok("devices"))["devices"]
    for device in devices:
        if not device.get("this"):
            await client.ok("revoke", device=device["id"])
    await zoe.page.wait_for_timeout(800)
    await shots.take(zoe.page, "told-to-go", main=True)
    await client.close()


async def _connecting(ann: Visitor, shots: Shots) -> None:
    """The first connection takes its time."""
    other = await ann.context.new_page()
    await other.emulate_media(color_scheme="light", reduced_motion="reduce")
    slow = "window.WebSocket = class extends EventTarget { send() {} close() {} }"
    await other.add_init_script(slow)
    await other.goto(ann.base)
    await other.wait_for_timeout(800)
    await shots.take(other, "connecting", main=True)
    await other.close()
