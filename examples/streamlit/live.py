"""A connection that lives beside a page: the SDK's client in a thread of its own, asked from code that knows no asyncio.

Streamlit runs its script anew from the top at every click, so nothing in it can hold a connection. This can: it stays in the
session's state, and ends with it.
"""

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

from roomful.client import Client, Ended, Growing, Line, Lost, Resumed, RoomLost, Signalled, Timeline, Told
from roomful.domain.answers import Me, RoomInfo
from roomful.domain.signals import Decision
from roomful.domain.verdicts import BotInfo, Verdict

Result = TypeVar("Result")
PATIENCE = 15.0  # s for an answer
HISTORY = 50  # lines to begin with


class Shown(NamedTuple):
    """What a room looks like just now."""

    lines: list[Line]
    growing: list[Growing]  # answers of bots that are still being written
    silences: dict[int, list[str]]  # why bots said nothing, by the number of the line


class _Inside:
    """What belongs to the thread. Only the loop in it changes anything."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self.loop = asyncio.new_event_loop()
        self.client: Client | None = None
        self.rooms: dict[str, Timeline] = {}
        self.silences: dict[str, dict[int, list[str]]] = {}
        self.trouble = ""
        self._make = make
        self._listening: asyncio.Task[None] | None = None
        threading.Thread(target=self._turn, name="roomful", daemon=True).start()

    def _turn(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the thread, and wait for what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    async def connect(self) -> None:
        client = self._make()
        await client.connect()
        self.client = client
        self._listening = self.loop.create_task(self._listen(client))

    async def _listen(self, client: Client) -> None:
        async for item in client.events():
            match item:
                case Told(room=room):
                    self.rooms.setdefault(room, Timeline()).take(item)
                case Signalled(room=room, body=Decision(verdict=verdict, nick=nick)):
                    words = verdict.words or f"{nick} said nothing ({verdict.rule})"
                    self.silences.setdefault(room, {}).setdefault(verdict.last, []).append(words)
                case Signalled(room=room):
                    self.rooms.setdefault(room, Timeline()).hear(item)
                case Lost(reason=reason, retry_in=seconds):
                    self.trouble = f"{reason}; trying again in {seconds:.0f} s"
                case Resumed():
                    self.trouble = ""
                case RoomLost(message=message) | Ended(message=message):
                    self.trouble = message

    async def look(self, room: str) -> Shown:
        timeline = self.rooms.get(room, Timeline())
        return Shown(timeline.lines(), list(timeline.drafts), dict(self.silences.get(room, {})))

    def stop(self) -> None:
        """Say goodbye, so that a guest's nick is free again, and end the thread."""

        async def close() -> None:
            if self.client is not None:
                await self.client.bye()
            if self._listening is not None:
                await self._listening
            self.loop.stop()

        if not self.loop.is_closed():
            asyncio.run_coroutine_threadsafe(close(), self.loop)


class Live:
    """Somebody's connection. Every method waits for its answer, and raises what the SDK raises.

    live = Live("127.0.0.1:5002", nick="ada")
    live.enter("#lobby")
    live.post("#lobby", "hello")
    for line in live.look("#lobby").lines: ...
    """

    def __init__(self, address: str, **who: Any) -> None:
        """Connect. `who`: as for `Client`: `nick`; or `account` and `password`; with `register=True` for a new account."""
        self._inside = _Inside(lambda: Client(address, agent="streamlit example", patient=True, **who))
        weakref.finalize(self, self._inside.stop)  # when the session is forgotten
        try:
            self._inside.run(self._inside.connect())
        except BaseException:
            self._inside.stop()
            raise

    @property
    def _client(self) -> Client:
        assert self._inside.client is not None
        return self._inside.client

    @property
    def me(self) -> Me:
        """Who this is."""
        return self._client.me

    @property
    def trouble(self) -> str:
        """What is wrong with the connection; empty: nothing."""
        return self._inside.trouble

    def close(self) -> None:
        """End the visit."""
        self._inside.stop()

    def rooms(self) -> list[RoomInfo]:
        """One's own rooms first, then those that anybody may enter."""
        mine = self._inside.run(self._client.rooms(mine=True))
        known = {room.room for room in mine}
        return mine + [room for room in self._inside.run(self._client.rooms()) if room.room not in known]

    def enter(self, room: str) -> str:
        """Enter a room, and follow it. Returns what it is called on the wire."""
        return self._inside.run(self._client.join(room, last=HISTORY)).room

    def older(self, room: str) -> bool:
        """Read what was said before what is known. Returns whether there is still more."""
        lines = self.look(room).lines
        before = lines[0].seq if lines else None
        page = self._inside.run(self._client.history(room, before=before, limit=HISTORY))
        for told in page.events:
            self._inside.loop.call_soon_threadsafe(self._inside.rooms[room].take, told)
        return page.more

    def look(self, room: str) -> Shown:
        """How the room is just now."""
        return self._inside.run(self._inside.look(room))

    def post(self, room: str, text: str) -> int:
        """Say something. Returns the line's number."""
        return self._inside.run(self._client.post(room, text)).seq

    def stop(self, room: str) -> None:
        """Let the bots of a room be quiet."""
        self._inside.run(self._client.stop(room))

    def bots(self, room: str) -> tuple[BotInfo, ...]:
        """The bots of a room."""
        return self._inside.run(self._client.bots(room))

    def why(self, room: str) -> tuple[Verdict, ...]:
        """What each bot made of the newest line that concerned it, and why."""
        return self._inside.run(self._client.why(room)).verdicts
