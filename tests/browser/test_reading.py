"""Finding one's way in what was said: links, pages of history, the first new line."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.support.server import Server

PLACE = """() => {
    const row = document.elementFromPoint(600, 400).closest('.slot')
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]
}"""


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


async def test_another_day_is_reached_by_its_date(server: Server, visit: Visit) -> None:
    await post(server, "#long", [f"line {number}" for number in range(1, 301)])
    alice = await visit(server, "alice", "/r/long")
    await alice.sees("line 300")
    await alice.page.get_by_role("button", name="Go to a day").click()
    await alice.page.get_by_role("dialog").get_by_role("button", name="Go there").click()
    await expect(alice.lines.get_by_text("line 1", exact=True)).to_be_in_viewport()  # all was said today
