"""What is erased is gone: texts that are older than a room keeps them, and, soon after any erasing, the bytes in the files.

A minute's work at most once a minute, in portions, so that it holds up nothing; `tick` may be called as often as one likes.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from roomful.errors import StoreUnavailable

if TYPE_CHECKING:
    from .hub import Hub

DAY = 86_400_000  # ms
EVERY = 60.0  # s between looks for what has expired
PURGE_EVERY = 20.0  # s at least between purges; with the tick between, an erased text is in no file after a minute
PORTION = 500  # texts of one transaction
PORTIONS = 10  # in one tick

Told = Callable[[str, Sequence[int]], Awaitable[None]]  # a room's id, and the numbers whose texts were erased


async def _nobody(room: str, seqs: Sequence[int]) -> None:
    return


class Retention:
    """Erases what rooms keep no longer, and sees to it that what was erased is in no file."""

    def __init__(self, hub: "Hub", tell: Told = _nobody, days: int = 0) -> None:
        self._hub = hub
        self._tell = tell  # whoever keeps something made of the texts, such as an index
        self._days = days  # of rooms that say nothing; 0: for ever
        self._due: list[tuple[str, int]] = []  # rooms that are still to be looked at, and for how many days each keeps
        self._look_at = 0.0  # monotonic s
        self._purge_at = 0.0  # monotonic s
        self._erased = True  # by the process before, perhaps: it may have been killed before it could purge

    def erased(self) -> None:
        """Texts were erased just now, by whomever: their bytes are to leave the files."""
        self._erased = True

    async def tick(self) -> None:
        """Do a portion of what is due. Raises StoreUnavailable: the rest is done by the next tick."""
        now = self._hub.monotonic()
        if not self._due and now >= self._look_at:
            self._look_at = now + EVERY
            self._due = list((await self._rooms()).items())
        await self._expire()
        if self._erased and now >= self._purge_at:
            await self._purge(now)

    async def _rooms(self) -> dict[str, int]:
        """By room's id: for how many days it keeps texts; those that keep them for ever are left out."""
        kept = await self._hub.store.retentions()
        if self._days:
            kept = dict.fromkeys(await self._hub.store.all_heads(), self._days) | kept
        return kept

    async def _expire(self) -> None:
        for _ in range(PORTIONS):
            if not self._due:
                return
            room, days = self._due[-1]
            before = self._hub.clock() - days * DAY
            seqs = await self._hub.store.expire_texts(room, before, PORTION)
            if not seqs:
                self._due.pop()
                continue
            self._erased = True
            if (loaded := self._hub.rooms.by_id.get(room)) is not None:
                self._hub.rooms.drop_tails(loaded)  # they hold the texts as they were encoded
            await self._tell(room, seqs)

    async def _purge(self, now: float) -> None:
        self._purge_at = now + PURGE_EVERY
        self._erased = False
        try:
            await self._hub.store.purge()
        except StoreUnavailable:
            self._erased = True  # somebody reads for long, such as a backup: again with the next turn
            raise
