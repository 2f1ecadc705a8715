"""Measure the web page in a real browser, before a real server on this machine.

python -m bench.page                    everything: sizes, first line, scrolling, typing, memory (two minutes)
python -m bench.page --lines 100000     of the room that is scrolled
python -m bench.page typing             one part

Nothing of it is a test: a slow machine measures itself. Figures stand in docs/performance.md with the machine they are of.
"""

import argparse
import asyncio
import gzip
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

import roomful
from tests.browser.filling import post
from tests.browser.visiting import Visitor, open_window
from tests.support.raw import RawClient
from tests.support.server import Server, serve

STATIC = Path(roomful.__file__).parent / "gateways" / "http" / "static"
FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
PARTS = ("first", "scrolling", "typing", "memory")
PER_SECOND = 100  # lines that arrive while somebody types
SECONDS = 15
FRAMES = """() => {
    window.frames_ = []
    let before = performance.now()
    const next = (now) => { window.frames_.push(now - before); before = now; requestAnimationFrame(next) }
    requestAnimationFrame(next)
}"""
SCROLL = """async (seconds) => {
    const box = document.querySelector('.lines')
    const end = performance.now() + seconds * 1000
    let way = -1
    while (performance.now() < end) {
        await new Promise(requestAnimationFrame)
        box.scrollTop += way * 400
        if (box.scrollTop === 0 && !document.querySelector('.beginning .spinner')) way = 1
    }
    return box.scrollHeight
}"""
KEYS = """() => {
    if (window.keys_) { window.keys_.length = 0; return }
    window.keys_ = []
    document.querySelector('.composer textarea').addEventListener('keydown', (event) => {
        const pressed = event.timeStamp
        requestAnimationFrame(() => setTimeout(() => window.keys_.push(performance.now() - pressed)))
    })
}"""


def sizes() -> None:
    """What the first view loads, compressed as a browser asks for it."""
    index = (STATIC / "index.html").read_text()
    for kind in ("js", "css"):
        files = [STATIC / name for name in sorted(set(re.findall(rf"/(assets/[\w.-]+\.{kind})", index)))]
        packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
        small = sum(path.with_name(path.name + ".br").stat().st_size for path in files if path.stat().st_size > 1024)
        print(f"first view, {kind}: {packed / 1000:.1f} kB gzip, {small / 1000:.1f} kB brotli, {len(files)} files")


async def first_line(browser: Browser, server: Server) -> None:
    """From asking for the address to the first line that can be read, by somebody who was here before; nothing cached."""
    taken = []
    for _ in range(5):
        visitor = await come(browser, server, "first")
        page = visitor.page
        client = await visitor.context.new_cdp_session(page)
        await client.send("Network.clearBrowserCache")
        await page.evaluate(
            "async () => { for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();"
            " for (const name of await caches.keys()) await caches.delete(name); indexedDB.deleteDatabase('roomful') }"
        )
        began = time.perf_counter()
        await page.goto(f"{visitor.base}/r/lobby", wait_until="commit")
        await page.locator("article .said").first.wait_for()
        taken.append(time.perf_counter() - began)
        await visitor.context.close()
    print(f"first line visible, cold: {sorted(taken)[len(taken) // 2] * 1000:.0f} ms (median of {len(taken)})")


async def scrolling(browser: Browser, server: Server, lines: int) -> None:
    """Frames while somebody scrolls back through a long room, whose pages come as they are needed."""
    visitor = await come(browser, server, "scroller", "/r/long")
    await visitor.page.evaluate(FRAMES)
    height = await visitor.page.evaluate(SCROLL, SECONDS)
    rows = await visitor.page.locator(".slot").count()
    print(
        f"scrolling {lines:,} lines: {frames(await visitor.page.evaluate('window.frames_'))};"
        f" {height:,} px high, {rows} rows in the page"
    )
    await visitor.context.close()


async def typing(browser: Browser, server: Server) -> None:
    """From a key to the frame that shows it, while lines arrive; and what is in memory behind it.

    A key waits for the next frame, up to 16.7 ms at 60 frames a second, in an empty page too: that is measured beside it.
    """
    visitor = await come(browser, server, "typist", "/r/busy")
    page = visitor.page
    bare = await visitor.context.new_page()
    await bare.set_content("<div class=composer><textarea></textarea></div>")
    print(f"typing into a page with nothing else: {keys(await typed(bare))}")
    await bare.close()
    await page.bring_to_front()
    print(f"typing in a room where nothing is said: {keys(await typed(page))}")
    before = await heap(page)
    stop = asyncio.Event()
    flood = asyncio.create_task(arrive(server, stop))
    taken = await typed(page)
    stop.set()
    print(f"typing, {PER_SECOND} lines/s arriving: {keys(taken)}; {await flood} lines came")
    print(f"memory of scripts: {before:.1f} MB before, {await heap(page):.1f} MB behind it")
    await visitor.context.close()


