"""What is exported and imported again is the same; what cannot be imported changes nothing."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomful.domain.events import Join, Message, decode_body
from roomful.errors import StoreUnavailable
from roomful.keeping.exporting import find_room
from roomful.keeping.failures import KeepingError
from roomful.keeping.importing import HIDDEN, Wishes, bring_in
from roomful.store import Appended, Change, NewRoom
from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.conformance.changes import NOW, made

from .rooms import ALICE, BOB, CAROL, PEOPLE, Said, export_text, export_to, record, said

Obj = dict[str, Any]
pieces = st.sampled_from(
    [b"", b"0", b"-1", b"null", b"\xff", b"\n", b'"', b"{}", b"\\ud800", b"#", b"type", b"9" * 30]
) | st.binary(max_size=3)
TALK: list[Said] = [(0, ALICE, Join("owner")), (5, BOB, Message("hello")), (0, CAROL, Message("tea?", reply_to=2))]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(tmp_path / "roomful.db")
    yield store
    await store.close()


def objects(text: str) -> tuple[Obj, list[Obj]]:
    """The description and the events of an export, these without the room's name."""
    first, *events = (json.loads(line) for line in text.split("\n") if line)
    return first, [{**event, "room": ""} for event in events]


@given(said)
@settings(max_examples=150)
def test_export_import_export_is_the_same(said: list[Said]) -> None:
    async def run(folder: Path) -> None:
        store = MemoryStore()
        await record(store, "r", said, topic="green")
        file = await export_to(store, "#tea", folder / "tea.jsonl")
        outcome = await bring_in(store, file, Wishes(room="#Copy"))
        assert (outcome.room, outcome.events, outcome.left_out) == ("#Copy", len(said), 0)
        (first, events), (again, copied) = [
            objects(await export_text(store, room, "jsonl")) for room in ("#tea", "#copy")
        ]
        assert copied == events
        for field in ("topic", "kind", "settings", "members", "head", "epoch"):
            assert again[field] == first[field], field
        ids = [(await find_room(store, room)).id for room in ("#tea", "#copy")]
        for what in ("edit", "reaction", "redaction", "thread", "pin"):
            for target in range(1, len(said) + 1):
                one, other = [[x.seq for x in await store.related(id, target, [what])] for id in ids]
                assert one == other, f"what is about {target} is found by it: {what}"

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


@given(said)
@settings(max_examples=75)
def test_from_another_history_everybody_has_another_id(said: list[Said]) -> None:
    async def run(folder: Path) -> None:
        store, other = MemoryStore(), MemoryStore(MemoryLog(epoch="another"))
        recorded = await record(store, "r", said)
        file = await export_to(store, "#tea", folder / "tea.jsonl")
        for room in ("#one", "#two"):
            await bring_in(other, file, Wishes(room=room))
        (first, one), (_, two) = [objects(await export_text(other, room, "jsonl")) for room in ("#one", "#two")]
        assert one == two, "the same people in both"
        assert first["members"] == [], "nobody is let in who cannot prove to be the one that is meant"
        text = json.dumps(one)
        new = {event.sender.id: event_["sender"]["id"] for event, event_ in zip(recorded, one, strict=True)}
        assert len(set(new.values())) == len(new)
        for person in PEOPLE:
            assert person.id not in text
        for old, event in zip(recorded, one, strict=True):
            body = decode_body(json.dumps(event["body"]).encode())
            assert (event["seq"], event["sender"]["nick"]) == (old.seq, old.sender.nick)
            assert getattr(body, "text", "") == getattr(old.body, "text", "")
            if isinstance(body, Message) and body.redacted is None:
                assert body.origin == f"roomful:epoch-of-a-test/r/{old.seq}"

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_an_imported_room_is_one_like_others(store: SqliteStore, tmp_path: Path) -> None:
    await record(store, "r", TALK, topic="green")
    file = await export_to(store, "#tea", tmp_path / "tea.jsonl")
    await bring_in(store, file, Wishes(room="#copy"))
    room = await find_room(store, "#COPY")
    assert (room.kind, room.topic, room.head) == ("public", "green", 3)
    assert {m.sender.id: m.role for m in room.members.values()} == {p.id: "member" for p in PEOPLE}
    assert [summary.name for summary in await store.list_rooms()] == ["#copy", "#tea"]
    with pytest.raises(KeepingError, match="already"):
        await bring_in(store, file, Wishes())


