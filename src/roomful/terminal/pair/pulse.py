"""Whether the peer lives: when to ping it, and when to give it up. Pure: the time is told."""

from typing import NamedTuple


class Pace(NamedTuple):
    """Seconds. Both count from the last byte heard, so a peer that talks is never pinged."""

    ping: float = 10.0
    silence: float = 25.0  # two pings without an answer; people were promised 30


class Pulse:
    """The peer's pulse, by a clock in seconds that never goes back."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._heard = now
        self._pinged = now

    def heard(self, now: float) -> None:
        """Something came."""
        self._heard = self._pinged = now

    def silent(self, now: float) -> bool:
        """Nothing came for too long."""
        return now - self._heard >= self._pace.silence

    def ping(self, now: float) -> bool:
        """Whether a ping is due now; it is taken as sent."""
        due = now - self._pinged >= self._pace.ping
        if due:
            self._pinged = now
        return due

    def wait(self, now: float) -> float:
        """Seconds until there is something to do."""
        return max(0.0, min(self._heard + self._pace.silence, self._pinged + self._pace.ping) - now)
