"""A real `roomful serve` in a process of its own, with a home and a data folder of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

PATIENCE = 20.0  # s: a safety net, not a measure
PROGRAM = str(Path(sys.executable).parent / "roomful")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has just installed Roomful, with this home."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    places = {"HOME": str(home), "XDG_DATA_HOME": str(home / ".local/share"), "XDG_CONFIG_HOME": str(home / ".config")}
    return {**kept, **places, "TZ": "UTC", "PYTHONUNBUFFERED": "1", **more}


class Server:
    """A server that can be killed and started again on the same data and the same ports."""

    def __init__(self, home: Path, flags: tuple[str, ...], env: dict[str, str]) -> None:
        self.home = home
        self.data = home / "data"
        self.addresses: dict[str, str] = {}
        self.process: asyncio.subprocess.Process
        self._flags = flags
        self._env = env

    @property
    def tcp(self) -> str:
        """HOST:PORT of the native protocol."""
        return self.addresses["tcp"]

    @property
    def http(self) -> str:
        """HOST:PORT of HTTP."""
        return self.addresses["http"]

    @property
    def pid(self) -> int:
        """The process."""
        return self.process.pid

    @property
    def log(self) -> str:
        """What it has written to standard error, over all its lives."""
        return (self.home / "serve.log").read_text()

    async def start(self) -> None:
        """Start it and read its ready line."""
        tcp, http = self.addresses.get("tcp", "127.0.0.1:0"), self.addresses.get("http", "127.0.0.1:0")
        words = ["serve", "--data", str(self.data), "--tcp", tcp, "--http", http, *self._flags]
        with (self.home / "serve.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                PROGRAM, *words, env=self._env, cwd=self.home, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self.process.stdout.readline()).decode()
        assert line.startswith("ready "), f"no ready line: {line!r}\n{self.log}"
        self.addresses = dict(word.split("=", 1) for word in line.split()[1:])

    def kill9(self) -> None:
        """End it without a word."""
        self.process.kill()

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def restart(self) -> None:
        """Wait for the end of the old process, and start a new one."""
        await self.ended()
        await self.start()


@contextlib.asynccontextmanager
async def serve(home: Path, *flags: str, **env: str) -> AsyncIterator[Server]:
    """A server in `home`; stopped at the end, if it still runs."""
    server = Server(home, flags, environment(home, **env))
    await server.start()
    try:
        yield server
    finally:
        if server.process.returncode is None:
            server.kill9()
            await server.ended()
