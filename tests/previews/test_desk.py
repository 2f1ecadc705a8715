"""What was fetched is kept: once for all who ask, for a while, and not more than there is room for."""

import asyncio

import pytest

from roomful.errors import TryLater
from roomful.previews import Desk, Fetcher, PreviewSettings
from roomful.previews.desk import WAITING

from .sites import Sites, page

HERE = PreviewSettings(enabled=True, private="127.0.0.0/8")


class Clock:
    """Stands still unless a test moves it."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def desk(sites: Sites, clock: Clock, most: int = 10, at_once: int = 4) -> Desk:
    return Desk(Fetcher(HERE, resolve=sites.resolve), most=most, keep=60.0, at_once=at_once, monotonic=clock)


async def test_a_page_is_fetched_once_for_all_who_ask_at_the_same_time(sites: Sites, clock: Clock) -> None:
    here, link = desk(sites, clock), sites.slow("/")
    asked = [asyncio.create_task(here.preview(link)) for _ in range(20)]
    asked[0].cancel()  # whoever asked first has gone: the others still get it
    await sites.comes(1)
    sites.held.set()
    found = await asyncio.gather(*asked[1:])
    assert {one.title for one in found if one} == {"at last"}
    assert sites.paths == ["/"]
    await here.close()


async def test_it_is_asked_anew_after_a_while_and_a_failure_sooner(sites: Sites, clock: Clock) -> None:
    here = desk(sites, clock)
    good, bad = sites.say("/good", page("one")), sites.url("/bad")
    assert await here.preview(bad) is None
    for _ in range(3):
        assert (found := await here.preview(good)) is not None
        assert found.title == "one"
        assert await here.preview(bad) is None
    assert sites.paths == ["/bad", "/good"]
    sites.say("/good", page("two"))
    sites.say("/bad", page("better"))
    clock.now += 7
    assert (found := await here.preview(bad)) is not None
    assert found.title == "better"
    assert (found := await here.preview(good)) is not None
    assert found.title == "one"
    clock.now += 60
    assert (found := await here.preview(good)) is not None
    assert found.title == "two"
    await here.close()


async def test_no_more_is_kept_than_there_is_room_for(sites: Sites, clock: Clock) -> None:
    here = desk(sites, clock, most=2)
    first, *rest = [sites.say(f"/{number}", page("x")) for number in range(3)]
    for link in (first, *rest, rest[1], first):
        await here.preview(link)
    assert sites.paths == ["/0", "/1", "/2", "/0"]
    await here.close()


async def test_few_are_fetched_at_once_and_only_so_many_wait(sites: Sites, clock: Clock) -> None:
    here = desk(sites, clock, at_once=2)
    asked = [asyncio.create_task(here.preview(sites.slow(f"/{number}"))) for number in range(WAITING)]
    await sites.comes(2)
    with pytest.raises(TryLater):
        await here.preview(sites.url("/more"))
    assert len(sites.asked) == 2
    sites.held.set()
    assert all(await asyncio.gather(*asked))
    await here.close()
