"""A log to start from: events written through the store's own `append` into the rooms that the generator uses.

Making a million takes about half a minute, so the database is kept; it is made anew when the schema or this file changes.

    python -m bench.driver.seed 1000000
"""

import asyncio
import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import roomful.store
from bench.driver.results import FOLDER
from roomful.domain.events import Event, Message, Sender, encode_body
from roomful.domain.names import parse_nick, parse_room
from roomful.store import Change, Claim, NewRoom
from roomful.store.sqlite import SqliteStore

ROOMS = 250  # #r0 to #r249
BATCH = 1000  # events in a transaction
DAY = 86_400_000  # ms
SPEAKER = Sender("pseeder", "seeder", "person")
SCHEMA = Path(roomful.store.__file__).parent / "schema"


def seeded(folder: Path, count: int) -> Path:
    """The database with `count` events; made if it is not there."""
    path = folder / f"log-{count}-{_digest()}.db"
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        asyncio.run(_write(new, count))
        new.rename(path)  # whole, or not there
    return path


def _digest() -> str:
    files = [Path(__file__), *sorted(SCHEMA.glob("*.sql"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


async def _write(path: Path, count: int) -> None:
    store = await SqliteStore.open(path)
    try:
        now = time.time_ns() // 1_000_000
        for changes in _changes(count, now):
            late = (await store.append(changes)).late
            assert not late, late
    finally:
        await store.close()


def _changes(count: int, now: int) -> Iterator[list[Change]]:
    """The rooms, then events in turn for each of them, spread over the day before `now` (ms)."""
    names = [parse_room(f"#r{number}") for number in range(ROOMS)]
    speaker = Claim(SPEAKER.id, SPEAKER.nick, parse_nick(SPEAKER.nick).folded, SPEAKER.kind, now, now + DAY)
    rooms = [NewRoom(f"rseed{i}", name.folded, name.text, "public", now - DAY) for i, name in enumerate(names)]
    yield [Change(rows=(speaker, *rooms))]
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        yield [Change((_event(rooms[n % ROOMS].id, n, now - DAY + n * DAY // count),)) for n in numbers]


def _event(room: str, number: int, at: int) -> Event:
    text = f"line {number} of a log that was there before the benchmark began, as long as its own messages are ".ljust(
        100, "."
    )
    return Event(room, number // ROOMS + 1, at, SPEAKER, f"seed-{number}", encode_body(Message(text)))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    print(seeded(FOLDER, int(sys.argv[1])))
