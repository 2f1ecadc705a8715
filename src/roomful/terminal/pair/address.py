"""HOST:PORT, as it is typed."""

from typing import NamedTuple

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 5001


class BadAddress(ValueError):
    """It is no HOST:PORT. The message says what would be right."""


class Address(NamedTuple):
    """Where to listen or whom to call."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str | None) -> Address:
    """The address in `HOST:PORT`, `[IPv6]:PORT`, `HOST` or `:PORT`; the default fills in what is left out.

    Raises:
        BadAddress: it is none of these.
    """
    host, colon, port = (text or "").removeprefix("tcp://").rpartition(":")
    if not colon or port.endswith("]"):
        host, port = f"{host}{colon}{port}", ""
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise BadAddress(f"{text} is no HOST:PORT; an IPv6 address stands in brackets, as in [::1]:{DEFAULT_PORT}.")
    if port and not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise BadAddress(f"{port} is no port: HOST:PORT, as in {DEFAULT_HOST}:{DEFAULT_PORT}.")
    return Address(host or DEFAULT_HOST, int(port) if port else DEFAULT_PORT)


def of_peer(name: tuple[object, ...] | None) -> str:
    """The other end's address, as the system names it; it may be gone already."""
    return str(Address(str(name[0]), int(str(name[1])))) if name else "an address unknown"
