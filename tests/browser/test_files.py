"""Files that go with a line."""

from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Visit
from tests.support.server import Server


async def test_a_file_goes_with_a_line_and_is_there_for_the_other(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    notes: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"what was said"}
    await alice.page.locator("input[type=file]").set_input_files([notes])
    await expect(alice.page.locator(".upload progress")).to_have_count(0)
    await alice.say("my notes")
    line = await bob.sees("my notes")
    async with bob.page.expect_download() as download:
        await line.get_by_role("link", name="notes.txt").click()
    assert (await (await download.value).path()).read_bytes() == b"what was said"


async def test_a_file_that_was_not_meant_is_given_up(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    notes: FilePayload = {"name": "secret.txt", "mimeType": "text/plain", "buffer": b"nobody should read this"}
    await alice.page.locator("input[type=file]").set_input_files([notes])
    await alice.page.get_by_role("button", name="Do not send secret.txt").click()
    await alice.say("nothing attached")
    line = await alice.sees("nothing attached")
    await expect(line.get_by_role("link", name="secret.txt")).to_have_count(0)
