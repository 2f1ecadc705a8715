"""Small real proxies on the loopback: HTTP (RFC 9110, absolute-form) and SOCKS5 (RFC 1928) with a password (RFC 1929).

Whatever name they are asked for, they connect to 127.0.0.1: a client that resolves names itself never gets that far.
"""

import asyncio
import base64
from typing import Literal, Self
from urllib.parse import urlsplit


class Proxy:
    """The proxy. Listens while it is entered; notes what it was asked for."""

    def __init__(self, kind: Literal["http", "socks"], user: str = "", password: str = "") -> None:
        self.kind = kind
        self.asked: list[str] = []  # HOST:PORT of each connection
        self._login = f"{user}:{password}" if user else ""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Its address, with user and password."""
        login = f"{self._login}@" if self._login else ""
        return f"{'http' if self.kind == 'http' else 'socks5h'}://{login}127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await (self._http if self.kind == "http" else self._socks)(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client went away
        finally:
            writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, _, fields = head.partition("\r\n")
        method, target, version = request.split(" ")
        expected = base64.b64encode(self._login.encode()).decode()
        if self._login and f"basic {expected}".lower() not in fields.lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            return
        url = urlsplit(target)
        path = url.path + (f"?{url.query}" if url.query else "")
        first = f"{method} {path} {version}\r\n{fields}".encode("latin-1")
        await self._tunnel(url.hostname or "", url.port or 80, first, reader, writer)

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        await reader.readexactly(count)
        writer.write(b"\x05\x02" if self._login else b"\x05\x00")
        if self._login and not await self._logged_in(reader, writer):
            return
        _, _, _, kind = await reader.readexactly(4)
        size = (await reader.readexactly(1))[0] if kind == 3 else 4
        raw = await reader.readexactly(size)
        host = raw.decode() if kind == 3 else ".".join(map(str, raw))
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await self._tunnel(host, port, b"", reader, writer)

    async def _logged_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, size = await reader.readexactly(2)
        user = (await reader.readexactly(size)).decode()
        password = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        right = f"{user}:{password}" == self._login
        writer.write(b"\x01\x00" if right else b"\x01\x01")
        return right

    async def _tunnel(
        self, host: str, port: int, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.asked.append(f"{host}:{port}")
        there, back = await asyncio.open_connection("127.0.0.1", port)
        back.write(first)
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            back.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()
    target.close()
