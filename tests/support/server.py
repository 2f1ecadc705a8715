"""A real server: the process that users start, on free ports, over data of its own.

async with serve(tmp_path) as server:
    client = Client(server.tcp, nick="alice")
    await server.kill9()
    await server.restart()          # same data, same ports
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOMFUL = str(Path(sys.executable).with_name("roomful"))
PATIENCE = 20.0  # s: a safety net, not a measure


class Server:
    """A `roomful serve` process. Between `kill9` or `stop` and `restart` there is none."""

    def __init__(
        self, folder: Path, flags: tuple[str, ...], environment: dict[str, str] | None = None, *, bots: bool = False
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log_file = folder / "server.log"
        self.environment = surroundings(folder, self.data) | (environment or {})
        self.tcp = ""  # HOST:PORT, the same ones after a restart
        self.tls = ""
        self.http = ""
        self._flags = flags if bots else (*flags, "--no-bots")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None, "the server does not run"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.returncode is None

    def log(self) -> str:
        """All that the processes have written to standard error so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    async def start(self) -> None:
        """Start a process, and wait until it is ready."""
        assert not self.running, "the server runs already"
        words = ["--data", str(self.data), "--tcp", self.tcp or "127.0.0.1:0", "--http", self.http or "127.0.0.1:0"]
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(ROOMFUL, "serve", *words, *self._flags),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )
        await self._ready()

    async def _ready(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self._process.stdout.readline()).decode()
        assert line.startswith("ready "), f"the server said {line!r}; its log:\n{self.log()}"
        addresses = dict(word.split("=", 1) for word in line.split()[1:])
        self.tcp, self.tls, self.http = (addresses.get(name, "") for name in ("tcp", "tls", "http"))

    async def bots_are_in(self) -> None:
        """Wait until its bots have come into their rooms."""
        async with asyncio.timeout(PATIENCE):
            while "bots are in" not in self.log():  # noqa: ASYNC110 - the log is a file
                await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Ask it to stop, as Ctrl-C or a service manager does. Returns its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill9(self) -> None:
        """Kill it, as a power cut would: it gets to do nothing more."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Start another process on the same data and ports, after stopping the present one if there is one."""
        if self.running:
            await self.stop()
        await self.start()

    async def _end(self, number: signal.Signals) -> int:
        os.kill(self.pid, number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the process's end. Returns its exit code."""
        assert self._process is not None, "the server does not run"
        process, self._process = self._process, None
        async with asyncio.timeout(PATIENCE):
            await process.communicate()  # reads standard output to its end, so that the pipe is closed
        assert process.returncode is not None
        return process.returncode

    async def close(self) -> None:
        """Stop it if it runs; kill it if it does not stop."""
        if not self.running:
            return
        process = self._process
        try:
            await self.stop()
        except TimeoutError:
            assert process is not None
            process.kill()
            await process.communicate()
            raise


@contextlib.asynccontextmanager
async def serve(
    folder: Path, *flags: str, environment: dict[str, str] | None = None, bots: bool = False
) -> AsyncIterator[Server]:
    """Run a server, with its data, its log and its home below `folder`; stop it at the end. `bots`: and a bot host.

    A fault that it logged makes the test fail, also where nothing else noticed it.
    """
    server = Server(folder, flags, environment, bots=bots)
    try:
        await server.start()
        yield server
    finally:
        await server.close()
    assert "Traceback" not in server.log(), server.log()


def surroundings(home: Path, data: Path) -> dict[str, str]:
    """The surroundings of a new user: nothing of ours reaches the server but where to find Python."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return kept | {"HOME": str(home), "XDG_DATA_HOME": str(home / "share"), "ROOMFUL_SERVER__DATA": str(data)}
