"""A database as the release with schema 0002 wrote it: its SQL and its rows, word for word. Nothing of today's code is used."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from roomful.store.sqlite.database import SCHEMA

from .released_0001 import FAR, SECRET, T

EPOCH = "epoch-of-0002"
TOKEN = "rt_" + "tea-at-five" * 3 + "0123456789"  # of Alice's device
DAY = 86_400_000  # ms

# room, seq, at, sender, nick, kind, nonce, body
EVENTS = [
    (1, 1, T, "palice", "Alice", "person", "", b'{"type":"join","role":"owner"}'),
    (1, 2, T + 1, "palice", "Alice", "person", "a-1", b'{"type":"message","text":"first"}'),
    (1, 3, T + 2, "pbob", "bob", "guest", "", b'{"type":"join","role":"guest"}'),
    (1, 4, T + 3, "pbob", "bob", "guest", "b-1", b'{"type":"message","redacted":6}'),
    (1, 5, T + 4, "palice", "Alice", "person", "a-2", b'{"type":"edit","target":2,"text":"first, edited"}'),
    (1, 6, T + 5, "palice", "Alice", "person", "a-3", b'{"type":"redaction","target":4}'),
    (1, 7, T + 6, "pbob", "bob", "guest", "b-2", b'{"type":"message","text":"in a thread","thread":2}'),
    (1, 8, T + 6, "palice", "Alice", "person", "a-4", b'{"type":"pin","target":2}'),
    (1, 9, T + 6, "palice", "Alice", "person", "a-5", b'{"type":"ban","mask":"spam*"}'),
    (2, 1, T + 7, "palice", "Alice", "person", "", b'{"type":"join"}'),
    (3, 1, T + 8, "pbob", "bob", "guest", "b-3", b'{"type":"message","text":"of a deleted room"}'),
]
ROOM_IDS = {1: "rtea", 2: "rdirect"}

ROWS: dict[str, list[tuple[object, ...]]] = {
    "meta (key, value)": [("epoch", EPOCH), ("secret", SECRET)],
    "rooms (no, id, key, name, kind, topic, created, settings)": [
        (1, "rtea", "#tea", "#Tea", "private", "green", T, '{"description":"for tea","retention":30}'),
        (2, "rdirect", "palice pbob", "palice pbob", "direct", "", T, "{}"),
    ],
    "members (room, participant, role, since)": [
        (1, "palice", "owner", 1),
        (1, "pbob", "guest", 3),
        (2, "palice", "member", 1),
    ],
    "participants (id, nick, folded, kind, until, seen, skeleton)": [
        ("palice", "Alice", "alice", "person", 253_402_300_799_000, T, "alice"),
        ("pbob", "bob", "bob", "guest", FAR, T, None),
    ],
    "old_names (key, room)": [("#coffee", 1)],
    "dropped (no)": [(3,)],
    "sanctions (room, seq, what, by_id, by_nick, by_kind, until, reason, participant, nick, mask, address, covers)": [
        (1, 9, "ban", "palice", "Alice", "person", FAR, "", "", "", "spam*", "", ""),
    ],
    "room_invites (room, participant)": [(1, "pcarol")],
    "relations (room, target, what, seq)": [
        (1, 2, "edit", 5),
        (1, 4, "redaction", 6),
        (1, 2, "thread", 7),
        (1, 2, "pin", 8),
    ],
    "mentions (participant, room, seq, sender)": [("palice", 1, 7, "pbob")],
    "markers (participant, room, thread, seq)": [("palice", 1, 0, 3), ("palice", 1, 2, 0)],
    "acts (room, seq)": [(1, 6), (1, 9)],
    "accounts (id, name, folded, skeleton, kind, hash, owner, disabled, created)": [
        ("palice", "Alice", "alice", "alice", "person", "", 1, 0, T),
    ],
    "tokens (id, account, name, hash, created, seen, until, lasts, address)": [
        ("d1", "palice", "laptop", hashlib.sha256(TOKEN.encode()).digest(), T, T, T + 90 * DAY, 90 * DAY, "192.0.2.1"),
    ],
    "codes (hash, created, until, uses, account, owner)": [(b"\1" * 32, T, FAR, 2, "", 0)],
}


def write(path: Path) -> None:
    """Write the database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        for script in ("0001_core.sql", "0002_accounts_and_rooms.sql"):
            database.executescript((SCHEMA / script).read_text("utf-8"))
        for columns, rows in ROWS.items():
            places = ", ".join("?" * (columns.count(",") + 1))
            database.executemany(f"INSERT INTO {columns} VALUES ({places})", rows)
        database.executemany(
            "INSERT INTO events (key, at, sender, nick, kind, nonce, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(room << 32 | seq, *rest) for room, seq, *rest in EVENTS],
        )
        database.execute("PRAGMA user_version = 2")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.chmod(0o600)
