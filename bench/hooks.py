"""Measure webhooks: how many posts a second come in, and how many deliveries a second go out, of a real server on this machine.

python -m bench.hooks                   both (half a minute)
python -m bench.hooks in                programs that post
python -m bench.hooks out               programs that are told
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from roomful.client import Client
from tests.support.server import Server, serve

OPEN = {
    "ROOMFUL_LIMITS__ENABLED": "false",
    "ROOMFUL_WEBHOOKS__PRIVATE": "true",
    "ROOMFUL_ACCOUNTS__REGISTRATION": "open",
}
POSTS, PROGRAMS = 4_000, (1, 8, 64)  # posts, by so many programs at once
LINES, ADDRESSES = 1_000, (1, 16)  # lines of a room, told to so many addresses
PATIENCE = 120.0  # s
TICKS = os.sysconf("SC_CLK_TCK")
ROOM = "#bench"


class Taken(asyncio.Protocol):
    """A program that takes what it is told, and costs next to nothing: it answers each request with 204."""

    count = 0
    enough = 0
    done = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """A part of a request, or several."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(self._buffer) < end + 4 + size:
                return
            self._buffer = self._buffer[end + 4 + size :]
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            Taken.count += 1
            if Taken.count == Taken.enough:
                Taken.done.set()


def cpu(pid: int) -> float:
    """Seconds of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Server, Client]]:
    """A server, and who owns a room there."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            serve(Path(folder), environment=OPEN) as server,
            Client(server.tcp, account="ann", password="four lamps for a cellar", register=True) as ann,
        ):
            await ann.join(ROOM)
            yield server, ann


def told(what: str, count: int, began: float, used: float) -> None:
    took = time.monotonic() - began
    print(
        f"{what}: {count / took:,.0f} a second, {used / count * 1e6:,.0f} µs of the server's processor each", flush=True
    )


async def incoming() -> None:
    """Posts by a secret address, each answered once it is on the disk."""
    async with opened() as (server, ann), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        url = (await ann.webhook_in(ROOM, "ci")).url

        async def program(posts: int) -> None:
            for _ in range(posts):
                async with http.post(url, json={"text": "Build 17 of the main branch is green."}) as answer:
                    assert answer.status == 200

        for programs in PROGRAMS:
            began, used = time.monotonic(), cpu(server.pid)
            await asyncio.gather(*(program(POSTS // programs) for _ in range(programs)))
            told(f"in, {programs} at once", POSTS, began, cpu(server.pid) - used)


async def outgoing() -> None:
    """Deliveries: what was said while the addresses were switched off goes out at once, in order for each."""
    loop = asyncio.get_running_loop()
    taker = await loop.create_server(Taken, "127.0.0.1", 0)
    port = taker.sockets[0].getsockname()[1]
    for addresses in ADDRESSES:
        async with opened() as (server, ann):
            hooks = [
                await ann.webhook_out(ROOM, f"http://127.0.0.1:{port}/{number}", ["message"])
                for number in range(addresses)
            ]
            for hook in hooks:
                await ann.webhook_switch(ROOM, hook.webhook, on=False)
            await asyncio.gather(*(ann.post(ROOM, f"line {number}: the build is green") for number in range(LINES)))
            Taken.count, Taken.enough, Taken.done = 0, LINES * addresses, asyncio.Event()
            began, used = time.monotonic(), cpu(server.pid)
            for hook in hooks:
                await ann.webhook_switch(ROOM, hook.webhook, on=True)
            async with asyncio.timeout(PATIENCE):
                await Taken.done.wait()
            told(f"out, to {addresses}", LINES * addresses, began, cpu(server.pid) - used)
    taker.close()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", choices=["in", "out", []], default=[])
    wanted = parser.parse_args().what or ["in", "out"]
    if "in" in wanted:
        asyncio.run(incoming())
    if "out" in wanted:
        asyncio.run(outgoing())
    return 0


if __name__ == "__main__":
    sys.exit(main())
