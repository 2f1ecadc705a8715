"""The index on the disk: what is fed is found by whoever may read it, and what is taken out is in no file."""

import asyncio
import random
import string
from pathlib import Path

import apsw
import pytest

from roomful.domain.events import Edit, Event, Join, Message, Redaction
from roomful.errors import BadQuery, TryLater
from roomful.search import Index
from roomful.search.sqlite import SqliteIndex, finder

from .conftest import ALICE, BOB, EPOCH, MINUTE, NOW, event, found

BOTH = {"ra": 1, "rb": 1}


async def feed_some(index: Index) -> None:
    """Two rooms with a little of everything."""
    await index.feed(
        [
            event("ra", 1, Join()),
            event("ra", 2, "Red apples are ripe"),
            event("ra", 3, "apples: https://example.org", BOB),
            event("rb", 1, "日本語を話す apples"),
            event("rb", 2, "pears, no apple", BOB),
        ]
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("apples", {("ra", 2), ("ra", 3), ("rb", 1)}),
        ("apple*", {("ra", 2), ("ra", 3), ("rb", 1), ("rb", 2)}),
        ("apples ripe", {("ra", 2)}),
        ('"apples are"', {("ra", 2)}),
        ('"are apples"', set()),
        ("apples -ripe", {("ra", 3), ("rb", 1)}),
        ("日本", {("rb", 1)}),
        ("本日", set()),
        ("has:link", {("ra", 3)}),
        ("apples -has:link", {("ra", 2), ("rb", 1)}),
        ("from:BOB", {("ra", 3), ("rb", 2)}),
        ("from:bob apples", {("ra", 3)}),
        ("apples -from:bob", {("ra", 2), ("rb", 1)}),
        ("from:nobody", set()),
        ("r1", set()),
        ("link", set()),
    ],
)
async def test_a_query_finds(index: SqliteIndex, query: str, expected: set[tuple[str, int]]) -> None:
    await feed_some(index)
    assert set(await found(index, query, BOTH)) == expected


