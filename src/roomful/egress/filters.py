"""Which results one wants to see."""

from msgspec import Struct

from .result import ANONYMOUS, ELITE, TRANSPARENT, Result

LEVELS = (TRANSPARENT, ANONYMOUS, ELITE)  # each hides more than the one before


class Filter(Struct, frozen=True):
    """All of it must be so; what is empty does not matter."""

    working: bool = False
    protocols: tuple[str, ...] = ()  # one of these is enough
    countries: tuple[str, ...] = ()  # ISO 3166 codes, one of these
    anonymity: str = ""  # at least this much
    max_latency: float = 0.0  # s
    max_age: float = 0.0  # s since the check

    def lets(self, result: Result, now: float) -> bool:
        """Whether a result is wanted; `now` in s since 1970 UTC. What is not known is not enough."""
        if self.working and not result.working:
            return False
        if self.protocols and not set(self.protocols) & set(result.protocols):
            return False
        if self.countries and result.country not in {country.lower() for country in self.countries}:
            return False
        if self.anonymity and _rank(result.anonymity) < _rank(self.anonymity):
            return False
        if self.max_latency and (result.latency is None or result.latency > self.max_latency):
            return False
        return not (self.max_age and now - result.checked_at > self.max_age)


def _rank(anonymity: str) -> int:
    return LEVELS.index(anonymity) if anonymity in LEVELS else -1


def duration(text: str) -> float:
    """s: `90`, `90s`, `15m`, `6h`, `2d`. Raises ValueError."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        seconds = float(number) * _UNITS[unit]
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e10:
        raise ValueError(f"{text!r} is no time: one would be 90s, 15m, 6h or 2d.")
    return seconds


_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
