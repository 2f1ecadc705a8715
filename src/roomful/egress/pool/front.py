"""What clients of the local proxy say: HTTP (RFC 9112, CONNECT and absolute addresses) and SOCKS5 (RFC 1928, 1929)."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from ..checking.handshakes import authorization
from .pool import Pick, Use

# Fields that concern one connection only (RFC 9110, 7.6.1), or us.
_HOP = frozenset(("connection", "proxy-connection", "proxy-authorization", "keep-alive", "te", "trailer", "upgrade"))
_ONCE = frozenset(("content-length", "transfer-encoding"))  # said twice, each reads another end of the request
MOST_FIELDS = 100


class BadRequest(Exception):
    """What was asked cannot be done. `status` is HTTP's."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words

    def answer(self) -> bytes:
        """As it is sent."""
        body = f"{self.words}\n".encode()
        more = 'Proxy-Authenticate: Basic realm="roomful"\r\n' if self.status == 407 else ""
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
        )
        return head.encode() + body


class Request:
    """Where somebody wants to go."""

    def __init__(self, host: str, port: int, *, socks: bool = False) -> None:
        self.host, self.port, self.socks = host, port, socks
        self.use: Use = "tunnel"
        self.session = ""
        self.length: int | None = 0  # bytes of content; None: it comes in chunks
        self.fields: dict[str, str] = {}  # names in lower case
        self._method = self._path = ""
        self._lines: list[str] = []

    @classmethod
    def forwarded(cls, host: str, port: int, method: str, path: str, lines: list[str]) -> "Request":
        """A request of plain HTTP; `lines` are its header lines."""
        request = cls(host, port)
        request.use, request._method, request._path, request._lines = "forward", method, path, lines
        return request

    def head(self, pick: Pick) -> bytes:
        """The head of a forwarded request, as the proxy wants it that was chosen: whole, or as the target itself would."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        place = place if self.port == 80 else f"{place}:{self.port}"
        whole = pick.protocol == "http"
        first = f"{self._method} http://{place}{self._path}" if whole else f"{self._method} {self._path}"
        kept = [line for line in self._lines if line.partition(":")[0].strip().lower() not in _HOP]
        lines = "".join(f"{line}\r\n" for line in kept)
        own = authorization(pick.proxy) if whole else ""
        return f"{first} HTTP/1.1\r\n{lines}{own}Connection: close\r\n\r\n".encode("latin-1")


def request_of(head: bytes) -> Request:
    """What an HTTP client wants. Raises BadRequest."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    if any(sign in line for line in (first, *lines) for sign in "\r\n\0"):  # some would take it for the end of a line
        raise BadRequest(400, "A line has a sign in it that none may have.")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or len(lines) > MOST_FIELDS:
        raise BadRequest(400, "This is no request of HTTP/1.1.")
    method, target, _ = words
    request = Request(*_place(target)) if method == "CONNECT" else _forwarded(method, target, lines)
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or not name or (name.lower() in _ONCE & request.fields.keys()):
            raise BadRequest(400, "A header line is none, or stands there twice.")
        request.fields[name.lower()] = value.strip()
    request.length = _length(request.fields)
    return request


def _forwarded(method: str, target: str, lines: list[str]) -> Request:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme != "http":
        raise BadRequest(400, "A proxy is asked for http://HOST/PATH, or by CONNECT HOST:PORT.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request.forwarded(host, port or 80, method, path, lines)


def _length(fields: Mapping[str, str]) -> int | None:
    """How many bytes of content follow; None: they come in chunks (RFC 9112, 6.3). Raises BadRequest."""
    coding, length = fields.get("transfer-encoding"), fields.get("content-length")
    if coding is not None and (coding.lower() != "chunked" or length is not None):
        raise BadRequest(400, "The content comes in chunks, or has a length.")
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 19):
        raise BadRequest(400, "The content's length is no number.")
    return None if coding is not None else int(length or 0)


def _place(target: str) -> tuple[str, int]:
    host, _, port = target.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadRequest(400, "CONNECT takes HOST:PORT.")
    return host, int(port)


async def read_socks5(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lets_in: Callable[[str], bool] | None
) -> Request | None:
    """What a SOCKS5 client wants, of which the first byte was read; None: it was refused. `lets_in`: looks at passwords."""
    methods = await reader.readexactly((await reader.readexactly(1))[0])
    wanted = 2 if lets_in is not None else 2 if 2 in methods and 0 not in methods else 0
    if wanted not in methods:
        writer.write(b"\x05\xff")
        return None
    writer.write(bytes((5, wanted)))
    session = ""
    if wanted == 2:
        user, password = await _credentials(reader)
        if lets_in is not None and not lets_in(password):
            writer.write(b"\x01\x01")
            return None
        writer.write(b"\x01\x00")
        session = user
    _, command, _, kind = await reader.readexactly(4)
    host = await _host(reader, kind)
    port = int.from_bytes(await reader.readexactly(2), "big")
    if command != 1 or not host:
        writer.write(socks5_reply(7 if command != 1 else 8))
        return None
    request = Request(host, port, socks=True)
    request.session = session
    return request


async def _credentials(reader: asyncio.StreamReader) -> tuple[str, str]:
    await reader.readexactly(1)
    user = await reader.readexactly((await reader.readexactly(1))[0])
    password = await reader.readexactly((await reader.readexactly(1))[0])
    return user.decode("utf-8", "replace"), password.decode("utf-8", "replace")


async def _host(reader: asyncio.StreamReader, kind: int) -> str:
    if kind == 3:
        name = await reader.readexactly((await reader.readexactly(1))[0])
        return name.decode() if name.isascii() and name.decode().isprintable() and b" " not in name else ""
    if kind in (1, 4):
        return str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    return ""


def socks5_reply(code: int) -> bytes:
    """An answer, with no address in it: nobody needs ours."""
    return bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0))
