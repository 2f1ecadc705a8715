"""A proxy by its address, and the spellings in which lists write it."""

import ipaddress
import re
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

PROTOCOLS = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
"""What a proxy may speak. `https` is CONNECT (RFC 9110, 9.3.6) over a plain connection to the proxy, as lists mean it."""

_OTHER_NAMES = {"socks": "socks5", "connect": "https", "socks5a": "socks5h"}
_NAME = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_FOUR = re.compile(r"(\[[^\]]*\]|[^:\s]+):(\d+):([^:\s]+):(\S+)\Z")  # HOST:PORT:USER:PASSWORD
_FOUR_TURNED = re.compile(r"([^:\s]+):([^:\s]+):(\[[^\]]*\]|[^:\s]+):(\d+)\Z")  # USER:PASSWORD:HOST:PORT
_IN_PATHS = "/?%:@!$&'()*+,;=~-._[]"
_URL_SCHEME = {"https": "http"}  # to a program, https:// is TLS up to the proxy, which is something else


class Proxy(Struct, frozen=True):
    """Where a proxy is, and what it wants to let one in. Equal when all of it is; `repr` shows no password."""

    host: str  # a name in lower case, an IPv4 or IPv6 address without brackets
    port: int
    scheme: str = ""  # one of PROTOCOLS as whoever listed it claims, or "" where nothing was claimed
    user: str = ""
    password: str = ""

    @property
    def address(self) -> str:
        """HOST:PORT, with brackets around IPv6."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def key(self) -> str:
        """Which proxy it is, without its password: USER@HOST:PORT, or HOST:PORT."""
        return f"{self.user}@{self.address}" if self.user else self.address

    @property
    def url(self) -> str:
        """All of it, the password too: for whoever connects, never for a log."""
        return self.url_by(self.scheme)

    def url_by(self, protocol: str) -> str:
        """The address as programs take it to speak `protocol` with it, with the password; `http://` for CONNECT as well."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        scheme = _URL_SCHEME.get(protocol, protocol) or "http"
        return f"{scheme}://{login}{'@' if login else ''}{self.address}"

    def __repr__(self) -> str:
        scheme = f"{self.scheme}://" if self.scheme else ""
        login = f"{self.user}:***@" if self.password else f"{self.user}@" if self.user else ""
        return f"Proxy({scheme}{login}{self.address})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("", str(self))]  # in place of msgspec's, which would show the password

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read any of the usual spellings.

        HOST:PORT, `HOST PORT`, USER:PASSWORD@HOST:PORT, HOST:PORT:USER:PASSWORD, USER:PASSWORD:HOST:PORT, each with SCHEME://
        or without; IPv6 in brackets. In front of @, %-escapes stand for what they escape.

        Raises ValueError, whose message shows no password.
        """
        scheme, separator, rest = text.strip().partition("://")
        if not separator:
            scheme, rest = "", scheme
        host, port, user, password = _parts(rest.rstrip("/"))
        return cls(_host(host), _port(port), _scheme(scheme), user, password)


def parse(text: str) -> Proxy:
    """Read a proxy in any of the usual spellings (`Proxy.parse`). Raises ValueError."""
    return Proxy.parse(text)


def _parts(text: str) -> tuple[str, str, str, str]:
    """Host, port, user and password as they stand there, none of them looked at yet."""
    login, at, place = text.rpartition("@")
    if at:
        user, _, password = login.partition(":")
        return *_place(place), unquote(user), unquote(password)
    if (four := _FOUR.match(text)) is not None:
        return four[1], four[2], four[3], four[4]
    if (four := _FOUR_TURNED.match(text)) is not None:
        return four[3], four[4], four[1], four[2]
    return *_place(text), "", ""


def _place(text: str) -> tuple[str, str]:
    words = text.split()
    if len(words) == 2:
        return words[0], words[1]
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        raise ValueError("A proxy is written HOST:PORT; an IPv6 address stands in brackets.")
    return host, port


def _scheme(text: str) -> str:
    scheme = text.lower()
    scheme = _OTHER_NAMES.get(scheme, scheme)
    if scheme and scheme not in PROTOCOLS:
        raise ValueError(f"{text!r} is no kind of proxy: it may be {', '.join(PROTOCOLS)}.")
    return scheme


def _host(text: str) -> str:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    name = bare.lower().removesuffix(".")
    # What ends in a number would be read as IPv4 by some and as a name by others (RFC 3696, 2).
    if bare != text or not _NAME.match(name) or name.rpartition(".")[2].isdigit():
        raise ValueError(
            f"{text[:60]!r} is no host: a name, an IPv4 address or an IPv6 address in brackets would be one."
        )
    return name


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise ValueError("What stands for the port is none: a number from 1 to 65535 would be one.")
    return int(text)


def split_url(url: str) -> tuple[str, str, int, str]:
    """Scheme (http or https), host, port and path with query of a page that is asked for. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:100]!r} is no address of a page: it would begin with http:// or https:// and a host.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    path = parts.path or "/"
    return parts.scheme, host, port, quote(f"{path}?{parts.query}" if parts.query else path, safe=_IN_PATHS)
