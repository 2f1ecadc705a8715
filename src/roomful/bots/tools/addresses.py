"""Where web_fetch may go: to the open internet, and not to what stands behind this machine's walls."""

import ipaddress
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1, given up, and still routed by some


class Forbidden(ValueError):
    """An address is private, and nobody has allowed it."""


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
