"""One try: a page asked for through a proxy by one protocol."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable

from msgspec import Struct

from ..proxy import Proxy
from ..seen import Seen
from .handshakes import BY_ADDRESS, HANDSHAKES, authorization
from .http import Answer, read_answer, request
from .pages import MOST_READ, Page
from .plan import Plan
from .wire import Attempt, Connection, Failed, Stream, connected


class Fetched(Struct, frozen=True):
    """A try that succeeded."""

    protocol: str
    page: Page
    answer: Answer
    seen: Seen | None  # what the judge saw, where the page is the judge's
    took: float  # s from the first packet to the head of the answer
    own: str  # our address, as the socket to the proxy has it


class Tries:
    """The tries of one proxy that are under way; `hurry` ends those that have heard nothing."""

    def __init__(self, proxy: Proxy, plan: Plan, deadline: float) -> None:
        self._proxy = proxy
        self._plan = plan
        self._deadline = deadline  # by the loop's clock
        self._running: dict[Attempt, asyncio.Timeout] = {}
        self.up: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # done: it takes connections

    def hurry(self, at: float) -> None:
        """Those under way now that are silent still at that time are given up then; later ones have all their time."""
        asyncio.get_running_loop().call_at(at, self._give_up, tuple(self._running))

    def _give_up(self, attempts: Iterable[Attempt]) -> None:
        now = asyncio.get_running_loop().time()
        for attempt in attempts:
            limit = self._running.get(attempt)
            if (
                limit is not None
                and attempt.connection is not None
                and not attempt.connection.heard
                and not limit.expired()
            ):
                limit.reschedule(now)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """A connection to the proxy, within a try's time. Raises Failed with the reason, whatever it is."""
        attempt = Attempt()
        limit = asyncio.timeout_at(min(asyncio.get_running_loop().time() + self._plan.timeout, self._deadline))
        self._running[attempt] = limit
        try:
            async with limit, connected(attempt, self._proxy.host, self._proxy.port, self._plan.bind) as connection:
                if not self.up.done():
                    self.up.set_result(None)
                yield connection
        except TimeoutError:
            raise Failed(attempt.overdue()) from None
        finally:
            del self._running[attempt]

    async def fetch(self, protocol: str, page: Page, path: str = "", most: int = 0) -> Fetched:
        """Ask for a page. Raises Failed: also when what came is not the page.

        most: bytes to take and throw away, of a body that nobody looks at.
        """
        clock = time.perf_counter  # finer than the clock of some event loops
        await self._plan.pace.turn()
        began = clock()
        async with self._connection() as connection:
            stream = await self._way(connection, protocol, page)
            asked = path or page.next_path()
            stream.write(self._request(protocol, page, asked))
            answer = await read_answer(stream, most or MOST_READ, clock, keep=not most)
            own = connection.local
        seen = None if path else page.check(answer, asked, self._proxy, forwarded=protocol == "http")
        return Fetched(protocol, page, answer, seen, answer.head_at - began, own)

    async def _way(self, connection: Connection, protocol: str, page: Page) -> Stream:
        """A stream to the page's server, encrypted if the page is. Raises Failed."""
        if protocol == "http":
            return connection
        await HANDSHAKES[protocol](connection, self._proxy, _host(protocol, page), page.port)
        return await page.trust.secure(connection, page.host) if page.trust is not None else connection

    def _request(self, protocol: str, page: Page, path: str) -> bytes:
        if protocol == "http":
            return request(f"http://{page.place}{path}", page.place, authorization(self._proxy))
        return request(path, page.place)


def _host(protocol: str, page: Page) -> str:
    """What the proxy is told. Raises Failed."""
    if protocol == "socks4":
        host = page.address4
    elif protocol in BY_ADDRESS:
        host = page.address4 or page.address6
    else:
        host = page.host
    if not host:
        raise Failed("target_unresolved")
    return host
