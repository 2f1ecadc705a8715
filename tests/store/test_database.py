"""Making, opening and migrating a database; what is deleted is gone."""

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any

import apsw
import pytest

from roomful.errors import StoreUnavailable
from roomful.store import Change, DropMember, PutMember, SetTopic
from roomful.store.sqlite import SqliteStore
from roomful.store.sqlite.database import SCHEMA, connect, known_version, migrate
from tests.conformance.changes import begin, posts

from .conftest import Open


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """A folder with this release's migrations, and one that follows them."""
    folder = tmp_path / "schema"
    shutil.copytree(SCHEMA, folder)
    following = f"{known_version() + 1:04}_next.sql"
    (folder / following).write_text("CREATE TABLE shelves (books TEXT); INSERT INTO shelves VALUES ('one');")
    return folder


def rows(database: apsw.Connection, sql: str) -> list[Any]:
    return database.execute(sql).fetchall()


def test_migrations_are_applied_once_in_order(path: Path, schema: Path) -> None:
    path.touch()
    database = connect(path, None)
    migrate(database)
    epoch = rows(database, "SELECT value FROM meta WHERE key = 'epoch'")
    for _ in range(2):
        migrate(database, schema)
        assert database.pragma("user_version") == known_version() + 1
        assert rows(database, "SELECT books FROM shelves") == [("one",)]
    assert rows(database, "SELECT value FROM meta WHERE key = 'epoch'") == epoch, "the history goes on"
    database.close()


def test_a_migration_that_fails_is_undone(path: Path, schema: Path) -> None:
    path.touch()
    database = connect(path, None)
    migrate(database)
    failing = schema / f"{known_version() + 2:04}_failing.sql"
    failing.write_text("INSERT INTO shelves VALUES ('two'); DROP TABLE nothing;")
    with pytest.raises(apsw.SQLError):
        migrate(database, schema)
    assert database.pragma("user_version") == known_version()
    assert rows(database, "SELECT name FROM sqlite_schema WHERE name = 'shelves'") == []
    failing.unlink()
    migrate(database, schema)
    database.close()


async def test_a_database_of_a_newer_release_is_refused(store: SqliteStore, path: Path) -> None:
    await store.close()
    with apsw.Connection(str(path)) as database:
        database.pragma("user_version", 999)
    database.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match=r"newer release .*999.*upgrade"):
        await SqliteStore.open(path)
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    content = b"this is no database, " * 200
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await SqliteStore.open(path)
    assert path.read_bytes() == content


async def test_a_path_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no such folder" / "roomful.db"):
        with pytest.raises(StoreUnavailable):
            await SqliteStore.open(path)


async def test_nobody_else_may_read_it(store: SqliteStore, path: Path) -> None:
    await store.append(begin("r"))
    modes = {file.name.removeprefix(path.name): file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"": 0o600, "-wal": 0o600, "-shm": 0o600}, "the key of all resume proofs is in it"


async def test_two_databases_have_different_epochs_and_secrets(open_sqlite: Open, tmp_path: Path) -> None:
    one, two = await open_sqlite(), await open_sqlite(tmp_path / "another.db")
    for key in ("epoch", "secret"):
        assert await one.meta(key) != await two.meta(key)


async def test_a_log_is_one_file_once_the_store_is_closed(store: SqliteStore, path: Path) -> None:
    await store.append([*begin("r"), *posts("r", 1, 100)])
    assert path.with_name(path.name + "-wal").exists()
    await store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_what_is_deleted_leaves_no_bytes_behind(store: SqliteStore, path: Path) -> None:
    await store.append(
        [*begin("r"), Change((), (PutMember("r", "p-delete-me", "member"), SetTopic("r", "secret-topic")))]
    )
    await store.append([Change((), (DropMember("r", "p-delete-me"), SetTopic("r", "")))])
    await store.close()
    content = path.read_bytes()
    assert b"#r" in content
    assert b"p-delete-me" not in content
    assert b"secret-topic" not in content


async def test_closing_does_not_wait_for_a_write_that_hangs(path: Path) -> None:
    store = await SqliteStore.open(path)
    with contextlib.closing(connect(path, None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        write = asyncio.create_task(store.append(begin("r")))
        await store.ping()
        async with asyncio.timeout(4):  # the write waits for the lock for 5 s
            await store.close()
        rival.execute("ROLLBACK")
    await asyncio.gather(write, return_exceptions=True)
    fresh = await SqliteStore.open(path)
    await fresh.ping()
    await fresh.close()
