"""SQLite and the double, told the same by two servers each, say the same: hypothesis looks for where they do not."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from roomful.domain.events import Edit, Event, KnownBody, Message, Sender, encode_body
from roomful.domain.rights import RoomKind
from roomful.domain.sanctions import Sanction
from roomful.domain.settings import RoomSettings
from roomful.domain.verdicts import Memory, Verdict
from roomful.store import (
    FOREVER,
    Appended,
    Blank,
    Change,
    Claim,
    DeleteRoom,
    DropAccount,
    DropInvite,
    DropMember,
    DropMemory,
    DropSanction,
    Extend,
    LogAct,
    Mark,
    Mention,
    PutBot,
    PutInvite,
    PutKept,
    PutMember,
    PutMemory,
    PutPlace,
    PutSanction,
    PutVerdict,
    Relate,
    Release,
    RenameRoom,
    Row,
    SetRoom,
    SetTopic,
    Store,
    Unpin,
)
from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog, MemoryStore

from .changes import NOW, begin, new_room, said

PEOPLE = [Sender(f"p{n}", f"nick{n}", "person") for n in range(3)]
NONCES = ["", "n1", "n2", "n3"]
T = TypeVar("T")

mentioned = st.lists(st.sampled_from([sender.id for sender in PEOPLE]), max_size=2, unique=True).map(tuple)
people = st.sampled_from(PEOPLE)
ids = people.map(lambda sender: sender.id)
servers = st.integers(0, 1)
moments = st.integers(-20, 20)  # ms from now
numbers = st.integers(1, 6)  # of events
keys = st.integers(0, 9).map("#{}".format)
settings_of_rooms = st.builds(RoomSettings, retention=st.integers(0, 1), archived=st.booleans())
kinds_of_memories = st.sampled_from(["note", "summary"])
names_of_values = st.sampled_from(["tea", "tea/green", "coffee"])
bodies: st.SearchStrategy[KnownBody] = st.one_of(
    st.just(Message("text")),
    st.builds(Message, st.just("text"), thread=st.none() | numbers, mentions=mentioned, everybody=st.booleans()),
    st.builds(Edit, numbers, st.just("text"), mentioned),
)


def _belonging(event: Event) -> list[Row]:
    """The rows that a hub writes beside an event."""
    body = event.body
    assert isinstance(body, Edit | Message)
    rows: list[Row] = []
    if isinstance(body, Edit):
        rows.append(Relate(event.room, body.target, event.seq, "edit"))
    elif body.thread is not None:
        rows.append(Relate(event.room, body.thread, event.seq, "thread"))
    everybody = ("*",) if isinstance(body, Message) and body.everybody else ()
    if named := (*body.mentions, *everybody):
        rows.append(Mention(event.room, event.seq, named))
    return rows


def _names_a_room(row: Row) -> object:
    """The same for all rows of which a change has one at most."""
    return "name" if isinstance(row, RenameRoom) else id(row)


class Agreement(RuleBasedStateMachine):
    """Appends whatever may come, in time and late, and compares all that can be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = NOW
        self.pruned = 0
        self.rooms: list[str] = []
        self.memory: list[Store] = []
        self.sqlite: list[Store] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        log = MemoryLog()
        self.memory = [MemoryStore(log), MemoryStore(log)]
        self.sqlite = [self.run(SqliteStore.open(Path(self.folder.name) / "roomful.db")) for _ in range(2)]
        self.rooms = ["r0", "r1", "r2"]
        for stores in (self.memory, self.sqlite):
            self.run(stores[0].append(begin(*self.rooms)))

    def teardown(self) -> None:
        for store in (*self.memory, *self.sqlite):
            self.run(store.close())
        self.runner.close()
        self.folder.cleanup()

    # -- what may come -------------------------------------------------------------------------------------

    @rule(server=servers, data=st.data())
    def append(self, server: int, data: st.DataObject) -> None:
        """One server appends, by what it knows: mostly it is up to date."""
        heads = self.run(self.memory[0].heads(self.rooms))
        changes = [self._change(heads, data) for _ in range(data.draw(st.integers(1, 6)))]
        appended = [self.run(stores[server].append(changes)) for stores in (self.memory, self.sqlite)]
        assert _plain(appended[0]) == _plain(appended[1])

    @rule(server=servers, data=st.data())
    def post(self, server: int, data: st.DataObject) -> None:
        """One server appends posts, some of which somebody else's may have come before."""
        heads = self.run(self.memory[0].heads(self.rooms))
        events = [self._event(room, heads, data) for room in data.draw(st.lists(self._rooms(), min_size=2))]
        changes = [Change([event], _belonging(event)) for event in events]
        appended = [self.run(stores[server].append(changes)) for stores in (self.memory, self.sqlite)]
        assert _plain(appended[0]) == _plain(appended[1])

    @rule(server=servers, age=st.integers(0, 60), ms=st.integers(0, 30))
    def prune(self, server: int, age: int, ms: int) -> None:
        """Time goes by, and what is old is forgotten."""
        self.now += ms
        self.pruned = max(self.pruned, self.now - age)
        for stores in (self.memory, self.sqlite):
            self.run(stores[server].prune(self.now - age))

    @rule(server=servers)
    def reopen(self, server: int) -> None:
        self.run(self.sqlite[server].reopen())

    @rule(server=servers, data=st.data(), age=st.integers(0, 60), limit=st.integers(1, 5))
    def expire(self, server: int, data: st.DataObject, age: int, limit: int) -> None:
        """Texts go by age."""
        room = data.draw(self._rooms())
        told = [self.run(s[server].expire_texts(room, self.now - age, limit)) for s in (self.memory, self.sqlite)]
        assert told[0] == told[1]

    @rule(server=servers)
    def purge(self, server: int) -> None:
        self.run(self.sqlite[server].purge())

    def _change(self, heads: dict[str, int], data: st.DataObject) -> Change:
        rows = data.draw(st.lists(self._rows(), max_size=2, unique_by=_names_a_room))
        events = [self._event(room, heads, data) for room in data.draw(st.lists(self._rooms(), max_size=2))]
        rows += [row for event in events for row in _belonging(event)]
        if data.draw(st.integers(0, 4)) == 4:
            room = f"r{len(self.rooms)}"
            self.rooms.append(room)
            kind: RoomKind = data.draw(st.sampled_from(["public", "direct"]))
            rows = [row for row in rows if not isinstance(row, RenameRoom)]
            rows.append(new_room(room, f"#{data.draw(st.integers(0, 9))}", kind))
            heads[room] = 1
            events.append(said(room, 1, at=self.now))
        elif data.draw(st.integers(0, 19)) == 19:
            rows.append(DeleteRoom(data.draw(self._rooms())))
        return Change(events, rows)

    def _event(self, room: str, heads: dict[str, int], data: st.DataObject) -> Event:
        # Mostly the next number; now and then one that was given already, or a gap.
        heads[room] = max(1, heads.get(room, 0) + data.draw(st.sampled_from([1, 1, 1, 1, 0, 2])))
        sender, nonce = data.draw(people), data.draw(st.sampled_from(NONCES))
        return Event(room, heads[room], self.now, sender, nonce, encode_body(data.draw(bodies)))

    def _rooms(self) -> st.SearchStrategy[str]:
        return st.sampled_from(self.rooms)

    def _rows(self) -> st.SearchStrategy[Row]:
        rooms = self._rooms()
        return st.one_of(
            st.builds(self._claim, ids, st.sampled_from(["Red", "red", "Green", "blue"]), moments | st.just(FOREVER)),
            st.builds(lambda who, ms, seen: Extend((who,), self.now + ms, self.now + seen), ids, moments, moments),
            ids.map(Release) | ids.map(DropAccount),
            st.builds(PutMember, rooms, ids, st.sampled_from(["owner", "member"]), st.integers(0, 3)),
            st.builds(DropMember, rooms, ids),
            st.builds(SetTopic, rooms, st.text(max_size=3)),
            st.builds(SetRoom, rooms, st.sampled_from(["public", "private"]), settings_of_rooms),
            keys.flatmap(lambda key: st.builds(RenameRoom, rooms, st.just(key), st.just(key))),
            st.builds(PutInvite, rooms, ids) | st.builds(DropInvite, rooms, ids),
            st.builds(PutSanction, rooms, st.builds(self._sanction, numbers, ids, moments)),
            st.builds(DropSanction, rooms, numbers),
            st.builds(Relate, rooms, numbers, numbers, st.sampled_from(["reaction", "pin"])),
            st.builds(Unpin, rooms, numbers) | st.builds(LogAct, rooms, numbers),
            st.builds(Mark, ids, rooms, numbers, st.integers(0, 2)),
            st.builds(Blank, rooms, numbers, numbers),
            self._rows_of_bots(),
        )

    def _rows_of_bots(self) -> st.SearchStrategy[Row]:
        rooms, few = self._rooms(), st.integers(0, 3)
        memory = st.builds(Memory, few.map("m{}".format), ids, st.just("text"), kinds_of_memories, numbers, ids)
        used = st.sampled_from([0, 0, 3])  # tokens
        rules = st.sampled_from(["why", "two_people"])
        verdict = st.builds(self._verdict, ids, numbers, few | st.just(300), ids, used, rules, st.booleans())
        return st.one_of(
            st.builds(PutBot, ids, st.sampled_from(["a:b", "c:d"]), st.just(""), few, st.just("{}")),
            st.builds(PutPlace, rooms, ids, st.sampled_from(["mention", "chatty"]), st.booleans(), st.just("{}")),
            st.builds(lambda room, ms, one: PutVerdict(room, self.now + ms, one), rooms, moments, verdict),
            st.builds(lambda room, ms, one: PutMemory(room, self.now + ms, one), rooms, moments, memory),
            st.builds(DropMemory, rooms, few.map("m{}".format)),
            st.builds(PutKept, ids, names_of_values, st.just("value"), st.integers(0, 2)),
        )

    def _verdict(self, bot: str, first: int, more: int, person: str, tokens: int, rule: str, told: bool) -> Verdict:
        last, cost = first + more, tokens / 4
        return Verdict(bot, first, last, "answered", rule, person=person, tokens_in=tokens, cost=cost, told=told)

    def _claim(self, participant: str, nick: str, ms: int) -> Claim:
        until = ms if ms == FOREVER else self.now + ms
        return Claim(participant, nick, nick.lower(), "person", self.now, until, nick[0].lower())

    def _sanction(self, seq: int, participant: str, ms: int) -> Sanction:
        by = PEOPLE[0]
        if seq % 2:
            return Sanction(seq, "mute", by, self.now + ms, participant=participant, covers=("192.0.2.1",))
        return Sanction(seq, "ban", by, self.now + ms, "why", mask=f"*{seq % 4}*")

    # -- what must agree --------------------------------------------------------------------------------------

    @invariant()
    def agree(self) -> None:
        if self.sqlite:
            told = [self.run(self._everything(store)) for store in (self.memory[0], *self.sqlite)]
            assert told[0] == told[1] == told[2]

    async def _of_room(self, store: Store, room: str) -> list[object]:
        return [
            await store.sanctions(room),
            await store.pins(room),
            await store.acts(room, before=5, limit=3),
            await store.events(room, [3, 1]),
            await store.verdicts(room),
            [await store.verdicts(room, n, limit=3) for n in (1, 4, 200)],
            await store.told(room, 2, 300, limit=3),
            await store.used([room], self.now - 5),
            await store.memories(room),
            [await store.memories(room, bot=p.id, limit=1) for p in PEOPLE],
            await store.memory(room, "m1"),
            [await store.related(room, n, ["edit", "reaction", "thread"], after=1, limit=4) for n in (1, 2)],
            await store.changes(room, (2, 1, 3), after=1, limit=4),
        ]

    async def _everything(self, store: Store) -> list[object]:
        logs = {room: await store.read(room) for room in self.rooms}
        known = [e for log in logs.values() for e in log if e.at >= self.pruned]
        return [
            logs,
            await store.heads(self.rooms),
            await store.rooms_by_id(self.rooms),
            [room.id for room in await store.rooms_by_key([f"#{n}" for n in range(5)])],
            await store.list_rooms(),
            [await store.list_rooms(participant=p.id) for p in PEOPLE],
            [await store.rooms_of(p.id) for p in PEOPLE],
            [await store.participant(p.id) for p in PEOPLE],
            [await store.holder(nick) for nick in ("red", "green", "blue")],
            await store.expired(self.now),
            await store.all_heads(),
            await store.retentions(),
            [await store.moved(f"#{n}") for n in range(10)],
            [await store.invitations(p.id) for p in PEOPLE],
            [await store.unread(p.id, self.rooms) for p in PEOPLE],
            await store.bots(),
            await store.used(None, 0),
            [await store.kept(p.id, key, after="t") for p in PEOPLE for key in ("", "tea")],
            [await self._of_room(store, room) for room in self.rooms],
            # Receipts that may be forgotten need not be: a store forgets them in portions.
            [await store.receipt(e.sender.id, e.room, e.nonce) for e in known],
        ]


def _plain(appended: Appended) -> tuple[list[object], dict[str, list[Event]]]:
    return list(appended.late), appended.missed


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],  # with real files, shrinking takes minutes and gains little
)
