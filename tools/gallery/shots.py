"""Pictures of a page, in themes and sizes; and the sheet that shows them all."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

WIDTH, HEIGHT = 1280, 800  # px
NARROW: dict[str, tuple[int, int]] = {"768": (768, 1024), "320": (320, 568)}
SETTLED = (
    """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 120))))"""
)
SPILLS = """() => {
    const wide = document.documentElement.clientWidth
    const spilt = []
    for (const one of document.querySelectorAll('body *')) {
        const box = one.getBoundingClientRect()
        if (!box.width || !box.height || one.closest('.unseen, .skip, svg') || !one.checkVisibility()) continue
        let inside = one.parentElement
        while (inside && getComputedStyle(inside).overflowX === 'visible') inside = inside.parentElement
        if (inside && inside !== document.body && inside !== document.documentElement) continue
        if (box.right > wide + 1 || box.left < -1) spilt.push(one.className || one.tagName)
    }
    return spilt.slice(0, 5).map(String)
}"""
CUT = """() => [...document.querySelectorAll('dialog[open] .dialog-actions, dialog[open] .dialog-head')].filter((one) => {
    const box = one.getBoundingClientRect()
    return box.bottom > innerHeight + 1 || box.top < -1
}).map((one) => one.className)"""


@dataclass
class Shots:
    """The folder of pictures. `wanted` chooses states by their names."""

    folder: Path
    wanted: re.Pattern[str]
    taken: list[tuple[str, str]] = field(default_factory=list)  # state, and the file's name
    faults: list[str] = field(default_factory=list)  # what stands out of the page, by measure

    async def take(self, page: Page, state: str, *, main: bool = False) -> None:
        """The state as it is now, in both themes; one of the `main` ones in high contrast, mirrored and narrow too."""
        if not self.wanted.search(state):
            return
        await self._one(page, state, "light")
        await self._one(page, state, "dark", scheme="dark")
        if main:
            await self._one(page, state, "contrast", contrast="more")
            await self._one(page, state, "contrast-dark", scheme="dark", contrast="more")
            await self._mirrored(page, state)
            await self.narrow(page, state)
        await page.emulate_media(color_scheme="light", contrast="no-preference", reduced_motion="reduce")

    async def narrow(self, page: Page, state: str) -> None:
        """The state on small screens."""
        for look, (width, height) in NARROW.items():
            await page.set_viewport_size({"width": width, "height": height})
            await self._one(page, state, look)
        await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        await page.evaluate(SETTLED)

    async def once(self, page: Page, state: str, look: str = "light") -> None:
        """One picture only, of the page as it looks now."""
        if self.wanted.search(state):
            await self._one(page, state, look)

    async def _mirrored(self, page: Page, state: str) -> None:
        await page.evaluate("document.documentElement.dir = 'rtl'")
        await self._one(page, state, "rtl")
        await page.evaluate("document.documentElement.dir = 'ltr'")

    async def _one(
        self,
        page: Page,
        state: str,
        look: str,
        scheme: Literal["light", "dark"] = "light",
        contrast: Literal["more", "no-preference"] = "no-preference",
    ) -> None:
        await page.emulate_media(color_scheme=scheme, contrast=contrast, reduced_motion="reduce")
        await page.evaluate(SETTLED)
        name = f"{state}.{look}.png"
        await page.screenshot(path=self.folder / name, animations="disabled")
        self.taken.append((state, name))
        for what in (*await page.evaluate(SPILLS), *await page.evaluate(CUT)):
            self.faults.append(f"{name}: {what} stands out of the page")

    def sheet(self) -> Path:
        """Write the page with all pictures, by state."""
        rows = []
        for state in dict.fromkeys(state for state, _ in self.taken):
            names = [name for one, name in self.taken if one == state]
            rows.append(f"<h2>{html.escape(state)}</h2><p>{''.join(map(_figure, names))}</p>")
        path = self.folder / "index.html"
        path.write_text(SHEET.format(rows="\n".join(rows), faults=_list(self.faults)), encoding="utf-8")
        return path


def _figure(name: str) -> str:
    return f'<a href="{html.escape(name)}"><img loading="lazy" alt="{html.escape(name)}" src="{html.escape(name)}"></a>'


def _list(faults: Sequence[str]) -> str:
    return "".join(f"<li>{html.escape(one)}</li>" for one in faults)


SHEET = """<!doctype html><meta charset="utf-8"><title>Roomful: every state</title>
<style>body {{ font: 14px system-ui; margin: 2em }} img {{ width: 24%; margin: 0.3%; border: 1px solid #aaa }}</style>
<h1>Every state of the page</h1><ul>{faults}</ul>
{rows}
"""
