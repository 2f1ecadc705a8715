"""Who is next: at random, the better ones more often. A choice is two look-ups; the weights are summed now and then."""

import random
from bisect import bisect
from collections.abc import Callable, Collection, Iterable
from itertools import accumulate

from .record import Record

RENEWED = 1.0  # s for which sums are good: within it, whoever was sent off is drawn and thrown back
DRAWS = 8  # before all are looked at


class Choice:
    """The candidates for one kind of use."""

    def __init__(self, fits: Callable[[Record], bool], rng: random.Random) -> None:
        self._fits, self._rng = fits, rng
        self._records: list[Record] = []
        self._sums: list[float] = []
        self._until = 0.0

    def forget(self) -> None:
        """There are others now."""
        self._until = 0.0

    def pick(self, records: Iterable[Record], now: float, without: Collection[str] = ()) -> Record | None:
        """One of those that may be chosen; None: there is none. `without`: keys of those that were tried."""
        if now >= self._until:
            self._renew(records, now)
        for _ in range(DRAWS if self._sums else 0):
            found = self._records[bisect(self._sums, self._rng.random() * self._sums[-1])]
            if found.key not in without and found.weight(now) > 0:
                return found
        rest = [one for one in self._records if one.key not in without and one.weight(now) > 0]
        return max(rest, key=lambda one: one.weight(now), default=None)

    def _renew(self, records: Iterable[Record], now: float) -> None:
        weighed = [(one, weight) for one in records if self._fits(one) and (weight := one.weight(now)) > 0]
        self._records = [one for one, _ in weighed]
        self._sums = list(accumulate(weight for _, weight in weighed))
        self._until = now + RENEWED
