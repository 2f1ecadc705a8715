"""Finding one's way in what was said: links, pages of history, the first new line."""

import os
import time

from playwright.async_api import Locator, Page, expect

from roomful.registry.hosting import host_token
from roomful.registry.making import Registry
from roomful.store.sqlite import SqliteStore
from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.support.raw import RawClient
from tests.support.server import Server

PLACE = """() => {
    const row = document.elementFromPoint(600, 400).closest('.slot')
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]
}"""


async def token(server: Server) -> str:
    """A bot host's, made beside the server as `roomful` does it."""
    store = await SqliteStore.open(server.data / "roomful.db")
    try:
        registry = Registry(store, clock=lambda: time.time_ns() // 1_000_000, entropy=os.urandom)
        return await host_token(registry, "the test")
    finally:
        await store.close()


async def rendered(page: Page) -> int:
    """How many rows there are in the page."""
    return await page.locator(".slot").count()


async def test_a_link_leads_to_its_line(server: Server, visit: Visit) -> None:
    await post(server, "#long", [f"line {number}" for number in range(1, 1001)])
    alice = await visit(server, "alice", "/r/long/500")
    line = await alice.sees("line 499")  # the first event is the join
    await expect(line).to_be_in_viewport()
    assert await rendered(alice.page) < 120
    await alice.page.get_by_role("button", name="To the newest line").click()
    await expect(await alice.sees("line 1000")).to_be_in_viewport()


async def test_a_line_far_back_is_shown_as_it_was_edited_since(server: Server, visit: Visit) -> None:
    bob = await RawClient.login(server.tcp, "bob")
    await bob.ok("join", room="#long", signals=False)
    seq = (await bob.ok("post", room="#long", nonce="first", text="helo wrld"))["seq"]
    await post(server, "#long", [f"line {number}" for number in range(1, 301)])
    await bob.ok("edit", room="#long", nonce="edit", seq=seq, text="hello world")
    await bob.ok("react", room="#long", nonce="react", seq=seq, emoji="👍")
    await bob.close()
    alice = await visit(server, "alice", f"/r/long/{seq}")
    line = await alice.sees("hello world")
    await expect(line).to_contain_text("edited")
    await expect(line.get_by_role("button", name="👍")).to_be_visible()
    await expect(alice.page.get_by_text("helo wrld")).to_have_count(0)


async def test_silences_far_back_stay_as_more_of_them_come(server: Server, visit: Visit) -> None:
    await post(server, "#long", [f"line {number}" for number in range(1, 301)])
    host = await RawClient.login(server.tcp, None, token=await token(server))
    bot = (await host.ok("bot_put", nick="eliza", model="offline:eliza"))["bot"]
    await host.ok("bot_room", bot=bot, room="#long")
    for seq in range(20, 301, 40):
        said = {"verdict": "not_addressed", "rule": f"rule {seq}", "words": f"eliza kept silent at {seq}"}
        one = {"bot": bot, "first": seq, "last": seq, **said}
        await host.ok("decide", room="#long", verdicts=[one], tell=[bot])
    await host.close()
    alice = await visit(server, "alice", "/r/long")
    await alice.sees("line 300")
    await reach_the_beginning(alice.page)
    for seq in (20, 60):
        row = alice.page.locator(f'.slot[data-seq="{seq}"]')
        await scroll_to(alice.page, row)
        await expect(row.locator(".verdict")).to_contain_text(f"eliza kept silent at {seq}")
    await alice.page.get_by_role("button", name="To the newest line").click()
    await expect(alice.page.locator('.slot[data-seq="300"] .verdict')).to_contain_text("silent at 300")


async def test_history_comes_as_one_scrolls_and_what_is_read_stays_in_place(server: Server, visit: Visit) -> None:
    await post(server, "#long", [f"line {number} {'and more ' * (number % 40)}" for number in range(1, 1001)])
    alice = await visit(server, "alice", "/r/long")
    await alice.sees("line 1000")
    await alice.page.mouse.move(600, 400)
    await alice.page.mouse.wheel(0, -700)
    await expect(alice.page.get_by_role("button", name="To the newest line")).to_be_visible()
    before = await alice.page.evaluate(PLACE)
    await post(server, "#long", ["something new below"], "other")
    await expect(alice.page.locator(".pill-below .count")).to_be_visible()
    assert await alice.page.evaluate(PLACE) == before
    await reach_the_beginning(alice.page)
    await expect(alice.page.get_by_text("This is where #long begins")).to_be_in_viewport()
    assert await rendered(alice.page) < 120


async def scroll_to(page: Page, row: Locator) -> None:
    """Scroll down until a row is there."""
    await page.mouse.move(600, 400)
    for _ in range(50):
        if await row.count():
            break
        await page.mouse.wheel(0, 200)
        await page.evaluate("() => new Promise(requestAnimationFrame)")
    await row.scroll_into_view_if_needed()


async def reach_the_beginning(page: Page) -> None:
    """Scroll up until there is no more, and what came last has found its place."""
    await page.evaluate(
        """() => new Promise((done) => {
            const box = document.querySelector('.lines')
            let still = 0
            const up = () => {
                const there = document.querySelector('.beginning .empty') && box.scrollTop === 0
                still = there ? still + 1 : 0
                box.scrollTop -= 3000
                if (still > 20) done(true)
                else requestAnimationFrame(up)
            }
            up()
        })"""
    )


async def test_the_first_new_line_is_marked_and_the_count_goes_when_it_is_read(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("/join #tea")
    await alice.page.get_by_role("heading", name="#tea").wait_for()
    await alice.say("I was here")
    await alice.sees("I was here")
    rooms = alice.page.get_by_role("navigation", name="Rooms")
    await rooms.get_by_role("button", name="lobby").click()
    await alice.page.get_by_role("heading", name="#lobby").wait_for()
    await post(server, "#tea", [f"new {number}" for number in range(3)])
    entry = rooms.get_by_role("button", name="tea")
    await expect(entry.get_by_text("3 unread lines")).to_be_attached()
    await entry.click()
    await alice.sees("new 2")
    marked = alice.page.locator(".slot").filter(has=alice.page.locator(".unread-line"))
    await expect(marked).to_contain_text("filler joined")  # the first event after what was read
    await expect(entry.get_by_text("unread")).to_have_count(0)


async def test_a_link_to_a_room_with_news_is_reading_them(server: Server, visit: Visit) -> None:
    await post(server, "#tea", ["tea at four"], "host")
    alice = await visit(server, "alice", "/r/tea")
    await alice.page.goto(alice.base + "/r/lobby")
    await alice.page.get_by_role("heading", name="#lobby").wait_for()
    await post(server, "#tea", ["come, @alice"])
    rooms = alice.page.get_by_role("navigation", name="Rooms")
    await rooms.get_by_text("1 line that names you").wait_for(state="attached")
    await alice.page.goto(alice.base + "/r/tea")
    await alice.sees("come, @alice")
    await expect(rooms.get_by_text("1 line that names you")).to_have_count(0)


async def test_a_link_to_a_room_that_is_not_there_makes_none_unless_one_wants_it(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice", "/r/teh")
    said = alice.page.get_by_role("status").filter(has_text="There is no room #teh")
    await expect(said).to_be_visible()
    await expect(alice.page.get_by_role("heading", name="#lobby")).to_be_visible()
    rooms = alice.page.get_by_role("navigation", name="Rooms")
    await expect(rooms.get_by_text("#teh")).to_have_count(0)
    await said.get_by_role("button", name="Create it").click()
    await expect(alice.page.get_by_role("heading", name="#teh")).to_be_visible()


async def test_another_day_is_reached_by_its_date(server: Server, visit: Visit) -> None:
    await post(server, "#long", [f"line {number}" for number in range(1, 301)])
    alice = await visit(server, "alice", "/r/long")
    await alice.sees("line 300")
    await alice.page.get_by_role("button", name="Go to a day").click()
    await alice.page.get_by_role("dialog").get_by_role("button", name="Go there").click()
    await expect(alice.lines.get_by_text("line 1", exact=True)).to_be_in_viewport()  # all was said today
