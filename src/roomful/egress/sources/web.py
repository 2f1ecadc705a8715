"""Pages by HTTP, asked for politely: robots.txt, time between requests, conditions, patience."""

import asyncio
import ipaddress
import os
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from roomful import __version__

from ..source import AGENT, Source
from .cache import Cache, Kept
from .kind import site
from .manners import ROBOTS_MOST, Pace, Robots, robots_address
from .trouble import SourceError

MOST = 64 * 1024 * 1024  # bytes of a page
HOPS = 5  # redirects in a row
FIRST_WAIT, LONGEST_WAIT = 1.0, 120.0  # s before asking again
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_LATER = frozenset((408, 425, 429, 500, 502, 503, 504))


class Answer(NamedTuple):
    """A page."""

    url: str  # where it was in the end
    text: str
    changed: bool  # False: it is what came the last time


class _Raw(NamedTuple):
    """What came of one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """What sources share while they are read: one pace for each host, what robots.txt said, pages kept.

    Args:
        folder: where pages are kept until the next time; None: nowhere.
        variables: those that header fields of sources may name; None: the environment.
        clock, sleep, chance: time in s, a pause, and a number from 0 to 1; tests pass their own.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        variables: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.cache = Cache(folder)
        self.browsers = asyncio.Semaphore(1)  # one chromium at a time is enough for any machine
        self._variables = os.environ if variables is None else variables
        self._sleep, self._chance = sleep, chance
        self._pace = Pace(clock, sleep)
        self._robots: dict[str, Robots | str] = {}  # by site; a text: why it could not be read
        self._reading: dict[str, asyncio.Lock] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(auto_decompress=True, trust_env=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    # -- what kinds of sources use --------------------------------------------------------------------------

    async def get(self, url: str, source: Source) -> Answer:
        """A page. Raises SourceError: it may not be asked for, or did not come."""
        for _ in range(HOPS + 1):
            await self.turn(url, source)
            kept = self.cache.get(url)
            raw = await self._patiently(url, source, kept.conditions if kept else {}, MOST)
            if raw.status in _REDIRECTS and (there := raw.headers.get("Location")):
                url = _onward(url, urljoin(url, there))
                continue
            if raw.status == 304 and kept is not None:
                return Answer(url, _text(kept.body, kept.kind), changed=False)
            if raw.status != 200:
                raise SourceError(f"{shown(url)} answered with status {raw.status}.")
            return self._came(url, raw)
        raise SourceError(f"{shown(url)} leads on and on: more than {HOPS} redirects.")

    async def turn(self, url: str, source: Source) -> None:
        """Wait for one's turn to ask for a page. Raises SourceError: robots.txt does not allow it, or cannot be read."""
        interval = source.interval
        if source.robots:
            robots = await self._robots_of(url, source)
            agent = agent_of(source)
            if isinstance(robots, str):
                raise SourceError(f"{shown(url)} is not asked for: robots.txt of its site cannot be read ({robots}).")
            if not robots.allows(url, agent):
                raise SourceError(f"{shown(url)} is not asked for: robots.txt of its site does not allow it.")
            interval = max(interval, robots.pause(agent))
        await self._pace.turn(url, interval)

    def headers(self, url: str, source: Source) -> dict[str, str]:
        """What is sent with a request. Keys go to the source's own site only. Raises SourceError: a variable is missing."""
        fields = {"User-Agent": agent_of(source), "Accept": "*/*"}
        if site(url) != site(source.url):
            return fields
        for name, value in source.headers.items():
            if value.startswith("$") and value[1:] not in self._variables:
                raise SourceError(f"The variable {value[1:]}, which {name} of the source wants, is not set.")
            fields[name] = self._variables[value[1:]] if value.startswith("$") else value
        return fields

    # -- within -------------------------------------------------------------------------------------------------

    async def _robots_of(self, url: str, source: Source) -> Robots | str:
        address = robots_address(url)
        async with self._reading.setdefault(address, asyncio.Lock()):
            if address not in self._robots:
                self._robots[address] = await self._read_robots(address, source)
            return self._robots[address]

    async def _read_robots(self, url: str, source: Source) -> Robots | str:
        """RFC 9309, 2.3.1: without one everything is allowed; while it cannot be reached, nothing is."""
        try:
            for _ in range(HOPS + 1):
                await self._pace.turn(url, source.interval)
                raw = await self._patiently(url, source, {}, ROBOTS_MOST)
                if raw.status in _REDIRECTS and (there := raw.headers.get("Location")):
                    url = _onward(url, urljoin(url, there))
                    continue
                if raw.status >= 500:
                    return f"status {raw.status}"
                return Robots(raw.body.decode("utf-8", "replace") if raw.status == 200 else "")
        except SourceError as why:
            return why.message.rstrip(".")
        return Robots("")

    async def _patiently(self, url: str, source: Source, more: Mapping[str, str], most: int) -> _Raw:
        """One request, again when it fails. Raises SourceError."""
        headers = {**self.headers(url, source), **more}
        why = ""
        for attempt in range(source.retries + 1):
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt) * (0.5 + self._chance())
            try:
                raw = await self._once(url, source, headers, most)
            except TimeoutError:
                why = f"no answer within {source.timeout:g} s"
            except (aiohttp.ClientError, OSError, ValueError) as failure:
                why = f"{type(failure).__name__}"
            else:
                if raw.status not in _LATER:
                    return raw
                why = f"status {raw.status}"
                wait = max(wait, _retry_after(raw.headers))
            if wait > LONGEST_WAIT * 1.5:
                raise SourceError(f"{shown(url)} wants to be asked again in {wait:.0f} s ({why}).")
            if attempt < source.retries:
                await self._sleep(wait)
        raise SourceError(f"{shown(url)} did not answer in {source.retries + 1} tries: {why}.")

    async def _once(self, url: str, source: Source, headers: Mapping[str, str], most: int) -> _Raw:
        assert self._session is not None, "the web is entered first"
        limit = aiohttp.ClientTimeout(total=source.timeout)
        async with self._session.get(
            url, headers=headers, proxy=source.proxy or None, timeout=limit, allow_redirects=False
        ) as response:
            body = await _body(response, most)
            return _Raw(response.status, response.headers, body)

    def _came(self, url: str, raw: _Raw) -> Answer:
        kind = raw.headers.get("Content-Type", "")
        kept = Kept(url, raw.headers.get("ETag", ""), raw.headers.get("Last-Modified", ""), kind, raw.body)
        if kept.conditions:
            self.cache.put(kept)
        return Answer(url, _text(raw.body, kind), changed=True)


