"""Providers of every kind, through a real HTTP server that stands in for them."""

import asyncio
import json
from typing import Any, Literal

import pytest

from roomful import errors, models
from roomful.models import Desk, Message, Tool
from roomful.models.names import parse
from tests.support.provider import KEY, Call, Fault, Provider

from .conftest import HELLO, Make, compatible, said

Kind = Literal["openai", "azure", "anthropic", "compatible"]
KINDS: tuple[Kind, ...] = ("openai", "azure", "anthropic", "compatible")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def one(kind: Kind, provider: Provider, desk: Make) -> Desk:
    """A desk with the stand-in as `work`, spoken with in each way."""
    base = provider.url if kind in ("azure", "anthropic") else provider.openai
    return desk(work=models.Provider(kind=kind, base_url=base, key=KEY, timeout=5.0))


def bare(desk: Desk, model: str = "gpt-4o") -> models.Model:
    """A model without tries."""
    return desk.bare(parse(f"work:{model}", desk._settings))


async def test_an_answer_comes_word_by_word_with_what_it_took(one: Desk, kind: Kind, provider: Provider) -> None:
    provider.next("It is fair enough.")
    answer = one.model("work:gpt-4o").stream(
        [Message("system", "Be short."), Message("user", "one"), Message("assistant", "two"), Message("user", "three")],
        max_tokens=50,
        temperature=0.5,
    )
    assert [text async for text in answer] == ["It ", "is ", "fair ", "enough."]
    usage = answer.usage
    assert (usage.model, usage.tokens_in, usage.tokens_out, usage.finish) == ("gpt-4o-2026", 20, 7, "stop")
    assert usage.first is not None
    assert 0 < usage.first <= usage.took
    asked = provider.asked[0]
    assert asked.body["temperature"] == 0.5
    assert 50 in (asked.body.get("max_tokens"), asked.body.get("max_completion_tokens"))
    assert KEY in json.dumps(asked.headers)
    roles = [message["role"] for message in asked.body["messages"]]
    assert roles == (["user", "assistant", "user"] if kind == "anthropic" else ["system", "user", "assistant", "user"])
    assert "Be short." in json.dumps(asked.body)


async def test_the_addresses_are_those_of_the_makers(one: Desk, kind: Kind, provider: Provider) -> None:
    await said(bare(one).stream(HELLO))
    paths = {"azure": "/openai/deployments/gpt-4o/chat/completions", "anthropic": "/v1/messages"}
    assert provider.asked[0].path == paths.get(kind, "/v1/chat/completions")
    assert provider.asked[0].query == ({"api-version": "2024-10-21"} if kind == "azure" else {})


async def test_a_tool_is_called_and_its_result_told(one: Desk, provider: Provider) -> None:
    calls: list[dict[str, Any]] = []

    async def look(arguments: dict[str, Any]) -> str:
        calls.append(arguments)
        return "rain, 9 degrees"

    tool = Tool("weather", "The weather.", {"type": "object", "properties": {"city": {"type": "string"}}}, look)
    provider.next(Call("weather", {"city": "Bern"}), "It rains.")
    answer = bare(one).stream(HELLO, tools=[tool])
    assert await said(answer) == "It rains."
    assert calls == [{"city": "Bern"}]
    assert "rain, 9 degrees" in json.dumps(provider.asked[1].body)
    assert answer.usage.tokens_in == 40  # of both rounds


async def test_after_five_calls_none_is_made_and_the_model_is_told(provider: Provider, desk: Make) -> None:
    calls = 0

    async def count(_: dict[str, Any]) -> str:
        nonlocal calls
        calls += 1
        return "again"

    provider.next(*[Call("more")] * 8)
    tool = Tool("more", "More.", {"type": "object", "properties": {}}, count)
    await said(bare(desk(work=compatible(provider))).stream(HELLO, tools=[tool]))
    assert (calls, len(provider.asked)) == (5, 6)
    assert provider.asked[-1].body["tool_choice"] == "none"


async def test_calls_at_once_count_each(provider: Provider, desk: Make) -> None:
    calls = 0

    async def count(_: dict[str, Any]) -> str:
        nonlocal calls
        calls += 1
        return "done"

    provider.next(Call("more", times=7), "That is all.")
    tool = Tool("more", "More.", {"type": "object", "properties": {}}, count)
    assert await said(bare(desk(work=compatible(provider))).stream(HELLO, tools=[tool])) == "That is all."
    results = [message["content"] for message in provider.asked[-1].body["messages"] if message["role"] == "tool"]
    assert (calls, results.count("done"), len(results)) == (5, 5, 7)


