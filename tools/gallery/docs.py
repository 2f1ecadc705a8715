"""The few pictures that the documentation shows, taken anew: python -m tools.gallery docs/images --docs."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.visiting import Visitor, open_window
from tests.support.server import Server, serve
from tools.gallery.stage import FLAGS

TALK = (
    ("bob", "Does anybody know a good book about **Alan Turing**?"),
    ("alice", "Andrew Hodges wrote one: *The Enigma*"),
    ("bob", "Thanks! And what did the bots of the sixties make of us?"),
)
COLOURS = 128  # of a picture: enough for flat ones, and a third of the bytes


async def play(folder: Path, images: Path) -> None:
    """Two people and eliza, from the entry to a server that is gone."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(folder, bots=True))
        await server.bots_are_in()
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        stack.push_async_callback(browser.close)
        alice, bob = [await _window(stack, browser, server) for _ in range(2)]
        await alice.page.goto(alice.base)
        await alice.page.get_by_label("Your nickname").fill("alice")
        await _shot(alice.page, images / "entry.png")
        await alice.come("alice")
        await bob.come("bob")
        await _talk(alice, bob)
        await _streaming(alice, images / "room.png")
        await _panels(alice, images)
        await _phone(stack, browser, server, images / "phone.png")
        await server.stop()
        await alice.page.get_by_text("Trying again in").wait_for()
        await alice.say("I type this while it is gone")
        await alice.page.get_by_text("Waits for the connection.").wait_for()
        await _shot(alice.page, images / "offline.png")


async def _window(stack: AsyncExitStack, browser: Browser, server: Server, width: int = 1120) -> Visitor:
    visitor = await open_window(browser, f"http://{server.http}", width, 700)
    stack.push_async_callback(visitor.context.close)
    await visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return visitor


async def _talk(alice: Visitor, bob: Visitor) -> None:
    await alice.page.get_by_text("Two people are here now").first.wait_for()
    for number, (nick, text) in enumerate(TALK):
        who, other = (alice, bob) if nick == "alice" else (bob, alice)
        await who.say(text)
        line = await other.sees(text.split("*")[0])
        if number < 2:
            await alice.page.locator(".verdict").nth(number).wait_for()
        if number == 1:
            await line.hover()
            await line.get_by_role("button", name="React", exact=True).click()
            await other.page.get_by_role("dialog", name="React").get_by_role("button", name="👍").click()


async def _streaming(alice: Visitor, path: Path) -> None:
    """An answer in the middle of its growing."""
    await alice.say("@eliza I am worried about my exams, and my mother says that I worry too much")
    growing = alice.page.locator(".row-growing .said")
    await growing.filter(has_text="Tell").wait_for()
    await alice.page.screenshot(path=path)  # at once: it is done in a moment
    _small(path)
    await expect(growing).to_have_count(0)


async def _panels(alice: Visitor, images: Path) -> None:
    page = alice.page
    await page.keyboard.press("Control+Alt+b")
    await page.get_by_role("button", name="Fetch").first.wait_for()
    await _shot(page, images / "bots.png")
    await page.keyboard.press("Control+Alt+i")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.set_viewport_size({"width": 1280, "height": 700})
    await alice.say("hello, protocol")
    inspector = page.get_by_role("complementary", name="Protocol inspector")
    post = inspector.get_by_role("log").get_by_role("button").filter(has_text="hello, protocol").first
    await post.click()
    await _shot(page, images / "inspector.png")
    await page.keyboard.press("Control+Alt+i")
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size({"width": 1120, "height": 700})


async def _phone(stack: AsyncExitStack, browser: Browser, server: Server, path: Path) -> None:
    """The list, the lines and a thread on a phone, side by side."""
    from PIL import Image

    cleo = await _window(stack, browser, server, width=360)
    await cleo.come("cleo")
    await cleo.sees("Andrew Hodges")
    parts = [path.with_name(f"phone-{number}.png") for number in range(3)]
    await cleo.page.screenshot(path=parts[1])
    await cleo.page.get_by_role("button", name="Show the rooms").click()
    await cleo.page.screenshot(path=parts[0])
    await cleo.page.get_by_role("button", name="Hide the rooms").click()
    await cleo.page.get_by_role("button", name="people and bots are here").click()
    await cleo.page.get_by_role("complementary").get_by_text("alice").first.wait_for()
    await cleo.page.screenshot(path=parts[2])
    whole = Image.new("RGB", (360 * 3 + 40, 700), "#c8c8c4")
    for number, part in enumerate(parts):
        with Image.open(part) as image:
            whole.paste(image, (number * 380, 0))
        part.unlink()
    whole.save(path)
    _small(path)


async def _shot(page: Page, path: Path) -> None:
    await asyncio.sleep(0.1)  # what was moved comes to rest
    await page.screenshot(path=path, animations="disabled")
    _small(path)


def _small(path: Path) -> None:
    """Fewer colours: the page is flat."""
    from PIL import Image

    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
