"""The machine that measures: its cores, its limits, and what the report says of it."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.driver import RunFailed

SPARE = 500  # descriptors beside the connections
TICKS = os.sysconf("SC_CLK_TCK")  # the kernel's unit of CPU time, a second
MEMORY_DISKS = {"tmpfs", "ramfs"}


def cores() -> tuple[int, int]:
    """The server's core and the generator's; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Run this process, and what it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_connections(count: int) -> None:
    """Raise the limit of open descriptors, for this process and what it starts.

    Raises:
        RunFailed: the hard limit is lower and may not be raised.
    """
    needed = count + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(needed, hard), max(needed, hard)))
    except (ValueError, OSError) as why:
        raise RunFailed(f"{count:,} connections need `ulimit -n {needed}`; the hard limit is {hard:,}.") from why


def process_tree(pid: int) -> list[int]:
    """A process and its descendants, from /proc."""
    found = [pid]
    for one in found:  # grows while it is read
        for task in Path(f"/proc/{one}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


class Watch:
    """How much of the server's core others use meanwhile: the benchmark's own noise."""

    def __init__(self, pids: list[int]) -> None:
        self._core = cores()[0]
        self._pids = pids
        self._start = (time.monotonic(), self._busy(), self._used())

    def others(self) -> float:
        """The share of the core that was not the server's, since the beginning, in %."""
        then, busy, used = self._start
        rest = (self._busy() - busy) - (self._used() - used)
        return max(0.0, rest / (time.monotonic() - then) * 100)

    def _busy(self) -> float:
        """Seconds the core was not idle."""
        line = next(
            line for line in Path("/proc/stat").read_text().splitlines() if line.startswith(f"cpu{self._core} ")
        )
        user, nice, system, _, _, irq, soft, steal, *_ = map(int, line.split()[1:])
        return (user + nice + system + irq + soft + steal) / TICKS

    def _used(self) -> float:
        """CPU seconds of the server's processes."""
        total = 0
        for pid in self._pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])  # utime, stime
        return total / TICKS


def describe(folder: Path) -> dict[str, str]:
    """What the report says of this machine. `folder` is where the servers keep their data."""
    return {
        "cpu": _cpu(),
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "disk": file_system(folder),
        "fdatasync": f"{_sync_time(folder) * 1e3:.2f} ms",
        "load": f"{os.getloadavg()[0]:.2f}",
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, name, *_ = line.split()
        if folder.resolve().is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind


def _sync_time(folder: Path) -> float:
    """Seconds, the median of 50: 4 KiB written and made durable."""
    path = folder / "sync-time"
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(taken)
