"""kill -9 of a real server under load: what was acknowledged is there, exactly once, in order, for every reader.

Five rounds in the gate; `just faults` runs 200 (ROOMFUL_FAULT_ROUNDS).
"""

import asyncio
import os
import random
from pathlib import Path

from tests.support.raw import RawClient
from tests.support.server import Server, serve

ROUNDS = int(os.environ.get("ROOMFUL_FAULT_ROUNDS", "5"))
PEOPLE = 4
WINDOW = 16
ROOMS = ("#one", "#two")


class Person:
    """Posts without pause, reads everything, and comes back where it was."""

    def __init__(self, nick: str) -> None:
        self.nick = nick
        self.resume: str | None = None
        self.client: RawClient
        self.sent = 0
        self.unanswered: dict[str, tuple[str, str]] = {}  # nonce -> (room, text), in the order sent
        self.acknowledged: dict[str, tuple[str, int]] = {}  # nonce -> (room, seq)
        self.seen: dict[str, list[tuple[int, str]]] = {room: [] for room in ROOMS}  # (seq, nonce)
        self._asked: dict[int, str] = {}

    async def come(self, address: str) -> None:
        """Connect, as who one was; follow from the cursor; send again what has no answer."""
        if self.resume is None:
            self.client = await RawClient.login(address, self.nick)
            self.resume = self.client.resume
        else:
            self.client = await RawClient.login(address, None, resume=self.resume)
        self._asked.clear()
        for room, seen in self.seen.items():
            cursor = seen[-1][0] if seen else 0
            reply = self.client.send("join", room=room, after=cursor)
            while True:
                obj = await self.client.receive()
                if obj.get("re") == reply:
                    assert obj["type"] == "ok", obj
                    break
                self._take(obj)
        for nonce, (room, text) in self.unanswered.items():
            self._asked[self.client.send("post", room=room, nonce=nonce, text=text, again=True)] = nonce

    async def talk(self, counted: asyncio.Semaphore) -> None:
        """Post and read until the connection breaks."""
        try:
            while True:
                while len(self.unanswered) < WINDOW:
                    self._say()
                obj = await self.client.receive()
                if self._take(obj):
                    counted.release()
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def finish(self, heads: dict[str, int]) -> None:
        """Read until everything is answered and everything is seen."""
        while self.unanswered or any(self.cursor(room) < head for room, head in heads.items()):
            self._take(await self.client.receive())

    def cursor(self, room: str) -> int:
        """The newest event seen of a room."""
        return self.seen[room][-1][0] if self.seen[room] else 0

    def _say(self) -> None:
        self.sent += 1
        nonce, room = f"{self.nick}-{self.sent}", ROOMS[self.sent % len(ROOMS)]
        self.unanswered[nonce] = (room, nonce)
        self._asked[self.client.send("post", room=room, nonce=nonce, text=nonce)] = nonce

    def _take(self, obj: dict[str, object]) -> bool:
        """Account for an object; whether it was an acknowledgement."""
        if obj["type"] == "event":
            seen, seq = self.seen[str(obj["room"])], obj["seq"]
            assert isinstance(seq, int)
            assert seq == (seen[-1][0] if seen else 0) + 1, f"{self.nick} saw {seq} after {seen[-1:]}"
            seen.append((seq, str(obj["nonce"])))
        elif (nonce := self._asked.pop(obj.get("re"), None)) is not None:  # type: ignore[call-overload]
            assert obj["type"] == "ok", obj
            room, _ = self.unanswered.pop(nonce)
            self.acknowledged[nonce] = (room, int(str(obj["seq"])))
            return True
        return False


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


async def check(server: Server, people: list[Person]) -> None:
    """Compare what everybody was told with what the log holds."""
    auditor = await RawClient.login(server.tcp, "auditor")
    heads = {room: (await auditor.ok("join", room=room, after=0))["head"] for room in ROOMS}
    log: dict[str, list[tuple[int, str]]] = {room: [] for room in ROOMS}
    while any(len(log[room]) < head for room, head in heads.items()):
        event = await auditor.event()
        log[event["room"]].append((event["seq"], event["nonce"]))
    for room, events in log.items():
        assert [seq for seq, _ in events] == list(range(1, len(events) + 1)), f"{room} has a gap"
    found = [(room, seq, nonce) for room, events in log.items() for seq, nonce in events if nonce]
    assert len({nonce for _, _, nonce in found}) == len(found), "a post is there twice"
    where = {nonce: (room, seq) for room, seq, nonce in found}
    for person in people:
        await person.finish(heads)
        assert person.acknowledged.items() <= where.items(), "an acknowledged post is lost, or elsewhere"
        for room in ROOMS:
            assert person.seen[room][: len(log[room])] == log[room], f"{person.nick} saw another history of {room}"
            mine = [int(nonce.rpartition("-")[2]) for _, nonce in log[room] if nonce.startswith(person.nick + "-")]
            assert mine == sorted(mine), f"{person.nick}'s posts to {room} are out of order"
    await auditor.close()


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
        await check(server, people)
        assert sum(len(person.acknowledged) for person in people) > ROUNDS
        for person in people:
            await person.client.close()
