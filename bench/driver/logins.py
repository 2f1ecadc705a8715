"""People who log in by password beside a workload: so many a second, each on a connection of its own.

python -m bench.driver.logins PORT RATE      until SIGTERM; then prints how many came in, and after how long
"""

import asyncio
import json
import signal
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.driver.machine import cores, on_core

PASSWORD = "a benchmark's own password"
ACCOUNT = "bench-login"
MOST = 500  # under way at once


@contextmanager
def logins(port: int, rate: float) -> Iterator[dict[str, Any]]:
    """Let people log in while the block runs; afterwards the dict says `logins`, `refused` and `login_p50_ms`."""
    measured: dict[str, Any] = {}
    if not rate:
        yield measured
        return
    command = [sys.executable, "-m", "bench.driver.logins", str(port), str(rate)]
    with on_core(cores()[1]):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield measured
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    measured |= json.loads(said)


class Person:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request, and await what is said next."""
        payload = json.dumps({"id": 1, **request}).encode()
        self._writer.write(struct.pack("!I", len(payload)) + payload)
        (size,) = struct.unpack("!I", await self._reader.readexactly(4))
        reply: dict[str, Any] = json.loads(await self._reader.readexactly(size))
        return reply


async def _come(port: int, request: dict[str, Any]) -> dict[str, Any]:
    """Connect, log in or register, and go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        person = Person(reader, writer)
        await person.ask(type="hello", protocol=1)
        return await person.ask(**request, account=ACCOUNT, password=PASSWORD)
    finally:
        writer.close()


async def _storm(port: int, rate: float) -> dict[str, Any]:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await _come(port, {"type": "register"})
    took: list[float] = []
    refused = 0

    async def login() -> None:
        nonlocal refused
        began = time.perf_counter()
        try:
            reply = await _come(port, {"type": "login"})
        except (OSError, asyncio.IncompleteReadError):
            refused += 1
            return
        if reply["type"] == "ok":
            took.append(time.perf_counter() - began)
        else:
            refused += 1

    async with asyncio.TaskGroup() as people:
        next_at, under_way = time.perf_counter(), set[asyncio.Task[None]]()
        while not ended.is_set():
            next_at += 1 / rate
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            if len(under_way) < MOST:
                task = people.create_task(login())
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        for task in under_way:
            task.cancel()
    return {"logins": len(took), "refused": refused, "login_p50_ms": statistics.median(took or [0.0]) * 1000}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_storm(int(sys.argv[1]), float(sys.argv[2])))))
