"""For tests of models: a stand-in for providers, and time that the test holds."""

from collections.abc import AsyncIterator, Callable

import pytest

from roomful import models
from roomful.models import Desk, Message, ModelsSettings
from roomful.models.trying import Means
from tests.support.provider import KEY, Provider

HELLO = (Message("user", "hello"),)


class Time:
    """Seconds that pass when somebody sleeps, and how long they slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.means = Means(lambda: self.now, self.sleep, lambda: 1.0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with Provider() as provider:
        yield provider


@pytest.fixture
def held() -> Time:
    return Time()


Make = Callable[..., Desk]


@pytest.fixture
async def desk(held: Time) -> AsyncIterator[Make]:
    """Makes desks for providers by name, in held time, and closes them."""
    made: list[Desk] = []

    def make(**providers: models.Provider) -> Desk:
        settings = ModelsSettings(providers, {})
        made.append(Desk(settings, held.means, lambda: 1_763_632_800.0))
        return made[-1]

    yield make
    for one in made:
        await one.close()


def compatible(provider: Provider, **more: object) -> models.Provider:
    """The stand-in, spoken with as any compatible server."""
    return models.Provider(kind="compatible", base_url=provider.openai, key=KEY, **more)  # type: ignore[arg-type]


async def said(answer: models.Answer) -> str:
    """The whole of an answer."""
    async with answer:
        return "".join([text async for text in answer])
