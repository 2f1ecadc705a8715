"""A local proxy, HTTP and SOCKS5, that passes each connection on through one of the pool.

Whoever can use a proxy can use the pool by it, whatever library they are written with. The user name is a session: requests of
the same session go through the same proxy while it works.
"""

import asyncio
import base64
import binascii
import hmac

from ..checking.http import MAX_HEAD
from ..proxy import Proxy
from ..result import REASONS
from .front import BadRequest, Request, read_socks5, request_of, socks5_reply
from .pool import Pool
from .relaying import content, ended, everything, relay
from .upstream import NoWay, Way, way

FIRST_WORDS = 15.0  # s for whoever connects to say what it wants
MOST = 1_000  # connections at a time
SOCKS5 = 5
UNREACHABLE, GENERAL, ALLOWED = 4, 1, 0  # RFC 1928, 6


class Rotator:
    """The listener. `password` "" lets everybody in who can connect."""

    def __init__(self, pool: Pool, password: str = "") -> None:
        self._pool, self._password = pool, password
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Begin; returns where. Raises OSError."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=MAX_HEAD)
        found = self._server.sockets[0].getsockname()
        return str(found[0]), int(found[1])

    async def close(self) -> None:
        """End all connections."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= MOST:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(FIRST_WORDS):
                first = await reader.readexactly(1)
                request = await (self._socks5(reader, writer) if first[0] == SOCKS5 else self._http(first, reader))
            if request is not None:
                await self._pass_on(request, reader, writer)
        except BadRequest as why:
            writer.write(why.answer())
            await writer.drain()
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            pass  # whoever connected is gone, or says nothing
        finally:
            await ended(writer)

    # -- what is wanted ---------------------------------------------------------------------------------

    async def _http(self, first: bytes, reader: asyncio.StreamReader) -> Request:
        try:
            head = first + await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise BadRequest(431, "The head of the request is too large.") from None
        request = request_of(head)
        scheme, _, given = request.fields.get("proxy-authorization", "").partition(" ")
        user, password = _login(given) if scheme.lower() == "basic" else ("", "")
        if not self._lets_in(password):
            raise BadRequest(407, "This proxy wants the password that it was started with.")
        request.session = user
        return request

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        return await read_socks5(reader, writer, self._lets_in if self._password else None)

    def _lets_in(self, password: str) -> bool:
        return not self._password or hmac.compare_digest(password.encode(), self._password.encode())

    # -- passing on -----------------------------------------------------------------------------------------

    async def _pass_on(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            found = await way(self._pool, request.host, request.port, session=request.session, use=request.use)
        except NoWay as why:
            writer.write(_refusal(request, why.code))
            await writer.drain()
            return
        try:
            found.writer.write(_opening(request, found))
            if request.socks:
                writer.write(socks5_reply(ALLOWED))
            elif request.use == "tunnel":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pieces = everything(reader) if request.use == "tunnel" else content(reader, request.length)
            answered = await relay(pieces, writer, found.reader, found.writer)
        finally:
            await ended(found.writer)
        if not answered:
            self._pool.failed(found.pick, "cut")


def _login(given: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _opening(request: Request, found: Way) -> bytes:
    """What the next one is told first: of a tunnel nothing, else the request, as that one wants it."""
    return b"" if request.use == "tunnel" else request.head(found.pick)


def _refusal(request: Request, code: str) -> bytes:
    if request.socks:
        return socks5_reply(UNREACHABLE if code == "target_unreachable" else GENERAL)
    if not code:
        return BadRequest(503, "No proxy of the pool may be used now: `roomful proxies list` shows why.").answer()
    return BadRequest(502, f"No proxy of the pool gave a way. {REASONS[code]}").answer()


def local_url(address: tuple[str, int], password: str, session: str = "") -> str:
    """The local proxy as programs take it."""
    return Proxy(*address, "http", session or ("roomful" if password else ""), password).url
