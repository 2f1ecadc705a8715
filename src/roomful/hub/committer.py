"""The committer: the only writer. Decide, record, tell; the next batch gathers while this one is recorded.

A store failure leaves the outcome of a batch unknown. Its commands are answered `store_unavailable` (send again, same nonce);
the forks are thrown away, the store's writer is opened anew, and whatever had been recorded is told from the log.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from roomful.domain import commands
from roomful.domain.events import Event
from roomful.errors import AccountTaken, BadInvite, FileAttached, NickTaken, RoomfulError, Stale, StoreUnavailable
from roomful.store import Appended

from .deciding import HANDLERS, Batch
from .loading import Loading
from .rooms import Room
from .work import Pending, Result

if TYPE_CHECKING:
    from .hub import Hub

MAX_BATCH = 1_000  # commands
MAX_BYTES = 1024 * 1024  # of posts' texts in a batch
GATHER = 0.003  # s between the starts of two small batches: fewer commits when many rooms are half busy
SMALL = 64  # commands: a larger batch does not wait
YIELD = 3  # times as long as its own batch took, a hub that was first leaves the rooms to other writers
BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # s between attempts to open a failed store


class Committer:
    """Takes commands from `pending` until it is closed."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.pending: deque[Pending] = deque()
        self.stale: set[str] = set()  # rooms that another writer may have added to, by id
        self.unused: list[Room] = []  # rooms to forget, once no batch is under way that has forks of them
        self.batches = 0
        self.events = 0
        self.commit_seconds = 0.0
        self._loading = Loading(hub)
        self._postponed: list[Pending] = []
        self._patient: list[Pending] = []  # commands that wait for company
        self._patience: asyncio.TimerHandle | None = None  # until they wait no longer
        self._work = asyncio.Event()
        self._closing = False
        self._started_at = 0.0
        self._contended = False  # another writer has been in our rooms since our last batch
        self._yield_until = 0.0  # loop time

    def submit(self, pending: Pending) -> None:
        """Add a command. Order is kept."""
        if not self.pending:
            self._work.set()
        self.pending.append(pending)

    def submit_patiently(self, pending: Pending, within: float) -> None:
        """Add a command that may wait for others to be recorded with, so many seconds at most: it costs no commit of its own."""
        self._patient.append(pending)
        loop = asyncio.get_running_loop()
        if self._patience is None or self._patience.when() > loop.time() + within:
            if self._patience is not None:
                self._patience.cancel()
            self._patience = loop.call_later(within, self._out_of_patience)

    def _out_of_patience(self) -> None:
        for pending in self._with_patient():
            self.submit(pending)

    def _with_patient(self) -> list[Pending]:
        """What has waited for company, which it has now."""
        patient, self._patient = self._patient, []
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        return patient

    def look_again(self, rooms: set[str]) -> None:
        """Another writer may have added to these rooms."""
        self.stale |= rooms
        self._work.set()

    def try_again(self) -> None:
        """Take up the hub's own commands that a failing store has put off: claims that end, claims that go on."""
        postponed, self._postponed = self._postponed, []
        for pending in postponed:
            self.submit(pending)

    def close(self) -> None:
        """Finish what is pending, then end `run`."""
        self._out_of_patience()
        self._closing = True
        self._work.set()

    async def run(self) -> None:
        """The loop. Nothing ends it but `close`."""
        while self.pending or not self._closing:
            if not self.pending and not self.stale:
                self._work.clear()
                await self._work.wait()
            await self._gather()
            work = self._take()
            self._forget_unused()
            try:
                if self.stale:
                    await self._catch_up()
                if work:
                    await self._commit(work)
            except StoreUnavailable as failure:
                await self._start_over(work, failure)
            except Exception as fault:
                # A fault of ours: its batch is answered as unknown, the next one gets its chance.
                self.hub.log.exception("fault in the committer")
                theirs = [pending for pending in work if not _is_own(pending)]  # our own may be at fault
                await self._start_over(theirs, StoreUnavailable(f"A fault in the server ({type(fault).__name__})."))

    def _forget_unused(self) -> None:
        unused, self.unused = self.unused, []
        self.hub.rooms.drop([room for room in unused if not room.here])

    async def _gather(self) -> None:
        """Let a small batch grow for a moment, if the one before it has only just been; let other writers be first in turn."""
        now = self.hub.monotonic()
        if (turn := self._yield_until - asyncio.get_running_loop().time()) > 0 and not self._closing:
            await asyncio.sleep(turn)
        wait = self._started_at + GATHER - now
        if wait > 0 and len(self.pending) < SMALL and not self._closing:
            await asyncio.sleep(wait)
        self._started_at = self.hub.monotonic()

    def _take(self) -> list[Pending]:
        """The next batch: at most 1,000 commands or 1 MiB of text."""
        pending = self.pending
        if self._patient and pending:
            pending.extendleft(reversed(self._with_patient()))
        if len(pending) <= MAX_BATCH // 16:  # the largest text is 16,000 bytes: these fit in any case
            work = list(pending)
            pending.clear()
            return work
        work, size = [], 0
        while pending and len(work) < MAX_BATCH and size < MAX_BYTES:
            item = pending.popleft()
            work.append(item)
            if type(item.command) is commands.Post:
                size += len(item.command.text)
        return work

    async def _commit(self, work: list[Pending]) -> None:
        now = asyncio.get_running_loop().time
        set_out = now()
        loaded = await self._loading.load(work)
        batch = Batch(self.hub, loaded, self.hub.clock())
        batch.decide(work, HANDLERS)
        began = self.hub.monotonic()
        appended = await self.hub.store.append(batch.changes) if batch.changes else Appended((), {})
        self.commit_seconds += self.hub.monotonic() - began
        self.batches += 1
        if appended.late:
            await self._settle(batch, appended)
        else:
            self._accept(batch)
            self._finish(batch.results, batch.recorded)
            # Else a writer that needs a little longer than we do might find itself late for ever.
            self._yield_until = now() + YIELD * (now() - set_out) if self._contended else 0.0
            self._contended = False

    def _accept(self, batch: Batch) -> None:
        """Everything was recorded: the forks are the states."""
        rooms = self.hub.rooms
        for id, fork in batch.forks.items():
            room = rooms.by_id[id]
            old, room.state = room.address, fork
            if id in batch.renamed:
                rooms.renamed(room, old)
        for key, state in batch.created.items():
            rooms.add(Room(batch.renamed.get(state.id, key), state))
        self.hub.receipts.put(batch.receipts)

    def _finish(self, results: list[Result], recorded: dict[str, list[Event]]) -> None:
        """Tell, here and to the other hubs."""
        self.hub.telling.batch(results, recorded)
        if recorded:
            self.events += sum(map(len, recorded.values()))
            self.hub.announce(recorded)

    # -- another writer was first ---------------------------------------------------------------------

    async def _settle(self, batch: Batch, appended: Appended) -> None:
        """Part of the batch came too late: follow what was recorded, and decide the late commands again."""
        late = {item.index: item.taken for item in appended.late}
        recorded: dict[str, list[Event]] = {}
        for index, change in enumerate(batch.changes):
            if index not in late:
                for event in change.events:
                    recorded.setdefault(event.room, []).append(event)
        rooms = self.hub.rooms
        for state in batch.created.values():
            if recorded.get(state.id):
                for record in await self.hub.store.rooms_by_id([state.id]):  # none, if it was deleted in the same batch
                    rooms.load(record)
        for id, events in recorded.items():
            if room := rooms.by_id.get(id):
                self._follow(room, events)
        finished, again = _sorted_out(batch, late)
        self._finish(finished, recorded)
        for id, events in appended.missed.items():
            if room := rooms.by_id.get(id):
                self._follow_and_tell(room, events)
        self.stale |= {room for room in _behind(batch, late) if room not in appended.missed}  # perhaps it is no more
        self.pending.extendleft(reversed(again))
        # Now, before the other writer's next batch: one that always waits to gather would always find itself late.
        self._started_at = self._yield_until = 0.0

    async def _catch_up(self) -> None:
        """Follow what other writers recorded in the rooms that are stale."""
        stale, self.stale = self.stale, set()
        loaded = [id for id in stale if id in self.hub.rooms.by_id]
        try:
            heads = await self.hub.store.heads(loaded) if loaded else {}
            for id, head in heads.items():
                room = self.hub.rooms.by_id[id]
                while room.state.head < head:
                    events = await self.hub.store.read(id, after=room.state.head)
                    if not events:
                        break
                    self._follow_and_tell(room, events)
            for id in loaded:
                if id not in heads:
                    self.hub.effects.room_deleted(id)
        except StoreUnavailable:
            self.stale |= stale
            raise

    def _follow_and_tell(self, room: Room, events: list[Event]) -> None:
        events = [event for event in events if event.seq > room.state.head]
        if events:
            self._contended = True
            self._follow(room, events)
            self.hub.telling.events(room, events)
            self.hub.effects.follow_on(room, events)

    def _follow(self, room: Room, events: list[Event]) -> None:
        name = room.address
        for event in events:
            if event.seq <= room.state.head:
                continue
            room.state.evolve(event.seq, event.at, event.sender, event.body)
            if event.nonce:
                self.hub.receipts.put({(event.sender.id, event.room, event.nonce): (event.seq, -1)})
        if room.address != name:
            self.hub.rooms.renamed(room, name)

    # -- the store failed -------------------------------------------------------------------------------

    async def _start_over(self, work: list[Pending], failure: StoreUnavailable) -> None:
        """Answer the batch as unknown, open the store anew, and follow what had been recorded after all."""
        self.hub.log.error("store unavailable", reason=failure.message, commands=len(work))
        self.stale |= set(self.hub.rooms.by_id)
        self._put_off([*work, *self.pending], failure, BACKOFF[0])
        for wait in chain(BACKOFF, repeat(BACKOFF[-1])):
            try:
                await self.hub.store.reopen()
            except StoreUnavailable as still:
                self.hub.log.error("store still unavailable", reason=still.message)
            else:
                self.hub.log.info("store available again")
                return
            if self._closing:
                return
            await asyncio.sleep(wait)
            self._put_off(list(self.pending), failure, wait)

    def _put_off(self, work: list[Pending], failure: StoreUnavailable, wait: float) -> None:
        """Answer the batch, and all that is pending, as unknown; the hub's own commands are kept for `try_again`.

        (What stands behind a post that is sent again must not overtake it.)
        """
        self.pending.clear()
        unknown = StoreUnavailable(failure.message, retry_after=wait)
        self._postponed += [pending for pending in work if _is_own(pending)]
        self._finish([Result(pending, unknown, -1) for pending in work if not _is_own(pending)], {})


