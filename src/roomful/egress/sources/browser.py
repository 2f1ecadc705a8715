"""Pages that need JavaScript: a real browser shows them, and what eyes would see is taken.

So it does not matter how a page hides its hosts and ports: put together by scripts, decoded by them, or among decoys that a
style makes invisible. Numbers that are drawn as pictures stay pictures.

The page runs scripts of strangers. It gets a fresh profile, reaches its own site and the hosts that its row allows, and
nothing else, this machine least of all.
"""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from playwright.async_api import Browser, Error, Route, async_playwright
from playwright.async_api import Page as Tab

from ..source import Source
from .cells import Bad, Cells, Page, Spot
from .html import FIRST_CELLS, try_out
from .kind import Kind, following
from .trouble import SourceError
from .web import Web, agent_of, shown

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_HELD_BACK = frozenset(("image", "media", "font"))  # nothing can be read from these

# What eyes see of each field of each row. `innerText` would do, but for what a style puts before and after an element.
_READ = """({rows, fields}) => {
  const put = (el, where) => {
    const said = getComputedStyle(el, where).content;
    return /^".*"$/.test(said) ? said.slice(1, -1) : "";
  };
  const seen = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("script, style, noscript, template")) return "";
    const style = getComputedStyle(node);
    if (style.display === "none" || style.opacity === "0" || style.fontSize === "0px") return "";
    const own = style.visibility === "visible";
    const inner = [...node.childNodes].map((one) => one.nodeType === Node.TEXT_NODE && !own ? "" : seen(one)).join("");
    const text = own ? put(node, "::before") + inner + put(node, "::after") : inner;
    return /^(inline|contents)/.test(style.display) && node.localName !== "br" ? text : ` ${text} `;
  };
  return [...document.querySelectorAll(rows)].map((row) => Object.fromEntries(
    Object.entries(fields).map(([name, [where, attribute]]) => {
      const el = where ? row.querySelector(where) : row;
      const text = el === null ? "" : attribute ? el.getAttribute(attribute) ?? "" : seen(el);
      return [name, text.replace(/\\s+/g, " ").trim()];
    })));
}"""
_CHANGED = """([rows, before]) => {
  const first = document.querySelector(rows);
  return first !== null && first.innerText !== before;
}"""


class BrowserSource(Kind):
    """A page as a browser shows it."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        if not source.url:
            raise ValueError("a source of kind 'browser' needs a `url`")
        self._spots = self.spots()
        if not self._spots.keys() & {"address", "host", "port"}:
            self._spots |= {name: Spot(where) for name, where in FIRST_CELLS.items()}
        self._rows = source.rows or "tr"
        try_out([self._rows, source.next, source.wait, *(spot.where for spot in self._spots.values())])

    async def pages(self, web: Web) -> AsyncIterator[Page]:
        """Page by page, by number, by a link, or by pressing a button."""
        source = self.source
        async with web.browsers, _browser(source) as browser, _tab(browser, source, web) as tab:
            await self._go(tab, source.page(source.first), web)
            for number in range(source.first, source.first + source.pages):
                yield Page(await self._read(tab))
                if number + 1 == source.first + source.pages or not await self._onward(tab, number, web):
                    return

    async def _go(self, tab: Tab, url: str, web: Web) -> None:
        """Raises SourceError."""
        await web.turn(url, self.source)
        try:
            answer = await tab.goto(url, wait_until="domcontentloaded")
            if answer is not None and answer.status >= 400:
                raise SourceError(f"{shown(url)} answered with status {answer.status}.")
            await tab.wait_for_selector(self.source.wait or self._rows, state="attached")
        except Error as why:
            raise SourceError(f"{shown(url)}: {_said(why)}.") from None

    async def _read(self, tab: Tab) -> list[Cells | Bad]:
        fields = {name: [spot.where, spot.attribute] for name, spot in self._spots.items()}
        try:
            found = await tab.evaluate(_READ, {"rows": self._rows, "fields": fields})
        except Error as why:
            raise SourceError(f"{shown(tab.url)}: {_said(why)}.") from None
        rows = [self._cells(row, number) for number, row in enumerate(found, 1)]
        return [row for row in rows if isinstance(row, Bad) or not row.empty]

    def _cells(self, row: dict[str, str], number: int) -> Cells | Bad:
        place = f"row {number}"
        try:
            return Cells(place, **{name: self._spots[name].decoded(text.strip()) for name, text in row.items()})
        except ValueError as why:
            return Bad(place, str(why))

    async def _onward(self, tab: Tab, number: int, web: Web) -> bool:
        """Go to the next page; False: there is none. Raises SourceError."""
        source = self.source
        button = await tab.query_selector(source.next) if source.next else None
        link = (await button.get_attribute("href") or "") if button is not None else ""
        if url := following(source, number, tab.url, link):
            await self._go(tab, url, web)
            return True
        if button is None or not await button.is_enabled():
            return False
        first = await tab.query_selector(self._rows)
        before = await first.inner_text() if first is not None else ""
        await web.turn(tab.url, source)
        try:
            await button.click()
            await tab.wait_for_function(_CHANGED, arg=[self._rows, before])
        except Error:
            return False  # pressing it changes nothing: it was the last page
        return True


@contextlib.asynccontextmanager
async def _browser(source: Source) -> AsyncIterator[Browser]:
    """Raises SourceError: there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=program,
                args=[*FLAGS, _reach(source)],
                chromium_sandbox=os.geteuid() != 0,  # root has none: chromium refuses it
                proxy={"server": source.proxy} if source.proxy else None,
                timeout=source.timeout * 1000,
            )
        except Error as why:
            raise SourceError(f"No browser starts ({_said(why)}): install chromium.") from None
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def _tab(browser: Browser, source: Source, web: Web) -> AsyncIterator[Tab]:
    context = await browser.new_context(
        user_agent=agent_of(source), service_workers="block", accept_downloads=False, locale="en-US"
    )
    context.set_default_timeout(source.timeout * 1000)
    hosts = _hosts(source)

    async def judge(route: Route) -> None:
        request = route.request
        host = urlsplit(request.url).hostname or ""
        if request.resource_type in _HELD_BACK or not any(host == one or host.endswith(f".{one}") for one in hosts):
            await route.abort()
        else:
            await route.continue_(headers={**request.headers, **_own(request.url, source, web)})

    await context.route("**/*", judge)
    try:
        yield await context.new_page()
    finally:
        await context.close()


def _own(url: str, source: Source, web: Web) -> dict[str, str]:
    """The row's own header fields, which other sites do not get."""
    return {name.lower(): value for name, value in web.headers(url, source).items() if name in source.headers}


def _hosts(source: Source) -> list[str]:
    return [urlsplit(source.page(source.first)).hostname or "", *source.allow]


def _reach(source: Source) -> str:
    """A rule by which chromium finds no other host: a redirect or a socket of a page's script does not pass `route`."""
    hosts = [*_hosts(source), *([urlsplit(source.proxy).hostname or ""] if source.proxy else [])]
    rules = [f"EXCLUDE {pattern}" for host in hosts for pattern in (host, f"*.{host}")]
    return "--host-resolver-rules=" + ", ".join(("MAP * ~NOTFOUND", *rules))


def _said(why: Error) -> str:
    """The first line of what playwright says, without the address in it, which may hold a key."""
    line = str(why.message).strip().splitlines()[0]
    return line.partition(" at http")[0].removeprefix("Page.").rstrip(".")[:200]
