"""A store in memory whose appends wait, or are overtaken, when the test says so."""

import asyncio
from collections.abc import Sequence

from roomful.store import Appended, Change
from roomful.testing.memory import MemoryLog, MemoryStore


class HeldStore(MemoryStore):
    """Holds appends while `hold` is in force; lets others write first what is in `first`."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(log)
        self.reached = asyncio.Event()  # an append has come
        self.first: Sequence[Change] = ()  # recorded by somebody else, just before the next append
        self._free = asyncio.Event()
        self._free.set()

    def hold(self) -> None:
        """Let appends wait from here on."""
        self.reached.clear()
        self._free.clear()

    def release(self) -> None:
        """Let appends go on."""
        self._free.set()

    async def append(self, changes: Sequence[Change]) -> Appended:
        """See `Store.append`."""
        self.reached.set()
        await self._free.wait()
        first, self.first = self.first, ()
        if first:
            assert not self.log.append(first).late
        return await super().append(changes)