def _is_own(pending: Pending) -> bool:
    """Whether a command is the hub's own: nobody waits for it, and it is done later."""
    return pending.session is None and pending.told is None


def _sorted_out(batch: Batch, late: Mapping[int, str]) -> tuple[list[Result], list[Pending]]:
    """The results that stand, and the commands that must be decided again; `late`: what was taken, by change."""
    behind = _behind(batch, late)
    finished: list[Result] = []
    again: list[Pending] = []
    for result in batch.results:
        if result.change in late and (taken := _TAKEN.get(late[result.change])) is not None:
            finished.append(Result(result.pending, taken(result.pending.command), -1))
        elif result.change in late or (result.change < 0 and result.room in behind):
            again.append(result.pending)  # a join of a member changes nothing, but its head may not have come to be
        else:
            finished.append(result)
    return finished, again


def _behind(batch: Batch, late: Mapping[int, str]) -> set[str]:
    """Rooms, by id, that another writer was first in."""
    return {event.room for index in late for event in batch.changes[index].events}


# What is refused where somebody else has taken it in the same moment. (A room's name is looked at again instead.)
_TAKEN: dict[str, Callable[[Any], RoomfulError]] = {
    "nick": lambda command: NickTaken(field="nick" if hasattr(command, "nick") else "name"),
    "account": lambda _: AccountTaken(field="account"),
    "code": lambda _: BadInvite(field="invite"),
    "kept": lambda _: Stale(field="version"),
    "file": lambda _: FileAttached(field="attachments"),
}