async def test_a_tool_that_fails_does_not_end_the_answer(provider: Provider, desk: Make) -> None:
    async def fail(_: dict[str, Any]) -> str:
        raise OSError("the disk is full")

    provider.next(Call("save"), Call("nonsense"), "I could not.")
    tool = Tool("save", "Save.", {"type": "object", "properties": {}}, fail)
    assert await said(bare(desk(work=compatible(provider))).stream(HELLO, tools=[tool])) == "I could not."
    results = [message["content"] for message in provider.asked[-1].body["messages"] if message["role"] == "tool"]
    assert results == ["It failed: the disk is full", "There is no tool nonsense."]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 401), errors.KeyRefused),
        (Fault("status", 402), errors.QuotaSpent),
        (Fault("status", 404), errors.ModelUnknown),
        (Fault("status", 400), errors.ModelRefused),
        (Fault("status", 429, {"Retry-After": "7"}), errors.ModelRateLimited),
        (Fault("status", 500), errors.ModelFailed),
        (Fault("status", 503), errors.ModelFailed),
        (Fault("garbage"), errors.ModelFailed),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
async def test_what_fails_before_the_first_word_costs_nothing_and_has_a_code(
    one: Desk, provider: Provider, fault: Fault, error: type[errors.ModelError]
) -> None:
    provider.next(fault)
    answer = bare(one).stream(HELLO)
    with pytest.raises(errors.ModelError) as caught:
        await said(answer)
    assert type(caught.value) is error
    assert caught.value.message.endswith((".", "?"))
    assert KEY not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert caught.value.retry_after == (7.0 if error is errors.ModelRateLimited else None)
    assert (answer.usage.tokens_in, answer.usage.cost, answer.usage.finish) == (0, 0.0, "failed")


@pytest.mark.parametrize("how", ["cut", "ended"])
async def test_an_answer_that_breaks_off_keeps_what_was_said_and_says_so(
    one: Desk, provider: Provider, how: Literal["cut", "ended"]
) -> None:
    provider.next(Fault(how))
    answer = one.model("work:gpt-4o").stream(HELLO)  # with tries: none is made after the first word
    assert [await anext(answer), await anext(answer)] == ["One ", "two "]
    with pytest.raises(errors.ModelFailed, match="broke off in the middle"):
        await said(answer)
    assert len(provider.asked) == 1
    assert answer.usage.tokens_out > 0


async def test_closing_hangs_up_at_the_provider(provider: Provider, desk: Make) -> None:
    provider.next(Fault("stall"))
    answer = desk(work=compatible(provider)).model("work:llama3").stream(HELLO)
    assert await anext(answer) == "One "
    await answer.close()
    async with asyncio.timeout(5):
        await provider.gone.wait()
    assert answer.usage.finish == "stopped"
    assert answer.usage.tokens_out >= 1


async def test_one_who_says_nothing_is_not_waited_for(provider: Provider, desk: Make) -> None:
    one = desk(work=compatible(provider, timeout=0.1))
    provider.next(Fault("hang"), Fault("stall"))
    with pytest.raises(errors.ModelTimeout, match=r"did not begin to answer for 0\.1 s"):
        await said(bare(one).stream(HELLO))
    with pytest.raises(errors.ModelTimeout, match="stopped in the middle of its answer"):
        await said(bare(one).stream(HELLO))


async def test_an_unknown_model_is_told_with_the_nearest(provider: Provider, desk: Make) -> None:
    one = desk(work=compatible(provider), ollama=models.Provider(base_url=provider.openai))
    provider.next(Fault("status", 404), Fault("status", 404))
    with pytest.raises(errors.ModelUnknown, match=r"work has no model lama3\. Did you mean llama3\?"):
        await said(bare(one, "lama3").stream(HELLO))
    with pytest.raises(errors.ModelUnknown, match=r"Run `ollama pull qwen3`, or take another\. There are: gpt-test"):
        await said(one.model("ollama:qwen3").stream(HELLO))


async def test_nobody_at_the_address(desk: Make) -> None:
    one = desk(ollama=models.Provider(base_url="http://127.0.0.1:1/v1"))
    with pytest.raises(
        errors.ModelUnreachable, match=r"Nothing answers at http://127\.0\.0\.1:1/v1: start it with `ollama"
    ):
        await said(one.bare(parse("ollama:llama3", one._settings)).stream(HELLO))


async def test_what_is_known_of_prices_is_charged(provider: Provider, desk: Make) -> None:
    one = desk(
        paid=models.Provider(kind="openai", base_url=provider.openai, key=KEY),
        here=compatible(provider),
        away=compatible(provider, local=False),
    )
    costs = {}
    for name in ("paid:gpt-4o", "paid:nobody-knows-this", "here:llama3", "away:llama3"):
        answer = one.model(name).stream(HELLO)
        await said(answer)
        costs[name] = answer.usage.cost
    paid = costs["paid:gpt-4o"]
    assert paid is not None
    assert 0 < paid < 0.01
    assert [costs[name] for name in list(costs)[1:]] == [None, 0.0, None]


async def test_one_call_is_enough(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.openai)
    answer = models.stream("openai:gpt-4o", [Message("user", "hi")])
    assert [text async for text in answer] == ["Hello ", "from ", "gpt-4o."]
