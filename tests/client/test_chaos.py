"""Everything at once: events lost and repeated, connections broken at any moment, and yet each line once, in order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from roomful.client import Client, Told
from roomful.domain import commands
from roomful.errors import ShuttingDown

from .reading import PATIENCE
from .scripted import Peer, Scripted, join, post, record

ROOMS = ("#a", "#b", "#c")
LINES = 30


class Chaos:
    """What befalls a server's frames and connections, until the trouble is over."""

    def __init__(self, rng: random.Random, trouble: int) -> None:
        self._rng = rng
        self.trouble = trouble  # faults left

    def fate(self, peer: Peer, payload: bytes) -> Iterator[bytes]:
        """What becomes of an event on its way: nothing, mostly."""
        match self._draw():
            case 0:
                yield from (payload, payload, payload)
            case 1:
                peer.reset()
            case 2:
                peer.goodbye(ShuttingDown(retry_after=0))
            case 3:
                peer.send_bytes(b"\0\0\0\7garbage")
            case 4:
                pass  # lost
            case _:
                yield payload

    async def post(self, peer: Peer, request: commands.Post) -> None:
        """The connection may break before a post is recorded, or before its receipt is sent."""
        match self._draw():
            case 0:
                peer.reset()
            case 1:
                record(peer, request)
                peer.reset()
            case _:
                await post(peer, request)

    async def join(self, peer: Peer, request: commands.Join) -> None:
        """The connection may break before a join's reply, and in the midst of the replay."""
        if self._draw() == 0:
            peer.reset()
        else:
            await join(peer, request)

    def _draw(self) -> int:
        number = self._rng.randrange(20)
        if self.trouble and number < 5:
            self.trouble -= 1
            return number
        return 20


async def live(rng: random.Random, trouble: int) -> None:
    """Somebody talks in three rooms, and a client listens and answers while things go wrong."""
    chaos = Chaos(rng, trouble)
    async with Scripted() as server, Client(server.address, nick="alice", random=lambda: 0.0) as alice:
        for room in ROOMS:
            await alice.join(room, after=0)
        server.fate = chaos.fate
        server.handlers |= {commands.Post: chaos.post, commands.Join: chaos.join}

        async def talk() -> None:
            for number in range(LINES):
                server.say(rng.choice(ROOMS), f"carol {number}")
                for _ in range(rng.randrange(4)):
                    await asyncio.sleep(0)

        async def answer(number: int) -> None:
            await alice.post(ROOMS[number % 3], f"alice {number}")

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(talk(), *map(answer, range(LINES)))
            chaos.trouble = 0
            for room in ROOMS:
                server.say(room, "the end")  # shows whether the line before it is missing
            heard = await listen(alice, 2 * LINES + len(ROOMS))
        for room in ROOMS:
            assert [told.seq for told in heard[room]] == list(range(1, len(server.logs[room]) + 1))
        said = sorted(text for room in ROOMS for text in server.texts(room))
        lines = [f"{nick} {number}" for nick in ("alice", "carol") for number in range(LINES)]
        assert said == sorted([*lines, *["the end"] * len(ROOMS)])


async def listen(client: Client, count: int) -> dict[str, list[Told]]:
    """The next events, by room."""
    heard: dict[str, list[Told]] = defaultdict(list)
    async for item in client.events():
        if isinstance(item, Told):
            heard[item.room].append(item)
            if sum(map(len, heard.values())) == count:
                break
    return heard


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), trouble=st.integers(0, 25))
def test_every_line_comes_once_and_in_order(seed: int, trouble: int) -> None:
    asyncio.run(live(random.Random(seed), trouble))
