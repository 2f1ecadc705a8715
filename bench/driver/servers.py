"""A server under test: how it is started, found ready, and stopped. Its kinds are in `peers` and `roomful`."""

import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bench.driver import RunFailed
from bench.driver.machine import cores, on_core, process_tree

READY_WITHIN = 20.0  # s
STOP_WITHIN = 10.0  # s
OUTPUT, ERRORS = "output.log", "errors.log"  # what it writes to its standard streams, in its folder
PORTS = range(20_000, 32_000)  # below the ports that connections are given


@dataclass(frozen=True)
class Running:
    """A server that accepts connections."""

    process: subprocess.Popen[bytes]
    port: int
    ready_after: float  # s from its start

    @property
    def pids(self) -> list[int]:
        """All its processes."""
        return process_tree(self.process.pid)


class Server(ABC):
    """A kind of server. Each run gets a fresh one, with a folder of its own."""

    name: ClassVar[str]
    proto: ClassVar[str]  # the generator's name of its wire format
    in_flight: ClassVar[int] = 1000  # connections under way at once that its backlog bears
    keeps_log: ClassVar[bool] = False  # it can begin with one
    has_accounts: ClassVar[bool] = False  # of ours: see logins.py

    @abstractmethod
    def absent(self) -> str:
        """Why it cannot run here; empty: it can."""

    @abstractmethod
    def version(self) -> str:
        """Its version, for the report."""

    @abstractmethod
    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        """Write its files into `folder`, a log of so many events among them, and return the command that starts it."""

    def accepts_at(self, folder: Path, port: int) -> int | None:
        """The port at which it accepts connections; None: not yet."""
        with socket.socket() as probe:
            return port if probe.connect_ex(("127.0.0.1", port)) == 0 else None

    @contextmanager
    def running(self, parent: Path, log: int = 0) -> Iterator[Running]:
        """A fresh server on its core, with its data in a new folder under `parent`. Raises RunFailed."""
        folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=parent))
        try:
            port = free_port()
            command = self.prepare(folder, port, log)
            with (folder / OUTPUT).open("wb") as output, (folder / ERRORS).open("wb") as errors, on_core(cores()[0]):
                started = time.perf_counter()
                process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
            try:
                port = self._wait(process, folder, port)
                yield Running(process, port, time.perf_counter() - started)
            finally:
                stop(process)
        finally:
            shutil.rmtree(folder)

    def _wait(self, process: subprocess.Popen[bytes], folder: Path, port: int) -> int:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and process.poll() is None:
            found = self.accepts_at(folder, port)
            if found is not None:
                return found
            time.sleep(0.002)
        said = "".join((folder / name).read_text(errors="replace")[-500:] for name in (OUTPUT, ERRORS))
        raise RunFailed(f"{self.name} does not accept connections; it said: {said.strip() or 'nothing'}")


def free_port() -> int:
    """A port that nobody listens on. Raises RunFailed."""
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RunFailed("no port is free")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server, gently first."""
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
