"""kill -9 of a real server under load: what was acknowledged is there, exactly once, in order, for every reader.

Five rounds in the gate; `just faults` runs 200 (ROOMFUL_FAULT_ROUNDS).
"""

import asyncio
import os
import random
from pathlib import Path

from tests.support.person import Person, audit
from tests.support.server import Server, serve

ROUNDS = int(os.environ.get("ROOMFUL_FAULT_ROUNDS", "5"))
PEOPLE = 4


async def one_round(server: Server, people: list[Person], rng: random.Random) -> None:
    """Talk, kill in mid-sentence, start again, carry on."""
    counted = asyncio.Semaphore(0)
    talking = [asyncio.create_task(person.talk(counted)) for person in people]
    for _ in range(rng.randrange(1, 400)):
        await asyncio.wait_for(counted.acquire(), 30)
    await server.kill9()
    await asyncio.gather(*talking)
    for person in people:
        person.client.writer.transport.abort()
    await server.restart()
    for person in people:
        await person.come(server.tcp)


async def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice(tmp_path: Path) -> None:
    rng = random.Random(20261120)
    async with serve(tmp_path, environment={"ROOMFUL_LIMITS__ENABLED": "false"}) as server:
        people = [Person(f"p{n}") for n in range(PEOPLE)]
        for person in people:
            await person.come(server.tcp)
        for _ in range(ROUNDS):
            await one_round(server, people, rng)
        for person in people:
            await person.finish({})
        await audit(server.tcp, people)
        assert sum(len(person.acknowledged) for person in people) > ROUNDS
        for person in people:
            await person.client.close()
