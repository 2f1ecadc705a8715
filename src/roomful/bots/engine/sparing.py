"""Saying things only so often."""

from collections.abc import Hashable

MOST = 2_000  # things remembered; the oldest are forgotten, and may be said once more


class Sparing:
    """What was said when, so that it is not said again too soon."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until: dict[Hashable, float] = {}

    def may(self, thing: Hashable, s: float, period: float) -> bool:
        """Whether the thing may be said now; if so, it is not for the period that follows. Monotonic seconds."""
        if self._until.get(thing, s) > s:
            return False
        self._until.pop(thing, None)  # so that it moves to the end
        self._until[thing] = s + period
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]
        return True
