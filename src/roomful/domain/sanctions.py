"""Bans and mutes: whom they fit, and until when."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from roomful.domain.events import Sender


class Sanction(Struct, frozen=True, gc=False):
    """A ban or a mute in a room. One of `participant`, `mask` and `address` says whom it is about."""

    seq: int  # of its event
    what: Literal["ban", "mute"]
    by: Sender
    until: int  # ms since 1970 UTC
    reason: str = ""
    participant: str = ""  # an id
    nick: str = ""  # the participant's at that time
    mask: str = ""  # folded; * and ?
    address: str = ""  # an address or a network
    covers: tuple[str, ...] = ()  # addresses of the participant's sessions: guests from there are refused too

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about: a later one of the same kind on the same subject replaces it."""
        if self.participant:
            return "participant", self.participant
        return ("mask", self.mask) if self.mask else ("address", self.address)

    def fits(self, person: "Arriving") -> bool:
        """Whether it is about this one."""
        if self.participant:
            return self.participant == person.id or (person.guest and _within(person.address, self.covers))
        if self.mask:
            return _pattern(self.mask).fullmatch(person.folded) is not None
        return person.guest and bool(self.address) and _within(person.address, (self.address,))


class Arriving(Struct, frozen=True, gc=False):
    """Somebody who wants to enter a room."""

    id: str
    folded: str  # nick
    guest: bool
    address: str  # of the connection; empty: not to be told from others (this machine)


def _within(address: str, networks: Iterable[str]) -> bool:
    if not address:
        return False
    here = ipaddress.ip_address(address)
    return any(here in _network(network) for network in networks)


@lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def network(text: str) -> str:
    """An address or a network in its normal form. Raises ValueError."""
    found = ipaddress.ip_network(text.strip(), strict=False)
    return str(found.network_address) if found.num_addresses == 1 else str(found)


@lru_cache(maxsize=1024)
def _pattern(mask: str) -> re.Pattern[str]:
    # Each star takes as little as lets the piece after it fit, once and for all (an atomic group): for masks that is right,
    # and a mask of many stars cannot make the committer try every way of dividing a nick among them.
    first, *rest = (_piece(part) for part in re.split(r"\*+", mask))
    if not rest:
        return re.compile(first, re.DOTALL)
    *between, last = rest
    return re.compile(first + "".join(f"(?>.*?{part})" for part in between) + ".*" + last, re.DOTALL)


def _piece(part: str) -> str:
    return "".join("." if c == "?" else re.escape(c) for c in part)
