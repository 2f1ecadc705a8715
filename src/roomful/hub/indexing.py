"""The indexer: a follower of the log that feeds the search index, and answers searches from index and store together.

It is woken by news and reads the log like everybody else, from its own cursors; so whatever was missed (a store that failed, an
index that was lost, a restart in the middle) is read again. It is never on the way of a message, and gives way to them.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence

from roomful.domain.events import Edit, Event, Message
from roomful.errors import BadQuery, RoomfulError
from roomful.log import Log
from roomful.search import Ask, Found, Hit, Hits, Index, Query, Scope, parse, snippet
from roomful.search.entries import said
from roomful.store import Store

PORTION = 500  # events of one reading
PORTION_BYTES = 256 * 1024
LINGER = 0.2  # s in which news gather: a transaction for each message would cost ten times as much
SETTLE = 0.3  # s that a search waits for what was said just before
SOON = 2_000  # events that the index may be behind for that
BUSY = 2_000  # events recorded in a second: with more, the index gives way
GIVE_WAY = 20  # times as long as a portion took, the next one then waits: 5 % of the time at most
RETRY = 5.0  # s after a failure
PURGE_EVERY = 20.0  # s at least between purges


class Indexer:
    """Feeds an index, and searches it."""

    def __init__(
        self,
        store: Store,
        index: Index,
        log: Log,
        *,
        clock: Callable[[], int],
        monotonic: Callable[[], float],
        recorded: Callable[[], int] = lambda: 0,
        linger: float = LINGER,
        retry: float = RETRY,
    ) -> None:
        self._store = store
        self._index = index
        self._log = log
        self._clock = clock  # ms since 1970 UTC
        self._monotonic = monotonic  # s
        self._recorded = recorded  # how many events the hub has recorded so far
        self._linger = linger
        self._retry = retry
        self._news: dict[str, int] = {}  # by room: the newest number, where the index is behind
        self._cursors: dict[str, int] = {}
        self._deleted: set[str] = set()  # rooms that are to be forgotten
        self._compared = False  # whether the cursors were compared with the rooms' heads
        self._woken = asyncio.Event()
        self._wanted = asyncio.Event()  # somebody waits for the index
        self._level = asyncio.Event()
        self._erased = True  # by the process before, perhaps: it may have been killed before it could purge
        self._purge_at = 0.0  # monotonic s
        self._task: asyncio.Task[None] | None = None

    # -- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow the log."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="indexer")

    async def close(self) -> None:
        """Stop, and let go of the index."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._index.close()

    def news(self, heads: Mapping[str, int]) -> None:
        """These rooms have moved on, up to these numbers. To be called after telling; costs next to nothing."""
        self._news.update(heads)
        self._level.clear()
        self._woken.set()

    def look_again(self) -> None:
        """Another process has written: compare all cursors anew."""
        self._compared = False
        self.news({})

    def forget(self, room: str) -> None:
        """A room is no more."""
        self._deleted.add(room)
        self.news({})

    async def expired(self, room: str, seqs: Sequence[int]) -> None:
        """Texts have gone by age. Should this fail, `_drop_erased` finds them when the server starts."""
        self._erased = True
        try:
            await self._index.remove(room, seqs)
        except RoomfulError as why:
            self._failed(why)

    async def tick(self) -> None:
        """To be called each second: soon after a text was taken out, its bytes are in no file any more."""
        now = self._monotonic()
        if self._erased and now >= self._purge_at:
            self._purge_at = now + PURGE_EVERY
            self._erased = False
            try:
                await self._index.purge()
            except RoomfulError as why:
                self._erased = True  # somebody searches for long: again with the next turn
                self._log.info("the search index could not be purged yet", reason=why.message)

    async def level(self) -> None:
        """Wait until all that was told by `news` is in the index."""
        if not self._level.is_set():
            self._wanted.set()
            await self._level.wait()

    # -- following ------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                if not self._compared:
                    await self._compare()
                await self._forget_deleted()
                await self._catch_up()
            except RoomfulError as why:
                self._failed(why)
                await asyncio.sleep(self._retry)
                continue
            except Exception:  # noqa: BLE001 - whatever it was, messages go on, and the next turn may do better
                self._log.exception("fault: the search index does not follow the log")
                self._compared = False
                await asyncio.sleep(self._retry)
                continue
            if not self._news and not self._woken.is_set():
                self._level.set()
                self._wanted.clear()
                await self._woken.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(
                    self._linger
                ):  # not `wait_for`, which may miss that it is cancelled (bpo-37658)
                    await self._wanted.wait()

    async def _compare(self) -> None:
        """Find out where the index is behind, and what it has that is no more."""
        heads = await self._store.all_heads()
        self._cursors = await self._index.cursors()
        for room, cursor in list(self._cursors.items()):
            if cursor > heads.get(room, -1):  # deleted; or of a log that went back
                self._deleted.add(room)
        await self._forget_deleted()
        for room in self._cursors:
            await self._drop_erased(room)
        self._compared = True
        for room, head in heads.items():
            if head > self._cursors.get(room, 0):
                self._news[room] = max(head, self._news.get(room, 0))  # news may have come meanwhile

    async def _drop_erased(self, room: str) -> None:
        """What goes by age goes from the oldest on, and leaves no event to read: a crash could have left texts behind."""
        while seqs := await self._index.oldest(room):
            there = {event.seq for event in await self._store.events(room, seqs) if _text(event) is not None}
            gone = [seq for seq in seqs if seq not in there]
            if gone:
                await self._index.remove(room, gone)
                self._erased = True
            if len(gone) < len(seqs):
                return

    async def _forget_deleted(self) -> None:
        while self._deleted:
            room = next(iter(self._deleted))
            await self._index.forget(room)
            self._deleted.discard(room)
            self._cursors.pop(room, None)
            self._erased = True

    async def _catch_up(self) -> None:
        while self._news:
            began, before = asyncio.get_running_loop().time(), self._recorded()
            moved: dict[str, int] = {}
            events: list[Event] = []
            for room, head in list(self._news.items()):
                cursor = self._cursors.get(room, 0)
                read = await self._store.read(room, after=cursor, limit=PORTION, max_bytes=PORTION_BYTES)
                events += read
                moved[room] = read[-1].seq if read else head
                if len(events) >= PORTION:
                    break
            if await self._index.feed(events):
                self._erased = True
            self._cursors |= moved
            for room, cursor in moved.items():
                # Those that are far behind go to the end: the others are not to wait for them.
                head = self._news.pop(room, 0)
                if head > cursor:
                    self._news[room] = head
            await self._give_way(began, before)

    async def _give_way(self, began: float, before: int) -> None:
        """Rest for a while, if much was recorded since a portion began: messages first; the index has time at night."""
        took = asyncio.get_running_loop().time() - began
        if self._recorded() - before > BUSY * took:
            await asyncio.sleep(took * GIVE_WAY)

    def _failed(self, why: RoomfulError) -> None:
        """The outcome is unknown: what the index has is looked at again."""
        self._compared = False
        self._log.warning("the search index is behind", reason=why.message, retry_after=self._retry)

    # -- searching -------------------------------------------------------------------------------------------

    async def search(
        self,
        text: str,
        scope: Scope,
        *,
        limit: int = 20,
        offset: int = 0,
        utc_offset: int = 0,
        rooms: Collection[str] = (),
    ) -> Hits:
        """What fits a query (docs/search.md), of what the asker may read; `rooms` (ids): of these only.

        `utc_offset` says how many minutes the asker's clock is ahead of UTC.

        Raises:
            BadQuery: the query cannot be understood, names a room that the asker is not in, or takes too long.
            StoreUnavailable, TryLater: store or index cannot answer.
        """
        query = parse(text, now=self._clock(), offset=utc_offset)
        first = _narrowed(query, scope, rooms)
        people = {nick: who.id for nick in query.senders + query.not_senders if (who := await self._store.holder(nick))}
        if self._compared and sum(head - self._cursors.get(room, 0) for room, head in self._news.items()) <= SOON:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SETTLE):
                    await self.level()
        found, more = await self._index.search(Ask(query, first, people, limit, offset))
        return Hits(await self._shown(found, query), more, behind=not self._level.is_set())

    async def _shown(self, found: Sequence[Found], query: Query) -> list[Hit]:
        """The hits as the store has them now: without what is redacted, with the newest texts."""
        rooms = list({one.room for one in found})
        heads = await self._store.heads(rooms)
        read = await asyncio.gather(*(self._events(room, found) for room in rooms))
        events = {(event.room, event.seq): event for some in read for event in some}
        hits = []
        for one in found:
            current = events.get((one.room, one.said))
            if heads.get(one.room, 0) > self._cursors.get(one.room, 0):
                current = await self._newest(one, current)
            if (hit := _hit(one, events.get((one.room, one.seq)), current, query)) is not None:
                hits.append(hit)
        return hits

    async def _events(self, room: str, found: Sequence[Found]) -> list[Event]:
        """The messages that were found in a room, and the edits whose texts they are."""
        seqs = {seq for one in found if one.room == room for seq in (one.seq, one.said)}
        return await self._store.events(room, sorted(seqs))

    async def _newest(self, one: Found, current: Event | None) -> Event | None:
        """The event with a message's present text, when the index may not have read of it yet."""
        after = one.said
        while edits := await self._store.related(one.room, one.seq, ["edit"], after=after):
            current, after = edits[-1], edits[-1].seq
        return current


