"""One event to one address: what it is asked, and what is made of its answer.

Where a name leads is looked at when it is connected to, and the connection goes to that very address: a name that stands for
something else a moment later ("DNS rebinding") gains nothing.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from roomful import __version__
from roomful.domain.addresses import EVERYWHERE, Forbidden, Network, check, check_literal, parts_of

if TYPE_CHECKING:
    import aiohttp
    import yarl

SECONDS = 15.0  # for an answer
CONNECT = 5.0  # s of these
MOST_READ = 64 * 1024  # bytes of an answer, of which only the status is looked at
AT_ONCE = 16  # connections
AGENT = f"roomful-webhooks/{__version__}"


class Outcome(Struct, frozen=True):
    """What came of a try."""

    status: int  # 0: there was no answer
    reason: str = ""  # why it was not taken, for a person
    retry_after: float | None = None  # s, as the answer says

    @property
    def taken(self) -> bool:
        """Whether the address has the event now."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the address says that it wants nothing more, ever (410)."""
        return self.status == 410


class Poster:
    """Posts.

    Args:
        private: to this machine and private networks, too.
        proxy: the way, `http://[USER:PASSWORD@]HOST:PORT`; empty: directly. A proxy finds the addresses of names itself, so of
            those only what is written as an address is looked at here.
    """

    def __init__(self, *, private: bool = False, seconds: float = SECONDS, proxy: str = "") -> None:
        self._private: Sequence[Network] = EVERYWHERE if private else ()
        self._seconds = seconds
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Post once. Whatever the other side does is an outcome."""
        import aiohttp

        try:
            where = _place(url, self._private)
            async with self._opened().post(
                where, data=body, headers=headers, proxy=self._proxy or None, allow_redirects=False
            ) as response:
                await _read(response)
                return _outcome(response)
        except TimeoutError:
            return Outcome(0, f"it did not answer within {self._seconds:g} s")
        except aiohttp.InvalidURL:
            return Outcome(0, "that is no address")
        except aiohttp.ClientConnectorError as why:
            return Outcome(0, f"there is no connection ({_why(why.os_error)})")
        except aiohttp.ClientError as why:
            return Outcome(0, f"the connection broke ({type(why).__name__})")
        except (ValueError, OSError) as why:  # an address that is none, or is forbidden
            return Outcome(0, _why(why))

    async def prepare(self) -> None:
        """Import what posts, beside everything else: it takes a third of a second."""
        await asyncio.to_thread(__import__, "aiohttp")

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            resolver = (
                None if self._proxy else _guarded(self._private)
            )  # with a proxy, its own address alone is looked up
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE, resolver=resolver, use_dns_cache=False),
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
                auto_decompress=False,  # what unfolds to a thousand times its size is not unfolded
                trust_env=False,
            )
        return self._session


def _place(url: str, private: Sequence[Network]) -> "yarl.URL":
    """The address as it will be connected to. Raises NoAddress, Forbidden, ValueError.

    Whoever connects writes hosts anew (UTS 46 makes 127.0.0.1 of ①②⑦.0.0.1), and asks no resolver for an address: so what is
    looked at is the host as they write it.
    """
    from yarl import URL

    where = URL(parts_of(url).geturl())
    check_literal(where.raw_host or "", private)
    return where


def _guarded(private: Sequence[Network]) -> "aiohttp.abc.AbstractResolver":
    """Finds the addresses of names, and none that is private unless that is allowed."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Guarded(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
            try:
                check(host, [str(address[0]) for *_, address in found], private)
            except Forbidden as why:
                raise OSError(str(why)) from None
            return [
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=port,
                    family=kind,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST,
                )
                for kind, _, proto, _, address in found
            ]

        async def close(self) -> None:
            return

    return Guarded()


async def _read(response: "aiohttp.ClientResponse") -> None:
    """Read an answer to its end, so that the connection can be used again; one that is long is cut off."""
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MOST_READ:
            response.close()
            return


def _outcome(response: "aiohttp.ClientResponse") -> Outcome:
    status = response.status
    why = ": redirects are not followed" if 300 <= status < 400 else ""
    after = response.headers.get("Retry-After", "")
    return Outcome(status, f"it answers {status}{why}", float(after) if after.isascii() and after.isdecimal() else None)


def _why(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