async def typed(page: Page) -> list[float]:
    """Type for a while; ms from each key to its frame."""
    await page.evaluate(KEYS)
    box = page.locator(".composer textarea").first
    await box.focus()
    for letter in "the quick brown fox jumps over the lazy dog " * 4:
        await page.keyboard.press("Space" if letter == " " else letter)
        await asyncio.sleep(0.06)
    taken: list[float] = await page.evaluate("window.keys_")
    await box.fill("")
    return sorted(taken)


async def memory(browser: Browser, server: Server, lines: int) -> None:
    """What is in memory when as many lines have come as in an hour of that."""
    visitor = await come(browser, server, "resident", "/r/flood")
    began = time.perf_counter()
    await post(server, "#flood", [f"line {number} of a long day" for number in range(lines)], "flood")
    await visitor.page.get_by_text(f"line {lines - 1} of a long day", exact=True).wait_for(timeout=300_000)
    rate = lines / (time.perf_counter() - began)
    print(
        f"memory of scripts behind {lines:,} lines: {await heap(visitor.page):.1f} MB; {rate:,.0f} lines/s were taken in"
    )
    await visitor.context.close()


# -- parts ----------------------------------------------------------------------------------------------


async def come(browser: Browser, server: Server, nick: str, path: str = "/") -> Visitor:
    """Somebody who is in."""
    visitor = await open_window(browser, f"http://{server.http}")
    await visitor.come(f"{nick}{time.monotonic_ns() % 100_000}", path)
    await visitor.page.locator("article .said").first.wait_for()
    return visitor


async def arrive(server: Server, stop: asyncio.Event) -> int:
    """Lines of one speaker at an even rate until it is enough; answers how many."""
    client = await RawClient.login(server.tcp, "arriving")
    await client.ask("join", room="#busy", signals=False)
    began = time.perf_counter()
    count = 0
    while not stop.is_set():
        asked = client.send("post", room="#busy", nonce=f"n{count}", text=f"line {count} with **some** words in it")
        await client.reply(asked)
        count += 1
        await asyncio.sleep(max(0.0, began + count / PER_SECOND - time.perf_counter()))
    await client.close()
    return count


async def heap(page: Page) -> float:
    """Megabytes that the page's scripts hold after a collection."""
    client = await page.context.new_cdp_session(page)
    await client.send("HeapProfiler.collectGarbage")
    found = await client.send("Runtime.getHeapUsage")
    return float(found["usedSize"]) / 1e6


def keys(taken: Sequence[float]) -> str:
    """Times of keys in words."""
    return f"key to frame {taken[len(taken) // 2]:.1f} ms median, {taken[int(len(taken) * 0.95)]:.1f} ms at 95 %"


def frames(taken: Sequence[float]) -> str:
    """Frames in words."""
    ordered = sorted(taken)
    late = sum(one > 25 for one in ordered)
    return (
        f"{1000 * len(ordered) / sum(ordered):.0f} frames/s, {ordered[len(ordered) // 2]:.1f} ms median,"
        f" {ordered[int(len(ordered) * 0.95)]:.1f} ms at 95 %, {100 * late / len(ordered):.0f} % over 25 ms"
    )


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Browser, Server]]:
    """A browser and a server."""
    chromium = shutil.which("chromium") or sys.exit("There is no chromium on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        async with (
            serve(Path(folder), environment={"ROOMFUL_LIMITS__ENABLED": "false"}) as server,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            yield browser, server
            await browser.close()


async def measure(lines: int, only: Sequence[str] = ()) -> None:
    """Everything, or only these, one after the other."""
    sizes()
    async with stage() as (browser, server):
        for room in ("#lobby", "#busy", "#flood"):
            await post(server, room, [f"line {number}" for number in range(60)], f"first{room[1:]}")
        if not only or "first" in only:
            await first_line(browser, server)
        if not only or "scrolling" in only:
            long = [f"line {number} {'and more ' * (number % 30)}" for number in range(lines)]
            await post(server, "#long", long, "long")
            await scrolling(browser, server, lines)
        if not only or "typing" in only:
            await typing(browser, server)
        if not only or "memory" in only:
            await memory(browser, server, 100_000)


def main() -> None:
    """The command line."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--lines", type=int, default=100_000)
    wishes.add_argument("only", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; else all")
    wished = wishes.parse_args()
    asyncio.run(measure(wished.lines, wished.only))


if __name__ == "__main__":
    main()
