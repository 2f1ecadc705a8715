"""The rooms that a client follows: every event once, in order, whatever the connection does."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from roomful.client.cursors import Place, Places
from roomful.client.failures import ConnectionLost, delay
from roomful.client.inbox import Inbox
from roomful.client.items import RoomLost, RoomRenamed
from roomful.client.outbox import Asked, Outbox
from roomful.client.questions import all_rooms
from roomful.client.visit import Sleep, Visit, patiently
from roomful.domain import commands, events, signals
from roomful.domain.answers import Joined, RoomList
from roomful.domain.events import Sender
from roomful.errors import CursorAhead, EpochChanged, Refused, TryLater
from roomful.protocol.native import Signalled, Told

# Why a room is not followed any more, by what the server calls it.
REMOVED = {
    "left": "You left it on another device.",
    "kicked": "You were kicked.",
    "banned": "You were banned.",
    "deleted": "The room was deleted.",
}
REPAIRS = 3  # of one gap in a row, before the connection is taken for broken


class Following:
    """Takes in what is told in the rooms, and reads on from the log where something is missing."""

    def __init__(self, inbox: Inbox, outbox: Outbox, visit: Visit, sleep: Sleep, broken: Callable[[str], None]) -> None:
        self.places = Places()
        self.peers: dict[str, Sender] = {}  # the other participant, by direct room
        self._inbox = inbox
        self._outbox = outbox
        self._visit = visit
        self._sleep = sleep
        self._broken = broken  # called with the reason why the connection must be replaced
        self._seen: dict[str, int] = {}  # direct rooms that are not followed: the newest event known of each
        self._joining: set[str] = set()  # direct rooms that are being joined unasked
        self._tasks: set[asyncio.Task[None]] = set()

    # -- what is told ---------------------------------------------------------------------------

    def told(self, told: Told, size: int) -> None:
        """An event came, in a frame of so many bytes."""
        place = self.places.get(told.room)
        if place is None and isinstance(told.body, events.Renamed):
            place = self._renamed(told.body.old, told.room)
        if place is None or place.cursor is None or told.seq <= place.cursor:
            return
        if told.seq != place.cursor + 1:
            self._gap(place)
        elif self._inbox.overfull:
            place.behind = True
        else:
            place.cursor = told.seq
            place.repairs = 0
            self._inbox.put(told, size)
            if told.seq > place.head:
                self._happens(place, told)

    def signalled(self, signalled: Signalled, size: int) -> None:
        """A signal came. What there is no place for is left out: the next `state` tells how things are."""
        place = self.places.get(signalled.room)
        match signalled.body:
            case signals.Direct(peer=peer):
                self.peers[signalled.room] = peer
                self._join_unasked(signalled.room)
            case signals.Removed(reason=reason):
                if place is not None:
                    self._removed(place, reason, REMOVED.get(reason, REMOVED["left"]))
            case signals.Invited() | signals.Marked() | signals.Asked():  # of rooms that are not followed, too
                if not self._inbox.overfull:
                    self._inbox.put(signalled, size)
            case _ if place is not None and not self._inbox.overfull:
                self._inbox.put(signalled, size)

    def _happens(self, place: Place, told: Told) -> None:
        """An event that is not replayed: see whether it is about oneself, done on another connection perhaps."""
        id = self._visit.me.id if self._visit.me else ""
        mine = told.sender.id == id
        match told.body:
            case events.Leave(reason=reason) if mine:
                code = reason if reason in REMOVED else "left"
                self._removed(place, code, REMOVED[code])
            case events.Nick(nick=nick) if mine:
                self._visit.renamed(nick)
            case events.Kick(target=target) | events.Ban(target=events.Named() as target) if target.id == id:
                code = "kicked" if isinstance(told.body, events.Kick) else "banned"
                because = f" ({told.body.reason})" if told.body.reason else ""
                self._removed(place, code, f"{told.sender.nick} {code} you{because}.")

    def _removed(self, place: Place, code: str, message: str) -> None:
        """One's membership has ended, or the room has."""
        self.places.forget(place.room)
        if not place.leaving:  # else it was asked for
            self._inbox.put(RoomLost(place.room, code, message))

    def _renamed(self, old: str, new: str) -> Place | None:
        """The room that is told of under another name from here on."""
        place = self.places.get(old)
        if place is not None:
            self.places.renamed(place, new)
            self._inbox.announce(RoomRenamed(old, new))
        return place

    # -- what is asked for ------------------------------------------------------------------------

    def joined(self, answer: Joined, after: int | None, last: int | None) -> None:
        """A join was answered that somebody had asked for."""
        cursor = answer.head if after is None else after
        if last is not None:
            cursor = max(0, answer.head - last)
        self.places.joined(answer, cursor)
        self._met(answer)

    def left(self, place: Place) -> None:
        """A leave was answered."""
        self.places.forget(place.room)
        self._seen[place.room] = place.cursor or 0  # of a direct room: news are what comes after

    def _met(self, answer: Joined) -> None:
        if answer.peer is not None:
            self.peers[answer.room] = answer.peer

    # -- gaps -------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """There is a place for events again: read on where there was none."""
        for place in self.places.behind():
            self._repair(place)

    def _gap(self, place: Place) -> None:
        if place.behind or place.rejoining or place.leaving:
            return
        place.repairs += 1
        if place.repairs > REPAIRS:
            self._broken(f"an event of {place.room} does not come")
        else:
            self._repair(place)

    def _repair(self, place: Place) -> None:
        place.rejoining = True
        self._start(self._read_on(place))

    async def _read_on(self, place: Place) -> None:
        try:
            await self._answered(place, self._rejoin(place))
        except (EpochChanged, CursorAhead) as why:
            self._broken(why.message.rstrip("."))  # the next connection starts over in all rooms alike
        except ConnectionLost:
            pass  # the next connection joins all rooms again

    # -- another connection -------------------------------------------------------------------------

    async def resume(self) -> dict[str, int]:
        """Join all rooms again, each after its cursor. Returns their heads.

        Raises EpochChanged, CursorAhead, ConnectionLost.
        """
        places = self.places.wanted()
        for place in places:
            place.repairs = 0
        asked = [(place, self._rejoin(place)) for place in places]
        heads: dict[str, int] = {}
        for place, join in asked:  # one by one: those refused for coming too fast would be so again if all came again
            head = await self._answered(place, join)
            if head is not None:
                heads[place.room] = head
        return heads

    def start_over(self, epoch: str) -> None:
        """The history is another one: forget all numbers."""
        self.places.start_over(epoch)
        self._seen.clear()

    def _rejoin(self, place: Place) -> Asked[Joined]:
        place.rejoining = True
        epoch = self.places.epoch if place.cursor is not None else None
        join = commands.Join(0, place.reference, after=place.cursor, epoch=epoch)
        return self._outbox.ask_first(join, Joined, lambda answer: self._rejoined(place, answer))

    def _rejoined(self, place: Place, answer: Joined) -> None:
        if answer.room != place.room:
            self._renamed(place.room, answer.room)
        place.id = answer.id
        place.rejoined(answer.head)

    async def _answered(self, place: Place, asked: Asked[Joined]) -> int | None:
        """The room's head, or None if it cannot be followed any more."""
        while True:
            try:
                return (await asked.answer).head
            except TryLater as why:
                await self._sleep(delay(why))
            except (EpochChanged, CursorAhead):
                raise
            except Refused as why:
                self._lose(place.room, why)
                return None
            if place not in self.places.wanted():
                return None  # it was left meanwhile
            asked = self._rejoin(place)

    def _lose(self, room: str, why: Refused) -> None:
        self.places.forget(room)
        self._inbox.put(RoomLost(room, why.code, why.message))

    # -- direct rooms -------------------------------------------------------------------------------

    def look_around(self, *, expected: bool) -> None:
        """See `look_for_news`, without waiting for it."""
        self._start(self._look_around(expected))

    async def _look_around(self, expected: bool) -> None:
        # Nothing hangs on it: a signal tells of the next news, and the next connection looks again.
        with contextlib.suppress(Refused, ConnectionLost):
            await self.look_for_news(expected=expected)

    async def look_for_news(self, *, expected: bool) -> None:
        """Join direct rooms in which something was said meanwhile.

        With `expected` False nothing is news: what is there now is only noted. Raises Refused, ConnectionLost.
        """

        async def ask(question: commands.Rooms) -> RoomList:
            return await patiently(lambda: self._outbox.ask_first(question, RoomList), self._sleep)

        for info in await all_rooms(ask, mine=True):
            if not info.room.startswith("!") or self.places.get(info.room) is not None:
                continue
            if info.peer is not None:
                self.peers[info.room] = info.peer
            if not expected:
                self._seen[info.room] = info.head
            elif info.head > self._seen.get(info.room, 0):
                self._join_unasked(info.room)

    def _join_unasked(self, room: str) -> None:
        if room not in self._joining and self.places.get(room) is None:
            self._joining.add(room)
            self._start(self._join_direct(room))

    async def _join_direct(self, room: str) -> None:
        after = self._seen.get(room, 0)
        join = commands.Join(0, room, after=after)

        def then(answer: Joined) -> None:
            if self.places.get(answer.room) is None:  # else it was joined meanwhile, and its cursor stands
                self.places.joined(answer, after)
            self._met(answer)

        try:
            await patiently(lambda: self._outbox.ask_first(join, Joined, then), self._sleep)
        except Refused as why:
            self._lose(room, why)
        except ConnectionLost:
            pass  # news are looked for after the next login
        finally:
            self._joining.discard(room)

    # -- tasks --------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._inbox.end(fault)  # a fault of ours: whoever reads the events must see it

    async def close(self) -> None:
        """Let go of everything that is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
