"""A store in memory that fails when it is told to."""

from collections.abc import Sequence
from typing import Literal

from roomful.errors import StoreUnavailable
from roomful.store import Appended, Change
from roomful.testing.memory import MemoryLog, MemoryStore


class FailingStore(MemoryStore):
    """Fails once when told to, the changes `lost` or `made` all the same, and cannot be opened again so many times."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(log)
        self.fail: Literal["", "lost", "made"] = ""
        self.refuse_reopening = 0
        self._broken = False

    async def append(self, changes: Sequence[Change]) -> Appended:
        """See `Store.append`."""
        if self._broken:
            raise StoreUnavailable("not opened again yet")
        how, self.fail = self.fail, ""
        self._broken = how != ""
        if how == "lost":
            raise StoreUnavailable("the disk is full")
        appended = await super().append(changes)
        if how == "made":
            raise StoreUnavailable("fsync failed")
        return appended

    async def reopen(self) -> None:
        """See `Store.reopen`."""
        if self.refuse_reopening:
            self.refuse_reopening -= 1
            raise StoreUnavailable("still full")
        self._broken = False
