"""Schedules: five fields, as cron has them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.bots.engine.cron import BadSchedule, parse_schedule

ZURICH = ZoneInfo("Europe/Zurich")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def after(schedule: str, text: str, zone: ZoneInfo | None = None) -> str:
    found = parse_schedule(schedule).after(ms(text), zone or UTC)
    assert found is not None
    return datetime.fromtimestamp(found / 1000, UTC).strftime("%Y-%m-%d %H:%M %a")


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        ("* * * * *", "2026-11-20T10:00:00Z", "2026-11-20 10:01 Fri"),
        ("*/15 * * * *", "2026-11-20T10:50:00Z", "2026-11-20 11:00 Fri"),
        ("0 9 * * 1-5", "2026-11-20T10:00:00Z", "2026-11-23 09:00 Mon"),
        ("0 9 * * mon-FRI", "2026-11-20T10:00:00Z", "2026-11-23 09:00 Mon"),
        ("30 8,20 * * *", "2026-11-20T10:00:00Z", "2026-11-20 20:30 Fri"),
        ("0 0 29 2 *", "2026-11-20T10:00:00Z", "2028-02-29 00:00 Tue"),
        ("0 0 1 jan *", "2026-11-20T10:00:00Z", "2027-01-01 00:00 Fri"),
        ("0 12 * * 0", "2026-11-20T10:00:00Z", "2026-11-22 12:00 Sun"),
        ("0 12 * * 7", "2026-11-20T10:00:00Z", "2026-11-22 12:00 Sun"),
        ("0 12 1 * 1", "2026-11-20T10:00:00Z", "2026-11-23 12:00 Mon"),  # either will do
        ("0 12 */2 * 1", "2026-11-20T10:00:00Z", "2026-11-23 12:00 Mon"),  # a star is no restriction: both must fit
        ("5/20 3 * * *", "2026-11-20T03:05:00Z", "2026-11-20 03:25 Fri"),
    ],
)
def test_the_next_time(schedule: str, now: str, expected: str) -> None:
    assert after(schedule, now) == expected


def test_by_the_clocks_of_a_place_in_summer_and_winter() -> None:
    assert after("0 9 * * *", "2026-10-24T12:00:00Z", ZURICH) == "2026-10-25 08:00 Sun"  # the night of the change
    assert after("0 9 * * *", "2026-10-23T12:00:00Z", ZURICH) == "2026-10-24 07:00 Sat"


def test_an_hour_that_is_skipped_counts_later_and_one_that_comes_twice_counts_once() -> None:
    assert after("30 2 * * *", "2026-03-28T12:00:00Z", ZURICH) == "2026-03-29 01:30 Sun"  # 3:30 by the clock
    first = ms("2026-10-25T00:30:00Z")
    assert parse_schedule("30 2 * * *").after(first - 1, ZURICH) == first
    assert after("30 2 * * *", "2026-10-25T00:30:00Z", ZURICH) == "2026-10-26 01:30 Mon"


def test_a_day_that_never_comes() -> None:
    assert parse_schedule("0 0 31 2 *").after(ms("2026-11-20T10:00:00Z")) is None


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("0 9 * *", "has 4"),
        ("60 * * * *", "the minute is 0 to 59, not '60'"),
        ("* 5-3 * * *", "the hour '5-3' ends before it begins"),
        ("*/0 * * * *", "a step is a number above 0"),
        ("* * 0 * *", "the day of the month is 1 to 31, not '0'"),
        ("* * * dez *", "the month is 1 to 12, not 'dez'"),
        ("* * * * 8", "the day of the week is 0 to 7, not '8'"),
        ("1,,2 * * * *", "the minute is 0 to 59, not ''"),
        ("-1 * * * *", "the minute is 0 to 59, not ''"),
        ("¹ * * * *", "the minute is 0 to 59"),
    ],
)
def test_what_is_no_schedule(schedule: str, why: str) -> None:
    with pytest.raises(BadSchedule, match=why.replace("*", r"\*")):
        parse_schedule(schedule)


@given(st.text(st.sampled_from("0123456789*/-, monjan"), max_size=20))
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    try:
        parse_schedule(text).after(ms("2026-11-20T10:00:00Z"))
    except BadSchedule as why:
        assert str(why)


@given(st.integers(0, 59), st.integers(0, 23), st.integers(0, 2 * 10**12))
def test_the_next_time_is_later_and_fits(minute: int, hour: int, now: int) -> None:
    found = parse_schedule(f"{minute} {hour} * * *").after(now)
    assert found is not None
    assert now < found <= now + 86_400_000
    at = datetime.fromtimestamp(found / 1000, UTC)
    assert (at.minute, at.hour, at.second) == (minute, hour, 0)
