"""Where the server may go for somebody: to the open internet, and not to what stands behind this machine's walls."""

import contextlib
import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_NUMBER = re.compile(r"(?:0x)?[0-9a-f]{1,12}\Z", re.ASCII | re.IGNORECASE)  # of an address, as inet_aton(3) takes them
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1, given up, and still routed by some


EVERYWHERE: tuple[Network, ...] = (ipaddress.IPv4Network("0.0.0.0/0"), ipaddress.IPv6Network("::/0"))


class NoAddress(ValueError):
    """What should be an address of the web is none; the message says what is."""


class Forbidden(ValueError):
    """An address is private, and nobody has allowed it."""


def parts_of(url: str) -> SplitResult:
    """An address of the web in its parts, without the fragment. Raises NoAddress."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise NoAddress("that is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoAddress("an address begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise NoAddress("an address with a user name in it is not asked")
    if port == 0 or not re.fullmatch(r"[^\s\\]+", parts.netloc):
        raise NoAddress("that is no address")
    return parts._replace(fragment="")


def check_literal(host: str, private: Sequence[Network] = ()) -> None:
    """Refuse a host that is an address itself, or this machine's own name, if it is private. Raises Forbidden."""
    if (address := _written(host)) is not None:
        check(host, (address,), private)


def _written(host: str) -> str | None:
    """The address that a host is by its letters alone; None: it is a name. Resolvers take `127.1` for an address."""
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    parts = host.rstrip(".").split(".")
    if len(parts) <= 4 and all(map(_NUMBER.match, parts)):
        with contextlib.suppress(ValueError):
            *first, last = (int(one, 16 if one[:2] in ("0x", "0X") else 8 if one[0] == "0" else 10) for one in parts)
            return str(ipaddress.IPv4Address(last + sum(one << 8 * (3 - at) for at, one in enumerate(first))))
    return "127.0.0.1" if host.rstrip(".").lower().rpartition(".")[2] == "localhost" else None  # RFC 6761, 6.3


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Networks as the configuration names them. Raises ValueError."""
    return tuple(ipaddress.ip_network(one) for one in written)


def check(host: str, found: Sequence[str], private: Sequence[Network] = ()) -> str:
    """The address to connect to, of all those that a name stands for.

    Every one is looked at: a name that also stands for a private address is a trap, or may become one.

    Raises Forbidden.
    """
    addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in found]
    if not addresses:
        raise Forbidden(f"{host} has no address")
    for address in addresses:
        if not is_open(address) and not any(address in network for network in private):
            raise Forbidden(f"{host} is at {address}, which is no address of the open internet")
    return str(addresses[0])


def is_open(address: Address) -> bool:
    """Whether an address is one of the open internet, and so are those that are hidden in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if (meant := _meant(address)) is not None:
            return is_open(meant)
        if not all(map(is_open, _hidden(address))):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _meant(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address is another way of writing, or is translated to."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped


def _hidden(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses through which, or to which, an IPv6 address leads by a tunnel."""
    compatible = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _COMPATIBLE else None
    ends = (address.sixtofour, compatible, *(address.teredo or ()))
    return [one for one in ends if one is not None]
