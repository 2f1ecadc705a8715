"""What was fetched is kept for a while, and what several ask for at the same time is fetched once."""

import asyncio
import time
from collections.abc import Callable
from typing import Self

from msgspec import Struct

from roomful.domain.links import Preview
from roomful.errors import TryLater

from .fetching import Fetcher, NothingToShow
from .settings import PreviewSettings

WAITING = 200  # pages that may wait to be fetched
FAILED = 0.1  # of the time for which others are kept


class Kept(Struct):
    """What came of a link; None: there is nothing to show."""

    preview: Preview | None
    until: float  # monotonic s


class Desk:
    """Gives previews of links.

    Args:
        fetcher: who fetches.
        most: previews that are kept.
        keep: for how long, s.
        at_once: pages that are fetched at the same time.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        most: int = 1_000,
        keep: float = 3_600.0,
        at_once: int = 8,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher, self._monotonic = fetcher, monotonic
        self._most, self._keep = most, keep
        self._turn = asyncio.Semaphore(at_once)
        self._kept: dict[str, Kept] = {}  # by link, the one that was fetched longest ago first
        self._under_way: dict[str, asyncio.Task[Preview | None]] = {}

    @classmethod
    def of(cls, settings: PreviewSettings, proxy: str) -> Self:
        """One as the settings say. `proxy`: as for `Fetcher`."""
        fetcher = Fetcher(settings, proxy)
        return cls(fetcher, most=settings.kept, keep=60 * settings.keep_minutes, at_once=settings.at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def preview(self, link: str) -> Preview | None:
        """What a link leads to; None: there is nothing to show. Raises TryLater: too many are under way."""
        kept = self._kept.get(link)
        if kept is not None and kept.until > self._monotonic():
            return kept.preview
        task = self._under_way.get(link)
        if task is None:
            if len(self._under_way) >= WAITING:
                raise TryLater("Too many pages are being fetched just now.", retry_after=5.0)
            task = self._under_way[link] = asyncio.create_task(self._fetched(link), name="preview")
        return await asyncio.shield(task)  # others wait for it too, whoever goes

    async def close(self) -> None:
        """Fetch nothing any more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.close()

    async def _fetched(self, link: str) -> Preview | None:
        try:
            async with self._turn:
                preview, keep = await self._fetcher.fetch(link), self._keep
        except NothingToShow:  # why is nobody's business: it would tell what stands behind this server's walls
            preview, keep = None, self._keep * FAILED
        finally:
            del self._under_way[link]
        self._kept.pop(link, None)
        self._kept[link] = Kept(preview, self._monotonic() + keep)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return preview
