"""One proxy as the pool knows it. What happened long ago counts less: successes and failures halve every six hours."""

from typing import Literal

from msgspec import Struct, field

from ..proxy import Proxy
from ..result import Result

HALF_LIFE = 6 * 3600.0  # s
FAILURES = 3  # in a row: then it is out
OUT = 60.0  # s, the first time; twice as long each further time
LONGEST_OUT = 3600.0  # s
ON_TRIAL = 0.05  # of its weight, until it has succeeded once
SLOW = 0.5  # s: a proxy this slow is chosen half as often as one that takes no time
TUNNELS = ("socks5h", "socks5", "socks4a", "https", "socks4")  # the better ones first: these leave names to the proxy

Standing = Literal["good", "trial", "out", "down"]


class Record(Struct):
    """What the pool knows of a proxy. Times are s since 1970 UTC."""

    proxy: Proxy
    source: str = ""
    protocols: tuple[str, ...] = ()
    working: bool = False  # by its last check
    latency: float = 1.0  # s: each new one counts for a fifth
    anonymity: str = ""
    good: float = 0.0  # successes and failures, faded up to `at`
    bad: float = 0.0
    at: float = 0.0
    in_a_row: int = 0  # failures
    outs: int = 0  # how often it was sent off since it last succeeded
    out_until: float = 0.0
    checked_at: float = 0.0
    reason: str = ""  # of its last failure
    result: Result | None = field(default=None)  # of its last check

    @property
    def key(self) -> str:
        """Which proxy it is."""
        return self.proxy.key

    @property
    def tunnel(self) -> str:
        """The protocol by which it is asked for a way to somewhere; empty: it makes none."""
        claimed = self.result.via if self.result is not None else ""
        if claimed in TUNNELS and claimed in self.protocols:
            return claimed
        return next((one for one in TUNNELS if one in self.protocols), "")

    @property
    def forwards(self) -> bool:
        """Whether it takes whole requests for plain HTTP."""
        return "http" in self.protocols

    def standing(self, now: float) -> Standing:
        """Whether it may be chosen: `trial` now and then, until it has succeeded."""
        if not self.working:
            return "down"
        if self.out_until > now:
            return "out"
        return "trial" if self.outs else "good"

    def score(self, now: float) -> float:
        """How likely it is to work, 0 to 1: of nothing known, one half (Laplace's rule)."""
        fade = 0.5 ** (max(0.0, now - self.at) / HALF_LIFE)
        good, bad = self.good * fade, self.bad * fade
        return float((good + 1) / (good + bad + 2))

    def weight(self, now: float) -> float:
        """How often it is chosen, next to others. 0: not at all."""
        standing = self.standing(now)
        if standing in ("down", "out"):
            return 0.0
        sure = self.score(now) ** 2 / (1 + self.latency / SLOW)
        return sure * ON_TRIAL if standing == "trial" else sure

    # -- what happens to it -----------------------------------------------------------------------------

    def succeeded(self, now: float, latency: float | None = None) -> None:
        """It did what was asked of it; `latency` in s."""
        self._fade(now)
        self.good += 1
        self.in_a_row = self.outs = 0
        self.out_until, self.reason = 0.0, ""
        if latency is not None:
            self.latency += (latency - self.latency) / 5

    def failed(self, now: float, reason: str) -> None:
        """It did not; `reason` is a code of `egress.REASONS`."""
        self._fade(now)
        self.bad += 1
        self.in_a_row += 1
        self.reason = reason
        if self.in_a_row >= FAILURES or self.outs:
            self.out_until = now + min(LONGEST_OUT, OUT * 2.0**self.outs)
            self.outs += 1
            self.in_a_row = 0

    def was_checked(self, result: Result) -> None:
        """A check has looked at all of it."""
        now = result.checked_at
        self._fade(now)
        self.result, self.checked_at = result, now
        self.protocols, self.working = result.protocols, result.working
        self.anonymity = result.anonymity or self.anonymity
        self.good += result.successes
        self.bad += result.tries - result.successes
        self.reason = result.failure
        if result.latency is not None:
            self.latency = result.latency
        if result.working:
            self.in_a_row = self.outs = 0
            self.out_until = 0.0

    def _fade(self, now: float) -> None:
        fade = 0.5 ** (max(0.0, now - self.at) / HALF_LIFE)
        self.good, self.bad, self.at = self.good * fade, self.bad * fade, max(now, self.at)
