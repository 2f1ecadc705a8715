"""The bus that cannot be trusted is untrustworthy in every way it promises, and honest otherwise."""

import random

from roomful.bus import Wake
from roomful.bus.local import Exchange
from roomful.testing.bus import LossyBus


async def heard(seed: int, sent: list[Wake]) -> list[Wake]:
    """What a listener hears of these wakes."""
    exchange = Exchange()
    speaker, listener = exchange.bus(), LossyBus(exchange.bus(), random.Random(seed))
    for wake in sent:
        speaker.publish([wake])
    await listener.close()
    return [wake async for wake in listener.listen()]


async def test_it_loses_repeats_and_reorders() -> None:
    sent = [Wake("r", head) for head in range(1, 101)]
    found = [wake.head for wake in await heard(1, sent)]
    assert set(found) < set(range(1, 101))
    assert len(found) > len(set(found))
    assert found != sorted(found)


async def test_the_same_seed_is_the_same_misfortune() -> None:
    sent = [Wake("r", head) for head in range(1, 101)]
    assert await heard(2, sent) == await heard(2, sent) != await heard(3, sent)


async def test_what_it_publishes_arrives() -> None:
    exchange = Exchange()
    speaker, listener = LossyBus(exchange.bus(), random.Random(4)), exchange.bus()
    speaker.publish([Wake("r", 1), Wake("r", 2)])
    await listener.close()
    assert [wake.head async for wake in listener.listen()] == [1, 2]
