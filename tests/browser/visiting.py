"""Somebody at the web page: a window of a real browser, and what is done and seen in it."""

import re
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

PATIENCE = 15_000  # ms: a safety net, not a measure


@dataclass
class Visitor:
    """A page of its own, with cookies and storage of its own."""

    base: str
    context: BrowserContext
    page: Page
    nick: str = ""
    faults: list[str] = field(
        default_factory=list
    )  # what went wrong in the page's scripts, and what its policy refused

    @property
    def lines(self) -> Locator:
        """The messages that are shown."""
        return self.page.get_by_role("log").first.locator("article")

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.locator(".room > .composer textarea")

    async def come(self, nick: str, path: str = "/") -> None:
        """Open the page and come in as a guest."""
        self.nick = nick
        await self.page.goto(self.base + path)
        await self.page.get_by_label("Your nickname").fill(nick)
        await self.page.keyboard.press("Enter")
        await self.is_in()

    async def is_in(self) -> None:
        """The room is shown, and one may write."""
        await expect(self.composer).to_be_visible(timeout=PATIENCE)

    async def say(self, text: str) -> None:
        """Write a line and send it."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Wait for a line that holds this text."""
        line = self.lines.filter(has_text=text).last
        await expect(line).to_be_visible(timeout=PATIENCE)
        return line


async def open_window(browser: Browser, base: str, width: int = 1200, height: int = 800) -> Visitor:
    """Somebody new, before the page is opened."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    visitor = Visitor(base, context, await context.new_page())
    visitor.page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    visitor.page.on(
        "console", lambda said: visitor.faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    return visitor
