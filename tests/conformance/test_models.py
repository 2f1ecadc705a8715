"""What every model keeps to, whoever speaks: the same suite over providers, wrappers, offline models and the double."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from roomful import models
from roomful.errors import ModelFailed
from roomful.models import Desk, Message, Model, ModelsSettings, offline
from roomful.models.chain import Chain
from roomful.models.contract import Answer
from roomful.models.offline import at_once
from roomful.testing.models import ScriptedModel
from tests.support.provider import KEY, Provider

TALK = (Message("system", "You are kind."), Message("user", "I remember the summer by the sea."))

Make = Callable[[Desk], Model]
MADE: dict[str, Make] = {
    "openai": lambda desk: desk.model("openai:gpt-4o"),
    "azure": lambda desk: desk.model("azure:gpt-4o"),
    "anthropic": lambda desk: desk.model("anthropic:claude"),
    "compatible": lambda desk: desk.model("ollama:llama3"),
    "chain": lambda desk: desk.model("gone:x, ollama:llama3"),
    "chain of doubles": lambda _: Chain([ScriptedModel(*[ModelFailed("No.")] * 9), ScriptedModel()]),
    "offline": lambda _: offline.model("eliza", pace=at_once),
    "double": lambda _: ScriptedModel("One two three.", "One two three."),
}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Provider() as provider:
        tables = {
            "openai": models.Provider(base_url=provider.openai, key=KEY),
            "azure": models.Provider(base_url=provider.url, key=KEY),
            "anthropic": models.Provider(base_url=provider.url, key=KEY),
            "ollama": models.Provider(base_url=provider.openai),
            "gone": models.Provider(base_url="http://127.0.0.1:1/v1"),
        }
        made = Desk(ModelsSettings(tables, patience=models.Patience(tries=1)))
        yield made
        await made.close()


@pytest.fixture(params=MADE)
def model(request: pytest.FixtureRequest, desk: Desk) -> Model:
    return MADE[request.param](desk)


async def read(answer: Answer) -> list[str]:
    async with answer:
        return [piece async for piece in answer]


async def test_it_says_who_it_is_and_where_lines_go(model: Model) -> None:
    assert ":" in model.name
    assert model.destination
    assert model.local == (model.destination == "this machine")


async def test_it_answers_piece_by_piece_and_tells_what_that_took(model: Model) -> None:
    answer = model.stream(TALK, max_tokens=100, seed=1)
    pieces = await read(answer)
    assert "".join(pieces).strip()
    assert all(pieces)
    usage = answer.usage
    counted = not model.name.startswith("offline:")  # a script has no tokens
    assert (usage.tokens_in > 0, usage.tokens_out > 0) == (counted, counted)
    assert usage.finish == "stop"
    assert usage.model
    assert usage.first is not None
    assert 0 <= usage.first <= usage.took


async def test_answers_at_the_same_time_do_not_mix(model: Model) -> None:
    alone = "".join(await read(model.stream(TALK, seed=1)))
    together = await asyncio.gather(*(read(model.stream(TALK, seed=1)) for _ in range(5)))
    assert all("".join(pieces) for pieces in together)
    if not isinstance(model, ScriptedModel):
        assert {"".join(pieces) for pieces in together} == {alone}


async def test_it_can_be_closed_at_any_time(model: Model) -> None:
    unread = model.stream(TALK)
    await unread.close()
    assert [piece async for piece in unread] == []
    begun = model.stream(TALK)
    assert await anext(begun)
    await begun.close()
    assert [piece async for piece in begun] == []
    assert begun.usage.finish in ("stop", "stopped")  # a short answer may have ended already
    assert "".join(await read(model.stream(TALK)))  # and it answers again
