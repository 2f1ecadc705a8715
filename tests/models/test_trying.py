"""Tries: backoff, Retry-After, the deadline, the breaker, and chains. The test holds the time."""

from email.utils import formatdate
from typing import Any

import pytest

from roomful import errors, models
from roomful.models import ModelsSettings, Patience
from roomful.models.desk import Desk
from roomful.models.trying import Breaker, Means
from tests.support.provider import KEY, Call, Fault, Provider

from .conftest import HELLO, Make, Time, compatible, said

WALL = 1_763_632_800.0  # s since 1970: the desks' date


async def test_a_provider_that_recovers_is_asked_until_it_answers(provider: Provider, desk: Make, held: Time) -> None:
    provider.next(Fault("status", 500), Fault("garbage"), "Here I am.")
    assert await said(desk(work=compatible(provider)).model("work:llama3").stream(HELLO)) == "Here I am."
    assert held.slept == [0.5, 1.0]


async def test_chance_keeps_many_from_coming_back_together(provider: Provider, held: Time) -> None:
    means = Means(held.means.clock, held.sleep, lambda: 0.0)
    one = Desk(ModelsSettings({"work": compatible(provider)}), means)
    provider.next(Fault("status", 500))
    await said(one.model("work:llama3").stream(HELLO))
    await one.close()
    assert held.slept == [0.25]


async def test_three_tries_are_all(provider: Provider, desk: Make) -> None:
    provider.next(*[Fault("status", 500)] * 4)
    with pytest.raises(errors.ModelFailed, match="HTTP 500"):
        await said(desk(work=compatible(provider)).model("work:llama3").stream(HELLO))
    assert len(provider.asked) == 3


@pytest.mark.parametrize("when", ["7", formatdate(WALL + 7, usegmt=True)], ids=["seconds", "date"])
async def test_who_says_when_is_believed(provider: Provider, desk: Make, held: Time, when: str) -> None:
    provider.next(Fault("status", 429, {"Retry-After": when}), "Now.")
    assert await said(desk(work=compatible(provider)).model("work:llama3").stream(HELLO)) == "Now."
    assert held.slept == [7.0]


async def test_nobody_waits_for_an_hour(provider: Provider, desk: Make, held: Time) -> None:
    provider.next(Fault("status", 429, {"Retry-After": "3600"}))
    with pytest.raises(errors.ModelRateLimited) as caught:
        await said(desk(work=compatible(provider)).model("work:llama3").stream(HELLO))
    assert caught.value.retry_after == 3600
    assert not held.slept


@pytest.mark.parametrize("status", [400, 401, 402, 404])
async def test_what_no_try_would_mend_is_tried_once(provider: Provider, desk: Make, status: int) -> None:
    provider.next(Fault("status", status))
    with pytest.raises(errors.ModelError):
        await said(desk(work=compatible(provider)).model("work:llama3").stream(HELLO))
    assert len(provider.asked) == 1


async def test_the_deadline_ends_tries_and_answers(provider: Provider, held: Time) -> None:
    short = Desk(ModelsSettings({"work": compatible(provider)}, patience=Patience(total=10.0)), held.means)
    provider.next(Fault("status", 503, {"Retry-After": "11"}))
    with pytest.raises(errors.ModelFailed):
        await said(short.model("work:llama3").stream(HELLO))
    assert not held.slept  # nobody waits beyond it
    await short.close()
    whole = Desk(ModelsSettings({"work": compatible(provider)}, patience=Patience(total=0.2)), held.means)
    provider.next(Fault("stall"))
    with pytest.raises(errors.ModelTimeout, match=r"longer than 0\.2 s in all"):
        await said(whole.model("work:llama3").stream(HELLO))
    await whole.close()


async def test_five_failures_leave_the_provider_alone_for_a_minute(provider: Provider, desk: Make, held: Time) -> None:
    one = desk(work=compatible(provider))
    provider.next(*[Fault("status", 500)] * 5)
    for _ in range(2):
        with pytest.raises(errors.ModelTrouble):
            await said(one.model("work:llama3").stream(HELLO))
    assert len(provider.asked) == 5  # three tries, then two, and the circuit opened
    with pytest.raises(errors.CircuitOpen) as caught:
        await said(one.model("work:gpt-test").stream(HELLO))  # another model of the same provider
    assert caught.value.retry_after == pytest.approx(60, abs=5)
    assert len(provider.asked) == 5
    held.now += 61
    assert await said(one.model("work:llama3").stream(HELLO)) == "Hello from llama3."


