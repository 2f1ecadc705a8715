"""Measure the search: a log of a million messages is indexed, then several askers search at once while more is said.

python -m bench.search                       a million messages
python -m bench.search --messages 100000
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from bench.driver.corpus import ROOMS, Corpus
from bench.driver.results import FOLDER
from roomful.domain.events import Event, Message, encode_body
from roomful.hub.indexing import Indexer
from roomful.log import Log, to_stderr
from roomful.search import Scope
from roomful.search.sqlite import SqliteIndex
from roomful.store import Change, NewRoom
from roomful.store.sqlite import SqliteStore

ASKERS = 2  # who ask without a pause; meanwhile the index is written
BATCH = 1_000
EACH = 200  # questions of each kind
SAID_PER_S = 50  # meanwhile
TARGET = 50.0  # ms


class World(Struct):
    """What is measured."""

    store: SqliteStore
    indexer: Indexer
    corpus: Corpus
    heads: dict[str, int]


def main() -> int:
    """The command. Returns the exit code: 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        return asyncio.run(_measure(Path(folder), parser.parse_args().messages))


async def _measure(folder: Path, count: int) -> int:
    corpus = Corpus()
    store = await SqliteStore.open(folder / "roomful.db")
    heads, size = await _write(store, corpus, count)
    index = await SqliteIndex.open(folder / "search.db", "bench")
    indexer = Indexer(store, index, Log(to_stderr), clock=_now, monotonic=time.monotonic)
    world = World(store, indexer, corpus, heads)
    began, cpu = time.perf_counter(), time.process_time()
    indexer.start()
    indexer.news({})
    await indexer.level()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    await index.purge()
    file = (folder / "search.db").stat().st_size
    print(
        f"indexed {count:,} messages of {size / count:.0f} bytes: {count / took:,.0f}/s, {cpu / count * 1e6:.1f} µs CPU each"
    )
    print(f"search.db: {file / count:.0f} bytes a message; roomful.db: {_size(folder / 'roomful.db') / count:.0f}")
    slowest = await _ask_all(world)
    await indexer.close()
    await store.close()
    print(f"p99 of all: {slowest:.1f} ms; target: {TARGET:g} ms")
    return int(slowest > TARGET)


async def _write(store: SqliteStore, corpus: Corpus, count: int) -> tuple[dict[str, int], int]:
    """The log. Returns the rooms' heads and the bytes of all texts."""
    now, size = _now(), 0
    await store.append([Change(rows=[NewRoom(f"r{n}", f"#r{n}", f"#r{n}", "public", now) for n in range(ROOMS)])])
    heads: dict[str, int] = {}
    batch: list[Change] = []
    for number, event in enumerate(corpus.events(count, now), 1):
        heads[event.room] = event.seq
        size += len(event.data)
        batch.append(Change([event]))
        if len(batch) == BATCH or number == count:
            assert not (await store.append(batch)).late
            batch.clear()
    return heads, size


def _kinds(corpus: Corpus) -> dict[str, Callable[[random.Random], str]]:
    """By kind: how to make one such query."""
    words, han = corpus.words, corpus.han

    def common(r: random.Random) -> str:
        return r.choice(words[:20])

    return {
        "common word": common,
        "rare word": lambda r: r.choice(words[5_000:]),
        "two words": lambda r: f"{common(r)} {r.choice(words[20:2_000])}",
        "phrase": lambda r: f'"{common(r)} {r.choice(words[:300])}"',
        "prefix": lambda r: r.choice([word for word in words[:5_000] if len(word) > 4])[: r.choice((3, 4))] + "*",
        "not": lambda r: f"{common(r)} -{common(r)}",
        "from:": lambda r: f"from:speaker{r.randrange(2_000)} {common(r)}",
        "room:": lambda r: f"room:#r{r.randrange(ROOMS)} {common(r)}",
        "before:": lambda r: (
            f"{common(r)} before:{time.strftime('%Y-%m-%d', time.gmtime(time.time() - r.randrange(300) * 86_400))}"
        ),
        "has:link": lambda r: f"has:link {common(r)}",
        "CJK": lambda r: "".join(r.choices(han[:200], k=2)),
        "no hit": lambda r: f"{common(r)} nothingofthekind",
    }


async def _ask_all(world: World) -> float:
    """Ask everything, several at once. Returns the p99 of all, ms."""
    everywhere = Scope(dict.fromkeys(world.heads, 1), {f"#{room}": room for room in world.heads})
    some = list(world.heads)[20:60]
    partly = Scope({room: 1 + n % 3 * 500 for n, room in enumerate(some)}, {f"#{room}": room for room in world.heads})
    scopes = {"all rooms": everywhere, "40 rooms, some from late on": partly}
    speaking = asyncio.create_task(_speak(world))
    every: list[float] = []
    for name, scope in scopes.items():
        print(f"{name + ', ms':32}{'p50':>8}{'p99':>8}{'max':>8}{'found':>8}")
        for kind, make in _kinds(world.corpus).items():
            took, found = await _ask(world.indexer, make, scope, narrow=kind == "room:" and scope is partly)
            every += took
            print(f"  {kind:30}{_at(took, 0.5):8.1f}{_at(took, 0.99):8.1f}{took[-1]:8.1f}{found:8.0%}")
    speaking.cancel()
    return _at(sorted(every), 0.99)


async def _ask(
    indexer: Indexer, make: Callable[[random.Random], str], scope: Scope, *, narrow: bool
) -> tuple[list[float], float]:
    took: list[float] = []
    found = 0

    async def ask(seed: int) -> None:
        nonlocal found
        chance = random.Random(seed)
        for _ in range(EACH // ASKERS):
            query = make(chance)
            if narrow:
                query = f"room:#{chance.choice(list(scope.first))} {query.partition(' ')[2]}"
            began = time.perf_counter()
            hits = await indexer.search(query, scope)
            took.append((time.perf_counter() - began) * 1000)
            found += bool(hits.hits)

    await asyncio.gather(*map(ask, range(ASKERS)))
    return sorted(took), found / len(took)


async def _speak(world: World) -> None:
    """Go on saying something, so that the index is written while it is asked."""
    while True:
        await asyncio.sleep(1 / SAID_PER_S)
        room = "r0"
        speaker = next(iter(world.corpus.events(1, _now()))).sender
        event = Event(room, world.heads[room] + 1, _now(), speaker, "", encode_body(Message("said meanwhile")))
        await world.store.append([Change([event])])
        world.heads[room] = event.seq
        world.indexer.news({room: event.seq})


def _at(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def _size(path: Path) -> int:
    return path.stat().st_size


def _now() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
