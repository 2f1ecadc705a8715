"""Sweeping: files that hang on nothing for a day, and bytes to which no row refers, go.

Whatever dies in between, the next start finds it: rows that are gone have left their digests with the store, what was put aside
still lies there, and what no row ever referred to is found by comparing the whole folder with all rows.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from roomful.errors import RoomfulError
from roomful.files import Aside, Folder
from roomful.store import Change, DropWaiting, Swept

from .quotas import DAY

if TYPE_CHECKING:
    from .hub import Hub

WAITS = DAY  # ms for which a file may hang on nothing
EVERY = 15.0  # s
COMPARE_EVERY = 24 * 3600.0  # s
PORTION = 500  # digests looked at together

T = TypeVar("T")


class Work(Protocol):
    """Does this in a thread."""

    def __call__(self, work: Callable[[Folder], T]) -> Awaitable[T]:
        """What it returns."""


class Sweeper:
    """Sweeps the folder of files, now and then and when it is woken."""

    def __init__(self, hub: "Hub", folder: Folder, work: Work) -> None:
        self._hub = hub
        self._folder = folder
        self._work = work
        self._woken = asyncio.Event()
        self._compare_at = 0.0  # monotonic s
        self._one_at_a_time = asyncio.Lock()

    def wake(self) -> None:
        """Rows may have gone."""
        self._woken.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._woken.clear()
            try:
                await self.sweep()
            except RoomfulError as why:
                self._hub.log.warning("files could not be swept", reason=why.message)
            except OSError as why:
                self._hub.log.error("files could not be swept", reason=str(why))
            except Exception:
                # Whatever it was: uploads go on, and the next turn may do better.
                self._hub.log.exception("fault while sweeping files")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._woken.wait()

    async def sweep(self) -> None:
        """Remove what nobody needs. Raises StoreUnavailable, OSError: the rest is done by the next turn."""
        async with self._one_at_a_time:
            await self._sweep()

    async def _sweep(self) -> None:
        now = self._hub.monotonic()
        if now >= self._compare_at:
            await self.compare()
            self._compare_at = now + COMPARE_EVERY
        await self._hub.store.append([Change((), (DropWaiting(self._hub.clock() - WAITS),))])
        while digests := await self._hub.store.loose(PORTION):
            await self._remove(digests)
            await self._hub.store.append([Change((), (Swept(tuple(digests)),))])

    async def compare(self) -> None:
        """Find what somebody who died has left behind."""
        await self._finish(await self._work(Folder.aside))
        await self._work(Folder.abandoned)
        there = await self._work(lambda folder: list(folder.digests()))
        for at in range(0, len(there), PORTION):
            portion = there[at : at + PORTION]
            if strays := set(portion) - await self._hub.store.referred(portion):
                await self._remove(sorted(strays))

    async def _remove(self, digests: Sequence[bytes]) -> None:
        """Remove those of these to which no row refers."""
        await self._finish(await self._work(lambda folder: folder.put_aside(digests)))

    async def _finish(self, aside: Sequence[Aside]) -> None:
        needed = await self._hub.store.referred([one.digest for one in aside])
        await self._work(lambda folder: folder.finish(aside, needed))
