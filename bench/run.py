"""Measure Roomful and its peers: every workload against every server, in turns, several rounds.

python -m bench.run                                             everything; writes docs/performance.md
python -m bench.run --only W1,W2 --rounds 3 --servers roomful,inspircd
python -m bench.run --profile W2                                where Roomful's time goes
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from bench.driver import RunFailed
from bench.driver.generator import Measured, build, generate
from bench.driver.logins import logins
from bench.driver.machine import MEMORY_DISKS, Watch, allow_connections, cores, describe, file_system
from bench.driver.peers import Inspircd, Ngircd, Websockets
from bench.driver.profile import profiled
from bench.driver.results import FOLDER, Results, Run, figure
from bench.driver.roomful import Roomful, RoomfulWebSocket
from bench.driver.servers import Running, Server
from bench.driver.workloads import START, WORKLOADS, Workload
from bench.report import write_report

SERVERS: dict[str, Server] = {
    server.name: server for server in (Roomful(), RoomfulWebSocket(), Inspircd(), Ngircd(), Websockets())
}


def main(words: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code: 1 if a delivery went wrong or a run failed."""
    wishes = _arguments(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped on the way out
    FOLDER.mkdir(exist_ok=True)
    try:
        return _profile(build(), WORKLOADS[wishes.profile]) if wishes.profile else _measure_all(build(), wishes)
    except RunFailed as why:
        print(why, file=sys.stderr)
        return 1


def _measure_all(program: Path, wishes: argparse.Namespace) -> int:
    workloads = [w.small() if wishes.small else w for w in wishes.only]
    allow_connections(max(w.connections for w in workloads))
    present = [server for server in wishes.servers if not server.absent()]
    results = Results(
        machine=describe(FOLDER),
        servers={server.name: server.version() for server in present},
        absent={server.name: why for server in wishes.servers if (why := server.absent())},
        small=wishes.small,
    )
    _say_conditions(results)
    for run in measure(program, workloads, present, wishes.rounds):
        results.runs.append(run)
        results.save()  # after each: what was measured outlives an interruption
        print(_line(run), flush=True)
    print(f"results: {results.save()}")
    if not wishes.small and results.named == set(SERVERS):
        print(f"report: {write_report()}")
    return int(any(run.failed or any(run.faults.values()) for run in results.runs))


def measure(program: Path, workloads: Iterable[Workload], servers: Sequence[Server], rounds: int) -> Iterable[Run]:
    """Run everything: a workload's rounds one after the other, in each round every server once."""
    for workload in workloads:
        for number in range(1, rounds + 1):
            for server in servers:
                if (server.keeps_log or not workload.log) and (server.has_accounts or not workload.logins):
                    yield run_once(program, workload, server, number)


def run_once(program: Path, workload: Workload, server: Server, number: int = 1, folder: Path = FOLDER) -> Run:
    """One workload against a fresh server, whose data is somewhere under `folder`."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as parent, server.running(Path(parent), workload.log) as running:
            measured = _load(program, workload, server, running) if workload.connections else {}
            measured["ready_s"] = running.ready_after
    except RunFailed as why:
        return Run(workload.name, server.name, number, {}, str(why))
    return Run(workload.name, server.name, number, measured)


def _load(program: Path, workload: Workload, server: Server, running: Running) -> Measured:
    watch = Watch(running.pids)
    with logins(running.port, workload.logins) as beside:
        measured = generate(program, workload, server.proto, running.port, running.pids, server.in_flight)
    return {**measured, **beside, "others_pct": watch.others()}


def _profile(program: Path, workload: Workload) -> int:
    allow_connections(workload.connections)
    server = SERVERS["roomful"]
    path = FOLDER / f"profile-{workload.name}"
    with (
        tempfile.TemporaryDirectory(dir=FOLDER) as parent,
        server.running(Path(parent), workload.log) as running,
        profiled(running.process.pid, path),
    ):
        measured = _load(program, workload, server, running)
    print(_line(Run(workload.name, server.name, 1, measured)))
    print(f"profile: {path}.* (the profiler takes time too: these are no figures)")
    return 0


# -- what it says meanwhile ----------------------------------------------------------------------------


def _say_conditions(results: Results) -> None:
    for why in results.absent.values():
        print(f"absent: {why}")
    if cores()[0] == cores()[1]:
        print("warning: only one core; server and generator share it")
    if file_system(FOLDER) in MEMORY_DISKS:
        print(f"warning: {FOLDER} is in memory; Roomful's fsync costs nothing there")
    if float(results.machine["load"]) > 0.5:
        print(f"warning: the machine is busy (load {results.machine['load']})")


SHOWN = (
    ("server_cpu_us_per_delivery", "{:.3f} µs CPU/delivery"),
    ("msgs_per_s", "{:,.0f} messages/s"),
    ("lat_us.p99", "p99 {:,.0f} µs"),
    ("logins", "{:,.0f} logins"),
    ("refused", "{:,.0f} refused"),
    ("login_p50_ms", "{:.0f} ms a login"),
    ("loadgen_cpu_pct", "generator {:.0f} %"),
)
SHOWN_IDLE = (
    ("rss_kib_per_conn", "{:.2f} KiB/connection"),
    ("connect_per_s", "{:,.0f} connections/s"),
    ("setup_cpu_us_per_conn", "{:.0f} µs CPU/connection"),
)


def _line(run: Run) -> str:
    """A run in one line."""
    head = f"{run.workload:<6}{run.round:>2}  {run.server:<11}"
    if run.failed:
        return f"{head}FAILED: {run.failed}"
    if run.workload == START.name:
        return f"{head}{run.measured['ready_s']:.3f} s"
    rows = SHOWN if "msgs" in run.measured else SHOWN_IDLE
    parts = [form.format(found.median) for key, form in rows if (found := figure([run], key))]
    if run.generator_limited:
        parts.append("THE GENERATOR WAS THE LIMIT")
    if run.disturbed:
        parts.append(f"OTHERS USED {run.measured['others_pct']:.0f} % OF ITS CORE")
    parts += [f"{count} {fault.upper()}" for fault, count in run.faults.items() if count]
    if run.measured.get("error"):
        parts.append(run.measured["error"])
    return head + "  ".join(parts)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench", description="Measure Roomful and its peers on this machine.")
    parser.add_argument("--only", type=_several(WORKLOADS), default=list(WORKLOADS.values()), help="W1,W2,…")
    parser.add_argument(
        "--servers", type=_several(SERVERS), default=list(SERVERS.values()), help="roomful,inspircd,…; no report"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run (3); medians are reported")
    parser.add_argument("--small", action="store_true", help="a hundredth of the size: does all work? No report")
    parser.add_argument(
        "--profile",
        choices=[name for name, w in WORKLOADS.items() if w.connections],
        metavar="WORKLOAD",
        help="profile Roomful in one run",
    )
    return parser.parse_args(words)


T = TypeVar("T")


def _several(known: Mapping[str, T]) -> Callable[[str], list[T]]:
    """A reader of names with commas between them."""

    def read(text: str) -> list[T]:
        unknown = [name for name in text.split(",") if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are: {', '.join(known)}")
        return [known[name] for name in text.split(",")]

    return read


if __name__ == "__main__":
    sys.exit(main())
