"""Measure bots end to end: a real server, its bot host, and a stand-in provider on this machine.

python -m bench.bots                 all of it (minutes)
python -m bench.bots draft           from the provider's first byte to the draft at a client, 20 streams at once
python -m bench.bots memory          a host with 100 bots
python -m bench.bots load            W1, W2r and W3 with and without 20 bots that stream
"""

import argparse
import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.driver import RunFailed
from bench.driver.generator import Measured, build, generate
from bench.driver.machine import allow_connections, process_tree
from bench.driver.results import FOLDER
from bench.driver.roomful import Roomful
from bench.driver.streaming import Asker, Writing, configuration
from bench.driver.workloads import WORKLOADS, Workload
from tests.support.server import serve

STREAMS = 20
MOST_OVERHEAD = 30.0  # ms
BOTS, MOST_MEMORY = 100, 400  # MB
LOAD = ("W1", "W2r", "W3")
OPEN = "[limits]\nenabled = false\n"


def main() -> int:
    """The command. Returns the exit code: 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", choices=["draft", "memory", "load", []], default=[])
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    wanted = args.what or ["draft", "memory", "load"]
    reached = True
    if "draft" in wanted:
        reached &= asyncio.run(_drafts(args.rounds))
    if "memory" in wanted:
        reached &= asyncio.run(_memory())
    if "load" in wanted:
        try:
            _load(args.rounds)
        except RunFailed as why:
            print(why, file=sys.stderr)
            return 1
    return int(not reached)


# -- from the first byte to the draft ---------------------------------------------------------------------


async def _drafts(rounds: int) -> bool:
    """All at once is the worst that can be; one after the other, while the others stream, is how it usually is."""
    at_once: list[float] = []
    in_turn: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with Writing() as provider:
            (Path(folder) / "roomful.toml").write_text(OPEN + configuration(provider.openai, STREAMS, STREAMS))
            async with serve(Path(folder), bots=True) as server:
                askers = [Asker(server.tcp, number, STREAMS) for number in range(STREAMS)]
                for asker in askers:
                    await asker.come()
                await _ready(askers)
                for number in range(rounds):
                    at_once += await _round(provider, askers, f"a{number}", together=True)
                    in_turn += await _round(provider, askers, f"b{number}", together=False)
                for asker in askers:
                    await asker.go()
    _tell(f"first byte -> draft, {STREAMS} streams, all at the same instant", at_once)
    _tell(f"first byte -> draft, {STREAMS} streams, begun within a second", in_turn)
    return statistics.median(at_once) <= MOST_OVERHEAD and _percentile(in_turn, 95) <= MOST_OVERHEAD


async def _ready(askers: Sequence[Asker]) -> None:
    """One answer of each, which also loads what a first answer loads."""
    for asker in askers:
        await asker.ask("warm")
    await asyncio.gather(*(asker.hear() for asker in askers))


async def _round(provider: Writing, askers: Sequence[Asker], name: str, *, together: bool) -> list[float]:
    """One answer of each bot; ms from the provider's first byte to the draft, for each."""

    async def one(asker: Asker, wait: float) -> float:
        await asyncio.sleep(wait)
        question = f"{name}n{asker.number}"
        await asker.ask(question)
        seen = await asker.draft()
        await asker.hear()
        return (seen - provider.wrote[question]) * 1000

    go = provider.hold()
    if not together:
        go.set()
    work = [asyncio.create_task(one(asker, 0 if together else n / len(askers))) for n, asker in enumerate(askers)]
    if together:
        await provider.all_wait(len(askers))
        go.set()
    return list(await asyncio.gather(*work))


def _tell(what: str, ms: Sequence[float]) -> None:
    print(
        f"{what}: median {statistics.median(ms):.1f} ms, 95 % {_percentile(ms, 95):.1f} ms, most {max(ms):.1f} ms "
        f"({len(ms)} answers; target {MOST_OVERHEAD:g} ms)",
        flush=True,
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


# -- memory -------------------------------------------------------------------------------------------------


async def _memory() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with Writing() as provider:
            (Path(folder) / "roomful.toml").write_text(OPEN + configuration(provider.openai, BOTS, STREAMS))
            async with serve(Path(folder), bots=True) as server:
                askers = [Asker(server.tcp, number, STREAMS) for number in range(STREAMS)]
                for asker in askers:
                    await asker.come()
                while "bots are in" not in server.log():  # noqa: ASYNC110 - another process writes it
                    await asyncio.sleep(0.05)
                host = process_tree(server.pid)[1]
                idle = _rss(host)
                await _ready(askers)
                after = _rss(host)
                for asker in askers:
                    await asker.go()
    print(
        f"a host with {BOTS} bots: {idle:.0f} MB, {after:.0f} MB once {STREAMS} have answered (target {MOST_MEMORY} MB)"
    )
    return after < MOST_MEMORY


def _rss(pid: int) -> float:
    """Resident memory, MB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


# -- the server's own work meanwhile ------------------------------------------------------------------------


class WithBots(Roomful):
    """The server, with bots that stream."""

    name = "with-bots"

    def __init__(self, provider: str) -> None:
        super().__init__()
        self._provider = provider

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        words = super().prepare(folder, port, log)
        config = Path(words[-1])
        config.write_text(config.read_text() + configuration(self._provider, STREAMS, STREAMS))
        return [word for word in words if word != "--no-bots"]


@contextlib.contextmanager
def streaming() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The process of provider and askers; its provider's address."""
    words = [sys.executable, "-m", "bench.driver.streaming", str(STREAMS)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip().removeprefix("provider="), process
    finally:
        process.stdin.close()
        process.wait(20)


def _load(rounds: int) -> None:
    program = build()
    allow_connections(2_000)
    FOLDER.mkdir(exist_ok=True)
    for name in LOAD:
        alone: list[Measured] = []
        beside: list[Measured] = []
        for _ in range(rounds):
            alone.append(_alone(program, WORKLOADS[name]))
            beside.append(_beside(program, WORKLOADS[name]))
        print(f"{name}: {_compared(alone)} without bots; {_compared(beside)} while {STREAMS} stream", flush=True)


def _alone(program: Path, workload: Workload) -> Measured:
    with tempfile.TemporaryDirectory(dir=FOLDER) as parent, Roomful().running(Path(parent)) as running:
        return generate(program, workload, "native", running.port, running.pids)


def _beside(program: Path, workload: Workload) -> Measured:
    """The figures are the server's process alone; its bot host runs on whichever core is free."""
    with contextlib.ExitStack() as stack:
        provider, process = stack.enter_context(streaming())
        parent = stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER))
        running = stack.enter_context(WithBots(provider).running(Path(parent)))
        assert process.stdin is not None
        assert process.stdout is not None
        for pid in running.pids[1:]:
            subprocess.run(["taskset", "-apc", "0-1023", str(pid)], check=False, capture_output=True)
        process.stdin.write(f"127.0.0.1:{running.port}\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "streaming":
            raise RunFailed("the bots do not stream")
        return generate(program, workload, "native", running.port, running.pids[:1])


def _compared(runs: Sequence[Measured]) -> str:
    cpu = statistics.median(run["server_cpu_us_per_delivery"] for run in runs)
    rate = statistics.median(run["msgs_per_s"] for run in runs)
    p50 = statistics.median(run["lat_us"]["p50"] for run in runs) / 1000
    p99 = statistics.median(run["lat_us"]["p99"] for run in runs) / 1000
    return f"{cpu:.3f} µs CPU/delivery, {rate:,.0f} messages/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
