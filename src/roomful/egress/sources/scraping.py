"""All sources at once, each proxy once."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from ..proxy import Proxy
from ..source import Source
from .cells import Bad, Cells, Page, proxy_of
from .kind import Kind
from .kinds import kind_of
from .trouble import SourceError
from .web import Web

AT_ONCE = 8  # sources
SHOWN = 5  # rows of a source that are told one by one


class Found(Struct, frozen=True):
    """A proxy, and where it was found."""

    proxy: Proxy
    source: str


class Trouble(Struct, frozen=True):
    """What was wrong with a source, or with one of its rows."""

    source: str
    place: str  # "page 2, row 17"; "": the source as a whole
    why: str

    def __str__(self) -> str:
        return f"{self.source}{', ' if self.place else ''}{self.place}: {self.why}"


class Done(Struct):
    """A source that was read to its end, or to where it failed."""

    source: str
    pages: int = 0
    found: int = 0  # proxies, each once
    bad: int = 0  # rows that were none

    def __str__(self) -> str:
        bad = f", {_counted(self.bad, 'row')} without one" if self.bad else ""
        return f"{self.source}: {self.found:,} on {_counted(self.pages, 'page')}{bad}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


Tell = Callable[[Trouble | Done], object]


async def scrape(
    sources: Iterable[Source], *, web: Web | None = None, tell: Tell = lambda _: None
) -> AsyncGenerator[Found]:
    """The proxies of these sources, as they are found; one that several have comes once.

    A source that fails does not stop the others, nor does a row that is none.

    Args:
        sources: those to ask, whether enabled or not: choosing is the caller's.
        web: how pages are asked for, and where they are kept; None: with manners, and nowhere.
        tell: is told of every trouble, and of each source when it is done.
    """
    chosen = list(sources)
    queue: asyncio.Queue[Found | None] = asyncio.Queue()
    async with contextlib.AsyncExitStack() as stack:
        if web is None:
            web = await stack.enter_async_context(Web())
        reading = asyncio.create_task(_all(chosen, web, queue, tell), name="sources")
        stack.push_async_callback(_ended, reading)
        seen: set[str] = set()
        while (found := await queue.get()) is not None:
            if found.proxy.key not in seen:
                seen.add(found.proxy.key)
                yield found
        await reading


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _all(sources: Sequence[Source], web: Web, queue: "asyncio.Queue[Found | None]", tell: Tell) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> None:
        async with places:
            await _Reading(source, queue, tell).run(web)

    try:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(one(source))
    finally:
        queue.put_nowait(None)


class _Reading:
    """One source while it is read."""

    def __init__(self, source: Source, queue: "asyncio.Queue[Found | None]", tell: Tell) -> None:
        self._source, self._queue, self._tell = source, queue, tell
        self._done = Done(source.name)
        self._keys: set[str] = set()

    async def run(self, web: Web) -> None:
        try:
            await self._read(kind_of(self._source), web)
        except SourceError as why:
            self._trouble("", why.message)
        except ValueError as why:
            self._trouble("", f"{why}.")
        except Exception as why:  # noqa: BLE001 - a kind of somebody else's fails as it likes, and the other sources go on
            self._trouble("", f"It failed with {type(why).__name__}.")
        self._tell(self._done)

    async def _read(self, kind: Kind, web: Web) -> None:
        pages: Any = kind.pages(web)
        async with contextlib.aclosing(pages):
            async for page in pages:
                self._done.pages += 1
                if not self._take(page):
                    return

    def _take(self, page: Page) -> bool:
        """Hand on the proxies of a page. Returns whether there was a new one."""
        before = self._done.found
        for row in page.rows:
            proxy = self._proxy(row)
            if proxy is not None and proxy.key not in self._keys:
                self._keys.add(proxy.key)
                self._done.found += 1
                self._queue.put_nowait(Found(proxy, self._source.name))
        return self._done.found > before

    def _proxy(self, row: Cells | Bad) -> Proxy | None:
        try:
            if isinstance(row, Cells):
                return proxy_of(row, self._source.scheme)
            why = row.why
        except ValueError as problem:
            why = str(problem)
        self._done.bad += 1
        if self._done.bad <= SHOWN:
            self._trouble(f"page {self._done.pages}, {row.place}" if self._source.pages > 1 else row.place, why)
        return None

    def _trouble(self, place: str, why: str) -> None:
        self._tell(Trouble(self._source.name, place, why))
