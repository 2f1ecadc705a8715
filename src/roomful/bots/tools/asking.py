"""Calls that wait for a person's word.

A bot asks by a notice; a turn waits a short while for the answer, and then goes on without. Whoever approves later still
gets what was shown: it is done, the room is told, and the bot is given the result when it asks for the very same again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from roomful.client import ConnectionLost
from roomful.domain import events
from roomful.errors import Refused, TryLater
from roomful.log import Log
from roomful.protocol.native import Told

from .approvals import LASTS, YES, Approvals, digest
from .results import arguments_shown
from .rights import MODERATORS, Who

if TYPE_CHECKING:
    from roomful.bots.engine.inputs import Moment
    from roomful.bots.resident import Resident
    from roomful.bots.room import Room
    from roomful.bots.tasks import Tasks

    from .telling import Telling

WAITS = 20.0  # s that a turn waits for a word; a model's call may take 30 s in all
MOST = 5  # requests that one bot may have open in a room
SHOWN = 1_500  # characters of what is to be approved
TRIES = 3  # to ask, where a notice may not be posted at once
EARLY = 64  # reactions remembered: one may be heard before the receipt of the notice that it is about

Ending = Literal["refused", "expired", "withdrawn"]


class Clock(Protocol):
    """Time, as the host has it."""

    def now(self) -> "Moment": ...
    def at(self, s: float, call: Callable[[], None]) -> asyncio.TimerHandle: ...


class Call(Struct, frozen=True):
    """What a bot wants to do."""

    tool: str
    arguments: str  # canonical
    requester: Who | None
    do: Callable[[str], Awaitable[str]]  # with these very arguments; tells the room, and never raises

    @property
    def digest(self) -> str:
        """What an approval is bound to."""
        return digest(self.arguments)


class Waiting:
    """A call that waits."""

    def __init__(self, room: "Room", resident: "Resident", telling: "Telling", call: Call, notice: int) -> None:
        self.room, self.resident, self.telling, self.call, self.notice = room, resident, telling, call, notice
        self.result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.turn_on = asyncio.Event()  # the turn need not wait any more, or has waited for long enough
        self.awaited = True  # by a turn
        self.running = False
        self.scolded = False  # that somebody else's word does not count was said

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes another call the same one."""
        return self.room.id, self.resident.id, self.call.tool, self.call.digest


