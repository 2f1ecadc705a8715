"""Write docs/performance.md and its chart from the newest results of each workload.

python -m bench.report
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from bench.chart import Bar, Group, draw
from bench.driver.results import FOLDER, Figure, Results, figure, load
from bench.driver.targets import CPU, TARGETS, outcome
from bench.driver.workloads import WORKLOADS

DOCS = Path(__file__).parents[1] / "docs"
TITLES = {
    "roomful": "**Roomful**",
    "roomful-ws": "Roomful, WebSocket",
    "inspircd": "InspIRCd",
    "ngircd": "ngIRCd",
    "websockets": "`websockets`",
}
COMPARED = "inspircd"
CHARTED = ("W1", "W1n", "W2", "W2r", "W3")


@dataclass(frozen=True)
class Column:
    """A column of a workload's table."""

    head: str
    key: str
    form: str = "{:,.0f}"
    scale: float = 1.0
    better: str = "less"  # which way


USED = Column("CPU µs a delivery", CPU, "{:.3g}")
SENT = Column("messages/s", "msgs_per_s")
MIDDLE = Column("p50 ms", "lat_us.p50", "{:.1f}", 1e-3)
LATE = Column("p99 ms", "lat_us.p99", "{:.1f}", 1e-3)
OPENED = Column("connections/s", "connect_per_s", better="more")
SET_UP = Column("CPU µs a connection", "setup_cpu_us_per_conn")
HELD = Column("KiB a connection", "rss_kib_per_conn", "{:.1f}")
BEGUN = Column("seconds", "ready_s", "{:.2f}")


@dataclass(frozen=True)
class Section:
    """A workload's part of the page. The first column is the one that is compared."""

    columns: tuple[Column, ...]
    meaning: str


SECTIONS = {
    "W1": Section(
        (USED, SENT),
        "A crowded room in which ten people talk as fast as the server lets them: 160 messages are on their way at any time. "
        "What decides is how many frames go out with one system call, and how little is done for each reader.",
    ),
    "W1n": Section(
        (USED, SENT),
        "The same room, but each of the ten waits until everybody has its message: hardly anything can be joined, so this is "
        "nearly the price of one system call for each delivery. For Roomful a commit to disk stands in every round trip.",
    ),
    "W2": Section(
        (USED, SENT),
        "Many small rooms, everybody talks: the work for a message counts here, not the work for a reader, because each is "
        "delivered only four times (three in IRC, which tells a sender nothing). Roomful decides, records and tells in Python.",
    ),
    "W2m": Section(
        (USED, SENT),
        "W2 again, with a history of a million messages in the same rooms. The figures should be those of W2: a long log must "
        "cost nothing.",
    ),
    "W2r": Section(
        (USED, MIDDLE, LATE),
        "The small rooms at a rate that leaves the server time: 5,000 messages a second, sent by the clock whatever the server "
        "does. Commits are small then, so each message pays a larger share of one.",
    ),
    "W3": Section(
        (MIDDLE, LATE, USED),
        "How long a message takes to reach each of 1,000 readers, at a lively pace of 60 messages a second. The generator reads "
        "all those sockets one after the other on one core, which is a good part of the time, and the same part for all.",
    ),
    "W4": Section(
        (HELD, SET_UP),
        "What a connection that is logged in, has joined a room and says nothing costs in resident memory of the server's "
        "processes. The kernel's socket buffers are not counted, for any of them.",
    ),
    "W5": Section(
        (OPENED, SET_UP),
        "A server has been restarted and 3,000 clients come back: connect, log in, join a room of ten, 1,000 of them at a time. "
        "Roomful records each arrival before it tells it; InspIRCd lets newcomers in once a second, so its rate is the number "
        "under way, and ngIRCd, whose backlog is short, gets 8 at a time.",
    ),
    "start": Section(
        (BEGUN,),
        "From the start of the process with an empty folder until it accepts connections. Python's imports are most of it; "
        "Roomful makes its database in this time.",
    ),
}


def write_report(folder: Path = FOLDER, docs: Path = DOCS) -> Path:
    """Write the page and its chart.

    Raises:
        ValueError: there are no results.
    """
    results = newest(load(path) for path in sorted(folder.glob("*.json")))
    (docs / "performance.svg").write_text(chart(results))
    page = docs / "performance.md"
    page.write_text("\n\n".join(paragraphs(results)) + "\n")
    return page


def newest(files: Iterable[Results]) -> Results:
    """For each workload the runs of the last file that has it, of those measured on the last file's machine.

    Files of small runs, or of some servers only, do not count.

    Raises:
        ValueError: there are none.
    """
    whole = [results for results in files if not results.small and results.runs and set(TITLES) == results.named]
    if not whole:
        raise ValueError("There are no results: run the benchmark first.")
    last = whole[-1]
    merged = Results(last.machine, {}, last.absent, small=False, started=last.started)
    for results in whole:
        if results.machine["cpu"] == last.machine["cpu"]:
            here = {run.workload for run in results.runs}
            merged.runs = [run for run in merged.runs if run.workload not in here] + results.runs
            merged.servers |= results.servers
    return merged


# -- the page ----------------------------------------------------------------------------------------------


