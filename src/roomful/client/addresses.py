"""Addresses of servers, as people type them."""

from typing import NamedTuple

DEFAULT_PORT = 5002
DEFAULT_TLS_PORT = 5004
DEFAULT_WEB_PORT = 5003
DEFAULT_WEB_TLS_PORT = 443  # of the proxy that speaks TLS for the server
SCHEMES = ("tcp", "tls", "ws", "wss")
WEB_PATH = "/ws"


class BadAddress(ValueError):
    """What was given is no address of a server; the message says what one looks like."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int
    tls: bool = False
    web: bool = False  # by WebSocket

    def __str__(self) -> str:
        if self.web:
            return f"{'wss' if self.tls else 'ws'}://{self.where}"
        return f"tls://{self.where}" if self.tls else self.where

    @property
    def where(self) -> str:
        """Host and port alone."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """The address in `tls://HOST:PORT`, `tcp://HOST:PORT`, `HOST:PORT`, `HOST`, `ws://HOST:PORT` or `wss://HOST`.

    Where no port is given it is 5004 for `tls://`, 5003 for `ws://`, 443 for `wss://`, and 5002 for all others.

    An IPv6 address stands in brackets: `[::1]:5002`.
    Raises BadAddress.
    """
    scheme, separator, rest = text.rpartition("://")
    scheme, rest = scheme.lower(), rest.rstrip("/")
    if separator and scheme not in SCHEMES:
        like = (
            f"{'wss' if scheme == 'https' else 'ws'}://{rest}"
            if scheme in ("http", "https")
            else "tcp://127.0.0.1:5002"
        )
        raise BadAddress(f"{scheme}:// is not spoken here. An address that is: {like}")
    tls, web = scheme in ("tls", "wss"), scheme in ("ws", "wss")
    host, port = _split(rest.removesuffix(WEB_PATH) if web else rest, text, _DEFAULTS[tls, web])
    if not host or any(c.isspace() or c in "/@?#" for c in host):
        raise BadAddress(f"{text!r} names no host. An address looks like this: 127.0.0.1:{DEFAULT_PORT}")
    return Address(host, port, tls, web)


_DEFAULTS = {
    (False, False): DEFAULT_PORT,
    (True, False): DEFAULT_TLS_PORT,
    (False, True): DEFAULT_WEB_PORT,
    (True, True): DEFAULT_WEB_TLS_PORT,
}


def _split(rest: str, text: str, default: int) -> tuple[str, int]:
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise BadAddress(f"{text!r} is not an IPv6 address in brackets, such as [::1]:{DEFAULT_PORT}")
        return host, _port(tail[1:], text) if tail else default
    if rest.count(":") > 1:
        raise BadAddress(f"An IPv6 address stands in brackets: [{rest}]:{DEFAULT_PORT}")
    if rest.isdigit():
        raise BadAddress(f"{text!r} is only a port. Did you mean 127.0.0.1:{rest}?")
    host, colon, port = rest.partition(":")
    return host, _port(port, text) if colon else default


def _port(port: str, text: str) -> int:
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadAddress(f"{text!r} has no port from 1 to 65535. An example: 127.0.0.1:{DEFAULT_PORT}")
    return int(port)
