"""A proxy of a provider's own: names are resolved there, passwords are sent to it and shown to nobody."""

import gc
from typing import Literal

import pytest

from roomful import errors, models
from tests.support.provider import KEY, Provider
from tests.support.proxy import Proxy

from .conftest import HELLO, Make, said

SECRET = "pa55-w0rd"


@pytest.mark.parametrize("kind", ["http", "socks"])
async def test_requests_go_through_the_proxy(provider: Provider, desk: Make, kind: Literal["http", "socks"]) -> None:
    elsewhere = provider.openai.replace("127.0.0.1", "provider.test")  # a name that only the proxy can resolve
    async with Proxy(kind, "ann", SECRET) as proxy:
        one = desk(work=models.Provider(base_url=elsewhere, key=KEY, proxy=proxy.url))
        model = one.model("work:llama3")
        assert await said(model.stream(HELLO)) == "Hello from llama3."
        await one.close()
    assert proxy.asked == [elsewhere.removeprefix("http://").removesuffix("/v1")]
    assert (model.local, model.destination) == (False, "provider.test")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see the end
@pytest.mark.parametrize("kind", ["http", "socks"])
async def test_a_wrong_password_is_an_error_that_does_not_hold_it(
    provider: Provider, desk: Make, kind: Literal["http", "socks"]
) -> None:
    async def told() -> str:
        one = desk(work=models.Provider(base_url=provider.openai, proxy=proxy.url.replace("another", SECRET)))
        with pytest.raises(errors.ModelUnreachable, match="proxy") as caught:
            await said(one.model("work:llama3").stream(HELLO))
        return repr(caught.value) + repr(caught.value.__cause__)

    async with Proxy(kind, "ann", "another") as proxy:
        assert SECRET not in await told()
    assert not provider.asked
    gc.collect()  # httpcore2 leaves the socket of a refused SOCKS login to the collector, which warns of it


@pytest.mark.parametrize("address", [f"ftp://ann:{SECRET}@127.0.0.1:1", f"http://ann:{SECRET}@[::bad", f"ann:{SECRET}"])
async def test_a_proxy_that_is_none_is_named_without_its_password(desk: Make, address: str) -> None:
    one = desk(work=models.Provider(base_url="http://127.0.0.1:1/v1", proxy=address))
    with pytest.raises(errors.ProviderIncomplete, match="The proxy of work is") as caught:
        await said(one.model("work:llama3").stream(HELLO))
    assert SECRET not in repr(caught.value)


async def test_one_call_takes_a_proxy(provider: Provider) -> None:
    async with Proxy("http") as proxy:
        answer = models.stream("ollama:llama3", HELLO, proxy=proxy.url, base_url=provider.openai)
        assert await said(answer) == "Hello from llama3."
    assert len(proxy.asked) == 1
