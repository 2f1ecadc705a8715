"""By which way requests leave: a model's answer comes through the pool, and through the next proxy when one dies."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from roomful import models
from roomful.egress import check
from roomful.egress.pool import Pool
from roomful.egress.routing import FILE, Routes, routed
from roomful.egress.settings import EgressSettings
from roomful.errors import ModelTrouble
from tests.models.conftest import said
from tests.support.provider import KEY, Provider
from tests.support.proxies import Double

ASKED = [models.Message("user", "hello")]


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with Provider() as provider:
        yield provider


def far(provider: Provider, proxy: str = "") -> dict[str, models.Provider]:
    """The stand-in, as if it were on another machine."""
    return {"work": models.Provider(kind="compatible", base_url=provider.openai, key=KEY, local=False, proxy=proxy)}


async def answer(providers: dict[str, models.Provider], routes: Routes) -> str:
    desk = models.Desk(models.ModelsSettings(providers, route=routes))
    try:
        return await said(desk.model("work:gpt-test").stream(ASKED))
    finally:
        await desk.close()


async def filled(folder: Path, provider: Provider, *doubles: Double) -> None:
    """A pool with these proxies, each checked against the provider's own page."""
    pool = await Pool.open(folder / FILE)
    target = provider.openai + "/models"
    async for result in check([double.at() for double in doubles], target=target, samples=1, status=None):
        assert result.working, result
        pool.checked(result)
    await pool.close()


@pytest.mark.parametrize(("way", "default"), [("pool", ""), ("", "pool")])
async def test_an_answer_comes_through_the_best_proxy_and_the_next_one_when_that_dies(
    tmp_path: Path, provider: Provider, way: str, default: str
) -> None:
    doubles = [Double(("https", "socks5", "socks5h")) for _ in range(2)]
    async with AsyncExitStack() as stack:
        for double in doubles:
            await stack.enter_async_context(double)
        await filled(tmp_path, provider, *doubles)
        providers = far(provider, way)
        async with routed(EgressSettings(default), [way], tmp_path) as routes:
            before = [double.served for double in doubles]
            assert await answer(providers, routes) == "Hello from gpt-test."
            used = next(one for one, old in zip(doubles, before, strict=True) if one.served > old)
            other = next(one for one in doubles if one is not used)
            await used.__aexit__(None, None, None)
            served = other.served
            assert await answer(providers, routes) == "Hello from gpt-test."
            assert other.served == served + 1


async def test_whoever_says_direct_goes_past_the_pool(tmp_path: Path, provider: Provider) -> None:
    async with routed(EgressSettings("pool"), (), tmp_path) as routes:
        assert await answer(far(provider, "direct"), routes) == "Hello from gpt-test."


async def test_what_runs_on_this_machine_is_asked_directly(tmp_path: Path, provider: Provider) -> None:
    here = {"work": models.Provider(kind="compatible", base_url=provider.openai, key=KEY)}
    async with routed(EgressSettings("pool"), (), tmp_path) as routes:
        assert await answer(here, routes) == "Hello from gpt-test."


async def test_an_empty_pool_is_told_at_the_start_and_to_whoever_asks(tmp_path: Path, provider: Provider) -> None:
    told: list[str] = []
    async with routed(EgressSettings("pool"), (), tmp_path, told.append) as routes:
        with pytest.raises(ModelTrouble, match="HTTP 503"):  # for plain HTTP a proxy has no other way to say no
            await answer(far(provider), routes)
    assert ["The pool of proxies is empty" in one for one in told] == [True]


async def test_without_a_pool_nothing_is_opened(tmp_path: Path) -> None:
    async with routed(EgressSettings("socks5h://127.0.0.1:1080"), ["direct", ""], tmp_path) as routes:
        assert (routes("", "x"), routes("direct", "x")) == ("socks5h://127.0.0.1:1080", "direct")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("route", ["pools", "ftp://127.0.0.1:21", "http://nowhere", "socks4://127.0.0.1:1080"])
def test_a_way_that_is_none_is_refused(route: str) -> None:
    with pytest.raises(ValueError, match="route: "):
        EgressSettings(route)
