"""Back-off: whoever guesses must wait longer each time."""

import math
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from roomful.errors import RateLimited

FORGIVEN = 15 * 60.0  # s without a failure after which all is forgotten
LONGEST = 300.0  # s
MAX_KEYS = 10_000


class _Failures(Struct):
    count: int
    last: float  # s, monotonic


class Backoff:
    """Counts failures by key: an account, or an address.

    The first `free` of them cost nothing; after each further one the next attempt must wait 1, 2, 4 … up to 300 s.
    Attempts that are not decided yet count as failures, so that nothing is gained by sending many at once. Loopback is
    slowed too: a program on this machine guesses faster than anybody else.
    """

    def __init__(self, what: str, free: int, clock: Callable[[], float]) -> None:
        self._what = what
        self._free = free
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()  # the one that failed last is last

    def begin(self, key: str) -> None:
        """An attempt begins: it counts as failed until `passed` or `dropped`. Raises RateLimited with the time to wait."""
        now = self._clock()
        known = self._failures.get(key)
        if known is None or now - known.last >= FORGIVEN:
            known = self._failures[key] = _Failures(0, now)
        elif (wait := known.last + self._pause(known.count) - now) > 0:
            wait = math.ceil(wait * 1000) / 1000
            raise RateLimited(f"Too many wrong passwords {self._what}: wait {wait:.3g} s.", retry_after=wait)
        known.count += 1
        known.last = now
        self._failures.move_to_end(key)
        if len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def passed(self, key: str) -> None:
        """The attempt was right: the key's failures are forgotten."""
        self._failures.pop(key, None)

    def dropped(self, key: str) -> None:
        """The attempt says nothing: it was right for another key, or could not be decided."""
        known = self._failures.get(key)
        if known is not None:
            known.count -= 1
            if known.count <= 0:
                del self._failures[key]

    def _pause(self, count: int) -> float:
        """How long to wait after so many failures, s."""
        over = count - self._free
        return 0.0 if over < 0 else min(LONGEST, 2.0 ** min(over, 16))

    def __len__(self) -> int:
        return len(self._failures)