def agent_of(source: Source) -> str:
    """Who we say that we are."""
    return source.agent or f"{AGENT}/{__version__}"


def shown(url: str) -> str:
    """An address for a person: without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def inside(host: str) -> bool:
    """Whether a host is of this machine or of a private network, by its name or address alone."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan"))


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, of which more than `most` bytes are not taken. Raises SourceError."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > most:
            raise SourceError(f"{shown(str(response.url))} is longer than {most >> 10:,} KiB.")
    return bytes(body)


def _onward(url: str, there: str) -> str:
    """Where a redirect leads. Raises SourceError: from outside to within."""
    to = urlsplit(there)
    if to.scheme not in ("http", "https") or not to.hostname:
        raise SourceError(f"{shown(url)} leads to something that is no page.")
    if inside(to.hostname) and not inside(urlsplit(url).hostname or ""):
        raise SourceError(f"{shown(url)} leads to an address of this machine or its network: it is not followed.")
    return there


def _text(body: bytes, kind: str) -> str:
    """The text of a page, by the character set that it names."""
    charset = kind.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
    try:
        return body.decode("utf-8-sig" if charset == "utf-8" else charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _retry_after(headers: Mapping[str, str]) -> float:
    """s that a site asks us to wait (RFC 9110, 10.2.3); 0: it says nothing."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):  # no date, or one of no time zone
        return 0.0
