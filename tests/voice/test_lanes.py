"""Turns go round: whoever asks for much waits for it, and nobody else does."""

import asyncio

from roomful.voice.lanes import Lane


class Road:
    """A lane, and who has come through."""

    def __init__(self, width: int) -> None:
        self.lane, self.through, self.inside = Lane(width), list[str](), 0
        self.most = 0
        self.gates: list[asyncio.Event] = []

    async def go(self, whom: str, what: str) -> None:
        """Come through when the gate opens."""
        async with self.lane.turn(whom):
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.through.append(what)
            gate = asyncio.Event()
            self.gates.append(gate)
            await gate.wait()
            self.inside -= 1

    async def open_all(self, tasks: list[asyncio.Task[None]]) -> None:
        """Let one after the other through."""
        while not all(task.done() for task in tasks):
            for gate in self.gates:
                gate.set()
            await asyncio.sleep(0)


async def test_one_who_has_many_does_not_keep_the_others_waiting() -> None:
    road = Road(1)
    wanted = [*(("alice", f"alice {at}") for at in range(4)), ("bob", "bob 0"), ("carol", "carol 0"), ("bob", "bob 1")]
    tasks = [asyncio.create_task(road.go(*one)) for one in wanted]
    await asyncio.sleep(0)
    await road.open_all(tasks)
    assert road.through == ["alice 0", "alice 1", "bob 0", "carol 0", "alice 2", "bob 1", "alice 3"]
    assert road.most == 1


async def test_no_more_at_once_than_there_is_room_for_and_who_gives_up_takes_none() -> None:
    road = Road(2)
    tasks = [asyncio.create_task(road.go(str(at), str(at))) for at in range(6)]
    await asyncio.sleep(0)
    for at in (2, 4):
        tasks[at].cancel()
    await road.open_all(tasks)
    assert (road.through, road.most) == (["0", "1", "3", "5"], 2)
    again = asyncio.create_task(road.go("7", "7"))
    await asyncio.sleep(0)
    await road.open_all([again])
    assert road.through[-1] == "7"


async def test_a_turn_that_was_given_to_one_who_gives_up_at_that_moment_goes_on() -> None:
    lane, held = Lane(1), asyncio.Event()

    async def first() -> None:
        async with lane.turn("a"):
            await held.wait()

    async def other() -> None:
        async with lane.turn("b"):
            pass

    begun, waits = asyncio.create_task(first()), asyncio.create_task(other())
    await asyncio.sleep(0)
    held.set()
    await begun  # the turn is the second's now, who has not seen it yet
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)
    async with asyncio.timeout(5), lane.turn("c"):
        pass
