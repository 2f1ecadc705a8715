"""Somebody who talks and reads without pause, comes back after every break, and keeps account of it all."""

import asyncio

from tests.support.raw import Obj, RawClient

WINDOW = 16  # posts without an answer
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
        self.client = await RawClient.connect(address)
        self._asked.clear()
        await self._insist("hello", protocol=1)
        who = {"nick": self.nick} if self.resume is None else {"resume": self.resume}
        self.resume = (await self._insist("login", **who))["resume"]
        for room in ROOMS:
            await self._insist("join", room=room, after=self.cursor(room))
        for nonce in self.unanswered:
            self._say_again(nonce)

    async def _insist(self, type: str, **fields: object) -> Obj:
        """Ask until the store is there to answer."""
        while True:
            re = self.client.send(type, **fields)
            while (obj := await self.client.receive()).get("re") != re:
                self._take(obj)
            if obj.get("code") != "store_unavailable":
                assert obj["type"] == "ok", obj
                return obj

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

    def _say_again(self, nonce: str) -> None:
        room, text = self.unanswered[nonce]
        self._asked[self.client.send("post", room=room, nonce=nonce, text=text, again=True)] = nonce

    def _take(self, obj: Obj) -> bool:
        """Account for an object; whether it was an acknowledgement."""
        if obj["type"] == "event":
            seen, seq = self.seen[str(obj["room"])], obj["seq"]
            assert isinstance(seq, int)
            assert seq == (seen[-1][0] if seen else 0) + 1, f"{self.nick} saw {seq} after {seen[-1:]}"
            seen.append((seq, str(obj["nonce"])))
        elif (nonce := self._asked.pop(obj.get("re", -1), None)) is not None:
            if obj.get("code") == "store_unavailable":
                self._say_again(nonce)
                return False
            assert obj["type"] == "ok", obj
            room, _ = self.unanswered.pop(nonce)
            self.acknowledged[nonce] = (room, int(str(obj["seq"])))
            return True
        return False


async def audit(address: str, people: list[Person], *, ordered: bool = True) -> None:
    """Compare what everybody was told with what the log holds; `ordered`: and each one's posts with the order sent."""
    auditor = await RawClient.login(address, "auditor")
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
            assert mine == sorted(mine) or not ordered, f"{person.nick}'s posts to {room} are out of order"
    await auditor.close()
