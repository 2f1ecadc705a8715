"""An evening in which everything goes wrong: hubs stop and start, stores fail, connections break, the bus lies, the clock jumps.

Each seed is another evening. In the end everybody has seen the same history, and every acknowledged post is in it once;
in the order sent, unless a store failed: then a post that was on its way behind the one to be sent again may be first.
"""

import asyncio
import os
import random

import pytest

from roomful.store import Store
from roomful.testing.bus import LossyBus
from roomful.testing.memory import MemoryLog
from tests.hub.conftest import Node, World
from tests.support.failing_store import FailingStore
from tests.support.person import Person, audit

EVENINGS = int(os.environ.get("ROOMFUL_FAULT_ROUNDS", "6"))
HUBS = 3
PEOPLE = 5
STEPS = 25
PATIENCE = 60  # s: a safety net, not a measure


class Evening:
    """Hubs over one log, people who talk, and what happens to them."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.log = MemoryLog()
        self.stores: list[FailingStore] = []
        self.world = World(self._new_store)
        self.people = [Person(f"p{n}") for n in range(PEOPLE)]
        self.at: dict[Person, Node] = {}
        self.talking: dict[Person, asyncio.Task[None]] = {}
        self.acknowledged = asyncio.Semaphore(0)

    async def _new_store(self) -> Store:
        self.stores.append(FailingStore(self.log))
        return self.stores[-1]

    async def start_hub(self) -> None:
        """One more hub, on a bus that cannot be trusted."""
        await self.world.start(bus=LossyBus(self.world.exchange.bus(), self.rng))

    async def arrive(self, person: Person) -> None:
        """The person comes, to any hub, and talks."""
        node = self.at[person] = self.rng.choice(self.world.nodes)
        await person.come(node.address)
        self.talking[person] = asyncio.create_task(person.talk(self.acknowledged))

    async def lose(self, person: Person) -> None:
        """The person's connection breaks."""
        person.client.writer.transport.abort()
        await self.talking.pop(person)

    async def hub_ends(self) -> None:
        """A hub stops, another one starts; whoever was there goes elsewhere."""
        node = self.rng.choice(self.world.nodes)
        there = [person for person in self.people if self.at[person] is node]
        for person in there:
            await self.lose(person)
        await self.world.stop(node)
        await self.start_hub()
        for person in there:
            await self.arrive(person)

    async def connection_ends(self) -> None:
        """Somebody's connection breaks; back at once, perhaps at another hub."""
        person = self.rng.choice(self.people)
        await self.lose(person)
        await self.arrive(person)

    async def store_fails(self) -> None:
        """The next commit of some hub fails; its changes may have been made."""
        self.rng.choice(self.stores).fail = self.rng.choice(("lost", "made"))

    async def clock_jumps(self) -> None:
        """The servers' clock is set, back or forth."""
        self.world.clock.advance(self.rng.randrange(-3_600_000, 60_000))

    async def heads_compared(self) -> None:
        """What the bus lost is found by comparing heads, as hubs do now and then."""
        for node in self.world.nodes:
            node.hub.committer.look_again(set(node.hub.rooms.by_id))


@pytest.mark.parametrize("seed", range(EVENINGS))
async def test_everybody_sees_the_same_history_whatever_happens(seed: int) -> None:
    evening = Evening(seed)
    for _ in range(HUBS):
        await evening.start_hub()
    async with asyncio.timeout(PATIENCE):
        for person in evening.people:
            await evening.arrive(person)
        mishaps = [evening.hub_ends, evening.connection_ends, evening.clock_jumps]
        stores_fail = seed % 2 == 0
        if stores_fail:
            mishaps.append(evening.store_fails)
        for _ in range(STEPS):
            for _ in range(evening.rng.randrange(1, 60)):
                await evening.acknowledged.acquire()
            await evening.rng.choice(mishaps)()
            await evening.heads_compared()
        for store in evening.stores:
            store.fail = ""
        for person in evening.people:
            await evening.lose(person)
            evening.at[person] = evening.world.nodes[0]
            await person.come(evening.world.nodes[0].address)
        for person in evening.people:
            await person.finish({})
        await evening.heads_compared()
        await audit(evening.world.nodes[0].address, evening.people, ordered=not stores_fail)
        for person in evening.people:
            await person.client.close()
    assert all(
        earlier.at <= later.at
        for room in evening.log.rooms.values()
        for earlier, later in zip(room.events, room.events[1:], strict=False)
    ), "an event is older than the one before it"
    for node in evening.world.nodes:
        node.logged[:] = [line for line in node.logged if "store" not in line]
    await evening.world.end()
