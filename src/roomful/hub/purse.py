"""What services of speech cost: looked at before they are asked, recorded after, in the ledger in which bots' answers stand.

The same limits hold for both together. What is under way counts as spent: several who speak at once never exceed a budget.
"""

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from roomful.domain.room import RoomState
from roomful.domain.verdicts import Used
from roomful.errors import OverBudget, RoomfulError
from roomful.speech.prices import Rate
from roomful.store import UseSpeech

from .prepared import Spent
from .session import Participant

if TYPE_CHECKING:
    from .hub import Hub

DAY = 86_400_000  # ms
NANO = 1_000_000_000  # sums of floats drift
WARN = (95, 80)  # per cent

Key = tuple[str, str]  # a level, and for whom
WHOSE = {
    "server": "today's budget of this server",
    "room": "today's budget of this room",
    "person": "your budget of today",
}
NOT_DONE = {"listen": "no clip is made text of", "speak": "nothing new is read out"}


class DailyBudget(Protocol):
    """What may be spent in a day (UTC), in USD, by bots and on speech together; 0: no limit."""

    @property
    def server_usd_day(self) -> float: ...
    @property
    def room_usd_day(self) -> float: ...
    @property
    def person_usd_day(self) -> float: ...


class NoBudget(Struct, frozen=True):
    """No limits."""

    server_usd_day: float = 0.0
    room_usd_day: float = 0.0
    person_usd_day: float = 0.0


class Payment(Struct):
    """A call of a service."""

    most: float | None = None  # seconds or characters that may be paid for; None: as many as one likes
    used: float = 0.0  # to be set by whoever makes the call


class Purse:
    """Knows what may be spent on speech."""

    def __init__(self, hub: "Hub", budget: DailyBudget) -> None:
        self.hub = hub
        self._limits = {
            "server": round(budget.server_usd_day * NANO),
            "room": round(budget.room_usd_day * NANO),
            "person": round(budget.person_usd_day * NANO),
        }
        self._held: Counter[Key] = Counter()  # nano-dollars

    @asynccontextmanager
    async def opened(
        self, me: Participant, room: RoomState, what: Literal["listen", "speak"], rate: Rate, worst: float
    ) -> AsyncIterator[Payment]:
        """A call is made within. `worst`: seconds or characters that it may take. Raises OverBudget, StoreUnavailable."""
        if not rate.counted:
            yield Payment()
            return
        keys: tuple[Key, ...] = (("server", ""), ("room", room.id), ("person", me.sender.id))
        spent = await self._spent()
        left, level = self._left(keys, spent)
        held = min(left, math.ceil(rate.usd * worst * NANO))
        self._held.update(dict.fromkeys(keys, held))
        payment = Payment(left / NANO / rate.usd if rate.usd and level else None)
        try:
            yield payment
        except OverBudget:
            raise self._refusal(what, level) from None
        finally:
            if payment.used:
                cost = payment.used * rate.usd
                await self._record(
                    UseSpeech(room.id, self.hub.clock(), me.sender.id, what, rate.by, payment.used, cost)
                )
                self._warn(keys, spent, math.ceil(cost * NANO))
            self._held.subtract(dict.fromkeys(keys, held))
            self._held += Counter()  # forgets what is 0

    async def _spent(self) -> Counter[Key]:
        """What was spent today, in nano-dollars. Raises StoreUnavailable."""
        now = self.hub.clock()
        return summed(await self.hub.store.used(None, now - now % DAY))

    def _left(self, keys: Iterable[Key], spent: Counter[Key]) -> tuple[int, str]:
        """What may be spent still, and which level says so; "": none, there is no limit."""
        limits = ((most, key) for key in keys if (most := self._limits[key[0]]))
        rest = [(max(0, most - spent[key] - self._held[key]), key[0]) for most, key in limits]
        return min(rest, default=(0, ""))

    def _refusal(self, what: str, level: str) -> OverBudget:
        left = DAY - self.hub.clock() % DAY
        whose = WHOSE[level] if level else "a budget of today"
        return OverBudget(
            f"{whose[0].upper()}{whose[1:]} is spent: {NOT_DONE[what]} until midnight (UTC), or until it is raised.",
            retry_after=left / 1000,
        )

    async def _record(self, row: UseSpeech) -> None:
        try:
            await self.hub.decided(None, Spent("!" + row.room, row))
        except RoomfulError as why:
            self.hub.log.error("what speech has cost is not recorded", usd=row.cost, reason=why.message)

    def _warn(self, keys: Iterable[Key], spent: Counter[Key], more: int) -> None:
        """Tell whoever runs the server once, when a budget comes near its end."""
        for key in keys:
            most = self._limits[key[0]]
            before, after = ((100 * one / most if most else 0.0) for one in (spent[key], spent[key] + more))
            percent = next((percent for percent in WARN if before < percent <= after), 0)
            if percent:
                self.hub.log.warning(
                    "a budget is nearly spent", level=key[0], whom=key[1], percent=percent, on="speech"
                )


def summed(used: Iterable[Used]) -> Counter[Key]:
    """What was spent, in nano-dollars: in all, in each room, for each person."""
    sums: Counter[Key] = Counter()
    for one in used:
        nano = round(one.cost * NANO)
        sums["server", ""] += nano
        sums["room", one.room] += nano
        sums["person", one.person] += nano
    return sums
