"""What a judge could tell about us: pure.

transparent   our own address reached it, in whatever header field or as the sender
anonymous     our address did not, but that there is a proxy is plain to see
elite         neither
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator

from ..result import ANONYMOUS, ELITE, TRANSPARENT
from ..seen import Seen
from .http import OURS

# What some proxies send on and a client might have sent: alone it tells nothing.
_INNOCENT = OURS | {"keep-alive", "accept-encoding", "cache-control", "pragma", "content-length", "te"}
# Simple on purpose: a proxy may have written these values to keep us busy.
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IPV6 = re.compile(r"[0-9a-fA-F:.]{3,64}")
_ORDER = (ELITE, ANONYMOUS, TRANSPARENT)


def anonymity(seen: Seen, own: Iterable[str]) -> str:
    """How much of us a judge saw.

    own: our addresses, as a direct connection to the judge and our own socket showed them.
    """
    ours = {plain(address) for address in own if address}
    if plain(seen.address) in ours:
        return TRANSPARENT
    if any(found in ours for name, value in seen.fields if name.lower() != "host" for found in _addresses(value)):
        return TRANSPARENT
    told = any(name.lower() not in _INNOCENT for name, _ in seen.fields)
    return ANONYMOUS if told else ELITE


def _addresses(value: str) -> Iterator[str]:
    """What looks like an address, wherever it stands in a field."""
    yield from map(plain, _IPV4.findall(value))
    for found in _IPV6.findall(value):
        if found.count(":") > 1:
            yield from (plain(found), plain(found.strip(":")))


def worst(verdicts: Iterable[str]) -> str:
    """What to count on when protocols differ: the least of them; "" of none."""
    return max((one for one in verdicts if one), key=_ORDER.index, default="")


def plain(text: str) -> str:
    """An address in one spelling: without brackets, IPv4 mapped into IPv6 as IPv4. What is none stays as it is."""
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return text
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
