"""Manners: what a site's robots.txt says (RFC 9309), and how often one may ask."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from .trouble import SourceError

EXTRA = "pip install 'roomful[proxies]'"  # what sources need beyond the server
LONGEST = 60.0  # s between requests, whatever robots.txt wants
ROBOTS_MOST = 512 * 1024  # bytes that are read of it (RFC 9309, 2.5: at least 500 KiB)


class Robots:
    """What a robots.txt allows. Raises SourceError where what reads it is not installed."""

    def __init__(self, text: str) -> None:
        try:
            from protego import Protego
        except ImportError:
            raise SourceError(f"What reads robots.txt is not installed: {EXTRA}") from None
        self._rules: Protego = Protego.parse(text)

    def allows(self, url: str, agent: str) -> bool:
        """Whether this page may be asked for."""
        return bool(self._rules.can_fetch(url, agent))

    def pause(self, agent: str) -> float:
        """s between requests that it asks for; 0: it says nothing."""
        delay = float(self._rules.crawl_delay(agent) or 0)
        rate = self._rules.request_rate(agent)
        return min(LONGEST, max(delay, rate.seconds / rate.requests if rate and rate.requests else 0.0))


def robots_address(url: str) -> str:
    """Where the robots.txt of a page's site is."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


class Pace:
    """One request after the other to each host, with time between."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]]) -> None:
        self._clock, self._sleep = clock, sleep
        self._free: dict[str, float] = {}  # host -> when it may be asked again

    async def turn(self, url: str, interval: float) -> None:
        """Wait until the host of this address may be asked; the next one waits `interval` s more."""
        host = urlsplit(url).netloc.rpartition("@")[2]
        now = self._clock()
        at = max(now, self._free.get(host, now))
        self._free[host] = at + interval
        if at > now:
            await self._sleep(at - now)
