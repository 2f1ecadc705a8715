"""The page for everybody: without a mouse, and on the smallest screens."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.support.server import Server

OVERFLOW = "document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth"


async def focused(page: Page) -> str:
    """What has the focus: its name for screen readers, or its text."""
    return str(
        await page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
        )
    )


async def test_everything_is_reached_without_a_mouse(server: Server, visit: Visit) -> None:
    await post(server, "#tea", ["a line to answer"])
    alice = await visit(server)
    page = alice.page
    await page.goto(alice.base)
    await page.keyboard.type("alice")  # the field has the focus
    await page.keyboard.press("Enter")
    await alice.is_in()
    await expect(alice.composer).to_be_focused()  # whoever comes in may write at once
    while await focused(page) != "To where you write":
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    assert await focused(page) == "Say something in #lobby"

    await page.keyboard.type("/jo")
    await expect(page.get_by_role("option", name="/join #ROOM")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Tab")
    await page.keyboard.type("#tea")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="#tea").wait_for()
    await alice.sees("a line to answer")

    await page.keyboard.press("Shift+Tab")
    while await focused(page) != "Lines in #tea":
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowUp")
    assert (await focused(page)).startswith("alice joined")
    await page.keyboard.press("ArrowUp")
    assert (await focused(page)).startswith("filler, ")
    await page.keyboard.press("r")
    await expect(alice.composer).to_be_focused()
    await page.keyboard.type("with the keyboard")
    await page.keyboard.press("Enter")
    answer = await alice.sees("with the keyboard")
    await expect(answer.locator(".quote")).to_contain_text("a line to answer")


async def test_names_are_completed_and_a_line_is_broken_with_shift(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await visit(server, "beatrice")
    await alice.page.get_by_text("beatrice joined").wait_for()
    await alice.composer.press_sequentially("hello @bea")
    await expect(alice.page.get_by_role("option", name="@beatrice")).to_be_visible()
    await alice.composer.press("Enter")
    await expect(alice.composer).to_have_value("hello @beatrice ")
    await alice.composer.press_sequentially("one")
    await alice.composer.press("Shift+Enter")
    await alice.composer.press_sequentially("two")
    await alice.composer.press("Enter")
    line = await alice.sees("one")
    assert (await line.locator(".said").inner_text()).endswith("one\ntwo")


async def test_the_smallest_screen_shows_one_thing_at_a_time(server: Server, visit: Visit) -> None:
    await post(
        server,
        "#lobby",
        ["a" * 300, "```\n" + "long code " * 40 + "\n```", "| a | b |\n|---|---|\n" + "| c | d |\n" * 3],
    )
    alice = await visit(server, "alice", width=320, height=568)
    await alice.say("from a small screen")
    await alice.sees("from a small screen")
    assert not await alice.page.evaluate(OVERFLOW)
    await expect(alice.page.get_by_role("navigation", name="Rooms")).to_be_hidden()
    await alice.page.get_by_role("button", name="Show the rooms").click()
    rooms = alice.page.get_by_role("navigation", name="Rooms")
    await expect(rooms).to_be_in_viewport(ratio=1)
    await rooms.get_by_role("button", name="lobby").click()
    await expect(rooms).to_be_hidden()
    line = await alice.sees("from a small screen")
    await line.focus()
    await alice.page.keyboard.press("t")
    await expect(alice.page.get_by_role("complementary", name="Thread")).to_be_in_viewport(ratio=1)
    assert not await alice.page.evaluate(OVERFLOW)


async def test_a_draft_stays_with_its_room(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("/join #tea")
    await alice.page.get_by_role("heading", name="#tea").wait_for()
    await alice.composer.fill("half a sentence")
    rooms = alice.page.get_by_role("navigation", name="Rooms")
    await rooms.get_by_role("button", name="lobby").click()
    await expect(alice.composer).to_have_value("")
    await alice.page.reload()
    await alice.is_in()
    await rooms.get_by_role("button", name="tea").click()
    await expect(alice.composer).to_have_value("half a sentence")


async def test_esc_closes_what_is_open_and_gives_the_focus_back(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    page = alice.page
    await alice.say("a line")
    line = await alice.sees("a line")
    await expect(line).to_have_attribute("tabindex", "-1")  # it is recorded, and no more on its way
    await page.keyboard.press("Escape")  # from the field to the newest line
    await expect(line).to_be_focused()
    await page.keyboard.press("Delete")
    erase = page.get_by_role("dialog", name="Erase this line?")
    await expect(erase.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(erase).to_have_count(0)
    await expect(line).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(alice.composer).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog", name="Go to").wait_for()
    await page.keyboard.type("nothing of this name")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(alice.composer).to_be_focused()
    await page.keyboard.press("Control+Alt+f")
    await expect(page.get_by_role("complementary", name="Search").get_by_label("Search")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary")).to_have_count(0)
    await expect(alice.composer).to_be_focused()


async def test_the_menu_of_a_line_takes_clicks(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("to be kept in sight")
    line = await alice.sees("to be kept in sight")
    await line.hover()
    await line.get_by_role("button", name="More").click()
    await alice.page.get_by_role("menuitem", name="Pin").click()
    await alice.page.get_by_text("alice pinned a line").first.wait_for()