def paragraphs(results: Results) -> Iterable[str]:
    """The page, paragraph by paragraph."""
    yield "<!-- Written by `just bench` (bench/report.py). Change it there. -->\n\n# Performance"
    yield wrap(
        "Roomful keeps every message: it is committed to SQLite, with fsync, before anybody sees it. The servers it is measured "
        "against here keep nothing on disk. All of them had the same work on the same machine in the same minutes."
    )
    yield "![CPU time of the server for one delivery, by workload and server](performance.svg)"
    yield "## The figures to reach\n\n" + targets(results)
    yield "## How it is measured\n\n" + method(results)
    for name, section in SECTIONS.items():
        if any(run.workload == name for run in results.runs):
            yield f"## {name}: {WORKLOADS[name].title}\n\n{table(results, name, section)}\n\n{wrap(section.meaning)}"
    yield "## Measure it yourself\n\n" + AGAIN


AGAIN = """\
```
just bench                                                # everything, 3 rounds; writes this page
just bench --only W1,W2 --servers roomful,inspircd
just bench --profile W2                                   # where Roomful's time goes; with py-spy or perf
```

The [load generator](../bench/loadgen/README.md) and the [driver](../bench/run.py) are part of this repository. A peer that
is not installed is left out, and the page says so."""


def targets(results: Results) -> str:
    """The table of what was to be reached."""
    rows = ["| workload | figure | to reach | measured | reached |", "|---|---|---|---|---|"]
    for target in TARGETS:
        bound = f"{'≥' if target.at_least else '≤'} {target.limit:,g}"
        found = outcome(target, results)
        measured, reached = (number(found[0]), "yes" if found[1] else "**no**") if found else ("not measured", "–")
        rows.append(f"| {target.workload} | {target.what} | {bound} | {measured} | {reached} |")
    faults = [sum(run.faults.values()) for run in results.runs if run.server == "roomful" and run.measured]
    if faults:
        rows.append(
            f"| all | lost, repeated, out of order | 0 | {sum(faults)} | {'**no**' if sum(faults) else 'yes'} |"
        )
    return "\n".join(rows)


def method(results: Results) -> str:
    """How, and on what."""
    machine = results.machine
    versions = ", ".join(f"{TITLES.get(name, name).strip('*')} {version}" for name, version in results.servers.items())
    absent = "".join(f" Absent: {why}." for why in results.absent.values())
    rounds = max(run.round for run in results.runs)
    repeated = "once" if rounds == 1 else f"{rounds} rounds"
    conditions = (
        f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, Python {machine['python']}; data on "
        f"{machine['disk']}, where writing 4 KiB durably takes {machine['fdatasync']}. {versions}.{absent}"
    )
    procedure = (
        f"Each run has a fresh server, pinned to one core; the generator has another. Runs are interleaved (A B C A B C …), "
        f"{repeated}; tables show medians and, after ±, half the distance between the extremes. Messages are 100 bytes, over "
        "loopback. CPU is user and system time of all the server's processes, by the kernel's account: the figure that varies "
        "least. Every delivery is accounted for: none may be lost, repeated or out of order. Flood limits are off everywhere. "
        f"Last measured {results.started[:10]}."
    )
    if disturbed := sum(run.disturbed for run in results.runs):
        procedure += f" In {disturbed} of {len(results.runs)} runs other programs were at work; the tables say where."
    return f"{wrap(conditions)}\n\n{wrap(procedure)}"


def table(results: Results, workload: str, section: Section) -> str:
    """A workload's table."""
    main = section.columns[0]
    base = figure(results.of(workload, COMPARED), main.key)
    heads = [column.head for column in section.columns] + ([f"to InspIRCd ({main.better} is better)"] if base else [])
    rows = [f"| | {' | '.join(heads)} | |", "|---" * (len(heads) + 2) + "|"]
    for server, title in TITLES.items():
        runs = results.of(workload, server)
        failed = [r.failed for r in results.runs if (r.workload, r.server) == (workload, server) and r.failed]
        if not runs and not failed:
            continue
        cells = [cell(figure(runs, column.key), column) for column in section.columns]
        own = figure(runs, main.key)
        if base:
            cells.append(f"{own.median / base.median:.2g} ×" if own and base.median else "–")
        rows.append(f"| {title} | {' | '.join(cells)} | {remarks(results, workload, server)} |")
    return "\n".join(rows)


def cell(found: Figure | None, column: Column) -> str:
    """A value with its spread."""
    return f"{column.form.format(found.median * column.scale)} ± {found.spread:.0f} %" if found else "–"


def remarks(results: Results, workload: str, server: str) -> str:
    """What has to be said of these runs."""
    everything = [run for run in results.runs if (run.workload, run.server) == (workload, server)]
    totals = {fault: sum(run.faults[fault] for run in everything) for fault in ("lost", "dups", "reordered", "dead")}
    said = [f"{count:,} {fault}" for fault, count in totals.items() if count]
    if any(run.generator_limited for run in everything):
        said.append("the generator was the limit")
    if busy := [run.measured["others_pct"] for run in everything if run.disturbed]:
        said.append(f"other programs used up to {max(busy):.0f} % of its core")
    if failed := sum(1 for run in everything if run.failed):
        said.append(f"{failed} of {len(everything)} runs failed")
    return "; ".join(said)


def wrap(text: str) -> str:
    """A paragraph in lines."""
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def number(value: float) -> str:
    """A value with as many digits as it deserves."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def chart(results: Results) -> str:
    """CPU a delivery, by workload and server."""
    groups = []
    for name in CHARTED:
        found = {server: figure(results.of(name, server), CPU) for server in TITLES}
        bars = [
            Bar(TITLES[server].strip("*`"), value.median, ours=server == "roomful")
            for server, value in found.items()
            if value and value.median
        ]
        if bars:
            groups.append(Group(f"{name}: {WORKLOADS[name].title}", bars))
    return draw("CPU of the server for one delivery, µs (shorter is better; logarithmic)", groups)


if __name__ == "__main__":
    print(write_report())
