"""The load generator as a function: built when its source is newer, run on its core, its report read."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.driver import RunFailed
from bench.driver.machine import cores, on_core
from bench.driver.workloads import Workload

SOURCE = Path(__file__).parents[1] / "loadgen"
Measured = dict[str, Any]
"""What the generator reports; the keys are listed in bench/loadgen/README.md."""


def build(folder: Path = SOURCE) -> Path:
    """Make the generator in its folder, and return the program. Raises RunFailed."""
    made = subprocess.run(
        ["make", "--silent", "-C", str(folder), "loadgen"], check=False, capture_output=True, text=True
    )
    if made.returncode:
        raise RunFailed(f"The load generator does not build (gcc and make are needed):\n{made.stderr}")
    return folder / "loadgen"


def generate(
    program: Path, workload: Workload, proto: str, port: int, pids: Sequence[int], in_flight: int = 1000
) -> Measured:
    """Run one workload against a server.

    Args:
        proto: the wire format.
        pids: the server's processes.
        in_flight: how many connections may be under way at once; a server with a short backlog needs few.

    Raises:
        RunFailed: no connections, or no end.
    """
    command = [
        str(program),
        *("--proto", proto, "--port", str(port), "--server-pid", ",".join(map(str, pids))),
        *("--inflight", str(in_flight), "--label", workload.name),
        *workload.options(),
    ]
    try:
        with on_core(cores()[1]):
            ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=workload.longest)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"not finished after {workload.longest:.0f} s") from None
    if not ended.stdout:
        raise RunFailed(ended.stderr.strip() or f"the generator ended with {ended.returncode}")
    measured: Measured = json.loads(ended.stdout)
    return measured
