"""Lengths of time as people type and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.terminal.durations import LONGEST, parse_duration, spoken


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600),
        ("2h", 7200),
        ("7d", 604_800),
        ("1h30m", 5400),
        ("1H30M", 5400),
        ("1w2d", 777_600),
        ("90s", 90),
        ("3650d", LONGEST),
    ],
)
def test_lengths_of_time(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "0m", "10", "m", "30m1h", "1.5h", "-1h", "1h x", "3651d", "tea", "٣m", "9" * 99 + "h"]
)
def test_what_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.text(alphabet="0123456789wdhms -", max_size=12))
def test_whatever_is_typed_it_is_a_length_that_may_be_asked_for_or_none(text: str) -> None:
    seconds = parse_duration(text)
    assert seconds is None or 1 <= seconds <= LONGEST


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 seconds"),
        (1, "1 second"),
        (90, "1 minute and 30 seconds"),
        (599.6, "10 minutes"),
        (5400, "1 hour and 30 minutes"),
        (7199, "2 hours"),
        (90_061, "1 day and 1 hour"),
        (604_800, "7 days"),
    ],
)
def test_in_words(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
