"""People, a terminal and a bot in one room."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.visiting import PATIENCE
from tests.first_run.programs import program
from tests.support.server import Server

SEEN_GROWING = """
    window.grown = []
    new MutationObserver(() => {
        const row = document.querySelector('.row-growing')
        if (row) window.grown.push(row.querySelector('.said')?.textContent ?? '')
    }).observe(document, {subtree: true, childList: true, characterData: true})
"""

# Whether why a bot was silent is kept on the device, as the server tells it of several lines.
KEPT = """async () => {
    const ofSeveral = (room) => room.said?.length === 1 && room.said[0].verdict.first < room.said[0].verdict.last
    const opened = await new Promise((done) => { indexedDB.open('roomful').onsuccess = (event) => done(event.target.result) })
    const rooms = opened.transaction('rooms').objectStore('rooms').getAll()
    return await new Promise((done) => { rooms.onsuccess = () => done(rooms.result.some(ofSeveral)) })
}"""


async def test_two_browsers_and_a_terminal_talk_in_one_room(server: Server, visit: Visit, tmp_path: Path) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    async with program(tmp_path, "chat", f"tcp://{server.tcp}", "--nick", "tess", "--plain") as terminal:
        await alice.page.get_by_text("tess joined").wait_for()
        await alice.say("hello from a browser, @bob")
        await terminal.sees("alice: hello from a browser")
        terminal.type("hello from a terminal")
        await bob.sees("hello from a terminal")
        await alice.sees("hello from a terminal")
        line = await bob.sees("hello from a browser")
        await expect(line.locator(".mention-me")).to_have_text("@bob")


async def test_an_answer_grows_in_place_and_becomes_one_line(peopled: Server, visit: Visit) -> None:
    alice = await visit(peopled, "alice")
    await alice.page.evaluate(SEEN_GROWING)
    await alice.say("hello eliza, I am sad")
    answer = alice.lines.filter(has=alice.page.get_by_role("button", name="eliza", exact=True)).last
    await expect(answer).to_contain_text("sad")
    assert await alice.page.evaluate("window.grown.length") > 0
    await expect(alice.page.locator(".row-growing")).to_have_count(0)
    assert await alice.page.get_by_text(await answer.locator(".said").inner_text(), exact=True).count() == 1


async def test_a_silence_has_its_reason_under_the_line(peopled: Server, visit: Visit) -> None:
    alice, bob = await visit(peopled, "alice"), await visit(peopled, "bob")
    await bob.page.get_by_text("Two people are here now").first.wait_for()
    await alice.say("bob, are you there?")
    row = alice.page.locator(".slot").filter(has_text="bob, are you there?")
    await expect(row.locator(".verdict")).to_contain_text(
        "eliza kept silent: two people here, nobody named it (0 tokens)"
    )


async def test_a_silence_stands_in_history_too_and_without_a_server(peopled: Server, visit: Visit) -> None:
    alice, bob = await visit(peopled, "alice"), await visit(peopled, "bob")
    await bob.page.get_by_text("Two people are here now").first.wait_for()
    for who, text in ((alice, "bob, are you there?"), (bob, "close by"), (alice, "@eliza and you?")):
        await who.say(text)
        await bob.sees(text)
    await expect(bob.page.locator(".verdict")).to_have_count(2)
    told = "eliza kept silent: two people here, nobody named it (0 tokens) · 2 lines"
    for who in (await visit(peopled, "carol"), bob):
        await who.page.reload()
        await who.is_in()
        line = who.page.locator(".slot", has=who.page.locator(".verdict"))
        await expect(line).to_have_count(1)
        await expect(line).to_contain_text("close by")
        await expect(line.locator(".verdict")).to_contain_text(told)
    await bob.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    async with asyncio.timeout(PATIENCE / 1000):
        while not await bob.page.evaluate(KEPT):  # noqa: ASYNC110 - nothing tells of a browser's database
            await asyncio.sleep(0.05)
    await peopled.stop()
    await bob.page.reload()
    await expect(bob.page.locator(".verdict")).to_contain_text(told)


async def test_what_is_done_to_a_line_is_seen_by_everybody(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    await alice.say("I mean tea")
    line = await bob.sees("I mean tea")
    await line.hover()
    await line.get_by_role("button", name="React").click()
    await bob.page.get_by_role("dialog", name="React").get_by_role("button", name="👍").click()
    mine = await alice.sees("I mean tea")
    await expect(mine.get_by_role("button", name="👍 by bob")).to_be_visible()

    await alice.composer.press("ArrowUp")  # edits the last line
    await expect(alice.composer).to_have_value("I mean tea")
    await alice.say("I mean coffee")
    edited = await bob.sees("I mean coffee")
    await edited.get_by_role("button", name="edited").click()
    await expect(bob.page.get_by_role("dialog")).to_contain_text("I mean tea")
    await bob.page.keyboard.press("Escape")

    mine = await alice.sees("I mean coffee")
    await mine.focus()
    await alice.page.keyboard.press("Delete")
    await alice.page.get_by_role("button", name="Erase it").click()
    await expect(bob.lines.filter(has_text="This line was erased.")).to_be_visible()
    await expect(bob.page.get_by_role("log").get_by_text("coffee")).to_have_count(0)


async def test_a_reply_quotes_and_a_thread_stands_beside(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    await alice.say("shall we go?")
    line = await bob.sees("shall we go?")
    await line.focus()
    await bob.page.keyboard.press("r")
    await bob.say("yes, at once")
    answer = await alice.sees("yes, at once")
    await expect(answer.locator(".quote")).to_contain_text("shall we go?")

    await line.focus()
    await bob.page.keyboard.press("t")
    thread = bob.page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("textbox").fill("and where to?")
    await thread.get_by_role("textbox").press("Enter")
    await expect(thread.get_by_text("and where to?")).to_be_visible()
    await expect(alice.lines.filter(has_text="1 reply")).to_be_visible()
    await expect(alice.lines.filter(has_text="and where to?")).to_have_count(0)


async def test_a_direct_room_is_told_to_the_other_with_its_count(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    await alice.say("/msg bob only for you")
    entry = bob.page.get_by_role("navigation", name="Rooms").get_by_role("button", name="alice")
    await expect(entry.get_by_text("1 line that names you")).to_be_attached()
    await entry.click()
    await bob.sees("only for you")
    await expect(entry.get_by_text("1 line that names you")).to_have_count(0)
    await expect(bob.page).to_have_title("alice – Roomful")
