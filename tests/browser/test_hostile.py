"""Text of others is text: no script of theirs runs, whatever field it comes by."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.support.raw import RawClient
from tests.support.server import Server

CORPUS = [line for line in (Path(__file__).parent / "scripts.txt").read_text().splitlines() if line.strip()]
SAFE = "document.querySelectorAll('script:not([src]), iframe, object, embed, form[action], .lines [style*=url]').length"
HANDLERS = """[...document.querySelectorAll('.lines *, .side *, .room-head *')].flatMap((one) => [...one.attributes])
    .filter((one) => /^on/i.test(one.name) || /^\\s*(javascript|data|vbscript):/i.test(one.value)).map((one) => one.name)"""


async def test_no_line_runs_a_script(server: Server, visit: Visit) -> None:
    alice = await visit(server)
    await alice.page.add_init_script("window.ran = []; window.alert = (what) => window.ran.push(what)")
    await post(server, "#lobby", [*CORPUS, "and that was all"])
    await alice.come("alice")
    await alice.sees("and that was all")
    await alice.page.evaluate("document.querySelector('.lines').scrollTo(0, 0)")
    await alice.page.locator(".beginning .empty").wait_for()
    for link in await alice.page.locator(".said a").all():
        assert (await link.get_attribute("href") or "/r/").startswith(("http://", "https://", "mailto:", "/r/"))
    assert await alice.page.evaluate("window.ran") == []
    assert await alice.page.evaluate(SAFE) == 0
    assert await alice.page.evaluate(HANDLERS) == []


@pytest.mark.parametrize(
    "text", ["<img/src=x/onerror=alert(1)>", '"><svg/onload=alert(1)>', "[x](javascript:alert(1))"]
)
async def test_topics_and_names_are_shown_as_they_are(server: Server, visit: Visit, text: str) -> None:
    alice = await visit(server)
    await alice.page.add_init_script("window.ran = []; window.alert = (what) => window.ran.push(what)")
    mallory = await RawClient.login(server.tcp, "<b>mal|ory")
    room = f"#{text.replace(' ', '_')}"[:60]
    await mallory.ask("join", room=room)
    await mallory.ask("topic", room=room, nonce="t", text=text)
    await alice.come("alice")
    await alice.say(f"/join {room}")
    await expect(alice.page.get_by_role("heading", level=1)).to_have_text(room)
    await expect(alice.page.locator(".room-topic")).to_have_text(text)
    await alice.page.get_by_text("set the topic").first.wait_for()
    assert await alice.page.evaluate("window.ran") == []
    assert await alice.page.evaluate(SAFE) == 0
    await mallory.close()
