"""A process that appends until it is killed, and says what it was promised: `python -m tests.store.appender DATABASE`.

Each change posts in both rooms. A line `N` is printed once the batches up to number N of the rooms are recorded.
"""

import asyncio
import sys
from pathlib import Path

from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import said

ROOMS = ("a", "b")


async def main(path: Path) -> None:
    """Append batches of 1 to 40 changes to what is there."""
    store = await SqliteStore.open(path)
    head = (await store.heads(ROOMS))["a"]
    while True:
        size = head % 40 + 1
        numbers = range(head + 1, head + size + 1)
        changes = [Change(tuple(said(room, n, nonce=f"n{n}") for room in ROOMS)) for n in numbers]
        assert not (await store.append(changes)).late
        head += size
        sys.stdout.write(f"{head}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
