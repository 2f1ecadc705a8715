"""A database as the release with schema 0001 wrote it: its SQL and its rows, word for word. Nothing of today's code is used."""

import base64
import hmac
import sqlite3
import struct
import time
from contextlib import closing
from pathlib import Path
from zlib import crc32

from roomful.store.sqlite.database import SCHEMA

SECRET = "5e" * 32
EPOCH = "epoch-of-0001"
T = int(time.time() * 1000) - 3_600_000  # ms: an hour ago, so that nothing of it has ended
FAR = 4_102_444_800_000  # ms, the year 2100: claims of guests who are here

MESSAGE = b'{"type":"message","text":"%b"}'
JOINED = b'{"type":"join","role":"owner"}', b'{"type":"join"}'

# room, seq, at, sender, nick, kind, nonce, body
EVENTS = [
    (1, 1, T, "palice", "Alice", "person", "", JOINED[0]),
    (1, 2, T + 1, "palice", "Alice", "person", "a-1", MESSAGE % b"first"),
    (1, 3, T + 2, "pbob", "bob", "person", "", JOINED[1]),
    (
        1,
        4,
        T + 3,
        "pbob",
        "bob",
        "person",
        "b-1",
        b'{"type":"message","text":"hi @Alice","reply_to":2,"mentions":["palice"]}',
    ),
    (1, 5, T + 4, "palice", "Alice", "person", "a-2", b'{"type":"topic","text":"tea"}'),
    (1, 6, T + 5, "pbob", "bob", "person", "", b'{"type":"nick","nick":"Bobby"}'),
    (1, 7, T + 6, "pbob", "Bobby", "person", "b-2", b'{"type":"message","text":"waves","style":"action"}'),
    (2, 1, T + 7, "pbob", "Bobby", "person", "", JOINED[1]),
    (2, 2, T + 7, "palice", "Alice", "person", "", JOINED[1]),
    (2, 3, T + 8, "palice", "Alice", "person", "a-3", MESSAGE % b"between us"),
    (3, 1, T + 9, "pcarol", "carol", "person", "", JOINED[0]),
    (3, 2, T + 10, "pcarol", "carol", "person", "", b'{"type":"leave","reason":"bye"}'),
]
ROOM_IDS = {1: "rlobby", 2: "rdirect", 3: "rempty"}


def write(path: Path) -> None:
    """Write the database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript((SCHEMA / "0001_core.sql").read_text("utf-8"))
        database.executemany("INSERT INTO meta VALUES (?, ?)", [("epoch", EPOCH), ("secret", SECRET)])
        database.executemany(
            "INSERT INTO rooms (no, id, key, name, kind, topic, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (1, "rlobby", "#lobby", "#Lobby", "public", "tea", T),
                (2, "rdirect", "palice pbob", "palice pbob", "direct", "", T),
                (3, "rempty", "#empty", "#empty", "public", "", T),
            ],
        )
        database.executemany(
            "INSERT INTO events (key, at, sender, nick, kind, nonce, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(room << 32 | seq, *rest) for room, seq, *rest in EVENTS],
        )
        database.executemany(
            "INSERT INTO members (room, participant, role) VALUES (?, ?, ?)",
            [(1, "palice", "owner"), (1, "pbob", "member"), (2, "palice", "member"), (2, "pbob", "member")],
        )
        database.executemany(
            "INSERT INTO participants (id, nick, folded, kind, until) VALUES (?, ?, ?, ?, ?)",
            [
                ("palice", "Alice", "alice", "person", FAR),
                ("pbob", "Bobby", "bobby", "person", FAR),
                ("pcarol", "carol", None, "person", 0),
            ],
        )
        database.execute("INSERT INTO receipts (batch, at, entries) VALUES (1, ?, ?)", (T + 10, _receipts()))
        database.execute("PRAGMA user_version = 1")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.chmod(0o600)


def _receipts() -> bytes:
    return b"".join(
        struct.pack("<Iq", crc32(f"{sender}\0{ROOM_IDS[room]}\0{nonce}".encode()), room << 32 | seq)
        for room, seq, _, sender, _, _, nonce, _ in EVENTS
        if nonce
    )


def resume(id: str) -> str:
    """What that release gave a client to come back with as this participant."""
    claim = f"{id}.{base64.urlsafe_b64encode(b'nine byte').decode()}"
    mac = hmac.digest(bytes.fromhex(SECRET), claim.encode(), "sha256")[:16]
    return f"{claim}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