async def test_only_what_the_asker_may_read_is_found(index: SqliteIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    await feed_some(index)
    for large, most, much in ((8, 4, 5_000), (1, 4, 5_000), (8, 4, 0), (1, 0, 0)):  # each of the ways to look
        monkeypatch.setattr(finder, "LARGE", large)
        monkeypatch.setattr(finder, "MOST_PARTS", most)
        monkeypatch.setattr(finder, "MUCH", much)
        for query in ("apples", "apples -pears", "apples sort:new"):
            assert set(await found(index, query, {"ra": 1})) == {("ra", 2), ("ra", 3)}
            assert set(await found(index, query, {"ra": 3})) == {("ra", 3)}
            assert set(await found(index, query, {"ra": 3, "rb": 1})) == {("ra", 3), ("rb", 1)}
            assert set(await found(index, query, {"ra": 4, "rb": 3, "rc": 1})) == set()
            assert set(await found(index, query, {})) == set()


async def test_who_is_called_so_now_is_found_under_former_names(index: SqliteIndex) -> None:
    await feed_some(index)
    assert await found(index, "from:robert apples", BOTH, people={"robert": BOB.id}) == [("ra", 3)]


async def test_a_time(index: SqliteIndex) -> None:
    await index.feed([event("ra", seq, "tick", at=NOW + seq * 86_400_000) for seq in range(1, 6)])
    assert await found(index, "tick after:2025-11-22 before:2025-11-24", BOTH) == [("ra", 3), ("ra", 2)]


async def test_the_best_come_first_and_the_newest_if_asked(index: SqliteIndex) -> None:
    day = 1440 * MINUTE
    await index.feed(
        [
            event("ra", 1, "tea tea tea", at=NOW),
            event("ra", 2, "tea and a great many other things that have nothing to do with it", at=NOW + day),
            event("ra", 3, "tea", at=NOW + 2 * day),
            event("ra", 4, "tea at last, in a line with quite a few more words", at=NOW + 3 * day),
        ]
    )
    assert [seq for _, seq in await found(index, "tea", BOTH)] == [1, 3, 4, 2]
    assert [seq for _, seq in await found(index, "tea sort:new", BOTH)] == [4, 3, 2, 1]
    assert [seq for _, seq in await found(index, "tea", BOTH, limit=2, offset=1)] == [3, 4]


async def test_of_equal_lines_the_newest_come_first_in_whatever_order_rooms_were_fed(index: SqliteIndex) -> None:
    lines = [event(f"r{number % 3}", 1 + number // 3, "same", at=NOW + number * 1000) for number in range(30)]
    for room in ("r1", "r0", "r2"):
        await index.feed([one for one in lines if one.room == room])
    expected = [(one.room, one.seq) for one in reversed(lines)]
    assert await found(index, "same", dict.fromkeys(("r0", "r1", "r2"), 1), limit=30) == expected


async def test_feeding_again_changes_nothing(index: SqliteIndex) -> None:
    await feed_some(index)
    await feed_some(index)
    assert await index.cursors() == {"ra": 3, "rb": 2}
    assert len(await found(index, "apple*", BOTH)) == 4


@pytest.mark.parametrize("cut", range(1, 6))
async def test_edits_and_redactions_wherever_the_feeding_was_cut(tmp_path: Path, cut: int) -> None:
    log = [
        event("ra", 1, "first draft"),
        event("ra", 2, "unwanted words"),
        event("ra", 3, Edit(1, "second draft with https://example.org")),
        event("ra", 4, Redaction(2)),
        event("ra", 5, Edit(1, "final version")),
        event("ra", 6, "untouched"),
    ]
    index = await SqliteIndex.open(tmp_path / "search.db", EPOCH)
    await index.feed(log[:cut])
    await index.close()
    index = await SqliteIndex.open(tmp_path / "search.db", EPOCH)
    await index.feed(log[cut:])
    for query, expected in (
        ("draft", []),
        ("final", [("ra", 1)]),
        ("unwanted", []),
        ("has:link", []),
        ("untouched", [("ra", 6)]),
    ):
        assert await found(index, query, BOTH) == expected
    await index.close()


async def test_what_is_taken_out_is_in_no_file(index: SqliteIndex, tmp_path: Path) -> None:
    chance = random.Random(5)
    secrets = ["".join(chance.choices(string.ascii_lowercase, k=14)) for _ in range(300)]
    filling = ["".join(chance.choices("aeiou", k=5)) for _ in range(2_000)]
    for start in range(0, 3_000, 500):
        await index.feed([_line(seq, secrets, filling) for seq in range(start + 1, start + 501)])
    assert await index.feed([event("ra", 3_001 + n, Redaction(10 * n + 10)) for n in range(100)])
    await index.remove("ra", [10 * n + 10 for n in range(100, 200)])
    assert await index.feed([event("ra", 2_901 + n, Edit(10 * n + 10, "harmless")) for n in range(200, 300)])
    assert len(await found(index, "harmless", BOTH, limit=200)) == 100
    await index.purge()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"aeio" in files
    assert [secret for secret in secrets if secret.encode() in files] == []


def _line(seq: int, secrets: list[str], filling: list[str]) -> Event:
    text = f"{filling[seq * 7 % 2_000]} {filling[seq * 11 % 2_000]}"
    return event("ra", seq, f"{text} {secrets[seq // 10 - 1]}" if seq % 10 == 0 else text)


async def test_a_room_is_forgotten(index: SqliteIndex) -> None:
    await index.feed([event("ra", seq, "word") for seq in range(1, 451)])
    await index.feed([event("rb", 1, "word")])
    await index.forget("ra")
    assert await found(index, "word", BOTH) == [("rb", 1)]
    assert await index.cursors() == {"rb": 1}
    assert await index.oldest("ra") == []


async def test_an_index_of_another_history_or_a_broken_one_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    index = await SqliteIndex.open(path, EPOCH)
    await feed_some(index)
    await index.close()
    index = await SqliteIndex.open(path, EPOCH)
    assert await index.cursors() == {"ra": 3, "rb": 2}
    await index.close()
    index = await SqliteIndex.open(path, "another")
    assert await index.cursors() == {}
    await feed_some(index)
    await index.close()
    path.write_bytes(b"no database at all" * 1_000)
    index = await SqliteIndex.open(path, "another")
    assert await index.cursors() == {}
    assert path.stat().st_mode & 0o777 == 0o600
    await index.close()


@pytest.mark.parametrize("by", ["search", "writing"])
async def test_an_index_that_turns_out_to_be_broken_is_begun_anew(tmp_path: Path, by: str) -> None:
    path = tmp_path / "search.db"
    index = await SqliteIndex.open(path, EPOCH)
    await index.feed([event("ra", seq, f"word{seq}") for seq in range(1, 2_001)])
    await index.close()
    with path.open("r+b") as file:
        file.seek(30 * 4096)
        file.write(b"\xff" * 100 * 4096)
    index = await SqliteIndex.open(path, EPOCH)
    assert await index.cursors() == {"ra": 2_000}
    with pytest.raises(TryLater):
        await (found(index, "word*", BOTH) if by == "search" else index.remove("ra", range(1, 2_001)))
    assert await index.cursors() == {}
    await feed_some(index)
    for _ in range(10):  # whichever thread takes it
        assert set(await found(index, "ripe", BOTH)) == {("ra", 2)}
    await index.close()


async def test_events_with_a_gap_are_not_taken_in(index: SqliteIndex) -> None:
    await index.feed([event("ra", 1, "one")])
    with pytest.raises(TryLater):
        await index.feed([event("rb", 1, "other"), event("ra", 3, "three")])
    assert await index.cursors() == {"ra": 1}, "nothing of it was"
    await index.feed([event("rb", 1, "other"), event("ra", 2, "two")])
    assert await index.cursors() == {"ra": 2, "rb": 1}


async def test_a_search_that_takes_too_long_is_refused(index: SqliteIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    await feed_some(index)

    def endless(self: finder.Finder, ask: object) -> None:
        self.database.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        ).fetchall()

    monkeypatch.setattr("roomful.search.sqlite.index.LONGEST", 0.05)
    with monkeypatch.context() as patched:
        patched.setattr(finder.Finder, "_search", endless)
        with pytest.raises(BadQuery, match="rarer"):
            await found(index, "apples", BOTH)
    assert len(await found(index, "apples", BOTH)) == 3


async def test_searches_go_on_while_it_is_fed(index: SqliteIndex) -> None:
    async def feed() -> None:
        for seq in range(1, 2_001, 100):
            await index.feed([event("ra", n, f"word {n}") for n in range(seq, seq + 100)])

    feeding = asyncio.create_task(feed())
    counts = []
    while not feeding.done():
        counts.append(len(await found(index, "word", BOTH, limit=2_000)))
    await feeding
    assert counts == sorted(counts)
    assert all(count % 100 == 0 for count in counts[:3]), "a batch is there whole, or not yet"
    assert len(await found(index, "word 1999", BOTH)) == 1


async def test_a_disk_that_fails_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(TryLater):
        await SqliteIndex.open(tmp_path / "missing" / "search.db", EPOCH)


def test_sqlite_has_fts5() -> None:
    assert "ENABLE_FTS5" in apsw.compile_options


async def test_erased_messages_are_not_fed(index: SqliteIndex) -> None:
    await index.feed(
        [event("ra", 1, Message(redacted=0)), event("ra", 2, Edit(1, redacted=0)), event("ra", 3, "x", ALICE)]
    )
    assert await index.oldest("ra") == [3]
