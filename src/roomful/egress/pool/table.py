"""The rows of the pool: one SQLite file, which several processes may hold open. It has passwords in it, and is its owner's."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import apsw
import msgspec

from ..proxy import Proxy
from .record import Record

BUSY = 5_000  # ms
VERSION = 1  # of the table

_TABLE = """
    CREATE TABLE IF NOT EXISTS proxies (
        key     TEXT PRIMARY KEY,      -- USER@HOST:PORT
        record  BLOB NOT NULL,         -- JSON of a Record
        changed REAL NOT NULL          -- s since 1970 UTC
    ) STRICT, WITHOUT ROWID
"""
_PUT = """
    INSERT INTO proxies (key, record, changed) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET record = excluded.record, changed = excluded.changed
"""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class Table:
    """A connection. Its methods block, and raise apsw.Error."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._database = apsw.Connection(str(path))
        self._database.set_busy_timeout(BUSY)
        self._database.pragma("journal_mode", "WAL")
        self._database.pragma("synchronous", "NORMAL")  # what a loss of power takes is checked anew
        with self._database:
            self._database.execute(_TABLE)
        self._database.pragma("user_version", VERSION)

    def all(self) -> list[Record]:
        """Every proxy. A row that cannot be read is none: it is written anew by the next check."""
        found = []
        for (record,) in self._database.execute("SELECT record FROM proxies ORDER BY key"):
            try:
                found.append(_decode(record))
            except msgspec.MsgspecError:
                continue
        return found

    def put(self, records: Iterable[Record]) -> None:
        """Keep these, as they are now."""
        rows = [(one.key, _encode(one), one.at) for one in records]
        with self._database:
            self._database.executemany(_PUT, rows)

    def drop(self, proxies: Sequence[Proxy]) -> None:
        """Forget these."""
        with self._database:
            self._database.executemany("DELETE FROM proxies WHERE key = ?", [(one.key,) for one in proxies])

    def close(self) -> None:
        """Close it."""
        self._database.close()
