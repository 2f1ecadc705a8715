"""A process that posts in a room in which others post: `python -m tests.store.rival DATABASE NICK COUNT`."""

import asyncio
import sys
from pathlib import Path

from roomful.domain.events import Sender
from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import said

ROOM = "r"


async def main(path: Path, nick: str, count: int) -> None:
    """Post `count` messages, each after the one before it, however often others are first."""
    store = await SqliteStore.open(path)
    sender, head, posted = Sender(nick, nick, "person"), 0, 0
    while posted < count:
        event = said(ROOM, head + 1, nonce=f"{nick}-{posted}", sender=sender)
        appended = await store.append([Change((event,))])
        if appended.late:
            head = appended.missed[ROOM][-1].seq
        else:
            head, posted = event.seq, posted + 1
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
