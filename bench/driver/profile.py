"""Where a server's time goes: a profiler beside one run. py-spy draws a flame graph of Python; else perf, of C."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.driver import RunFailed


@contextmanager
def profiled(pid: int, path: Path) -> Iterator[None]:
    """Profile a process, and write `path` with the suffix .svg (py-spy) or .perf (perf).

    Raises:
        RunFailed: neither profiler is installed.
    """
    profiler = subprocess.Popen(_command(pid, path), stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        profiler.send_signal(signal.SIGINT)  # both write what they have, and end
        profiler.wait(60)


def _command(pid: int, path: Path) -> list[str]:
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy:
        return [
            spy,
            "record",
            "--pid",
            str(pid),
            "--rate",
            "500",
            "--threads",
            "--output",
            str(path.with_suffix(".svg")),
        ]
    perf = shutil.which("perf")
    if perf:
        return [perf, "record", "--quiet", "-g", "-p", str(pid), "-o", str(path.with_suffix(".perf"))]
    raise RunFailed("Neither py-spy (uv sync --group bench) nor perf is installed.")
