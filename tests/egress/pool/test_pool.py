"""The pool: the better are chosen more often, sessions stay, what was learnt is kept."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.egress import Proxy, Result
from roomful.egress.pool import Pool
from roomful.egress.pool.pool import STALE, STICKS


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def pool(tmp_path: Path, clock: Clock) -> AsyncIterator[Pool]:
    pool = (await Pool.open(tmp_path / "proxies.db", clock=clock)).seeded(7)
    yield pool
    await pool.close()


def result(host: str, clock: Clock, **fields: object) -> Result:
    known = {"protocols": ("https",), "working": True, "via": "https", "latency": 0.2, "tries": 3, "successes": 3}
    return Result(Proxy(host, 80, "", "u", "secret"), checked_at=clock.now, **{**known, **fields})  # type: ignore[arg-type]


async def test_the_better_are_chosen_more_often(pool: Pool, clock: Clock) -> None:
    pool.checked(result("fast.example", clock))
    pool.checked(result("slow.example", clock, latency=3.0))
    pool.checked(result("dead.example", clock, working=False))
    drawn = Counter(pick.proxy.host for _ in range(2000) if (pick := pool.pick()) is not None)
    assert set(drawn) == {"fast.example", "slow.example"}
    assert 3 < drawn["fast.example"] / drawn["slow.example"] < 8


async def test_whoever_fails_is_left_alone_at_once_and_tried_again_later(pool: Pool, clock: Clock) -> None:
    pool.checked(result("a.example", clock))
    pool.checked(result("b.example", clock))
    first = pool.pick()
    assert first is not None
    for _ in range(3):
        pool.failed(first, "cut")
    assert all((pick := pool.pick()) is not None and pick.proxy != first.proxy for _ in range(200))
    clock.now += 61
    drawn = Counter(pick.proxy.key for _ in range(2000) if (pick := pool.pick()) is not None)
    assert 0 < drawn[first.proxy.key] < 400


async def test_a_session_stays_until_its_proxy_fails_or_ten_minutes_go_by(pool: Pool, clock: Clock) -> None:
    for host in "abcdefgh":
        pool.checked(result(f"{host}.example", clock))
    first = pool.pick(session="gpt")
    assert first is not None
    assert {pool.pick(session="gpt") for _ in range(50)} == {first}
    clock.now += STICKS / 2
    assert pool.pick(session="gpt") == first
    assert pool.pick(session="gpt", without=[first.proxy.key]) != first
    second = pool.pick(session="gpt")
    assert second is not None
    assert second != first
    for _ in range(3):
        pool.failed(second, "timeout")
    assert pool.pick(session="gpt") != second


async def test_nothing_to_choose_is_none(pool: Pool, clock: Clock) -> None:
    assert pool.pick() is None
    pool.checked(result("a.example", clock))
    only = pool.pick()
    assert only is not None
    assert pool.pick(without=[only.proxy.key]) is None


async def test_who_only_forwards_makes_no_tunnel(pool: Pool, clock: Clock) -> None:
    pool.checked(result("a.example", clock, protocols=("http",), via="http"))
    assert pool.pick("tunnel") is None
    forwards = pool.pick("forward")
    assert forwards is not None
    assert forwards.protocol == "http"


async def test_what_was_learnt_outlives_the_process(tmp_path: Path, clock: Clock) -> None:
    pool = await Pool.open(tmp_path / "proxies.db", clock=clock)
    pool.checked(result("a.example", clock), "list.txt")
    pick = pool.pick()
    assert pick is not None
    for _ in range(3):
        pool.failed(pick, "cut")
    await pool.close()
    again = await Pool.open(tmp_path / "proxies.db", clock=clock)
    (record,) = again.records.values()
    assert (record.standing(clock.now), record.source, record.proxy.password) == ("out", "list.txt", "secret")
    assert "secret" not in repr(record)
    await again.drop([record.proxy])
    await again.close()
    assert (tmp_path / "proxies.db").stat().st_mode & 0o077 == 0
    empty = await Pool.open(tmp_path / "proxies.db", clock=clock)
    assert not empty.records
    await empty.close()


async def test_those_not_looked_at_for_long_are_due_and_the_hopeless_seldom(pool: Pool, clock: Clock) -> None:
    pool.checked(result("a.example", clock))
    pool.checked(result("b.example", clock))
    assert pool.due() == []
    clock.now += STALE
    assert [proxy.host for proxy in pool.due()] == ["a.example", "b.example"]
    pool.checked(result("a.example", clock, working=False, successes=0, failures={"https": "refused"}))
    pool.checked(result("b.example", clock))
    clock.now += STALE
    assert [proxy.host for proxy in pool.due()] == ["b.example"]
    clock.now += 3 * STALE
    assert {proxy.host for proxy in pool.due()} == {"a.example", "b.example"}
