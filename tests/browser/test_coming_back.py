"""Connections that are lost, servers that are killed, pages without a server."""

import asyncio

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.browser.visiting import PATIENCE
from tests.support.server import Server

# Whether so many rooms, or more, are kept on the device.
KEPT = """async (least) => {
    if (!(await indexedDB.databases()).some((one) => one.name === 'roomful')) return false
    const opened = await new Promise((done) => { indexedDB.open('roomful').onsuccess = (event) => done(event.target.result) })
    const rooms = opened.transaction('rooms').objectStore('rooms').getAll()
    return await new Promise((done) => { rooms.onsuccess = () => done(rooms.result.length >= least) })
}"""


async def test_a_page_comes_back_after_the_server_was_killed_and_loses_nothing(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    await alice.say("before")
    await bob.sees("before")
    await server.kill9()
    await expect(alice.page.get_by_text("Trying again in")).to_be_visible(timeout=PATIENCE)
    await alice.say("said without a server")
    await expect(alice.lines.filter(has_text="Waits for the connection.")).to_be_visible()
    await server.restart()
    await bob.sees("said without a server")
    await alice.sees("said without a server")
    await expect(alice.page.locator(".row-sending")).to_have_count(0, timeout=PATIENCE)
    for page in (alice, bob):
        assert await page.lines.filter(has_text="said without a server").count() == 1


async def test_what_was_missed_meanwhile_is_told_and_read(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await server.stop()  # without a network alone, a browser keeps its connection
    await expect(alice.page.get_by_text("Trying again in")).to_be_visible(timeout=PATIENCE)
    await alice.context.set_offline(True)
    await server.start()
    await post(server, "#lobby", ["one", "two"])
    await alice.context.set_offline(False)
    await expect(alice.page.get_by_role("status").filter(has_text="new lines came meanwhile")).to_be_visible(
        timeout=2 * PATIENCE
    )
    await alice.sees("two")


async def test_what_was_read_is_there_without_a_server(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("written down")
    await alice.sees("written down")
    await alice.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    async with asyncio.timeout(PATIENCE / 1000):
        while not await alice.page.evaluate(KEPT, 1):  # noqa: ASYNC110 - nothing tells of a browser's database
            await asyncio.sleep(0.05)
    await server.stop()
    await alice.page.reload()
    await alice.sees("written down")
    await expect(alice.page.get_by_text("Trying again in")).to_be_visible(timeout=PATIENCE)


async def test_logging_out_forgets_what_was_read(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("nobody else reads this here")
    await alice.sees("nobody else reads this here")
    await alice.page.get_by_role("button", name="You, and settings").click()
    await alice.page.get_by_role("menuitem", name="Leave").click()
    await expect(alice.page.get_by_label("Your nickname")).to_be_visible()
    await alice.page.reload()
    await expect(alice.page.get_by_label("Your nickname")).to_be_visible()
    assert await alice.page.evaluate(KEPT, 1) is False
