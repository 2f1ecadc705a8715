"""What a check of proxies is measured on: thousands of addresses on the loopback, live and dead, a target and a judge.

Every proxy has an address of its own in 127.0.0.0/8; those of one kind share a listener. `python -m bench.driver.proxies`
runs them all, says where they are, and ends with its standard input; then it says how many connections came.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

import trustme
import uvloop
from aiohttp import web
from msgspec import Struct

from roomful.egress import Proxy
from roomful.egress.judge import application

KINDS = ("http", "socks5", "socks4", "login", "garbage", "silent", "refused")
LIVE = {"http": 5, "socks5": 3, "socks4": 2}  # parts of ten
DEAD = {"refused": 9, "silent": 9, "login": 1, "garbage": 1}  # parts of twenty
SAYS = {
    "login": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<title>Log in</title>",
    "garbage": b"\x00what do you mean?\r\n",
}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class World(Struct):
    """Where everything is."""

    ports: dict[str, int]  # of each kind
    target: str
    judge: str
    ca: str  # a file

    def proxies(self, live: int, dead: int) -> list[tuple[Proxy, str]]:
        """Proxies with their kinds, in an order that is the same each time and mixed."""
        kinds = [*_shares(LIVE, live), *_shares(DEAD, dead)]
        start = int(ipaddress.IPv4Address("127.1.0.1"))
        made = [(Proxy(str(ipaddress.IPv4Address(start + n)), self.ports[kind]), kind) for n, kind in enumerate(kinds)]
        return sorted(made, key=lambda one: hash_of(one[0].host))


def hash_of(text: str) -> int:
    """A number that looks random and is the same in every process."""
    return int.from_bytes(text.encode(), "big") * 2_654_435_761 % 2**32


def _shares(parts: dict[str, int], count: int) -> Iterator[str]:
    wheel = [kind for kind, times in parts.items() for _ in range(times)]
    return (wheel[n % len(wheel)] for n in range(count))


class Counts:
    """Connections that came."""

    def __init__(self) -> None:
        self.of = dict.fromkeys(KINDS, 0)


class Relay(asyncio.Protocol):
    """A proxy that works: reads what it is asked in one piece, which on the loopback it is."""

    def __init__(self, kind: str, counts: Counts) -> None:
        self._kind, self._counts = kind, counts
        self._transport: asyncio.Transport | None = None
        self._other: asyncio.Transport | None = None
        self._greeted = kind != "socks5"
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._counts.of[self._kind] += 1

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._other is not None:
            self._other.write(data)
        elif not self._speaks(data):
            self._transport.close()
        elif not self._greeted:
            self._greeted = True
            self._transport.write(b"\x05\x00")
        elif self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._connect(data))

    def _speaks(self, data: bytes) -> bool:
        return (
            data[:1] == {"socks5": b"\x05", "socks4": b"\x04"}.get(self._kind)
            if self._kind != "http"
            else data[:1] > b"A"
        )

    async def _connect(self, data: bytes) -> None:
        assert self._transport is not None
        port, yes, first = _READERS[self._kind](data)
        loop = asyncio.get_running_loop()
        other, _ = await loop.create_connection(lambda: Back(self._transport), "127.0.0.1", port)
        self._other = other
        if first:
            other.write(first)
        else:
            self._transport.write(yes)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._other is not None:
            self._other.close()


class Back(asyncio.Protocol):
    """The connection to what was asked for."""

    def __init__(self, client: asyncio.Transport | None) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        if self._client is not None and not self._client.is_closing():
            self._client.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._client is not None:
            self._client.close()


def _http(data: bytes) -> tuple[int, bytes, bytes]:
    method, target, rest = data.split(b" ", 2)
    if method == b"CONNECT":
        return int(target.rpartition(b":")[2]), b"HTTP/1.1 200 OK\r\n\r\n", b""
    place, _, path = target.removeprefix(b"http://").partition(b"/")
    return int(place.partition(b":")[2] or 80), b"", b"%b /%b %b" % (method, path, rest)


_READERS: dict[str, Callable[[bytes], tuple[int, bytes, bytes]]] = {
    "http": _http,
    "socks5": lambda data: (int.from_bytes(data[-2:], "big"), b"\x05\x00\x00\x01" + bytes(6), b""),
    "socks4": lambda data: (int.from_bytes(data[2:4], "big"), b"\x00\x5a" + bytes(6), b""),
}


class Other(asyncio.Protocol):
    """One that says the same to everybody, or nothing."""

    def __init__(self, kind: str, counts: Counts) -> None:
        self._said = SAYS.get(kind, b"")
        self._kind, self._counts = kind, counts

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._counts.of[self._kind] += 1
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._said:
            self._transport.write(self._said)
            self._transport.close()


class Target(asyncio.Protocol):
    """A page that costs next to nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(OK)
        self._transport.close()


async def _serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    counts, ports = Counts(), {}
    for kind in KINDS[:-1]:
        server = await loop.create_server(
            partial(Relay if kind in LIVE else Other, kind, counts), "0.0.0.0", 0, backlog=4096
        )
        ports[kind] = server.sockets[0].getsockname()[1]
    with socket.socket() as nobody:
        nobody.bind(("0.0.0.0", 0))
        ports["refused"] = nobody.getsockname()[1]
        ca, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost").configure_cert(tls)
        ca.cert_pem.write_to_path(folder / "ca.pem")
        target = await loop.create_server(Target, "127.0.0.1", 0, ssl=tls, backlog=4096)
        judge = await _judge()
        place = f"https://localhost:{target.sockets[0].getsockname()[1]}/"
        print(json.dumps({"ports": ports, "target": place, "judge": judge, "ca": str(folder / "ca.pem")}), flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        print(json.dumps(counts.of), flush=True)


async def _judge() -> str:
    """Ours, and a page for others that says only an address; at port 80 where that may be, because others know no other."""
    app = web.Application()
    app.router.add_get("/ip", _ip)
    app.add_subapp("/judge/", application())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 80, backlog=4096).start()
    except OSError:
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    return f"http://localhost:{runner.addresses[0][1]}/judge/"


async def _ip(request: web.Request) -> web.Response:
    return web.Response(text=str(request.remote))


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1])))
