"""How much somebody has uploaded in the last day: what the store knows of it, and what has come since."""

import math
from collections import deque
from collections.abc import Callable

from roomful.errors import Quota
from roomful.store import Store

DAY = 24 * 3_600_000  # ms


class Spent:
    """What one has uploaded. What is broken off counts too: it was received, and written."""

    def __init__(self, daily: int, clock: Callable[[], int]) -> None:
        self._daily = daily  # bytes
        self._clock = clock  # ms
        self._parts: deque[tuple[int, int]] = deque()  # ms, bytes
        self._sum = 0
        self.limited = True

    def known(self, parts: list[tuple[int, int]]) -> None:
        """What was uploaded before anything was counted here."""
        self._parts.extendleft(reversed(parts))
        self._sum += sum(size for _, size in parts)

    def add(self, size: int) -> None:
        """So much has come just now. Raises Quota."""
        now = self._clock()
        if self._parts and now - self._parts[-1][0] < DAY // 1440:
            at, before = self._parts.pop()
            self._parts.append((at, before + size))
        else:
            self._parts.append((now, size))
        self._sum += size
        self.check(0)

    def check(self, size: int) -> None:
        """Raises Quota unless so much more may come."""
        self.forget()
        if self.limited and self._sum + size > self._daily:
            wait = self._parts[0][0] + DAY - self._clock() if self._parts else DAY
            hours = math.ceil(wait / 3_600_000)
            raise Quota(
                f"In 24 hours {self._daily:,} bytes may be uploaded: wait {hours} h for more.",
                retry_after=max(1.0, wait / 1000),
            )

    def forget(self) -> bool:
        """Forget what is older than a day. Returns whether there is nothing left."""
        before = self._clock() - DAY
        while self._parts and self._parts[0][0] <= before:
            self._sum -= self._parts.popleft()[1]
        return not self._parts


class Quotas:
    """Everybody's."""

    def __init__(self, store: Store, daily: int, clock: Callable[[], int]) -> None:
        self._store = store
        self._daily = daily
        self._clock = clock
        self._spent: dict[str, Spent] = {}

    async def of(self, participant: str, counted_as: str, *, limited: bool) -> Spent:
        """What the participant, or all that are counted with it, have uploaded. Raises StoreUnavailable."""
        spent = self._spent.get(counted_as)
        if spent is None:
            before = await self._store.uploaded(participant, self._clock() - DAY)
            spent = self._spent.get(counted_as)  # another upload may have been quicker
            if spent is None:
                spent = self._spent[counted_as] = Spent(self._daily, self._clock)
                spent.known(before)
        spent.limited = limited
        return spent

    def forget_old(self) -> None:
        """Forget whoever has uploaded nothing for a day."""
        for key in [key for key, spent in self._spent.items() if spent.forget()]:
            del self._spent[key]
