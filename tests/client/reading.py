"""Reading what a client gives out."""

import asyncio
from typing import TypeVar

from roomful.client import Client, Item, Signalled, Told
from roomful.domain.events import Message

T = TypeVar("T")
PATIENCE = 10.0  # s: a safety net, not a measure


async def next_of(client: Client, kind: type[T]) -> T:
    """The next item of this type; others before it are dropped."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            if isinstance(item, kind):
                return item
    raise AssertionError(f"the events ended without {kind.__name__}")


async def texts(client: Client, count: int, room: str | None = None) -> list[str]:
    """The texts of the next messages, of one room if named. Their numbers must have no gap, and none may repeat."""
    found: list[str] = []
    last: dict[str, int] = {}
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            told = await next_of(client, Told)
            assert told.seq == last.get(told.room, told.seq - 1) + 1
            last[told.room] = told.seq
            if isinstance(told.body, Message) and room in (None, told.room):
                found.append(told.body.text)
    return found


async def until(client: Client, kind: type[Item]) -> list[Item]:
    """All items up to the next one of this type."""
    found: list[Item] = []
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            found.append(item)
            if isinstance(item, kind):
                return found
    raise AssertionError(f"the events ended without {kind.__name__}")


async def statuses(client: Client) -> list[Item]:
    """All items to the end but events and signals."""
    async with asyncio.timeout(PATIENCE):
        return [item async for item in client.events() if not isinstance(item, Told | Signalled)]
