"""Verdicts on their way to the server: gathered for a moment, so that much talk makes few requests."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from roomful.client import ConnectionLost
from roomful.domain.answers import Verdicts
from roomful.domain.verdicts import Verdict
from roomful.errors import RoomfulError, StoreUnavailable

from .tasks import Tasks

GATHERED = 0.5  # s
MOST = 100  # verdicts in a request
WAITING = 2_000  # verdicts of a room; older ones are given up while the server takes none

TRIES = 5  # for what was paid for
LONGEST_WAIT = 10.0  # s between two of them

Send = Callable[[str, tuple[Verdict, ...], tuple[str, ...]], Awaitable[object]]  # room, verdicts, whom to tell
Why = Callable[[str, int | None], Awaitable[Verdicts]]  # room, line


class Reports:
    """Those of one bot, by room."""

    def __init__(self, send: Send, why: Why, tasks: Tasks) -> None:
        self._send, self._why, self._tasks = send, why, tasks
        self._waiting: dict[str, list[Verdict]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._in_turn = asyncio.Lock()
        self.watch: Callable[[str, Verdict], None] | None = None  # is told each with its room, as it comes

    def add(self, room: str, verdict: Verdict, show_to: tuple[str, ...] = ()) -> None:
        """One more. Those that somebody waits for go at once, behind what waits in the room."""
        if self.watch is not None:
            self.watch(room, verdict)
        waiting = self._waiting.setdefault(room, [])
        if show_to or verdict.verdict != "not_addressed":
            del self._waiting[room]
            self._tasks.start("telling verdicts", self._deliver(room, waiting, verdict, show_to))
            return
        waiting.append(verdict)
        del waiting[:-WAITING]
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHERED, self.flush)

    def flush(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, {}
        for room, verdicts in waiting.items():
            self._tasks.start("telling verdicts", self._deliver(room, verdicts))

    async def _deliver(
        self, room: str, verdicts: list[Verdict], last: Verdict | None = None, show_to: tuple[str, ...] = ()
    ) -> None:
        async with self._in_turn:
            lost: Exception | None = None
            try:
                for begin in range(0, len(verdicts), MOST):
                    await self._send(room, tuple(verdicts[begin : begin + MOST]), ())
            except (ConnectionLost, RoomfulError) as why:
                lost = why  # these are silences; what follows may be worth more
            if last is not None:
                await self._last(room, last, show_to)
            if lost is not None:
                raise lost

    async def _last(self, room: str, verdict: Verdict, show_to: tuple[str, ...]) -> None:
        if verdict.cost:
            await self._surely(room, verdict, show_to)
        else:
            await self._send(room, (verdict,), show_to)

    async def _surely(self, room: str, verdict: Verdict, show_to: tuple[str, ...]) -> None:
        """Of what was paid for, the budgets know after a restart what was recorded: so it is recorded, and once."""
        for tries in range(1, TRIES + 1):
            try:
                if tries == 1 or not await self._recorded(room, verdict):
                    await self._send(room, (verdict,), show_to)
            except ConnectionLost:  # whether it was recorded is unknown
                if tries == TRIES:
                    raise
            except StoreUnavailable as why:
                if tries == TRIES:
                    raise
                await asyncio.sleep(min(why.retry_after or 1.0, LONGEST_WAIT))
            else:
                return

    async def _recorded(self, room: str, verdict: Verdict) -> bool:
        found = await self._why(room, verdict.last or None)
        return any(replace(one, at="", told=False) == verdict for one in found.verdicts)
