"""The figures that Roomful set out to reach, before it was built."""

from dataclasses import dataclass

from bench.driver.results import Results, figure


@dataclass(frozen=True)
class Target:
    """One figure to reach."""

    workload: str
    key: str  # as the generator reports it
    limit: float
    what: str
    at_least: bool = False  # False: at most
    scale: float = 1.0  # from the generator's unit to this one's

    def reached(self, measured: float) -> bool:
        """Whether the measured value is as good as it was to be."""
        return measured >= self.limit if self.at_least else measured <= self.limit


CPU, P99 = "server_cpu_us_per_delivery", "lat_us.p99"

TARGETS = (
    Target("W1", CPU, 0.20, "CPU µs a delivery"),
    Target("W1n", CPU, 1.5, "CPU µs a delivery"),
    Target("W2", CPU, 3.5, "CPU µs a delivery"),
    Target("W2", "msgs_per_s", 40_000, "messages/s", at_least=True),
    Target("W2m", CPU, 3.5, "CPU µs a delivery"),
    Target("W2m", "msgs_per_s", 40_000, "messages/s", at_least=True),
    Target("W2r", CPU, 25, "CPU µs a delivery"),
    Target("W2r", P99, 10, "p99 latency, ms", scale=1e-3),
    Target("W3", P99, 10, "p99 latency, ms", scale=1e-3),
    Target("W4", "rss_kib_per_conn", 4, "KiB of memory a connection"),
    Target("W5", "connect_per_s", 5000, "connections/s", at_least=True),
    Target("start", "ready_s", 0.5, "seconds"),
)


def outcome(target: Target, results: Results) -> tuple[float, bool] | None:
    """What Roomful measured, and whether that reaches the target; None: not measured."""
    found = figure(results.of(target.workload, "roomful"), target.key)
    return (found.median * target.scale, target.reached(found.median * target.scale)) if found else None