class Asking:
    """All that wait, in all rooms."""

    def __init__(self, clock: Clock, tasks: "Tasks", log: Log) -> None:
        self._clock, self._tasks, self._log = clock, tasks, log
        self.approvals = Approvals()
        self._waiting: dict[tuple[str, int], Waiting] = {}
        self._late: dict[
            tuple[str, str, str, str], tuple[str, float]
        ] = {}  # results that nobody has fetched, until when
        self._early: deque[tuple[str, Told]] = deque(maxlen=EARLY)
        self._locks: dict[str, asyncio.Lock] = {}  # by room's id: one notice after the other, for its number

    async def ask(self, room: "Room", resident: "Resident", telling: "Telling", call: Call) -> str:
        """What the model is told: the result, or why there is none (yet)."""
        key = (room.id, resident.id, call.tool, call.digest)
        self._forget_late()
        if (late := self._late.pop(key, None)) is not None:
            return late[0]
        mine = [one for one in self._waiting.values() if one.key[:2] == key[:2]]
        if (same := next((one for one in mine if one.key == key), None)) is not None:
            return f"Not done yet: it was asked for already, and waits for /approve {same.notice}."
        if len(mine) >= MOST:
            return f"Not done: {MOST} requests of yours wait for somebody's word already."
        try:
            async with self._locks.setdefault(room.id, asyncio.Lock()):
                notice = await self._notice(room, resident, call)
                waiting = self._open(room, resident, telling, call, notice)
        except (Refused, ConnectionLost) as why:
            return f"Not done: nobody could be asked: {why.message}"
        return await self._wait(waiting)

    async def _notice(self, room: "Room", resident: "Resident", call: Call) -> int:
        """Ask in the room. Returns the notice's number, which stands in its text. Raises Refused, ConnectionLost."""
        number = room.head + 1
        for left in reversed(range(TRIES)):
            try:
                receipt = await resident.voice.post(room.name, _words(resident, call, number), style="notice")
                break
            except TryLater as why:
                if not left:
                    raise
                await room.sleep(min(why.retry_after or 1.0, LASTS))
                number = room.head + 1
        if receipt.seq != number:  # somebody else spoke at the same moment
            await resident.voice.edit(room.name, receipt.seq, _words(resident, call, receipt.seq))
        return receipt.seq

    def _open(self, room: "Room", resident: "Resident", telling: "Telling", call: Call, notice: int) -> Waiting:
        now = self._clock.now().s
        requester = call.requester.id if call.requester is not None else ""
        self.approvals.ask(now, room.id, notice, resident.id, call.tool, call.digest, requester)
        waiting = self._waiting[room.id, notice] = Waiting(room, resident, telling, call, notice)
        self._clock.at(now + LASTS, lambda: self._expire(waiting))
        for id, told in list(self._early):
            if id == room.id:
                self.heard(room, told)
        return waiting

    async def _wait(self, waiting: Waiting) -> str:
        timer = self._clock.at(self._clock.now().s + WAITS, waiting.turn_on.set)
        try:
            await waiting.turn_on.wait()
            if waiting.running:
                await asyncio.wait([waiting.result])
        except asyncio.CancelledError:  # the turn is over; what is under way is not broken off
            waiting.awaited = False
            if not waiting.running:
                self._end(waiting, "withdrawn")
            raise
        finally:
            timer.cancel()
        if waiting.result.done():
            return waiting.result.result()
        waiting.awaited = False
        return (
            f"Not done yet: it waits for {_whose(waiting.call)} (/approve {waiting.notice}). Say so, and go on without it. "
            "Once approved, it is done without you; call it again with the same arguments to read the result."
        )

    # -- what people do ---------------------------------------------------------------------------------

    def heard(self, room: "Room", told: Told) -> None:
        """Something happened in a room: a reaction may be a word for something that waits."""
        match told.body:
            case events.Reaction(target=notice, on=True) if told.sender.kind not in ("bot", "service", "webhook"):
                if (waiting := self._waiting.get((room.id, notice))) is not None:
                    self._tasks.start("an approval", self._reacted(waiting, told))
                else:
                    self._early.append((room.id, told))
            case events.Redaction(target=notice):
                if (waiting := self._waiting.get((room.id, notice))) is not None:
                    self._end(waiting, "withdrawn")
            case events.Stopped():
                for notice in self.approvals.open_in(self._clock.now().s, room.id):
                    self._end(self._waiting[room.id, notice], "withdrawn")

    async def _reacted(self, waiting: Waiting, told: Told) -> None:
        assert isinstance(told.body, events.Reaction)
        requester = waiting.call.requester
        moderator = False
        if requester is None or told.sender.id != requester.id:
            moderator = await self._is_moderator(waiting, told.sender.id)
        outcome = self.approvals.react(
            self._clock.now().s, waiting.room.id, waiting.notice, told.sender.id, told.body.emoji, moderator=moderator
        )
        if outcome == "granted":
            self._run(waiting)
        elif outcome == "refused":
            self._end(waiting, "refused", told.sender.nick)
        elif outcome == "not_yours" and told.body.emoji == YES and not waiting.scolded:
            waiting.scolded = True
            waiting.telling.add(
                f"{waiting.call.tool} (/approve {waiting.notice}) waits for {_whose(waiting.call)}, still"
            )

    async def _is_moderator(self, waiting: Waiting, id: str) -> bool:
        """Asked for anew: roles change. Raises Refused, ConnectionLost; then nothing is approved."""
        members = await waiting.resident.voice.members(waiting.room.name)
        return any(one.id == id and one.role in MODERATORS for one in members)

    # -- the end ------------------------------------------------------------------------------------------

    def _run(self, waiting: Waiting) -> None:
        call, now = waiting.call, self._clock.now().s
        if not self.approvals.take(now, waiting.room.id, waiting.notice, call.tool, digest(call.arguments)):
            return
        waiting.running = True
        self._tasks.start(f"the approved {call.tool}", self._do(waiting))

    async def _do(self, waiting: Waiting) -> None:
        try:
            text = await waiting.call.do(waiting.call.arguments)
        except asyncio.CancelledError:
            self._close(waiting, "Not finished: the bot host ends.")
            raise
        if not waiting.awaited:
            self._late[waiting.key] = (text, self._clock.now().s + LASTS)
        self._close(waiting, text)

    def _expire(self, waiting: Waiting) -> None:
        if not waiting.result.done() and not waiting.running:
            self._end(waiting, "expired")

    def _end(self, waiting: Waiting, how: Ending, by: str = "") -> None:
        if how == "withdrawn":
            self.approvals.withdraw(self._clock.now().s, waiting.room.id, waiting.notice)
        words = {
            "refused": f"{by} refused it",
            "expired": "nobody approved it in time",
            "withdrawn": "it is not wanted any more",
        }[how]
        waiting.telling.add(f"{waiting.call.tool} (asked for in #{waiting.notice}) is not done: {words}")
        self._close(waiting, f"Not done: {words}. Do not ask for it again.")

    def _close(self, waiting: Waiting, text: str) -> None:
        self._waiting.pop((waiting.room.id, waiting.notice), None)
        if not waiting.result.done():
            waiting.result.set_result(text)
        waiting.turn_on.set()

    def _forget_late(self) -> None:
        now = self._clock.now().s
        self._late = {key: kept for key, kept in self._late.items() if kept[1] > now}


def _words(resident: "Resident", call: Call, number: int) -> str:
    whom = f" for {call.requester.nick}" if call.requester is not None else ""
    shown = arguments_shown(call.arguments, SHOWN)
    return f"{resident.nick} wants to run {call.tool} {shown}{whom}: /approve {number} or /deny {number} ({LASTS / 60:g} minutes)"


def _whose(call: Call) -> str:
    return f"{call.requester.nick}'s word, or a moderator's" if call.requester is not None else "a moderator's word"
