"""Whoever guesses waits longer each time, and nobody else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.errors import RateLimited
from roomful.hub.backoff import FORGIVEN, LONGEST, MAX_KEYS, Backoff


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def wait_of(backoff: Backoff, key: str) -> float:
    """What a refused attempt is told; 0: it was not refused."""
    try:
        backoff.begin(key)
    except RateLimited as why:
        assert why.field is None
        assert why.retry_after is not None
        return why.retry_after
    return 0.0


def test_five_are_free_then_each_costs_twice_as_much() -> None:
    clock = Clock()
    backoff = Backoff("for this account", 5, clock)
    assert [wait_of(backoff, "alice") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(12):
        waits.append(wait_of(backoff, "alice"))
        clock.now += waits[-1]
        assert wait_of(backoff, "alice") == 0.0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST, LONGEST, LONGEST]
    assert wait_of(backoff, "bob") == 0.0


def test_asking_while_one_must_wait_costs_nothing_more() -> None:
    clock = Clock()
    backoff = Backoff("for this account", 1, clock)
    backoff.begin("alice")
    assert [wait_of(backoff, "alice") for _ in range(50)] == [1.0] * 50
    clock.now += 0.25
    assert wait_of(backoff, "alice") == 0.75


def test_being_right_forgets_and_so_does_a_quarter_of_an_hour() -> None:
    clock = Clock()
    backoff = Backoff("for this account", 2, clock)
    backoff.begin("alice")
    backoff.begin("alice")
    backoff.passed("alice")
    assert wait_of(backoff, "alice") == 0.0
    backoff.begin("alice")
    clock.now += FORGIVEN
    assert [wait_of(backoff, "alice") for _ in range(3)] == [0.0, 0.0, 1.0]


def test_many_at_once_are_counted_before_any_is_decided() -> None:
    backoff = Backoff("from this address", 5, Clock())
    for _ in range(5):
        backoff.begin("192.0.2.1")
    with pytest.raises(RateLimited):
        backoff.begin("192.0.2.1")
    for _ in range(3):
        backoff.dropped("192.0.2.1")  # these three were right, each for an account of its own
    assert [wait_of(backoff, "192.0.2.1") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]


def test_memory_has_an_end_and_the_oldest_goes_first() -> None:
    backoff = Backoff("from this address", 1, Clock())
    for number in range(MAX_KEYS + 1):
        backoff.begin(f"address {number}")
    assert len(backoff) == MAX_KEYS
    assert wait_of(backoff, f"address {MAX_KEYS}") == 1.0
    assert wait_of(backoff, "address 0") == 0.0


@given(st.lists(st.tuples(st.floats(0.001, 400), st.sampled_from(["wrong", "right"])), max_size=60), st.integers(1, 8))
def test_nobody_guesses_faster_than_the_rule(attempts: list[tuple[float, str]], free: int) -> None:
    """Checked against the rule told plainly: a list of the times at which there were failures."""
    clock = Clock()
    backoff = Backoff("for this account", free, clock)
    failures: list[float] = []
    for pause, outcome in attempts:
        clock.now += pause
        if failures and clock.now - failures[-1] >= FORGIVEN:
            failures = []
        due = failures[-1] + min(LONGEST, 2 ** (len(failures) - free)) if len(failures) >= free else 0.0
        waited = wait_of(backoff, "alice")
        if clock.now < due:
            assert due - clock.now <= waited <= due - clock.now + 0.0011
            continue
        assert waited == 0.0
        failures.append(clock.now)
        if outcome == "right":
            backoff.passed("alice")
            failures = []
