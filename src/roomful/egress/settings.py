"""The settings of egress: how requests to providers of models, to pages and to webhooks leave this machine."""

from typing import Annotated

from msgspec import Meta, Struct

from .proxy import Proxy, split_url
from .source import Source

DIRECT, POOL = "direct", "pool"
ROUTES = "`direct`, `pool`, or a proxy as `http://HOST:PORT` or `socks5h://USER:PASSWORD@HOST:PORT`"


class EgressSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[egress]`: by which way requests leave, where `[providers.NAME]` and the like do not say another one."""

    route: Annotated[str, Meta(description=f"{ROUTES}; empty: as the environment says (HTTPS_PROXY).")] = ""
    target: Annotated[
        str, Meta(description="The page that a proxy must reach to be good; the pool is checked anew with it.")
    ] = ""
    judge: Annotated[
        str, Meta(description="Where `roomful proxies judge` runs, for anonymity and throughput; empty: neither.")
    ] = ""
    countries: Annotated[
        str, Meta(description="A database of countries (MaxMind's format, .mmdb) on this machine; empty: not known.")
    ] = ""
    sources: tuple[Source, ...] = ()  # [[egress.sources]]

    def __post_init__(self) -> None:
        good_route(self.route, "route")
        for page in (self.target, self.judge):
            if page:
                split_url(page)


def good_route(text: str, field: str) -> None:
    """Raises ValueError where a route is none."""
    if text in ("", DIRECT, POOL):
        return
    try:
        scheme = Proxy.parse(text).scheme
    except ValueError as why:
        raise ValueError(f"{field}: {why}") from None
    if scheme not in ("http", "socks5", "socks5h"):
        raise ValueError(f"{field}: it is {ROUTES.replace('`', '')}")
