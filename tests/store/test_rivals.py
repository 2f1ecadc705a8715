"""Several processes over one database."""

import asyncio
import sys
from pathlib import Path

from tests.conformance.changes import begin

from .conftest import Open
from .rival import ROOM

EACH = 100


async def test_processes_that_write_at_once_agree_on_one_log(open_sqlite: Open, path: Path) -> None:
    store = await open_sqlite()
    await store.append(begin(ROOM))
    nicks = ("ann", "ben")
    async with asyncio.timeout(30):
        rivals = [
            await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.store.rival", str(path), nick, str(EACH))
            for nick in nicks
        ]
        assert [await rival.wait() for rival in rivals] == [0, 0]
    log = await store.read(ROOM)
    assert [event.seq for event in log] == list(range(1, 2 * EACH + 1))
    for nick in nicks:
        assert [e.nonce for e in log if e.sender.id == nick] == [f"{nick}-{n}" for n in range(EACH)]
        assert await store.receipt(nick, ROOM, f"{nick}-0") is not None
