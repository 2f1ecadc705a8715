"""`--lan`: a classroom or a home. This machine's addresses in its own network, and the code that lets guests in.

Listened on are the addresses that no router of the internet passes on: private ones (RFC 1918), unique local ones (RFC 4193) and,
for two machines on one cable, link-local ones of IPv4 (RFC 3927). Those of IPv6 (fe80::) are left out: they need a zone,
which has no place in a browser's address. A machine that has a public address too is not reached by it.
"""

import ipaddress
import secrets
import socket
from collections.abc import Iterable

from .failures import StartError

LOOPBACK = "127.0.0.1"
CODE_DIGITS = 6
NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7")
)


def is_private(address: str) -> bool:
    """Whether an address can be reached from this machine's own network only."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in NETWORKS)


def own_addresses() -> list[str]:
    """This machine's private addresses, the one that others most likely reach it by first."""
    import ifaddr  # only here: nobody else need wait for it

    found = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for card in ifaddr.get_adapters() for ip in card.ips]
    return ranked((address for address in found if is_private(address)), _towards_others())


def ranked(addresses: Iterable[str], likely: Iterable[str]) -> list[str]:
    """Those that are likely come first, then IPv4, then IPv6; each once."""
    first = list(likely)
    return sorted(dict.fromkeys(addresses), key=lambda one: (one not in first, ":" in one))


def listening_hosts(private: list[str]) -> tuple[str, ...]:
    """Where to listen: here, and in the network. Raises StartError: there is none."""
    if not private:
        raise StartError(
            "--lan finds no network: this machine has no private address (such as 192.168.1.5). "
            "Join a network first; or name an address: --open --tcp HOST:5002"
        )
    return LOOPBACK, *private


def new_code() -> str:
    """Six digits, of which nobody can tell the next."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _towards_others() -> list[str]:
    """The addresses with which this machine would speak to others. Nothing is sent: UDP only looks up the route."""
    found = []
    for family, other in (
        (socket.AF_INET, "192.0.2.1"),
        (socket.AF_INET6, "2001:db8::1"),
    ):  # examples: RFC 5737, RFC 3849
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((other, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue  # no route, no IPv6: then there is no such address
    return found