def test_a_breaker_lets_one_try_when_its_minute_is_over(held: Time) -> None:
    breaker = Breaker("work", held.means.clock)
    for _ in range(5):
        breaker.enter()
        breaker.failed()
    held.now += 100  # what failed then is no longer within the window
    breaker.enter()
    with pytest.raises(errors.CircuitOpen):
        breaker.enter()
    breaker.failed()
    with pytest.raises(errors.CircuitOpen):
        breaker.enter()
    held.now += 60
    breaker.enter()
    breaker.worked()
    breaker.enter()


def test_failures_far_apart_open_nothing(held: Time) -> None:
    breaker = Breaker("work", held.means.clock)
    for _ in range(20):
        held.now += 16
        breaker.enter()
        breaker.failed()


async def test_a_chain_goes_on_to_the_one_that_answers(provider: Provider, desk: Make) -> None:
    one = desk(
        gone=models.Provider(base_url="http://127.0.0.1:1/v1"),
        keyless=models.Provider(kind="openai", base_url=provider.openai),
        work=compatible(provider),
    )
    chain = one.model("gone:a, keyless:b, work:c")
    assert chain.name == "gone:a, keyless:b, work:c"
    answer = chain.stream(HELLO)
    assert await said(answer) == "Hello from c."
    assert answer.usage.model == "c-2026"


async def test_a_chain_does_not_change_speakers_in_the_middle(provider: Provider, desk: Make) -> None:
    provider.next(Fault("cut"))
    answer = desk(work=compatible(provider)).model(["work:a", "work:b"]).stream(HELLO)
    assert await anext(answer) == "One "
    with pytest.raises(errors.ModelFailed):
        await said(answer)
    assert len(provider.asked) == 1


@pytest.mark.parametrize("names", ["work:a", "work:a, work:b"])
async def test_what_a_tool_did_is_not_done_twice(provider: Provider, desk: Make, names: str) -> None:
    calls = []

    async def order(arguments: dict[str, Any]) -> str:
        calls.append(arguments)
        return "ordered"

    provider.next(Call("order"), Fault("status", 500), Call("order"))
    tool = models.Tool("order", "Order a pizza.", {"type": "object", "properties": {}}, order)
    with pytest.raises(errors.ModelFailed):
        await said(desk(work=compatible(provider)).model(names).stream(HELLO, tools=[tool]))
    assert calls == [{}]


async def test_a_chain_that_fails_says_what_each_said(provider: Provider, desk: Make) -> None:
    one = desk(gone=models.Provider(base_url="http://127.0.0.1:1/v1"), work=compatible(provider))
    provider.next(Fault("status", 401))
    with pytest.raises(errors.KeyRefused, match=r"Nothing answers at .*work refuses the key"):
        await said(one.model("gone:a, work:b").stream(HELLO))


async def test_a_chain_stays_on_this_machine_only_if_all_do(provider: Provider, desk: Make) -> None:
    one = desk(work=compatible(provider))
    assert one.model("work:a, ollama:b").local
    chain = one.model("work:a, openai:b")
    assert not chain.local
    assert chain.destination == "this machine, api.openai.com"


async def test_models_of_the_same_settings_share_a_breaker(provider: Provider) -> None:
    settings = ModelsSettings({"work": compatible(provider)}, patience=Patience(tries=1))
    provider.next(*[Fault("status", 500)] * 5)
    for _ in range(5):
        with pytest.raises(errors.ModelFailed):
            await said(models.model("work:llama3", settings).stream(HELLO))
    with pytest.raises(errors.CircuitOpen):
        await said(models.model("work:llama3", settings).stream(HELLO))
    await models.close(settings)


async def test_a_missing_key_names_its_variable(desk: Make) -> None:
    with pytest.raises(errors.KeyMissing, match="put it in OPENAI_API_KEY"):
        await said(desk().model("openai:gpt-5-mini").stream(HELLO))
    with pytest.raises(errors.KeyMissing, match="put it in MY_KEY"):
        own = models.Provider(kind="anthropic", key_env="MY_KEY")
        await said(desk(work=own).model("work:x").stream(HELLO))
    with pytest.raises(errors.ProviderIncomplete, match="AZURE_OPENAI_ENDPOINT"):
        await said(desk(azure=models.Provider(key=KEY)).model("azure:x").stream(HELLO))
