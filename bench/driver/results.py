"""Results: what was measured, kept as JSON, one file for each start of the driver."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "results"
GENERATOR_FULL = 95.0  # % of its core; from here on the generator may be what limits throughput


BUSY = 10.0  # % of the server's core used by others; from here on figures are doubtful


@dataclass
class Run:
    """One server, one workload, once."""

    workload: str
    server: str
    round: int
    measured: dict[str, Any]  # empty: it failed
    failed: str = ""

    @property
    def faults(self) -> dict[str, int]:
        """Deliveries lost, repeated or out of order, and connections that ended by themselves."""
        return {key: self.measured.get(key, 0) for key in ("lost", "dups", "reordered", "dead")}

    @property
    def generator_limited(self) -> bool:
        """Whether the generator had no time left, so that throughput says little of the server."""
        return bool(self.measured.get("loadgen_cpu_pct", 0) >= GENERATOR_FULL)

    @property
    def disturbed(self) -> bool:
        """Whether other processes used the server's core meanwhile."""
        return bool(self.measured.get("others_pct", 0) >= BUSY)


@dataclass
class Results:
    """What one start of the driver measured."""

    machine: dict[str, str]
    servers: dict[str, str]  # name -> version
    absent: dict[str, str]  # name -> why
    small: bool
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    runs: list[Run] = field(default_factory=list)

    @property
    def named(self) -> set[str]:
        """The servers that were asked for, installed or not."""
        return {*self.servers, *self.absent}

    def of(self, workload: str, server: str) -> list[Run]:
        """The runs that have figures."""
        return [r for r in self.runs if (r.workload, r.server) == (workload, server) and r.measured]

    def save(self, folder: Path = FOLDER) -> Path:
        """Write the file of this start, anew after each run."""
        path = folder / f"{self.started.replace(':', '').replace('+0000', 'Z')}.json"
        path.write_text(json.dumps(asdict(self), indent=1))
        return path


def load(path: Path) -> Results:
    """Results from their file."""
    fields = json.loads(path.read_text())
    return Results(**{**fields, "runs": [Run(**run) for run in fields["runs"]]})


@dataclass(frozen=True)
class Figure:
    """The median of several runs, and how far they lie apart."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Half the distance between the extremes, in % of the median."""
        return (self.high - self.low) / 2 / self.median * 100 if self.median else 0.0


def figure(runs: list[Run], key: str) -> Figure | None:
    """A measured value over the runs; 'lat_us.p99' looks inside. None: not measured."""
    values = [value for run in runs if (value := _value(run.measured, key)) is not None]
    return Figure(statistics.median(values), min(values), max(values)) if values else None


def _value(measured: dict[str, Any], key: str) -> float | None:
    head, _, rest = key.partition(".")
    value = measured.get(head)
    return _value(value, rest) if rest and isinstance(value, dict) else value
