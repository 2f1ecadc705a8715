"""Formulas: text until somebody wants them drawn, and drawn past both barriers."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.browser.panelling import settings
from tests.browser.test_accessibility import AXE, faults
from tests.browser.test_hostile import CORPUS, HANDLERS, SAFE
from tests.support.server import Server

ON = "localStorage.setItem('roomful.reading', '{\"formulas\": true}')"
FORMULAS = [line for line in (Path(__file__).parent / "formulas.txt").read_text().splitlines() if line.strip()]
MATH = "http://www.w3.org/1998/Math/MathML"
FOREIGN = f"""[...document.querySelectorAll('.formula-shown *')].filter((one) => one.namespaceURI !== '{MATH}'
    || one.hasAttribute('style') || one.hasAttribute('href') || one.hasAttribute('id')).map((one) => one.outerHTML)"""


async def test_formulas_are_drawn_for_whoever_wants_them(server: Server, visit: Visit) -> None:
    alice = await visit(server)
    asked: list[str] = []
    alice.page.on("request", lambda request: asked.append(request.url))
    await alice.come("alice")
    await post(
        server, "#lobby", ["Euler: $e^{i\\pi} = -1$, for $5 and `$x$`", "$$\n\\frac{a}{b}\n$$", "wrong: $\\frac{a$"]
    )
    line = await alice.sees("Euler:")
    await expect(line).to_contain_text("Euler: $e^{i\\pi} = -1$, for $5 and $x$")
    await expect(alice.page.locator("math, .formula")).to_have_count(0)
    form = await settings(alice, "Appearance")
    assert not [url for url in asked if "mathml" in url]
    await form.get_by_role("switch", name="Formulas").click()
    await alice.page.keyboard.press("Escape")
    await expect(line.locator("math")).to_have_count(1)
    await expect(line.locator("math msup")).to_have_count(1)
    await expect(line).to_contain_text("for $5 and $x$")
    await expect(alice.lines.locator("math[display=block] mfrac")).to_be_visible()
    wrong = (await alice.sees("wrong:")).locator(".formula")
    await expect(wrong).to_have_text("$\\frac{a$")
    await expect(wrong).to_have_attribute("title", re.compile(r"^No formula: .*expected '}'"))
    await alice.page.reload()
    await alice.is_in()
    await expect(alice.lines.locator("math[display=block] mfrac")).to_be_visible()
    assert len([url for url in asked if "mathml" in url]) == 2  # once for each time that the page was opened


async def test_a_long_formula_scrolls_within_its_line(server: Server, visit: Visit) -> None:
    alice = await visit(server, width=320, height=700)
    await alice.page.add_init_script(ON)
    terms = " + ".join(f"x_{{{number}}}^{number}" for number in range(60))
    await post(server, "#lobby", [f"$$ {terms} $$", f"and so ${terms}$, and $\\hspace{{-500em}}far$"])
    await alice.come("alice")
    for formula in (alice.lines.locator(".formula-block"), alice.lines.locator("p > .formula").first):
        await formula.locator("math").wait_for()
        assert await formula.evaluate("(one) => one.scrollWidth > 2 * one.clientWidth && one.tabIndex === 0")
    assert await alice.page.evaluate("document.documentElement.scrollWidth <= 320")
    assert not AXE.is_file() or await faults(alice.page) == []
    assert await alice.page.locator(".lines").evaluate("(one) => one.scrollWidth <= one.clientWidth")


async def test_no_formula_runs_a_script_or_brings_an_element(server: Server, visit: Visit) -> None:
    alice = await visit(server)
    await alice.page.add_init_script("window.ran = []; window.alert = (what) => window.ran.push(what)")
    await alice.page.add_init_script(ON)
    hostile = [shape.replace("X", one) for one in CORPUS[:12] for shape in ("$X$", "$\\text{X}$")]
    await post(server, "#hostile", [*CORPUS, *hostile, *FORMULAS, "last of all $y$"])
    await alice.come("alice", "/r/hostile")
    await expect((await alice.sees("last of all")).locator("math")).to_be_visible()
    await alice.page.evaluate("document.querySelector('.lines').scrollTo(0, 0)")
    await alice.page.locator(".beginning .empty").wait_for()
    assert await alice.page.evaluate("window.ran") == []
    assert await alice.page.evaluate(SAFE) == 0
    assert await alice.page.evaluate(HANDLERS) == []
    assert await alice.page.evaluate(FOREIGN) == []