async def test_many_events_are_walked_in_portions(store: SqliteStore, tmp_path: Path) -> None:
    await record(store, "r", [(1, ALICE, Message(f"{n} " + "x" * 3000)) for n in range(2_345)])
    file = await export_to(store, "#tea", tmp_path / "tea.jsonl")
    await bring_in(store, file, Wishes(room="#copy"))
    assert objects(await export_text(store, "#copy", "jsonl"))[1] == objects(file.read_text())[1]


def changed(line: bytes, **fields: object) -> bytes:
    return json.dumps({**json.loads(line), **fields}).encode()


BAD: dict[str, tuple[Any, str]] = {
    "cut off": (lambda lines: lines[:-1], "holds 2 of 3 events"),
    "cut in a line": (lambda lines: [*lines[:-1], lines[-1][:20]], "line 4"),
    "a gap": (lambda lines: [lines[0], lines[1], lines[3]], "line 3: event 2 comes next, and this is event 3"),
    "a line twice": (lambda lines: [*lines[:3], *lines[2:]], "line 4"),
    "going back in time": (
        lambda lines: [*lines[:3], changed(lines[3], at="2001-01-01T00:00:00.000Z")],
        "line 4: an event is never earlier",
    ),
    "no events": (lambda lines: [changed(lines[0], head=0)], "nothing that can be imported"),
    "a newer format": (lambda lines: [changed(lines[0], format=2), *lines[1:]], "newer release"),
    "no description": (lambda lines: lines[1:], "line 1 describes no export"),
    "another encoding": (lambda lines: [*lines[:3], lines[3].replace(b"tea?", b"th\xe9")], "line 4: it is not UTF-8"),
    "too long a text": (
        lambda lines: [*lines[:3], changed(lines[3], body={"type": "message", "text": "x" * 16_001})],
        "line 4: The text has 16,001 bytes",
    ),
    "an impossible nick": (
        lambda lines: [*lines[:3], changed(lines[3], sender={"id": "p", "nick": "a b", "kind": "person"})],
        "line 4: A nick must not hold a space",
    ),
    "no room": (lambda lines: [changed(lines[0], name="!r"), *lines[1:]], "--room"),
    "an impossible room": (lambda lines: [changed(lines[0], name="#a b"), *lines[1:]], "--room"),
    "empty": (lambda lines: [], "The format of"),
}


@pytest.mark.parametrize("how", BAD)
async def test_a_file_that_is_not_whole_changes_nothing(store: SqliteStore, tmp_path: Path, how: str) -> None:
    change, expected = BAD[how]
    await record(store, "r", TALK, name="#old")
    file = await export_to(store, "#old", tmp_path / "tea.jsonl")
    lines = file.read_bytes().replace(b"#old", b"#tea").splitlines()
    file.write_bytes(b"\n".join(change(lines)))
    with pytest.raises(KeepingError) as why:
        await bring_in(store, file, Wishes())
    assert expected in str(why.value)
    assert len(await store.all_heads()) == 1


async def test_somebody_who_takes_the_name_meanwhile_keeps_it(tmp_path: Path) -> None:
    class Overtaken(MemoryStore):
        async def append(self, changes: Any) -> Appended:
            if any(type(row).__name__ == "RenameRoom" for row in changes[0].rows):
                await made(MemoryStore(self.log), Change((), (NewRoom("first", "#copy", "#copy", "public", NOW),)))
            return await super().append(changes)

    store = Overtaken()
    await record(store, "r", TALK)
    file = await export_to(store, "#tea", tmp_path / "tea.jsonl")
    with pytest.raises(KeepingError, match="just made"):
        await bring_in(store, file, Wishes(room="#copy"))
    assert sorted(await store.all_heads()) == ["first", "r"]


async def test_what_a_killed_import_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    class Dying(MemoryStore):
        dies_in = 2

        async def append(self, changes: Any) -> Appended:
            self.dies_in -= 1
            if self.dies_in < 0:
                raise StoreUnavailable("killed")
            return await super().append(changes)

    log = MemoryLog()
    await record(MemoryStore(log), "r", TALK)
    file = await export_to(MemoryStore(log), "#tea", tmp_path / "tea.jsonl")
    with pytest.raises(StoreUnavailable):
        await bring_in(Dying(log), file, Wishes(room="#copy"))
    store = MemoryStore(log)
    assert [room.head for room in await store.rooms_by_key([HIDDEN + "#copy"])] == [3]
    assert [room.name for room in await store.list_rooms()] == ["#tea"], "nobody sees it"
    await bring_in(store, file, Wishes(room="#copy"))
    assert await store.rooms_by_key([HIDDEN + "#copy"]) == []
    assert sorted(room.name for room in await store.list_rooms()) == ["#copy", "#tea"]


