"""Proxies of ours on the loopback, honest ones and all that misbehave: what each does is said where it is made.

One port speaks HTTP, CONNECT, SOCKS4, SOCKS4a, SOCKS5 and SOCKS5h, or those of them that it is told to.
"""

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Self

from roomful.egress import PROTOCOLS, Proxy

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Reveal = Callable[[str], Iterable[str]]  # header lines that it adds, from the client's address
LOGIN_PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 41\r\n\r\n<html><title>Please log in</title></html>"
)


class Listening:
    """Somebody who takes connections while it is entered."""

    def __init__(self) -> None:
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def at(self, scheme: str = "", user: str = "", password: str = "") -> Proxy:
        """Its address, as a list might have it."""
        return Proxy("127.0.0.1", self.port, scheme, user, password)

    async def serve(self, reader: Reader, writer: Writer) -> None:
        """One connection."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return  # the client went away, or wanted none of it
        finally:
            writer.close()


class BlackHole(Listening):
    """Takes connections and whatever is sent, and says nothing."""

    async def serve(self, reader: Reader, writer: Writer) -> None:
        while await reader.read(65_536):
            pass


class Saying(Listening):
    """Says the same to whatever it is asked, and closes."""

    def __init__(self, said: bytes) -> None:
        super().__init__()
        self._said = said

    async def serve(self, reader: Reader, writer: Writer) -> None:
        await reader.read(65_536)
        writer.write(self._said)
        await writer.drain()


class Double(Listening):
    """A proxy.

    speaks: the protocols; others are closed without a word. With `names` false it resolves none.
    hosts: names that only it knows, and what they stand for.
    login: USER:PASSWORD that it wants; SOCKS4, which has no password, is then refused.
    reveal: what it adds to forwarded requests.
    delay: s before it answers anything; stall: s between its yes to a tunnel and the first byte in it.
    blocked: ports that it does not go to.
    cut: bytes of an answer after which it closes.
    rewrite: what it makes of answers, in tunnels too.
    tls: it opens encrypted tunnels with this; what it then hears is `overheard`.
    fails_every: this many connections, and then one that it closes without a word.
    """

    def __init__(
        self,
        speaks: Iterable[str] = PROTOCOLS,
        *,
        names: bool = True,
        hosts: Mapping[str, str] | None = None,
        login: str = "",
        reveal: Reveal = lambda _: (),
        delay: float = 0.0,
        stall: float = 0.0,
        blocked: Iterable[int] = (),
        cut: int | None = None,
        rewrite: Callable[[bytes], bytes] | None = None,
        tls: ssl.SSLContext | None = None,
        fails_every: int = 0,
    ) -> None:
        super().__init__()
        self._speaks = frozenset(speaks)
        self._names, self._login, self._reveal, self._delay = names, login, reveal, delay
        self._blocked, self._cut, self._rewrite, self._tls, self._fails = (
            frozenset(blocked),
            cut,
            rewrite,
            tls,
            fails_every,
        )
        self._hosts, self._stall = hosts or {}, stall
        self.overheard = b""
        self.served = 0  # connections

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.served += 1
        if self._fails and self.served % (self._fails + 1) == 0:
            return
        first = await reader.readexactly(1)
        await asyncio.sleep(self._delay)  # it is slow: that is what it is
        if first == b"\x05" and self._speaks & {"socks5", "socks5h"}:
            await self._socks5(reader, writer)
        elif first == b"\x04" and self._speaks & {"socks4", "socks4a"}:
            await self._socks4(reader, writer)
        elif first.isupper() and self._speaks & {"http", "https"}:
            await self._http(first, reader, writer)

    async def _http(self, first: bytes, reader: Reader, writer: Writer) -> None:
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.strip().split("\r\n")
        method, target, _ = request.split(" ")
        protocol = "https" if method == "CONNECT" else "http"
        basic = base64.b64encode(self._login.encode()).decode()
        if self._login and f"Proxy-Authorization: Basic {basic}" not in lines:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif protocol not in self._speaks:
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        elif protocol == "https":
            host, _, port = target.rpartition(":")
            await self._tunnel(host, int(port), b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 502 No\r\n\r\n", reader, writer)
        else:
            await self._forward(target, lines, writer)

    async def _forward(self, target: str, lines: list[str], writer: Writer) -> None:
        place, _, path = target.removeprefix("http://").partition("/")
        host, _, port = place.partition(":")
        kept = [line for line in lines if not line.startswith("Proxy-")]
        added = self._reveal(writer.get_extra_info("peername")[0])
        upstream = await self._open(host, int(port or 80))
        if upstream is None:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        async with upstream as (there, back):
            back.write("\r\n".join([f"GET /{path} HTTP/1.1", *kept, *added, "", ""]).encode("latin-1"))
            await self._answer(await there.read(), writer)

    async def _answer(self, data: bytes, writer: Writer) -> None:
        data = self._rewrite(data) if self._rewrite else data
        writer.write(data[: self._cut])
        await writer.drain()

    async def _socks5(self, reader: Reader, writer: Writer) -> None:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = 2 if self._login else 0
        writer.write(bytes((5, wanted if wanted in methods else 0xFF)))
        if wanted not in methods or (self._login and not await self._logged_in(reader, writer)):
            return
        *_, kind = await reader.readexactly(4)
        raw = await reader.readexactly({1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0])
        port = int.from_bytes(await reader.readexactly(2), "big")
        protocol = "socks5h" if kind == 3 else "socks5"
        rest = b"\x00\x01" + bytes(6)
        if protocol not in self._speaks or (kind == 3 and not self._names):
            writer.write(b"\x05\x08" + rest)
            return
        host = raw.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw)
        await self._tunnel(host, port, b"\x05\x00" + rest, b"\x05\x04" + rest, reader, writer)

    async def _logged_in(self, reader: Reader, writer: Writer) -> bool:
        await reader.readexactly(1)
        user, password = [(await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in range(2)]
        right = f"{user}:{password}" == self._login
        writer.write(b"\x01\x00" if right else b"\x01\x01")
        return right

    async def _socks4(self, reader: Reader, writer: Writer) -> None:
        _, *place = await reader.readexactly(7)
        port, address = int.from_bytes(place[:2], "big"), bytes(place[2:])
        await reader.readuntil(b"\x00")
        host, protocol = socket.inet_ntoa(address), "socks4"
        if address[:3] == bytes(3):
            host, protocol = (await reader.readuntil(b"\x00"))[:-1].decode(), "socks4a"
        no = b"\x00\x5b" + bytes(6)
        if self._login or protocol not in self._speaks or (protocol == "socks4a" and not self._names):
            writer.write(no)
            return
        await self._tunnel(host, port, b"\x00\x5a" + bytes(6), no, reader, writer)

    async def _tunnel(self, host: str, port: int, yes: bytes, no: bytes, reader: Reader, writer: Writer) -> None:
        upstream = await self._open(host, port)
        if upstream is None:
            writer.write(no)
            return
        writer.write(yes)
        await asyncio.sleep(self._stall)
        async with upstream as (there, back):
            first = await reader.read(65_536)
            if first[:1] == b"\x16" and self._tls is not None:
                await self._intercept(first, reader, writer)
                return
            back.write(first)
            if first[:1] != b"\x16" and (self._rewrite or self._cut is not None):
                await self._answer(await there.read(), writer)
                return
            await asyncio.gather(_copy(reader, back), _copy(there, writer, self._cut))

    async def _intercept(self, first: bytes, reader: Reader, writer: Writer) -> None:
        """Be the target, with a certificate of its own."""
        assert self._tls is not None
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._tls.wrap_bio(coming, going, server_side=True)
        step: Callable[[], object] = tls.do_handshake
        data = first
        while data:
            coming.write(data)
            with contextlib.suppress(ssl.SSLWantReadError):
                step()
                step = tls.read
                self.overheard += tls.read()
            writer.write(going.read())
            data = await reader.read(65_536)

    async def _open(
        self, host: str, port: int
    ) -> "contextlib.AbstractAsyncContextManager[tuple[Reader, Writer]] | None":
        if port in self._blocked:
            return None
        there, back = await asyncio.open_connection(self._hosts.get(host, host), port, family=socket.AF_INET)

        @contextlib.asynccontextmanager
        async def upstream() -> AsyncIterator[tuple[Reader, Writer]]:
            try:
                yield there, back
            finally:
                back.close()

        return upstream()


async def _copy(source: Reader, target: Writer, most: int | None = None) -> None:
    while data := await source.read(65_536):
        target.write(data[:most])
        await target.drain()
        if most is not None and (most := most - len(data)) <= 0:
            break
    target.close()
