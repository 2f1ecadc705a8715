"""Budgets: refused before the call, never exceeded by calls at the same time, told at 80 and 95 per cent."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from roomful.bots.budgets import (
    DAY,
    DEAR,
    FREE,
    NANO,
    BudgetRecord,
    Budgets,
    Key,
    Level,
    Price,
    Purpose,
    Refusal,
    Reservation,
    Warned,
    dearest,
)
from roomful.bots.settings import BudgetSettings

TODAY = 20_000 * DAY + 1
PRICE = Price(1.0, 10.0)  # USD for a million tokens
NOTHING = BudgetSettings(server_usd_day=0, room_usd_day=0, person_usd_day=0)
ASK = Purpose("lobby", "gpt", "ada", "lobby:7")


def held(
    budgets: Budgets, purpose: Purpose = ASK, tokens_in: int = 0, tokens_out: int = 1000, now: int = TODAY
) -> Reservation:
    found = budgets.reserve(now, purpose, PRICE, tokens_in, tokens_out)
    assert isinstance(found, Reservation)
    return found


@pytest.mark.parametrize(
    ("level", "limits"),
    [
        ("server", BudgetSettings(0.01, 0, 0, 0)),
        ("room", BudgetSettings(0, 0.01, 0, 0)),
        ("bot", BudgetSettings(0, 0, 0.01, 0)),
        ("person", BudgetSettings(0, 0, 0, 0.01)),
        ("run", BudgetSettings(0, 0, 0, 0, 0.01)),
        ("server", msgspec.structs.replace(NOTHING, server_tokens_day=1000)),
        ("run", msgspec.structs.replace(NOTHING, run_tokens=1000)),
    ],
)
def test_each_level_refuses_what_it_has_not(level: Level, limits: BudgetSettings) -> None:
    budgets = Budgets(limits)
    assert budgets.check(TODAY, ASK, PRICE, 0, 1000) is None  # 0.01 USD, to the cent
    refusal = budgets.check(TODAY, ASK, PRICE, 0, 1001)
    assert refusal is not None
    assert refusal.level == level


def test_what_is_reserved_counts_until_it_is_settled_for_less() -> None:
    budgets = Budgets(BudgetSettings(0, 0.01, 0, 0))
    first = held(budgets, tokens_out=600)
    assert isinstance(budgets.reserve(TODAY, ASK, PRICE, 0, 600), Refusal)
    budgets.settle(TODAY, first, PRICE, 0, 100)
    held(budgets, tokens_out=900)


def test_a_call_that_was_not_made_gives_back_what_it_reserved_once() -> None:
    budgets = Budgets(BudgetSettings(0, 0.01, 0, 0))
    one, other = held(budgets, tokens_out=500), held(budgets, tokens_out=500)
    budgets.release(one)
    budgets.release(one)
    assert isinstance(budgets.reserve(TODAY, ASK, PRICE, 0, 501), Refusal)
    budgets.release(other)
    held(budgets, tokens_out=1000)


def test_80_and_95_per_cent_are_told_once_a_day() -> None:
    budgets = Budgets(BudgetSettings(0, 0.01, 0, 0))
    amounts = (500, 299, 1, 100, 49, 1, 50)
    told = [budgets.settle(TODAY, held(budgets, tokens_out=tokens), PRICE, 0, tokens) for tokens in amounts]
    assert [bool(warned) for warned in told] == [False, False, True, False, False, True, False]
    assert [one for warned in told for one in warned] == [Warned("room", "lobby", 80), Warned("room", "lobby", 95)]


def test_a_new_day_begins_with_nothing_spent_but_a_conversation_goes_on() -> None:
    budgets = Budgets(BudgetSettings(0.01, 0, 0, 0, 0.02))
    budgets.settle(TODAY, held(budgets), PRICE, 0, 1000)
    assert budgets.check(TODAY, ASK, PRICE, 0, 1) is not None
    assert budgets.check(TODAY + DAY, ASK, PRICE, 0, 1000) is None
    refusal = budgets.check(TODAY + DAY, ASK, PRICE, 0, 1001)
    assert refusal is not None
    assert budgets.spent("run", "lobby:7") == (0.01, 1000)
    budgets.ended("lobby:7")
    assert budgets.spent("run", "lobby:7") == (0.0, 0)


def test_a_clock_that_is_set_back_gives_no_second_day() -> None:
    budgets = Budgets(BudgetSettings(0.01, 0, 0, 0))
    budgets.settle(TODAY, held(budgets), PRICE, 0, 1000)
    assert budgets.check(TODAY - 3 * DAY, ASK, PRICE, 0, 1) is not None


def test_mentions_are_the_last_to_go() -> None:
    budgets = Budgets(BudgetSettings(0.01, 0, 0, 0))
    unasked = Purpose("lobby", "gpt", addressed=False)
    assert budgets.check(TODAY, unasked, PRICE, 0, 900) is None
    assert budgets.check(TODAY, unasked, PRICE, 0, 901) is not None
    assert budgets.check(TODAY, ASK, PRICE, 0, 1000) is None


def test_a_bots_own_budget_comes_before_that_of_all_bots() -> None:
    budgets = Budgets(BudgetSettings(0, 0, 1.0, 0))
    budgets.set_bot("gpt", 0.01)
    refusal = budgets.check(TODAY, ASK, PRICE, 0, 1001)
    assert refusal == Refusal("bot", "gpt", 0.0, 0.01)


def test_an_unknown_price_is_the_dearest_known() -> None:
    assert dearest([]) == DEAR
    assert dearest([Price(1, 200), Price(30, 2)]) == Price(30, 200)


def test_what_costs_nothing_is_never_refused_for_money() -> None:
    budgets = Budgets(BudgetSettings(0.000001, 0.000001, 0.000001, 0.000001))
    assert budgets.check(TODAY, ASK, FREE, 10**9, 10**9) is None


def test_a_restart_knows_what_was_spent_and_warned_of() -> None:
    budgets = Budgets(BudgetSettings(0.01, 0, 0, 0))
    budgets.settle(TODAY, held(budgets), PRICE, 0, 850)
    held(budgets, tokens_out=100)  # dies with the process
    record = msgspec.json.decode(msgspec.json.encode(budgets.record()), type=BudgetRecord)
    again = Budgets(budgets.settings, record)
    assert again.record() == record
    assert again.check(TODAY, ASK, PRICE, 0, 150) is None
    assert again.check(TODAY, ASK, PRICE, 0, 151) is not None
    assert again.settle(TODAY, held(again, tokens_out=10), PRICE, 0, 10) == []


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 10**6), st.integers(0, 10**6))
def test_prices_are_never_rounded_in_the_spenders_favour(a: float, b: float, tokens_in: int, tokens_out: int) -> None:
    exact = (tokens_in * a + tokens_out * b) * 1000
    assert exact <= Price(a, b).nano(tokens_in, tokens_out) <= exact + 1


def test_what_speech_has_spent_counts_until_the_day_ends_and_is_told_anew() -> None:
    budgets = Budgets(BudgetSettings(server_usd_day=1.0, room_usd_day=0, person_usd_day=0))
    budgets.beside(TODAY, {Key("server", ""): NANO})
    refusal = budgets.used_up(TODAY, ASK)
    assert refusal is not None
    assert (refusal.level, refusal.spent) == ("server", 1.0)
    budgets.beside(TODAY, {Key("server", ""): NANO * 9 // 10})
    assert budgets.used_up(TODAY, ASK) is None
    assert [one.percent for one in budgets.settle(TODAY, held(budgets), PRICE, 0, 1)] == [80]
    budgets.beside(TODAY, {Key("server", ""): NANO})
    assert budgets.used_up(TODAY + DAY, ASK) is None


class Spending(RuleBasedStateMachine):
    """Calls of many bots, people and rooms at the same time: no budget is ever exceeded, whatever is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = BudgetSettings(0.05, 0.03, 0.02, 0.02, 0.01, room_tokens_day=4000)
        self.budgets = Budgets(self.limits)
        self.open: list[tuple[Reservation, Purpose, int]] = []
        self.now = TODAY
        self.spent: dict[tuple[str, str], float] = {}

    @rule(
        room=st.sampled_from("ab"),
        bot=st.sampled_from("xy"),
        person=st.sampled_from(("", "p", "q")),
        run=st.sampled_from(("", "a:1")),
        tokens=st.integers(1, 1500),
        addressed=st.booleans(),
    )
    def reserve(self, room: str, bot: str, person: str, run: str, tokens: int, addressed: bool) -> None:
        purpose = Purpose(room, bot, person, run, addressed)
        found = self.budgets.reserve(self.now, purpose, PRICE, 0, tokens)
        if isinstance(found, Reservation):
            self.open.append((found, purpose, tokens))

    @precondition(lambda self: self.open)
    @rule(share=st.floats(0, 1), which=st.integers(0, 100))
    def settle(self, share: float, which: int) -> None:
        reservation, purpose, tokens = self.open.pop(which % len(self.open))
        took = int(tokens * share)
        self.budgets.settle(self.now, reservation, PRICE, 0, took)
        whose = [
            ("server", ""),
            ("room", purpose.room),
            ("bot", purpose.bot),
            ("person", purpose.person),
            ("run", purpose.run),
        ]
        for level, whom in whose:
            if (whom or level == "server") and (reservation.day == self.now // DAY or level == "run"):
                self.spent[level, whom] = self.spent.get((level, whom), 0.0) + took * 10 / 1_000_000

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 100))
    def release(self, which: int) -> None:
        self.budgets.release(self.open.pop(which % len(self.open))[0])

    @rule()
    def next_day(self) -> None:
        self.now += DAY
        self.budgets.check(self.now, ASK, PRICE, 0, 1)
        self.spent = {key: usd for key, usd in self.spent.items() if key[0] == "run"}

    @rule()
    def restart(self) -> None:
        """The process dies, and what was under way with it."""
        self.open.clear()
        self.budgets = Budgets(self.limits, self.budgets.record())

    @invariant()
    def never_exceeded(self) -> None:
        allowed: dict[str, float] = {"server": 0.05, "room": 0.03, "bot": 0.02, "person": 0.02, "run": 0.01}
        for (level, whom), usd in self.spent.items():
            assert usd <= allowed[level] + 1e-9
            assert self.budgets.spent(level, whom)[0] == pytest.approx(usd, abs=1e-9)  # type: ignore[arg-type]


TestSpending: Callable[..., object] = Spending.TestCase
Spending.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