async def test_bodies_are_stored_as_a_server_writes_them(store: SqliteStore, tmp_path: Path) -> None:
    await record(store, "r", TALK)
    file = await export_to(store, "#tea", tmp_path / "tea.jsonl")
    text = file.read_text().replace('{"type":"message","text":"hello"}', '{ "text": "hello", "type": "message" }')
    file.write_text(text)
    await bring_in(store, file, Wishes(room="#copy"))
    found, copied = [await store.read((await find_room(store, room)).id) for room in ("#tea", "#copy")]
    assert [event.data for event in copied] == [event.data for event in found]


# -- logs of IRC ---------------------------------------------------------------------------------------


async def test_a_log_of_weechat_becomes_a_room(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "irc.example.#tea.weechatlog"
    file.write_bytes(
        b"2026-11-21 10:00:00\t-->\talice (~a@h) has joined #tea\n"
        b"2026-11-21 10:00:01\t@alice\tgr\xfc\xdfe\n"
        b"this is not of a log\n" + "2026-11-21 10:00:02\tbob\tgrüße\n2026-11-21 09:00:00\tAlice\tearlier\n".encode()
    )
    outcome = await bring_in(store, file, Wishes())
    assert (outcome.room, outcome.format, outcome.events, outcome.left_out) == ("#tea", "weechat", 4, 1)
    assert outcome.first_bad[0].number == 3
    events = await store.read((await find_room(store, "#tea")).id)
    assert [getattr(event.body, "text", None) for event in events] == [None, "grüße", "grüße", "earlier"]
    assert events[0].sender.id == events[1].sender.id == events[3].sender.id != events[2].sender.id
    assert {event.sender.kind for event in events} == {"guest"}
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert getattr(events[1].body, "origin", "") == "weechat:irc.example.#tea.weechatlog:2"


async def test_a_format_that_is_not_known_is_said_with_those_that_are(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary,\n" * 30)
    with pytest.raises(KeepingError, match=r"(?s)jsonl.*weechat.*irssi.*--format"):
        await bring_in(store, file, Wishes(room="#tea"))
    with pytest.raises(KeepingError, match="line 1: expected 10:00"):
        await bring_in(store, file, Wishes(room="#tea", format="irssi"))
    with pytest.raises(KeepingError, match="cannot be read"):
        await bring_in(store, tmp_path / "nothing", Wishes())
    assert await store.all_heads() == {}


# -- whatever a file holds -----------------------------------------------------------------------------


@given(said, st.data())
@settings(max_examples=300)
def test_a_file_that_was_tampered_with_is_refused_or_is_a_sound_room(said: list[Said], data: st.DataObject) -> None:
    async def run(folder: Path) -> None:
        store = MemoryStore()
        await record(store, "r", said, name="#old")
        file = await export_to(store, "#old", folder / "tea.jsonl")
        content = bytearray(file.read_bytes().replace(b"#old", b"#tea"))
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 3))] = data.draw(pieces)
        file.write_bytes(content)
        try:
            outcome = await bring_in(store, file, Wishes(room="#tea", format="jsonl"))
        except KeepingError:
            assert list(await store.all_heads()) == ["r"]
            return
        events = await store.read((await find_room(store, "#tea")).id, limit=100)
        assert [event.seq for event in events] == list(range(1, outcome.events + 1))
        for form in ("jsonl", "csv", "md"):
            assert await export_text(store, "#tea", form)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


def test_a_line_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        store = MemoryStore()
        await record(store, "r", TALK)
        file = await export_to(store, "#tea", tmp_path / "tea.jsonl")
        lines = file.read_bytes().splitlines()
        deep = b'{"type":"of tomorrow","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
        lines[3] = lines[3].replace(lines[3][lines[3].index(b'{"type":"message"') : -1], deep)
        file.write_bytes(b"\n".join(lines))
        with pytest.raises(KeepingError, match="line 4"):
            await bring_in(store, file, Wishes(room="#copy"))

    asyncio.run(run())
