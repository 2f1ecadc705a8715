"""Copies of a database: consistent while others write, private, whole or not there; and one that takes a database's place."""

import asyncio
import contextlib
import os
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from roomful.keeping import copies as keeping
from roomful.keeping.failures import KeepingError
from roomful.store.sqlite import SqliteStore, copies
from roomful.store.sqlite.database import known_version
from tests.conformance.changes import begin, made, posts, seqs

NOW = 1_795_255_200.0


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "roomful.db"


@pytest.fixture
async def store(database: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(database)
    await made(store, *begin("r"), *posts("r", 1, 1000, text="x" * 400))
    yield store
    await store.close()


def back_up(database: Path, file: Path, *, force: bool = False) -> None:
    keeping.back_up(copies.copy, database, file, force=force, progress=lambda done, of: None)


def bring_back(file: Path, database: Path, *, force: bool = False) -> Path | None:
    return keeping.bring_back(copies.restore, file, database, force=force, now=NOW)


def asked(path: Path, sql: str) -> Any:
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        return connection.execute(sql).get


async def test_a_copy_is_one_private_file_that_is_sound(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    await asyncio.to_thread(back_up, database, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copy.db"]
    assert asked(file, "SELECT count(*) FROM events") == 1000
    assert asked(file, "PRAGMA integrity_check") == "ok"


async def test_what_is_written_meanwhile_does_not_begin_it_anew(
    store: SqliteStore, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "STEP", 10)
    loop = asyncio.get_running_loop()
    reports: list[int] = []
    written = 1000

    def progress(done: int, of: int) -> None:
        nonlocal written
        reports.append(done)
        asyncio.run_coroutine_threadsafe(made(store, *posts("r", written + 1, written + 1)), loop).result()
        written += 1

    file = tmp_path / "copy.db"
    await asyncio.to_thread(copies.copy, database, file, progress)
    assert len(reports) > 5
    assert reports == sorted(set(reports)), "each step copies pages that were not copied before"
    assert asked(file, "SELECT count(*) FROM events") == 1000, "as it was when the copy began"
    assert await seqs(store, "r")


async def test_a_file_is_overwritten_only_when_told(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("mine")
    with pytest.raises(KeepingError, match="--force"):
        await asyncio.to_thread(back_up, database, file)
    assert file.read_text() == "mine"
    await asyncio.to_thread(lambda: back_up(database, file, force=True))
    assert asked(file, "SELECT count(*) FROM events") == 1000
    assert file.stat().st_mode & 0o777 == 0o600


async def test_the_database_is_not_copied_over_itself(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "link.db"
    other.hardlink_to(database)
    for file in (database, other, tmp_path):
        with pytest.raises(KeepingError):
            back_up(database, file, force=True)
    assert await seqs(store, "r")


def test_without_a_database_there_is_no_copy(database: Path, tmp_path: Path) -> None:
    with pytest.raises(KeepingError, match="no database"):
        back_up(database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_a_restored_copy_is_another_history_with_the_same_lines(
    store: SqliteStore, database: Path, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "copy.db", tmp_path / "elsewhere" / "roomful.db"
    await asyncio.to_thread(back_up, database, file)
    before = file.read_bytes()
    assert await asyncio.to_thread(bring_back, file, elsewhere) is None
    restored = await SqliteStore.open(elsewhere)
    assert await restored.read("r", limit=1000, max_bytes=10**9) == await store.read("r", limit=1000, max_bytes=10**9)
    assert await restored.meta("epoch") != await store.meta("epoch")
    assert await restored.meta("secret") == await store.meta("secret"), "who was logged in stays logged in"
    await restored.close()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == before, "it can be restored again"


async def test_what_stood_there_is_kept(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    await asyncio.to_thread(back_up, database, file)
    await made(store, *posts("r", 1001, 1001, text="said after the backup"))
    await store.close()
    (database.parent / "search.db").write_text("made from the log that is not there any more")
    with pytest.raises(KeepingError, match="--force"):
        bring_back(file, database)
    kept = [bring_back(file, database, force=True) for _ in range(2)]
    assert len(set(kept)) == 2
    assert kept[0] is not None
    assert kept[0].name == "roomful.db.before-restore-20261121-100000"
    assert asked(kept[0], "SELECT count(*) FROM events") == 1001
    assert asked(database, "SELECT count(*) FROM events") == 1000
    assert sorted(path.name for path in database.parent.iterdir()) == sorted(
        [database.name, *(path.name for path in kept if path)]
    )


async def test_a_damaged_database_can_be_replaced(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    await asyncio.to_thread(back_up, database, file)
    await store.close()
    database.write_bytes(b"gone" * 4000)
    database.with_name("roomful.db-wal").write_bytes(b"of the damaged one")
    kept = await asyncio.to_thread(lambda: bring_back(file, database, force=True))
    assert kept is not None
    assert kept.read_bytes() == b"gone" * 4000
    assert not database.with_name("roomful.db-wal").exists()
    fresh = await SqliteStore.open(database)
    assert len(await seqs(fresh, "r")) > 100
    await fresh.close()


@pytest.mark.parametrize("content", [b"", b"no database at all " * 300, "another's"])
async def test_what_is_no_backup_changes_nothing(
    store: SqliteStore, database: Path, tmp_path: Path, content: bytes | str
) -> None:
    await store.close()
    file = tmp_path / "copy.db"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with contextlib.closing(apsw.Connection(str(file))) as other:
            other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
            other.pragma("user_version", known_version())
    before = database.read_bytes()
    with pytest.raises(KeepingError):
        await asyncio.to_thread(lambda: bring_back(file, database, force=True))
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == ["roomful.db"]


async def test_a_damaged_backup_is_refused(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    await asyncio.to_thread(back_up, database, file)
    data = bytearray(file.read_bytes())
    data[4096 * 20 : 4096 * 24] = os.urandom(4096 * 4)
    file.write_bytes(data)
    with pytest.raises(KeepingError, match=r"damaged|malformed"):
        await asyncio.to_thread(bring_back, file, tmp_path / "elsewhere" / "roomful.db")
    assert not list((tmp_path / "elsewhere").iterdir())


async def test_a_full_disk_leaves_no_half_a_copy(store: SqliteStore, database: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(KeepingError):
            back_up(database, tmp_path / "copy.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
