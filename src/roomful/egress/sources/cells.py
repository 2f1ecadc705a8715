"""What stood in a row of a list, and the proxy that it makes."""

import base64
import binascii
import codecs
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from ..proxy import PROTOCOLS, Proxy

FIELDS = ("address", "host", "port", "protocol", "user", "password")

_CLAIM = re.compile(r"\b(socks5h|socks4a|socks5|socks4|https|http)\b", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")) | {0xA0: " "}


class Cells(NamedTuple):
    """The fields of a row as they stood there; `place` says where, for a person."""

    place: str
    address: str = ""
    host: str = ""
    port: str = ""
    protocol: str = ""
    user: str = ""
    password: str = ""

    @property
    def empty(self) -> bool:
        """Whether it is no row of proxies at all, as the head of a table."""
        return not (self.address or self.host or self.port)


class Bad(NamedTuple):
    """A row that could not be read, and why."""

    place: str
    why: str


class Page(NamedTuple):
    """The rows of a page, and where the next one is; "" where nothing says so."""

    rows: list[Cells | Bad]
    next: str = ""


def proxy_of(cells: Cells, scheme: str = "") -> Proxy:
    """The proxy of a row; `scheme` is what it is where the row does not say. Raises ValueError."""
    _, address, host, port, protocol, user, password = cells
    if not address:
        if not port:
            raise ValueError("There is a host, and no port.")
        host = shown(host)
        address = f"[{host}]:{shown(port)}" if ":" in host and host[:1] != "[" else f"{host}:{shown(port)}"
    proxy = Proxy.parse(shown(address))
    claimed = proxy.scheme or claim(protocol) or scheme
    if not claimed and not user:
        return proxy
    return Proxy(proxy.host, proxy.port, claimed, shown(user) or proxy.user, shown(password) or proxy.password)


def shown(text: str) -> str:
    """A text as eyes see it: without what has no width, without space around it."""
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


def claim(text: str) -> str:
    """The protocol that a text names; of several the last in the order of PROTOCOLS; "" of none."""
    found = {match.lower() for match in _CLAIM.findall(text)} if text else ()
    return next((name for name in reversed(PROTOCOLS) if name in found), "")


# -- what some pages do to their cells ---------------------------------------------------------------------


def _base64(text: str) -> str:
    try:
        return base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_" if {"-", "_"} & {*text} else None
        ).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError(f"{text[:60]!r} is no base64.") from None


def _hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode()
    except (ValueError, UnicodeDecodeError):
        raise ValueError(f"{text[:60]!r} is no hexadecimal text.") from None


DECODERS: dict[str, Callable[[str], str]] = {
    "base64": _base64,
    "hex": _hex,
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reverse": lambda text: text[::-1],
    "url": unquote,
    "digits": lambda text: "".join(char for char in text if char in "0123456789"),
}


class Spot(NamedTuple):
    """Where something stands: ` @NAME` behind a selector takes an attribute, ` | base64` undoes what was done to the text."""

    where: str
    attribute: str = ""
    decoders: tuple[Callable[[str], str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Spot":
        """Read `td.ip @data-ip | base64`. Raises ValueError: there is no such decoder."""
        where, *names = (part.strip() for part in text.split(" | "))
        if unknown := [name for name in names if name not in DECODERS]:
            raise ValueError(f"{text!r}: there is no {unknown[0]!r}; there are {', '.join(DECODERS)}")
        where, _, attribute = f" {where}".partition(" @")
        return cls(where.strip(), attribute.strip(), tuple(DECODERS[name] for name in names))

    def decoded(self, text: str) -> str:
        """The text that was meant. Raises ValueError."""
        for decode in self.decoders:
            text = decode(text.strip()) if text else text
        return text
