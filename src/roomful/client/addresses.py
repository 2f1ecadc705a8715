"""Addresses of servers, as people type them."""

from typing import NamedTuple

DEFAULT_PORT = 5002
DEFAULT_TLS_PORT = 5004
SCHEMES = ("tcp", "tls")


class BadAddress(ValueError):
    """What was given is no address of a server; the message says what one looks like."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int
    tls: bool = False

    def __str__(self) -> str:
        where = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        return f"tls://{where}" if self.tls else where


def parse_address(text: str) -> Address:
    """The address in `tls://HOST:PORT`, `tcp://HOST:PORT`, `HOST:PORT` or `HOST`.

    The port is 5004 for `tls://` and 5002 for all others where none is given.

    An IPv6 address stands in brackets: `[::1]:5002`.
    Raises BadAddress.
    """
    scheme, separator, rest = text.rpartition("://")
    if separator and scheme.lower() not in SCHEMES:
        raise BadAddress(f"{scheme}:// is not spoken here yet. An address that is: tcp://127.0.0.1:{DEFAULT_PORT}")
    tls = scheme.lower() == "tls"
    host, port = _split(rest.rstrip("/"), text, DEFAULT_TLS_PORT if tls else DEFAULT_PORT)
    if not host or any(c.isspace() or c in "/@?#" for c in host):
        raise BadAddress(f"{text!r} names no host. An address looks like this: 127.0.0.1:{DEFAULT_PORT}")
    return Address(host, port, tls)


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
