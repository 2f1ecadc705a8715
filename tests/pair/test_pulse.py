"""A quiet peer is pinged, and a silent one is noticed in time."""

from roomful.terminal.pair.pulse import Pace, Pulse


def test_a_silent_peer_is_given_up_within_thirty_seconds_after_two_pings() -> None:
    now, pulse, pings = 100.0, Pulse(Pace(), 100.0), 0
    while not pulse.silent(now):
        pings += pulse.ping(now)
        now += pulse.wait(now)
    assert now - 100.0 <= 30.0
    assert pings == 2


def test_a_peer_that_talks_is_neither_pinged_nor_given_up() -> None:
    pulse = Pulse(Pace(), 0.0)
    for now in range(0, 100, 9):
        assert not pulse.silent(now)
        assert not pulse.ping(now)
        pulse.heard(now)


def test_an_answered_ping_starts_the_count_anew() -> None:
    pulse = Pulse(Pace(ping=10.0, silence=25.0), 0.0)
    assert pulse.wait(0.0) == 10.0
    assert pulse.ping(10.0)
    assert pulse.wait(10.0) == 10.0
    pulse.heard(10.1)
    assert not pulse.ping(20.0)
    assert not pulse.silent(35.0)
    assert pulse.silent(35.1)
