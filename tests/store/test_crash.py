"""kill -9 in mid-append: what was promised is there, once, in order, whole."""

import random
import subprocess
import sys
from pathlib import Path

from tests.conformance.changes import ALICE, begin

from .appender import ROOMS
from .conftest import Open

ROUNDS = 5


def killed_while_appending(path: Path, lines: int) -> int:
    """Let another process append, and kill it when it has said so many lines. Returns the number it promised last."""
    command = [sys.executable, "-m", "tests.store.appender", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        promised = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        promised += child.stdout.read().splitlines(keepends=True)
    return int([line for line in promised if line.endswith("\n")][-1])


async def test_what_was_promised_survives_kill_9(open_sqlite: Open, path: Path) -> None:
    store = await open_sqlite()
    await store.append(begin(*ROOMS))
    await store.close()
    dice = random.Random(9)
    for _ in range(ROUNDS):
        promised = killed_while_appending(path, lines=dice.randint(1, 60))
        store = await open_sqlite()
        heads = await store.heads(ROOMS)
        assert heads["a"] == heads["b"] >= promised, "a change is in both rooms or in none"
        for room in ROOMS:
            log = await store.read(room, limit=10**6, max_bytes=10**9)
            assert [event.nonce for event in log] == [f"n{n}" for n in range(1, heads[room] + 1)]
            for seq in (1, promised, heads[room]):
                assert await store.receipt(ALICE.id, room, f"n{seq}") == seq
            assert await store.receipt(ALICE.id, room, f"n{heads[room] + 1}") is None
        await store.close()
