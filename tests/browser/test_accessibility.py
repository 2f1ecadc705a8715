"""axe-core finds nothing wrong on any screen, in either theme."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Visit
from tests.browser.panelling import administration, dialog, owner, panel, settings
from tests.support.server import Server

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
PANELS = {"b": "Bots", "d": "#lobby", "f": "Search", "i": "Protocol inspector"}
# Tabs, and what is seen there once they are loaded.
ADMINISTRATION = {
    "Accounts": "owns the server",
    "Rooms": "direct rooms",
    "Limits": "Longest frame",
    "Health": "Release",
}
TABS = ("You", "Account", "Devices", "Appearance", "Notifications")


async def faults(page: Page) -> list[str]:
    """What axe finds, a line each: the rule, and where."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(RUN)
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_screen_has_a_fault(peopled: Server, visit: Visit, theme: Literal["light", "dark"]) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm's registry was out of reach")
    nobody = await visit(peopled)
    await nobody.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await nobody.page.goto(nobody.base)
    await nobody.page.get_by_label("Your nickname").wait_for()
    seen = {"entry": await faults(nobody.page)}
    boss = await owner(peopled, visit)
    await boss.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await boss.say("# Title\n\na `word` and [a link](https://example.org)\n\n- one\n- two\n\n> said")
    await boss.sees("said")
    seen["room"] = await faults(boss.page)
    for keys, title in PANELS.items():
        shown = await panel(boss, keys, title)
        if title == "Protocol inspector":
            await shown.get_by_role("log").get_by_role("button").last.click()
        seen[title] = await faults(boss.page)
    await boss.page.keyboard.press("Control+k")
    await dialog(boss, "Go to")
    seen["switcher"] = await faults(boss.page)
    await boss.page.keyboard.press("Escape")
    for tab in TABS:
        await settings(boss, tab)
        seen[tab] = await faults(boss.page)
        await boss.page.keyboard.press("Escape")
    for tab in ADMINISTRATION:
        admin = await administration(boss, tab)
        await admin.get_by_text(ADMINISTRATION[tab]).first.wait_for()
        seen[tab] = await faults(boss.page)
        await boss.page.keyboard.press("Escape")
    await boss.say("/help")
    await dialog(boss, "Keyboard")
    seen["sheet"] = await faults(boss.page)
    await boss.page.keyboard.press("Escape")
    await boss.say("/duet")
    await dialog(boss, "Let bots talk with each other")
    seen["duet"] = await faults(boss.page)
    assert {name: found for name, found in seen.items() if found} == {}
