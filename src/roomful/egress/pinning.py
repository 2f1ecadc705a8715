"""A page is asked at the very address that was looked at: a name that stands for something else a moment later ("DNS rebinding")
gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import SplitResult

from msgspec import Struct

from roomful.domain.addresses import Network, check

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Place(Struct, frozen=True):
    """Where a page is asked."""

    url: str  # with the address in the place of the name
    host: str  # the name, in ASCII: whose certificate is expected there
    named: str  # the name with its port, unless that is the usual one: the header `Host`


async def resolve(host: str, port: int) -> list[str]:
    """All addresses that a name stands for. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def pinned(parts: SplitResult, private: Sequence[Network], resolve: Resolve = resolve) -> Place:
    """Where to ask for an address of the web.

    Args:
        parts: the address, as `parts_of` gives it.
        private: networks that may be reached although they are private.

    Raises Forbidden, OSError: there is no such name, ValueError: it is none.
    """
    from yarl import URL  # every server reads the settings, and few of them fetch pages

    where = URL(parts.geturl())
    host, port = where.raw_host or "", where.port or 0
    address = check(host, await resolve(host, port), private)
    return Place(str(where.with_host(address)), host, where.host_port_subcomponent or host)
