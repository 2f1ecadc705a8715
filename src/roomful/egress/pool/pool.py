"""The pool: chooses, learns from what became of it, and keeps what it has learnt."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Literal, Self

from msgspec import Struct

from roomful.threads import Threads

from ..proxy import Proxy
from ..result import Result
from .choice import Choice
from .record import Record
from .table import Table

KEPT_EVERY = 5.0  # s: what was learnt in between, a crash takes
STICKS = 600.0  # s for which a session stays with its proxy
MOST_SESSIONS = 10_000
STALE = 1800.0  # s after which a proxy is looked at again

Use = Literal["tunnel", "forward"]


class Pick(Struct, frozen=True):
    """A proxy that was chosen, and the protocol to speak with it (`http`: hand it whole requests)."""

    proxy: Proxy
    protocol: str


class Pool:
    """Proxies by key. `open` one, and `close` it in the end.

    pick = pool.pick(session="gpt")
    ...
    pool.succeeded(pick, latency=0.2)      # or pool.failed(pick, "refused")
    """

    def __init__(self, records: Iterable[Record], threads: Threads[Table], clock: Callable[[], float]) -> None:
        self.records = {one.key: one for one in records}
        self.clock = clock
        self._threads = threads
        self._choices = self._made(random.Random())  # noqa: S311 - a choice, and no secret
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._changed: set[str] = set()
        self._keeping = asyncio.get_running_loop().create_task(self._keep_for_ever(), name="keeping proxies")

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> Self:
        """The pool of this file, which is made if there is none. Raises apsw.Error, OSError."""
        table = await asyncio.to_thread(Table, path)
        threads = Threads("proxies", [table])
        return cls(await threads.run(Table.all), threads, clock)

    async def close(self) -> None:
        """Keep what was learnt, and close the file."""
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        await self.keep()
        await self._threads.run(Table.close)
        self._threads.end()

    def seeded(self, seed: int) -> Self:
        """Choose in an order that a test can repeat."""
        self._choices = self._made(random.Random(seed))  # noqa: S311
        return self

    # -- choosing ---------------------------------------------------------------------------------------

    def pick(self, use: Use = "tunnel", *, session: str = "", without: Collection[str] = ()) -> Pick | None:
        """A proxy to try; None: there is none left.

        Args:
            use: `tunnel`: a way to anywhere; `forward`: one request of plain HTTP.
            session: stays with the proxy that it was given, for ten minutes after it last asked, while that works.
            without: keys of those that were tried already.
        """
        now = self.clock()
        record = self._of_session(session, use, now, without) if session else None
        if record is None:
            record = self._choices[use].pick(self.records.values(), now, without)
        if record is None:
            return None
        if session:
            self._sessions[session] = (record.key, now + STICKS)
            self._sessions.move_to_end(session)
            if len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return Pick(record.proxy, record.tunnel if use == "tunnel" or not record.forwards else "http")

    def _of_session(self, session: str, use: Use, now: float, without: Collection[str]) -> Record | None:
        key, until = self._sessions.get(session, ("", 0.0))
        record = self.records.get(key)
        if record is None or until < now or key in without or record.standing(now) != "good" or not _FITS[use](record):
            return None
        return record

    # -- learning ---------------------------------------------------------------------------------------

    def succeeded(self, pick: Pick, latency: float | None = None) -> None:
        """It did what was asked of it; `latency` in s."""
        if (record := self.records.get(pick.proxy.key)) is not None:
            was_out = record.outs > 0
            record.succeeded(self.clock(), latency)
            self._note(record, renew=was_out)

    def failed(self, pick: Pick, reason: str) -> None:
        """It did not; `reason` is a code of `egress.REASONS`."""
        if (record := self.records.get(pick.proxy.key)) is not None:
            record.failed(self.clock(), reason)
            self._note(record, renew=False)

    def checked(self, result: Result, source: str = "") -> None:
        """A check is done. A proxy that the pool does not know comes in if it works."""
        record = self.records.get(result.proxy.key)
        if record is None:
            if not result.working:
                return
            record = self.records[result.proxy.key] = Record(result.proxy, source)
        record.proxy = result.proxy
        record.was_checked(result)
        self._note(record, renew=True)

    def due(self) -> list[Proxy]:
        """Those that are to be looked at again: whose time out is over, and those not looked at for long; oldest first."""
        now = self.clock()
        old = [one for one in self.records.values() if now - one.checked_at >= _patience(one)]
        return [one.proxy for one in sorted(old, key=lambda one: one.checked_at)]

    async def drop(self, proxies: Iterable[Proxy]) -> None:
        """Forget these."""
        gone = list(proxies)
        for proxy in gone:
            self.records.pop(proxy.key, None)
            self._changed.discard(proxy.key)
        for choice in self._choices.values():
            choice.forget()
        await self._threads.run(lambda table: table.drop(gone))

    async def keep(self) -> None:
        """Write down what has changed."""
        keys, self._changed = self._changed, set()
        records = [self.records[key] for key in keys if key in self.records]
        if records:
            await self._threads.run(lambda table: table.put(records))

    # -- within -------------------------------------------------------------------------------------------

    def _note(self, record: Record, *, renew: bool) -> None:
        self._changed.add(record.key)
        if renew:
            for choice in self._choices.values():
                choice.forget()

    def _made(self, rng: random.Random) -> dict[Use, Choice]:
        return {use: Choice(fits, rng) for use, fits in _FITS.items()}

    async def _keep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(KEPT_EVERY)
            await self.keep()


_FITS: dict[Use, Callable[[Record], bool]] = {
    "tunnel": lambda record: bool(record.tunnel),
    "forward": lambda record: record.forwards or bool(record.tunnel),
}


def _patience(record: Record) -> float:
    """For how long a check is good, s: one that does not work is looked at the more seldom the longer it has not."""
    if record.working:
        return min(STALE, max(60.0, record.out_until - record.checked_at)) if record.outs else STALE
    return STALE * (1 + min(record.bad, 47.0))
