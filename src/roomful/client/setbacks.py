"""Why there is no connection, and how long to wait before the next attempt. Pure."""

from collections.abc import Callable

from msgspec import Struct

from roomful.client.connection import Ending
from roomful.client.failures import ConnectFailed, farewell
from roomful.errors import RoomfulError, TryLater

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # s: limits of the random wait before the first attempt, and before late ones
STEADY = 30.0  # s; the loss of a connection that lasted so long counts as a first one


class Setback(Struct, frozen=True):
    """Why there is no connection."""

    reason: str  # for people, without a full stop
    code: str = "closed"
    wait: float = 0.0  # seconds that the server asked for
    final: bool = False  # there will be none: something has to change first


def of_ending(ending: Ending) -> Setback:
    """What the end of a connection means."""
    return Setback(ending.reason) if ending.goodbye is None else of_failure(farewell(ending.goodbye))


def of_failure(why: ConnectFailed | RoomfulError) -> Setback:
    """What an attempt that failed means."""
    reason = why.message.rstrip(".")
    if isinstance(why, ConnectFailed):
        return Setback(reason, "untrusted", final=True) if why.cause == "untrusted" else Setback(reason)
    final = why.retry_after is None and not isinstance(why, TryLater)
    return Setback(reason, why.code, why.retry_after or 0.0, final)


class Backoff:
    """Waits that grow: at random, so that a thousand clients do not come back in the same instant.

    Each is drawn from 0 to a limit ("full jitter") that doubles from FIRST_WAIT to LONGEST_WAIT. What the server asks for comes
    on top.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random  # from 0 to 1
        self._limit = FIRST_WAIT

    def lasted(self, seconds: float) -> None:
        """The connection that was lost had lasted so long. One that breaks at once does not end the growth."""
        if seconds >= STEADY:
            self._limit = FIRST_WAIT

    def next(self, setback: Setback) -> float:
        """Seconds to wait before the next attempt."""
        limit, self._limit = self._limit, min(LONGEST_WAIT, 2 * self._limit)
        return setback.wait + self._random() * limit
