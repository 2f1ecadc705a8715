"""The deliverer: which hook is due, how far each has come, and who may deliver.

Each hook is a line: its events go out one after another, the next when the one before was taken; so one that is down holds up
only itself. How far a line has come is kept in the store, at most half a second late: what was delivered after that is delivered
again after a crash, under the same id. Of several servers over one store one at a time delivers: it has the lease, without which
the store refuses what it says of cursors.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence

from roomful.domain.events import Event
from roomful.domain.webhooks import OutHook, said_id, signature
from roomful.errors import RoomfulError
from roomful.log import Log
from roomful.protocol.native import encode_event
from roomful.store import Change, Lease, MoveHook, Store

from .posting import AT_ONCE, Outcome, Poster

WAITS = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)  # s between tries; then always the last
LONGEST = 3600.0  # s that an address may ask us to wait
DAY = 86_400_000  # ms
LEASE = 5_000  # ms: so long nobody delivers after a crash
LEASE_NAME = "webhooks"
KEEP_EVERY = 0.5  # s between notes of how far lines have come
PORTION = 50  # events of one line, before another may have its place
TURN = 10.0  # s of one line, too: who answers slowly must not keep the places of all others
READ = 20  # events read at a time
FRESH = 1.0  # s after which what was read is read again: texts go by age, too
GRACE = 0.5  # s for which answers are waited for at the end: what has none is delivered again
RETRY = 5.0  # s after a failure of the store

Address = Callable[[str], Awaitable[str | None]]  # what a room (id) is called now; None: it is gone
GaveUp = Callable[[str, str, str], None]  # room's id, hook's id, why


class Line:
    """One hook, and how far it has come."""

    __slots__ = ("cursor", "dirty", "due", "failing", "head", "hook", "off", "reason", "task", "tries", "urgent")

    def __init__(self, hook: OutHook, head: int) -> None:
        self.head = head
        self.task: asyncio.Task[None] | None = None
        self.dirty = False  # the store does not know yet
        self.urgent = False  # and is to know at once
        self.take(hook)

    def take(self, hook: OutHook) -> None:
        """As the store knows it."""
        self.hook, self.off = hook, hook.off
        self.cursor, self.failing, self.tries, self.due = hook.cursor, hook.failing, hook.tries, hook.due
        self.reason = hook.reason

    def renew(self, hook: OutHook) -> None:
        """As the store knows it by now, while we deliver: only we move the cursor, but for what somebody wants skipped."""
        cursor = max(self.cursor, hook.cursor)
        if self.task is None:
            self.take(hook)
        else:
            self.hook, self.off = hook, hook.off
        self.cursor = cursor

    def moved(self, seq: int) -> None:
        """The event was taken, or passed over."""
        self.cursor, self.dirty = max(seq, self.cursor), True

    def took(self) -> None:
        """The address takes what comes."""
        if self.failing:
            self.failing = self.tries = self.due = 0
            self.reason, self.urgent = "", True

    def row(self) -> MoveHook:
        """For the store."""
        return MoveHook(self.hook.room, self.hook.id, self.cursor, self.failing, self.tries, self.due, self.reason)


class Deliverer:
    """Follows the log for all hooks that go out.

    Args:
        epoch: of the log: part of what events are called.
        owner: names this server among those over the store.
        clock: ms since 1970 UTC.
        address: what rooms are called now.
        gave_up: is told of a hook that is to be switched off.
        waits: s between the tries of an event.
    """

    def __init__(
        self,
        store: Store,
        poster: Poster,
        log: Log,
        *,
        epoch: str,
        owner: str,
        clock: Callable[[], int],
        address: Address,
        gave_up: GaveUp,
        give_up_days: float = 3.0,
        waits: Sequence[float] = WAITS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._poster, self._log = store, poster, log
        self._epoch, self._owner, self._clock = epoch, owner, clock
        self._address, self._gave_up = address, gave_up
        self._give_up = give_up_days * DAY
        self._waits, self._chance = waits, chance
        self._lines: dict[str, Line] = {}  # by hook's id; who was served last stands at the end
        self._rooms: dict[str, list[Line]] = {}  # the same, by room's id
        self._stale = True  # the lines are to be looked at anew
        self._meanwhile: dict[str, int] | None = (
            None  # by room: the newest number that was told while they are looked at
        )
        self._fresh = False  # others may have come further than we know
        self._lease = 0  # ms, until when it is ours
        self._kept_at = 0.0  # loop time
        self._woken = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    # -- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow the log."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="webhooks")

    async def close(self) -> None:
        """Stop, and note how far everything has come. What was under way is delivered again."""
        self._closing = True
        if under_way := [line.task for line in self._lines.values() if line.task is not None]:
            await asyncio.wait(under_way, timeout=GRACE)
        tasks = [task for task in (self._task, *under_way) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(RoomfulError):
            await self._keep()
            if self._lease:
                await self._store.append([Change((), (Lease(LEASE_NAME, self._owner, self._clock(), 0),))])
        await self._poster.close()

    def news(self, heads: Mapping[str, int]) -> None:
        """See `Follower`."""
        if self._meanwhile is not None:
            self._meanwhile.update(heads)
        for room in heads.keys() & self._rooms.keys() if self._rooms else ():
            for line in self._rooms[room]:
                line.head = heads[room]
            self._woken.set()

    def look_again(self) -> None:
        """See `Follower`."""
        self._stale = True
        self._woken.set()

    # -- turns ----------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait = await self._turn()
            except RoomfulError as why:
                self._log.warning("webhooks wait", reason=why.message, retry_after=RETRY)
                wait = await self._failed_to_read()
            except Exception:  # noqa: BLE001 - whatever it was, messages go on, and the next turn may do better
                self._log.exception("fault: webhooks are not delivered")
                wait = await self._failed_to_read()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):  # not `wait_for`, which may miss that it is cancelled (bpo-37658)
                    await self._woken.wait()

    async def _failed_to_read(self) -> float:
        """The store does not answer, or has taken nobody knows what: everything is looked at anew."""
        self._stale = True
        with contextlib.suppress(RoomfulError):
            await self._store.reopen()
        return RETRY

    async def _turn(self) -> float | None:
        """Do what is due. Returns for how many seconds there is nothing more; None: until something happens."""
        if self._stale:
            await self._look()
        if not any(map(self._is_due, self._lines.values())):
            return self._until_due()
        if not await self._hold():
            return LEASE / 2000
        if self._stale:
            await self._look()
        if any(line.urgent for line in self._lines.values()) or self._now() - self._kept_at >= KEEP_EVERY:
            await self._keep()
        await self._begin()
        return min(KEEP_EVERY, self._until_due() or KEEP_EVERY)

    def _is_due(self, line: Line) -> bool:
        """Whether there is something to do for a line, now."""
        return line.dirty or line.urgent or (_behind(line) and line.due <= self._clock())

    def _until_due(self) -> float | None:
        """For how many seconds no line is tried again that waits for that; None: none does."""
        now = self._clock()
        due = [line.due for line in self._lines.values() if _behind(line) and line.due > now]
        return (min(due) - now) / 1000 if due else None

    async def _look(self) -> None:
        """Look which lines there are, and where their rooms end."""
        await self._keep()
        self._stale = False
        self._meanwhile = {}  # the heads that are read here may be old by the time they arrive
        try:
            found = [hook for hook in await self._store.hooks() if isinstance(hook, OutHook)]
            heads = await self._store.heads(sorted({hook.room for hook in found})) | self._meanwhile
        finally:
            self._meanwhile = None
        before, self._lines, self._rooms = self._lines, {}, {}
        for hook in found:
            line = before.pop(hook.id, None) or Line(hook, 0)
            if self._fresh and line.task is None:
                line.take(hook)
            else:
                line.renew(hook)
            line.head = max(line.head, heads.get(hook.room, 0))
            self._lines[hook.id] = line
            self._rooms.setdefault(hook.room, []).append(line)
        self._fresh = False
        for line in (*before.values(), *(line for line in self._lines.values() if line.off)):
            _stop(line)

    async def _hold(self) -> bool:
        """Whether this server may deliver. One that had let go of that looks again how far others have come."""
        now = self._clock()
        if self._lease - now > LEASE / 2:
            return True
        fresh = self._lease <= now
        appended = await self._store.append([Change((), (self._claim(now),))])
        if appended.late:
            self._lost()
            return False
        self._lease = now + LEASE
        if fresh:
            self._stale = self._fresh = True
        return True

    def _claim(self, now: int) -> Lease:
        return Lease(LEASE_NAME, self._owner, now, now + LEASE)

    def _lost(self) -> None:
        """Another server delivers."""
        self._lease, self._stale = 0, True
        for line in self._lines.values():
            _stop(line)
            line.dirty = line.urgent = False

    async def _keep(self) -> None:
        """Note how far the lines have come, in one transaction."""
        dirty = [line for line in self._lines.values() if line.dirty or line.urgent]
        self._kept_at = self._now()
        if not dirty:
            return
        now = self._clock()
        for line in dirty:
            line.dirty = line.urgent = False
        try:
            appended = await self._store.append([Change((), (self._claim(now), line.row())) for line in dirty])
        except RoomfulError:
            for line in dirty:
                line.dirty = True
            raise
        if any(late.taken for late in appended.late):
            self._lost()
        else:
            self._lease = now + LEASE
            self._stale = self._stale or bool(appended.late)  # a room is gone

    # -- lines ------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Begin to serve lines that are due, as many at once as there may be."""
        if self._closing:
            return
        running = sum(line.task is not None for line in self._lines.values())
        due = [
            line for line in self._lines.values() if _behind(line) and line.task is None and line.due <= self._clock()
        ]
        if due:
            await self._poster.prepare()
        for line in due[: AT_ONCE - running]:
            self._lines[line.hook.id] = self._lines.pop(line.hook.id)
            line.task = asyncio.get_running_loop().create_task(self._serve(line))

    async def _serve(self, line: Line) -> None:
        try:
            await self._deliver(line)
        except RoomfulError as why:
            self._log.warning("a webhook waits", webhook=line.hook.id, reason=why.message)
            line.due = self._clock() + round(RETRY * 1000)
        except Exception:  # noqa: BLE001 - the other lines go on, and this one is tried again
            self._log.exception("fault: a webhook is not delivered", webhook=line.hook.id)
            line.due = self._clock() + round(RETRY * 1000)
        finally:
            line.task = None
            self._woken.set()

    async def _deliver(self, line: Line) -> None:
        """Deliver the next portion of a line, or what goes of it."""
        room = await self._address(line.hook.room)
        if room is None:
            self._stale = True
            return
        left, until = PORTION, self._now() + TURN
        while left > 0 and _behind(line) and self._now() < until:
            believed = line.head
            events = await self._store.read(line.hook.room, after=line.cursor, limit=READ)
            if not events:
                if line.head == believed:  # else there is news
                    line.head = line.cursor
                return
            read_at = self._now()
            for event in events:
                if line.hook.wants(event):
                    left -= 1
                    if not self._may_go_on(line) or self._now() > min(read_at + FRESH, until):
                        break
                    present = event if line.head == believed else await self._as_it_is(event)
                    if present is not None and line.hook.wants(present) and not await self._posted(line, room, present):
                        return
                line.moved(event.seq)
            if not self._may_go_on(line):
                return

    async def _as_it_is(self, event: Event) -> Event | None:
        """The event as the log has it by now: since it was read, its text may have been redacted."""
        return next(iter(await self._store.events(event.room, [event.seq])), None)

    def _may_go_on(self, line: Line) -> bool:
        return self._lease > self._clock() and not line.off and not self._closing

    async def _posted(self, line: Line, room: str, event: Event) -> bool:
        """Post one event. Returns whether it was taken."""
        body = encode_event(room, event)
        seconds = self._clock() // 1000
        id = said_id(self._epoch, line.hook.id, event.seq)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature(line.hook.secret, id, seconds, body),
        }
        outcome = await self._poster.post(line.hook.url, headers, body)
        if outcome.taken:
            line.took()
        else:
            self._not_taken(line, outcome)
        return outcome.taken

    def _not_taken(self, line: Line, outcome: Outcome) -> None:
        now = self._clock()
        line.failing, line.reason = line.failing or now, outcome.reason
        line.tries += 1
        wait = self._waits[min(line.tries, len(self._waits)) - 1] * (0.8 + 0.4 * self._chance())
        line.due = now + round(max(wait, min(outcome.retry_after or 0.0, LONGEST)) * 1000)
        line.urgent = True
        self._log.info("webhook not taken", webhook=line.hook.id, tries=line.tries, reason=outcome.reason)
        if outcome.gone or now - line.failing >= self._give_up:
            line.off = True
            said = outcome.reason if outcome.gone else f"for too long, {outcome.reason}"
            self._gave_up(line.hook.room, line.hook.id, said)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _behind(line: Line) -> bool:
    return not line.off and line.cursor < line.head


def _stop(line: Line) -> None:
    if line.task is not None:
        line.task.cancel()