def _narrowed(query: Query, scope: Scope, rooms: Collection[str]) -> dict[str, int]:
    """The rooms to look in. Raises BadQuery."""
    first = {id: seq for id, seq in scope.first.items() if not rooms or id in rooms}
    if query.rooms:
        if unknown := [name for name in query.rooms if name not in scope.names]:
            raise BadQuery(f"You are in no room {unknown[0]}.", field="query")
        named = {scope.names[name] for name in query.rooms}
        first = {id: seq for id, seq in first.items() if id in named}
    unwanted = {scope.names.get(name) for name in query.not_rooms}
    return {id: seq for id, seq in first.items() if id not in unwanted}


def _text(event: Event | None) -> str | None:
    """What a message or an edit says; None if that is gone."""
    body = event.body if event is not None else None
    return said(body) if isinstance(body, Message | Edit) and body.redacted is None else None


def _hit(one: Found, message: Event | None, current: Event | None, query: Query) -> Hit | None:
    """None: it is gone, or says something else by now."""
    text = _text(current)
    if message is None or current is None or text is None or _text(message) is None:
        return None
    shown = snippet(text, query.words)
    if query.words and not shown.matches and current.seq != one.said:
        return None
    body = message.body
    thread = body.thread if isinstance(body, Message) else None
    return Hit(one.room, one.seq, message.at, message.sender, shown.text, shown.matches, one.score, thread)
