"""Measure what a storm of logins does to messages: W3's room alone, and with 50 logins a second beside it, in turns.

python -m bench.logins                       five rounds
python -m bench.logins --rounds 9 --rate 100
"""

import argparse
import asyncio
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from bench.driver.generator import build, generate
from bench.driver.machine import Watch, allow_connections, cores, on_core
from bench.driver.results import FOLDER
from bench.driver.roomful import Roomful
from bench.driver.servers import Running
from bench.driver.workloads import WORKLOADS

W3 = WORKLOADS["W3"]
NAME, PASSWORD = "bench", "four lamps for a cellar"
TARGET = 1.20  # p99 with logins to p99 without
WARM_UP = 1.0  # s for the storm to rise


def main() -> int:
    """The command. Returns the exit code: 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=float, default=50.0, help="logins a second")
    parser.add_argument("--storm", type=int, metavar="PORT", help="only be the storm (used by the program itself)")
    wishes = parser.parse_args()
    if wishes.storm:
        asyncio.run(_storm(wishes.storm, wishes.rate))
        return 0
    FOLDER.mkdir(exist_ok=True)
    os.environ["ROOMFUL_ACCOUNTS__REGISTRATION"] = "open"  # the server inherits it
    allow_connections(W3.connections + 1_000)
    alone: list[float] = []
    beside: list[float] = []
    for number in range(1, wishes.rounds + 1):
        for rate, found in ((0.0, alone), (wishes.rate, beside)):
            found.append(_run(rate))
            print(f"{number:>2}  {'with logins' if rate else 'alone':<12}p99 {found[-1]:,.0f} µs", flush=True)
    ratio = statistics.median(beside) / statistics.median(alone)
    print(
        f"median p99: {statistics.median(alone):,.0f} µs alone, {statistics.median(beside):,.0f} µs with logins: {ratio:.2f}"
    )
    return int(ratio > TARGET)


def _run(rate: float) -> float:
    """One run against a fresh server. Returns the latency that 99 % of deliveries had at most, µs."""
    server = Roomful()
    with tempfile.TemporaryDirectory(dir=FOLDER) as parent, server.running(Path(parent)) as running:
        watch = Watch(running.pids)
        storm: AbstractContextManager[None] = _storming(running, rate) if rate else nullcontext()
        with storm:
            measured = generate(build(), W3, server.proto, running.port, running.pids)
        if (others := watch.others()) > 10:
            print(f"    others used {others:.0f} % of the server's core")
        return float(measured["lat_us"]["p99"])


@contextmanager
def _storming(running: Running, rate: float) -> Iterator[None]:
    words = [sys.executable, "-m", "bench.logins", "--storm", str(running.port), "--rate", str(rate)]
    with on_core(cores()[1]):
        storm = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(WARM_UP)
    try:
        yield
    finally:
        said, _ = storm.communicate("")  # the end of its input ends it
        print(f"    logins: {said.strip()}")


# -- the storm ---------------------------------------------------------------------------------------


async def _storm(port: int, rate: float) -> None:
    """Log in so often a second, until the input ends; then say what became of the logins."""
    os.nice(5)  # the generator, which shares the core, goes first
    answers: Counter[str] = Counter()
    took: list[float] = []
    await _visit(port, "register", answers, took)
    answers.clear()
    took.clear()
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    visits: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    due = loop.time()
    while not ended.done():
        visit = asyncio.create_task(_visit(port, "login", answers, took))
        visits.add(visit)
        visit.add_done_callback(visits.discard)
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
    for visit in visits:
        visit.cancel()
    print(dict(answers), f"median {statistics.median(took or [0]):.3f} s")


async def _visit(port: int, how: str, answers: Counter[str], took: list[float]) -> None:
    """Connect, log in, and go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        requests: tuple[dict[str, object], ...] = (
            {"type": "hello", "id": 1, "protocol": 1},
            {"type": how, "id": 2, "account": NAME, "password": PASSWORD},
        )
        for request in requests:
            began = time.perf_counter()
            payload = json.dumps(request).encode()
            writer.write(struct.pack("!I", len(payload)) + payload)
            answer = json.loads(await reader.readexactly(*struct.unpack("!I", await reader.readexactly(4))))
        answers[answer.get("code", answer["type"])] += 1
        took.append(time.perf_counter() - began)
    finally:
        writer.transport.abort()


if __name__ == "__main__":
    sys.exit(main())
