"""Who may ask what from where: origins, addresses behind proxies, and the headers of every answer.

A page of another site must not speak for whoever looks at it. Browsers say where a request comes from (`Origin`,
`Sec-Fetch-Site`), and programs say nothing; so what a browser says is believed, and what is not said is let through.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from roomful.errors import NotAllowed, WrongMedia
from roomful.hub.limits import is_loopback

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types roomful dompurify",
    )
)
BARE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"  # for what is no page of ours
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Server": "roomful",  # and nothing of versions
}


class CrossOrigin(NotAllowed):
    """A page of another site asks."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"Pages of {origin} may not speak to this server. Its operator may allow it: [http] origins.")


@web.middleware
async def headed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer has the headers that hold browsers back, unless its handler has set others."""
    try:
        answer = await handler(request)
    except web.HTTPException as refused:
        _head(refused)
        raise
    if not answer.prepared:
        _head(answer)
    return answer


def _head(answer: web.StreamResponse) -> None:
    for name, value in EVERYWHERE.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Content-Security-Policy", BARE)


class Origins:
    """From which pages requests may come: our own, and those that the settings name."""

    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        self._allowed = frozenset(one.lower().rstrip("/") for one in allowed)
        self._names = {urlsplit(one).hostname for one in self._allowed} | _own_names()

    def check(self, request: web.Request) -> None:
        """Raises CrossOrigin: a page of another site asks, or one of a name that is not ours."""
        origin = request.headers.get("Origin")
        if origin is None:
            if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
                raise CrossOrigin("other sites")
            return
        if not self.allow(origin, request.headers.get("Host", "")):
            raise CrossOrigin(origin[:100])

    def check_change(self, request: web.Request) -> None:
        """As `check`, for what changes something by a cookie: no other site's form can send what this asks for.

        Raises CrossOrigin, WrongMedia.
        """
        self.check(request)
        if request.content_type != "application/json" and request.headers.get("X-Roomful") != "1":
            raise WrongMedia("Send JSON (`Content-Type: application/json`), or with a file the header `X-Roomful: 1`.")

    def allow(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may ask what stands under this host."""
        origin = origin.lower()
        if origin in self._allowed:
            return True
        try:
            parts = urlsplit(origin)
            same = parts.scheme in ("http", "https") and parts.netloc == host.lower()
            return same and self._is_ours(parts.hostname or "")
        except ValueError:  # no URL
            return False

    def _is_ours(self, name: str) -> bool:
        """Whether a page under this name is from us. Any name can be made to lead here (DNS rebinding); an address cannot."""
        if name in self._names or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {"localhost", name, f"{name}.local", f"{name}.lan"} if name else {"localhost"}


def address_of(request: web.Request, proxies: frozenset[str] = frozenset()) -> str:
    """Where a request comes from. Behind a proxy on this machine, or one of `proxies`, it says so (`X-Forwarded-For`).

    Only the last entry counts, which is the proxy's own; those before it are whatever the peer sent.
    """
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    address: str = peer[0] if peer else request.remote or ""
    told = request.headers.getall("X-Forwarded-For", [])
    if not told or not (is_loopback(address) or address in proxies):
        return address
    last = told[-1].rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  nobody's: it is from elsewhere, and that is all that is known


def is_secure(request: web.Request) -> bool:
    """Whether who asks came by TLS: to us, or to the proxy in front, which says so, as a browser's `Origin` does.

    Whoever lies about it lies about its own connection.
    """
    told = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    return request.secure or told == "https" or request.headers.get("Origin", "").lower().startswith("https://")
