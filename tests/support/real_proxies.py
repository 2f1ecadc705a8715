"""Proxies that others wrote, as processes of their own on the loopback: proxy.py, tinyproxy and microsocks."""

import asyncio
import contextlib
import random
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

PATIENCE = 20.0  # s: a safety net, not a measure


def missing() -> str:
    """Which of the programs is not installed; "" when all are. proxy.py comes with the development group."""
    return ", ".join(name for name in ("tinyproxy", "microsocks") if shutil.which(name) is None)


def free_port() -> int:
    """One that nobody listens at now, below those that the system gives to whoever connects."""
    while True:
        port = random.randrange(12_000, 32_000)
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port


@contextlib.asynccontextmanager
async def proxy_py(*flags: str) -> AsyncIterator[int]:
    """proxy.py: HTTP and CONNECT, says who it is in Via. Gives its port."""
    words = [sys.executable, "-m", "proxy", "--hostname", "127.0.0.1", "--log-level", "ERROR", "--num-workers", "1"]
    async with _running(lambda port: [*words, "--num-acceptors", "1", "--port", str(port), *flags]) as port:
        yield port


@contextlib.asynccontextmanager
async def tinyproxy(folder: Path, *lines: str) -> AsyncIterator[int]:
    """tinyproxy: HTTP and CONNECT, as these lines of its configuration say. Gives its port."""

    def words(port: int) -> list[str]:
        file = folder / f"tinyproxy-{port}.conf"
        file.write_text("\n".join((f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 200", *lines, "")))
        return ["tinyproxy", "-d", "-c", str(file)]

    async with _running(words) as port:
        yield port


@contextlib.asynccontextmanager
async def microsocks(*flags: str) -> AsyncIterator[int]:
    """microsocks: SOCKS5, by name and by address. Gives its port."""
    async with _running(lambda port: ["microsocks", "-i", "127.0.0.1", "-p", str(port), *flags]) as port:
        yield port


@contextlib.asynccontextmanager
async def _running(words: Callable[[int], list[str]]) -> AsyncIterator[int]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *words(port), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _listens(port, process)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.returncode is None, "it has ended by itself"
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)  # another program's socket cannot be awaited
