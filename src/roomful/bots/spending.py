"""What calls cost: reserved before them, settled after them. Models on this machine cost nothing and are not counted."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from roomful.domain.verdicts import Used
from roomful.errors import Refused
from roomful.models import Message, Usage

from .budgets import (
    DAY,
    NANO,
    BudgetRecord,
    Budgets,
    Key,
    Level,
    Price,
    Purpose,
    Refusal,
    Reservation,
    Spent,
    Warned,
    dearest,
)
from .context.prompt import size
from .settings import BudgetSettings

if TYPE_CHECKING:
    from .resident import Resident


class OverBudget(Refused):
    """A call would go beyond a budget. It stays within the host: the server knows nothing of budgets."""

    def __init__(self, refusal: Refusal) -> None:
        unit = "tokens" if refusal.tokens else "USD"
        super().__init__(f"{refusal.spent:g} of {refusal.allowed:g} {unit} are spent.")
        self.level: Level = refusal.level


class Call(Struct, frozen=True):
    """For whom a model is called."""

    room: str
    bot: "Resident"
    person: str = ""
    run: str = ""
    addressed: bool = True


class Begun(Struct, frozen=True):
    """A call under way. No reservation: it costs nothing."""

    call: Call
    price: Price
    reservation: Reservation | None


class Spending:
    """The budgets of a host, with the prices of its bots' models."""

    def __init__(
        self,
        settings: BudgetSettings,
        clock: Callable[[], int],
        warn: "Callable[[Call, Warned], None]",
        used: Iterable[Used] = (),
    ) -> None:
        """`used`: what was used today, as the server has it. `clock`: ms since 1970 UTC. `warn`: of a budget nearly spent."""
        self._clock, self._warn = clock, warn
        rows = tuple(used)
        self.budgets = Budgets(settings, recorded(rows, clock()))
        self.hear_of_speech(rows)

    def hear_of_speech(self, used: Iterable[Used]) -> None:
        """What was used today, speech among it: the server counts that, against the same budgets."""
        spent: dict[Key, int] = {}
        for one in used:
            for key in _keys(one) if one.speech else ():
                spent[key] = spent.get(key, 0) + round(one.cost * NANO)
        self.budgets.beside(self._clock(), spent)

    def begin(self, call: Call, prompt: Sequence[Message]) -> Begun:
        """Set aside what a call may take. Raises OverBudget."""
        if call.bot.local:
            return Begun(call, Price(0.0, 0.0), None)
        price = self._price(call.bot)
        found = self.budgets.reserve(self._clock(), purpose(call), price, size(prompt), call.bot.settings.max_tokens)
        if isinstance(found, Refusal):
            raise OverBudget(found)
        return Begun(call, price, found)

    def end(self, begun: Begun, usage: Usage) -> float:
        """A call took this much. Returns what it cost, in USD."""
        if begun.reservation is None:
            return 0.0
        cost = usage.cost
        if cost is None:
            cost = begun.price.nano(usage.tokens_in, usage.tokens_out) / NANO
        for warned in self.budgets.settle(
            self._clock(), begun.reservation, begun.price, usage.tokens_in, usage.tokens_out, cost
        ):
            self._warn(begun.call, warned)
        return cost

    def over(self, call: Call) -> str:
        """The level at which nothing may be spent any more; empty: something may."""
        if call.bot.local:
            return ""
        refusal = self.budgets.used_up(self._clock(), purpose(call))
        return refusal.level if refusal is not None else ""

    def _price(self, bot: "Resident") -> Price:
        """What the bot's model costs: of a chain, the dearest; of one whose price nobody knows, the dearest there is."""
        known = [price for name in bot.names if (price := price_of(name)) is not None]
        if len(known) == len(bot.names):
            return Price(max(price.tokens_in for price in known), max(price.tokens_out for price in known))
        return dearest(known)


def purpose(call: Call) -> Purpose:
    """For whom, as the budgets have it."""
    return Purpose(call.room, call.bot.id, call.person, call.run, call.addressed)


def price_of(name: object) -> Price | None:
    """What a model costs; None: nobody knows."""
    from roomful.models.names import Name
    from roomful.models.prices import cost

    assert isinstance(name, Name)
    million = 1_000_000
    reading, writing = cost(name, name.model, million, 0), cost(name, name.model, 0, million)
    return Price(reading, writing) if reading is not None and writing is not None else None


def recorded(used: Iterable[Used], now: int) -> BudgetRecord:
    """What bots have spent of the budgets today. What cost nothing was of this machine, and does not count."""
    sums: dict[Key, list[int]] = {}
    for one in used:
        for key in _keys(one) if one.cost and not one.speech else ():
            total = sums.setdefault(key, [0, 0])
            total[0] += round(one.cost * NANO)
            total[1] += one.tokens_in + one.tokens_out
    rows = (Spent(key.level, key.whom, nano, tokens) for key, (nano, tokens) in sums.items())
    return BudgetRecord(now // DAY, tuple(rows))


def _keys(used: Used) -> list[Key]:
    """The budgets that something counts against."""
    keys = [Key("server", ""), Key("room", used.room)]
    keys += [Key("bot", used.bot)] if used.bot else []
    keys += [Key("person", used.person)] if used.person else []
    return keys
