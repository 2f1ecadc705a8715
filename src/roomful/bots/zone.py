"""The time zone by whose clocks bots go: schedules, and the hours in which they speak."""

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCAL = Path("/etc/localtime")  # a link into the zones' folder, on all systems that we know (tzfile(5))
FOLDER = "zoneinfo/"


def zone(name: str) -> tzinfo:
    """A zone by its name in the IANA database, as `Europe/Zurich`; empty: this machine's. Raises ValueError."""
    try:
        return ZoneInfo(name) if name else _of_this_machine()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; one is written as Europe/Zurich") from None


def _of_this_machine() -> tzinfo:
    """By its name, and not as a number of hours: clocks are put forward and back. UTC, where it has none."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name and LOCAL.is_symlink():
        name = str(LOCAL.resolve()).rpartition(FOLDER)[2]
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
