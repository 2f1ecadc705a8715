"""Previews of links: only where the server offers them and the reader wants them; the reader's browser asks no site."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.browser.panelling import settings
from tests.browser.test_accessibility import AXE, faults
from tests.previews.sites import Sites, page, standing
from tests.support.server import Server, serve

ON = "localStorage.setItem('roomful.reading', '{\"previews\": true}')"
OFFERED = {
    "ROOMFUL_PREVIEWS__ENABLED": "true",
    "ROOMFUL_PREVIEWS__PRIVATE": "127.0.0.0/8",
    "ROOMFUL_LIMITS__ENABLED": "false",
}
CARD = """<meta property="og:title" content="<img src=x onerror=alert(1)> of cats">
<meta property="og:site_name" content="The Zoo"><meta property="og:description" content="They sleep. They eat.">"""
UPPERMOST = """() => {
    const row = document.elementFromPoint(600, document.querySelector('.lines').getBoundingClientRect().top + 4).closest('.slot')
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]
}"""
STILL = """() => new Promise((done) => {
    const box = document.querySelector('.lines')
    let still = 0, last = -1
    const look = () => {
        still = box.scrollTop === last ? still + 1 : 0
        last = box.scrollTop
        if (still > 20) done(true)
        else requestAnimationFrame(look)
    }
    look()
})"""


@pytest_asyncio.fixture(loop_scope="session")
async def offering(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that offers previews, and may ask this machine for them."""
    async with serve(tmp_path, environment=OFFERED) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def sites() -> AsyncIterator[Sites]:
    """The web."""
    async with standing() as sites:
        yield sites


async def test_a_server_that_offers_none_has_no_choice_of_them(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    form = await settings(alice, "Appearance")
    await expect(form.get_by_role("switch", name="Formulas")).to_be_visible()
    await expect(form.get_by_role("switch", name="Previews of links")).to_have_count(0)


async def test_whoever_wants_them_sees_where_links_lead(offering: Server, sites: Sites, visit: Visit) -> None:
    sites.say("/cats", page("cats", CARD))
    link = sites.url("/cats", "127.0.0.1")
    alice, asked = await visit(offering), list[str]()
    alice.page.on("request", lambda request: asked.append(request.url))
    await alice.come("alice")
    await post(offering, "#lobby", [f"look: {link}", "what is `http://127.0.0.1/code`?"])
    line = await alice.sees("look:")
    form = await settings(alice, "Appearance")
    assert not [url for url in asked if "previews" in url or "cards" in url]
    assert not sites.asked
    await form.get_by_role("switch", name="Previews of links").click()
    await alice.page.keyboard.press("Escape")
    card = line.get_by_role("group", name="Preview of 127.0.0.1")
    await expect(card.get_by_role("link")).to_have_attribute("href", link)
    await expect(card).to_contain_text("The Zoo · 127.0.0.1")
    await expect(card).to_contain_text("<img src=x onerror=alert(1)> of cats")
    assert not AXE.is_file() or await faults(alice.page) == []
    assert sites.paths == ["/cats"]
    assert not [url for url in asked if url.startswith(sites.url("", "127.0.0.1"))]
    await card.get_by_role("button", name="Hide this preview").click()
    await expect(card).to_have_count(0)
    await alice.page.reload()
    await alice.is_in()
    await alice.sees("look:")
    await expect(alice.page.get_by_role("group", name="Preview of")).to_have_count(0)


async def test_what_is_read_stays_in_place_when_cards_come(offering: Server, sites: Sites, visit: Visit) -> None:
    links = [sites.url(f"/{number}", "127.0.0.1") for number in range(120)]
    for number in range(120):
        sites.slow(f"/{number}")
    await post(offering, "#long", [f"line {number}: {link}" for number, link in enumerate(links)])
    alice = await visit(offering)
    await alice.page.add_init_script(ON)
    await alice.come("alice", "/r/long")
    await alice.sees("line 119")
    await sites.comes(1)
    await alice.page.mouse.move(600, 400)
    await alice.page.mouse.wheel(0, -1500)
    await expect(alice.page.get_by_role("button", name="To the newest line")).to_be_visible()
    await alice.page.evaluate(STILL)  # a wheel turns for a moment
    before = await alice.page.evaluate(UPPERMOST)
    assert await alice.page.locator(".preview").count() == 0
    sites.held.set()
    await expect(alice.page.locator(".slot").nth(1).locator(".preview")).to_be_attached()  # those above come last
    assert await alice.page.evaluate(UPPERMOST) == before
    await alice.page.get_by_role("button", name="To the newest line").click()
    await expect((await alice.sees("line 119")).locator(".preview")).to_be_in_viewport()
