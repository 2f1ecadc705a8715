"""Budgets: what bots may spend, checked before each call, at five levels: server, room, bot, person, run.

A call reserves the most that it can take (all it reads, and the longest answer it may write), and settles for what it took.
What is reserved counts as spent meanwhile, so that calls at the same time never exceed a budget together. Days are UTC.

Money is counted in whole nano-dollars: sums of floats drift, and a budget that is met to the cent must say so.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from roomful.bots.settings import BudgetSettings

Level = Literal["server", "room", "bot", "person", "run"]
LEVELS: tuple[Level, ...] = ("server", "room", "bot", "person", "run")
NANO = 1_000_000_000
DAY = 86_400_000  # ms
WARN = (95, 80)  # per cent
FOR_MENTIONS = 0.9  # of a budget; the rest is kept for those who address a bot: they are the last to go without


class Price(Struct, frozen=True):
    """USD for a million tokens."""

    tokens_in: float
    tokens_out: float

    def nano(self, tokens_in: int, tokens_out: int) -> int:
        """What so many tokens cost, in nano-dollars, rounded up."""
        return -int(-(tokens_in * self.tokens_in + tokens_out * self.tokens_out) * 1000 // 1)


FREE = Price(0.0, 0.0)


DEAR = Price(15.0, 75.0)  # of the dearest models that many use, should no price at all be known


def dearest(prices: Iterable[Price]) -> Price:
    """What a model of unknown price is taken to cost: as much as the dearest one known, and never little."""
    known = [DEAR, *prices]
    return Price(max(price.tokens_in for price in known), max(price.tokens_out for price in known))


class Purpose(Struct, frozen=True):
    """For whom a call is made. Empty: nobody, or none."""

    room: str
    bot: str
    person: str = ""
    run: str = ""  # a conversation: the room's id, a colon, its number
    addressed: bool = True  # somebody addressed the bot; else it speaks by itself


class Key(Struct, frozen=True, gc=False):
    """One budget: of a level, for whom."""

    level: Level
    whom: str


class Refusal(Struct, frozen=True):
    """Why a call may not be made."""

    level: Level
    whom: str
    spent: float  # USD, reserved included
    allowed: float
    tokens: bool = False  # the two numbers are tokens instead


class Reservation(Struct, frozen=True):
    """What a call under way may take. To be settled, or released."""

    number: int
    day: int
    keys: tuple[Key, ...]
    nano: int
    tokens: int


class Spent(Struct, frozen=True):
    """A row of what is persisted: what one budget has spent on one day (a run: on all days)."""

    level: Level
    whom: str
    nano: int
    tokens: int
    warned: int = 0  # per cent


class BudgetRecord(Struct, frozen=True):
    """All that a restart must know."""

    day: int  # days since 1970, UTC
    spent: tuple[Spent, ...] = ()


class Warned(Struct, frozen=True):
    """A budget has been used to 80 or 95 per cent: to be said once a day."""

    level: Level
    whom: str
    percent: int


class _Account:
    __slots__ = ("held_nano", "held_tokens", "nano", "tokens", "warned")

    def __init__(self, nano: int = 0, tokens: int = 0, warned: int = 0) -> None:
        self.nano, self.tokens, self.warned = nano, tokens, warned
        self.held_nano = self.held_tokens = 0


class Budgets:
    """What was spent, and what may be. Times are ms since 1970 UTC."""

    def __init__(self, settings: BudgetSettings, record: BudgetRecord | None = None) -> None:
        self.settings = settings
        self._bot_usd: dict[str, float] = {}
        self._day = record.day if record else 0
        self._accounts: dict[Key, _Account] = {}
        for row in record.spent if record else ():
            self._accounts[Key(row.level, row.whom)] = _Account(row.nano, row.tokens, row.warned)
        self._open: dict[int, Reservation] = {}
        self._number = 0
        self._beside: dict[Key, int] = {}  # nano-dollars that others have spent of the same budgets today

    def set_bot(self, bot: str, usd_day: float) -> None:
        """A bot's own budget, in USD a day; 0: that of the settings."""
        self._bot_usd[bot] = usd_day

    def beside(self, now: int, spent: dict[Key, int]) -> None:
        """What others than bots have spent today of the same budgets, in nano-dollars; what was told before is forgotten."""
        self._turn_page(now)
        self._beside = spent

    # -- before a call ------------------------------------------------------------------------------

    def check(self, now: int, purpose: Purpose, price: Price, tokens_in: int, max_tokens_out: int) -> Refusal | None:
        """The level that refuses a call, the widest first; None: it may be made. Nothing is reserved."""
        nano, tokens = price.nano(tokens_in, max_tokens_out), tokens_in + max_tokens_out
        return self._refusal(now, purpose, nano, tokens)

    def reserve(
        self, now: int, purpose: Purpose, price: Price, tokens_in: int, max_tokens_out: int
    ) -> Reservation | Refusal:
        """Check, and set the amount aside until the call is settled or released."""
        nano, tokens = price.nano(tokens_in, max_tokens_out), tokens_in + max_tokens_out
        refusal = self._refusal(now, purpose, nano, tokens)
        if refusal is not None:
            return refusal
        self._number += 1
        reservation = Reservation(self._number, self._day, tuple(_keys(purpose)), nano, tokens)
        self._open[reservation.number] = reservation
        for key in reservation.keys:
            account = self._account(key)
            account.held_nano += nano
            account.held_tokens += tokens
        return reservation

    def used_up(self, now: int, purpose: Purpose) -> Refusal | None:
        """The level at which nothing at all may be spent any more; None: something may."""
        return self._refusal(now, purpose, 1, 1)

    # -- after it -------------------------------------------------------------------------------------

    def settle(
        self,
        now: int,
        reservation: Reservation,
        price: Price,
        tokens_in: int,
        tokens_out: int,
        usd: float | None = None,
    ) -> list[Warned]:
        """A call took this much. Returns the budgets that came near their end with it.

        Args:
            usd: what the provider says it cost; None: as the price has it.
        """
        nano = price.nano(tokens_in, tokens_out) if usd is None else round(usd * NANO)
        self.release(reservation)
        self._turn_page(now)
        warned = []
        for key in reservation.keys:
            if key.level != "run" and reservation.day != self._day:
                continue  # it was reserved yesterday, and is yesterday's
            account = self._account(key)
            account.nano += nano
            account.tokens += tokens_in + tokens_out
            if (percent := self._percent(key, account)) > account.warned:
                account.warned = percent
                warned.append(Warned(key.level, key.whom, percent))
        return warned

    def release(self, reservation: Reservation) -> None:
        """A call was not made, or is settled: nothing is set aside for it any more. Twice is once."""
        if self._open.pop(reservation.number, None) is None:
            return
        for key in reservation.keys:
            account = self._account(key)
            account.held_nano = max(0, account.held_nano - reservation.nano)
            account.held_tokens = max(0, account.held_tokens - reservation.tokens)

    def ended(self, run: str) -> None:
        """A conversation is over: what it spent is forgotten."""
        self._accounts.pop(Key("run", run), None)

    # -- what is known ---------------------------------------------------------------------------------

    def spent(self, level: Level, whom: str = "") -> tuple[float, int]:
        """USD and tokens of one budget today, without what is only reserved."""
        account = self._accounts.get(Key(level, whom))
        return (account.nano / NANO, account.tokens) if account else (0.0, 0)

    def record(self) -> BudgetRecord:
        """What a restart must know. What was reserved is not part of it: those calls died with the process."""
        rows = sorted(self._accounts.items(), key=lambda row: (LEVELS.index(row[0].level), row[0].whom))
        return BudgetRecord(
            self._day,
            tuple(
                Spent(key.level, key.whom, one.nano, one.tokens, one.warned)
                for key, one in rows
                if one.tokens or one.nano
            ),
        )

    # -- within ----------------------------------------------------------------------------------------

    def _refusal(self, now: int, purpose: Purpose, nano: int, tokens: int) -> Refusal | None:
        self._turn_page(now)
        share = 1.0 if purpose.addressed else FOR_MENTIONS
        for key in _keys(purpose):
            account = self._accounts.get(key) or _EMPTY
            usd, most = self._limits(key)
            here = share if key.level != "run" else 1.0
            gone = account.nano + account.held_nano + self._beside.get(key, 0)
            if nano and usd and gone + nano > round(usd * NANO * here):
                return Refusal(key.level, key.whom, gone / NANO, usd)
            if most and account.tokens + account.held_tokens + tokens > int(most * here):
                return Refusal(key.level, key.whom, account.tokens + account.held_tokens, most, tokens=True)
        return None

    def _limits(self, key: Key) -> tuple[float, int]:
        s = self.settings
        match key.level:
            case "server":
                return s.server_usd_day, s.server_tokens_day
            case "room":
                return s.room_usd_day, s.room_tokens_day
            case "bot":
                return self._bot_usd.get(key.whom) or s.bot_usd_day, s.bot_tokens_day
            case "person":
                return s.person_usd_day, s.person_tokens_day
        return s.run_usd, s.run_tokens

    def _percent(self, key: Key, account: _Account) -> int:
        usd, most = self._limits(key)
        nano = account.nano + self._beside.get(key, 0)
        used = max(nano / (usd * NANO) if usd else 0.0, account.tokens / most if most else 0.0)
        return next((percent for percent in WARN if used * 100 >= percent), 0)

    def _account(self, key: Key) -> _Account:
        return self._accounts.setdefault(key, _Account())

    def _turn_page(self, now: int) -> None:
        """A new day begins with nothing spent; what is under way is still set aside, and runs go on."""
        day = now // DAY
        if day <= self._day:
            return  # a clock that was set back does not make a day come twice
        self._day, self._beside = day, {}
        kept: dict[Key, _Account] = {}
        for key, account in self._accounts.items():
            if key.level == "run":
                kept[key] = account
            elif account.held_nano or account.held_tokens:
                kept[key] = fresh = _Account()
                fresh.held_nano, fresh.held_tokens = account.held_nano, account.held_tokens
        self._accounts = kept


_EMPTY = _Account()


def _keys(purpose: Purpose) -> Iterator[Key]:
    yield Key("server", "")
    yield Key("room", purpose.room)
    yield Key("bot", purpose.bot)
    if purpose.person:
        yield Key("person", purpose.person)
    if purpose.run:
        yield Key("run", purpose.run)
