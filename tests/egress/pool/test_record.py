"""What becomes of a proxy in the pool: pure, with the time passed in."""

from hypothesis import given
from hypothesis import strategies as st

from roomful.egress import Proxy, Result
from roomful.egress.pool import Record
from roomful.egress.pool.record import HALF_LIFE, LONGEST_OUT, OUT

HERE = Proxy("192.0.2.1", 8080)


def checked(now: float = 0.0, **fields: object) -> Record:
    record = Record(HERE)
    known = {"protocols": ("https",), "working": True, "via": "https", "latency": 0.5, "tries": 3, "successes": 3}
    record.was_checked(Result(HERE, checked_at=now, **{**known, **fields}))  # type: ignore[arg-type]
    return record


def test_three_failures_in_a_row_send_it_off_and_one_success_between_does_not() -> None:
    record = checked()
    for reason in ("timeout", "cut"):
        record.failed(1, reason)
    record.succeeded(2)
    for reason in ("timeout", "cut"):
        record.failed(3, reason)
    assert record.standing(3) == "good"
    record.failed(4, "refused")
    assert (record.standing(4), record.weight(4), record.reason) == ("out", 0.0, "refused")


def test_it_comes_back_on_trial_and_is_sent_off_for_longer_each_time() -> None:
    record = checked()
    for _ in range(3):
        record.failed(0, "timeout")
    now, lengths = 0.0, []
    for _ in range(9):
        lengths.append(record.out_until - now)
        now = record.out_until
        assert record.standing(now) == "trial"
        assert 0 < record.weight(now) < checked(now).weight(now) / 10
        record.failed(now, "timeout")
    assert lengths[:3] == [OUT, 2 * OUT, 4 * OUT]
    assert max(lengths) == LONGEST_OUT
    record.succeeded(record.out_until)
    assert record.standing(record.out_until) == "good"


def test_what_was_long_ago_counts_less() -> None:
    record = checked()
    for _ in range(2):
        record.failed(1, "timeout")
    soon, later = record.score(1), record.score(1 + 10 * HALF_LIFE)
    assert abs(soon - (3 + 1) / (3 + 2 + 2)) < 0.01
    assert abs(later - 0.5) < 0.01


def test_the_slow_are_chosen_less_often() -> None:
    assert checked(latency=0.1).weight(0) > 2 * checked(latency=1.0).weight(0)


def test_what_does_not_work_is_not_chosen_until_a_check_says_otherwise() -> None:
    record = checked(working=False, successes=0, failures={"https": "refused"})
    record.succeeded(1)
    assert record.weight(1) == 0
    record.was_checked(Result(HERE, ("socks5",), working=True, via="socks5", checked_at=2))
    assert (record.standing(2), record.tunnel) == ("good", "socks5")


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1e6), st.floats(0, 60)), max_size=60))
def test_whatever_happens_scores_are_shares_and_weights_are_finite(happened: list[tuple[bool, float, float]]) -> None:
    record, now = checked(), 0.0
    for good, later, latency in happened:
        now += later
        if good:
            record.succeeded(now, latency)
        else:
            record.failed(now, "cut")
        assert 0 < record.score(now) < 1
        assert 0 <= record.weight(now) <= 1
        assert record.out_until - now <= LONGEST_OUT
        assert good <= (record.standing(now) == "good")
