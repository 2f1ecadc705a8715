"""How long to wait before the next attempt to connect."""

from roomful.client.setbacks import FIRST_WAIT, LONGEST_WAIT, STEADY, Backoff, Setback


def waits(backoff: Backoff, count: int) -> list[float]:
    return [backoff.next(Setback("lost")) for _ in range(count)]


def test_waits_double_up_to_a_limit() -> None:
    assert waits(Backoff(lambda: 1.0), 8) == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert (FIRST_WAIT, LONGEST_WAIT) == (0.5, 30)


def test_a_connection_that_breaks_at_once_does_not_end_the_growth() -> None:
    backoff = Backoff(lambda: 1.0)
    waits(backoff, 3)
    backoff.lasted(STEADY - 1)
    assert waits(backoff, 1) == [4]
    backoff.lasted(STEADY)
    assert waits(backoff, 2) == [0.5, 1]


def test_what_the_server_asks_for_comes_on_top() -> None:
    assert Backoff(lambda: 0.5).next(Setback("The server stops", wait=2)) == 2.25
