"""An index on the disk, and events to feed it with."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from roomful.domain.events import Body, Event, Message, Sender, encode_body
from roomful.search import Ask, Index, parse
from roomful.search.sqlite import SqliteIndex

EPOCH = "epoch-of-a-test"
NOW = 1_763_632_800_000  # ms
MINUTE = 60_000  # ms
ALICE = Sender("pa", "Alice", "person")
BOB = Sender("pb", "bob", "person")


def event(room: str, seq: int, body: Body | str, sender: Sender = ALICE, at: int | None = None) -> Event:
    """An event of a room, a minute after the one before it; of a text: a message."""
    body = Message(body) if isinstance(body, str) else body
    return Event(room, seq, NOW + seq * MINUTE if at is None else at, sender, "", encode_body(body))


async def found(index: Index, query: str, first: Mapping[str, int], **fields: object) -> list[tuple[str, int]]:
    """Which messages a query finds in these rooms, in order."""
    ask = Ask(parse(query, now=NOW), first, **fields)  # type: ignore[arg-type]
    return [(one.room, one.seq) for one in (await index.search(ask))[0]]


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[SqliteIndex]:
    index = await SqliteIndex.open(tmp_path / "search.db", EPOCH)
    yield index
    await index.close()
