"""However many verdicts, memories and files there are, what is asked of them and deleted of them is found by an index."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from roomful.store import Attach, DropAccount, DropWaiting, PutMemory, PutVerdict, Swept
from roomful.store.sqlite import accounts, bots, dropping, files, room_reader
from roomful.store.sqlite.database import connect, migrate
from tests.conformance.store_bots import note, told

Work = Callable[[apsw.Connection], object]


def _drop(database: apsw.Connection) -> None:
    accounts.PUT[DropAccount](database, DropAccount("b"))


def _summary(database: apsw.Connection) -> None:
    bots.PUT_IN_ROOM[PutMemory](database, 1, note("m", 3, kind="summary"))


def _told(database: apsw.Connection) -> None:
    for line in (1, 2):
        bots.PUT_IN_ROOM[PutVerdict](database, 1, told(line, line))
    assert len(bots.told(database, "r", 1, 9, 50)[0]) == 1


WORK: dict[str, Work] = {
    "verdicts on a line": lambda db: bots.verdicts(db, "r", 5, 50),
    "the newest verdicts": lambda db: bots.verdicts(db, "r", None, 50),
    "what people were told": _told,
    "what was done to messages": lambda db: room_reader.changes(db, "r", [1, 2], 0, 50),
    "what was used": lambda db: bots.used(db, None, 0),
    "what was used in some rooms": lambda db: bots.used(db, ["r"], 0),
    "memories of a room": lambda db: bots.memories(db, "r", "", 50),
    "memories of a bot": lambda db: bots.memories(db, "r", "b", 50),
    "a memory": lambda db: bots.memory(db, "r", "m"),
    "values": lambda db: bots.kept(db, "b", "k", "", 50),
    "a redaction": lambda db: bots.forget_lines(db, 1, (2, 3)),
    "a summary": _summary,
    "an account that is deleted": _drop,
    "pruning": lambda db: bots.prune(db, 10**13),
    "erasing a deleted room": dropping.erase,
    "files by their ids": lambda db: files.files(db, ["f"]),
    "whether a file is free": lambda db: files.taken(db, Attach("r", "f", "p", 1)),
    "what somebody uploads": lambda db: files.uploaded(db, "p", 0),
    "what refers to bytes": lambda db: files.referred(db, [b"d"]),
    "files of a line": lambda db: files.drop_of_line(db, 1, 1),
    "files of no line": lambda db: files.PUT[DropWaiting](db, DropWaiting(1)),
    "what is swept": lambda db: files.PUT[Swept](db, Swept((b"d",))),
}


@pytest.mark.parametrize("what", WORK)
def test_nothing_is_looked_through(path: Path, what: str) -> None:
    path.touch()
    with closing(connect(path, None)) as database:
        migrate(database)
        database.execute(
            "INSERT INTO rooms (no, id, key, name, kind, created) VALUES (1, 'r', '#r', '#r', 'public', 0)"
        )
        database.execute("INSERT INTO dropped (no) VALUES (2)")
        asked = []

        def note_down(cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
            asked.append((sql, bindings))
            return True

        database.exec_trace = note_down
        WORK[what](database)
        database.exec_trace = None
        plans = [line for sql, bindings in asked for line in _plan(database, sql, bindings)]
    assert plans, "it asks the database"
    tables = ("verdicts", "relations", "memories", "places", "kept", "files", "loose")
    assert [line for line in plans if line.startswith(tuple(f"SCAN {table}" for table in tables))] == []
    if what.startswith("what was used"):
        assert any("COVERING INDEX verdicts_used" in line for line in plans)
        assert not any("TEMP B-TREE" in line for line in plans), "a hundred thousand rows are not sorted"


def _plan(database: apsw.Connection, sql: str, bindings: object) -> list[str]:
    if not sql.lstrip().startswith(("SELECT", "WITH", "DELETE")):
        return []
    return [str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]  # type: ignore[arg-type]
