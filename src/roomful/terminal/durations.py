"""Lengths of time as people type and read them: 10m, 2h, 1h30m; 10 minutes, 1 hour and 30 minutes. Pure."""

import re

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 7 * 86_400
LONGEST = 10 * 365 * DAY  # as long as the server lets anything last

_UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": 1}
_DURATION = re.compile("(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")


def parse_duration(text: str) -> int | None:
    """Seconds in `10m`, `2h`, `7d`, `1h30m`: whole numbers with w, d, h, m or s, the largest unit first.

    None: this is no length of time, or none that may be asked for (at least a second, at most ten years).
    """
    found = _DURATION.fullmatch(text.lower())
    if not text or found is None:
        return None
    seconds = sum(int(count) * unit for count, unit in zip(found.groups("0"), _UNITS.values(), strict=True))
    return seconds if 1 <= seconds <= LONGEST else None


def spoken(seconds: float) -> str:
    """A length of time in its two largest units: '2 hours', '1 hour and 30 minutes'."""
    left = max(0, round(seconds))
    if left >= 10 * MINUTE:  # nobody counts the seconds of hours
        left = round(left / MINUTE) * MINUTE
    parts = []
    for name, unit in (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", 1)):
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count:,} {name}{'' if count == 1 else 's'}")
    return " and ".join(parts[:2]) or "0 seconds"
