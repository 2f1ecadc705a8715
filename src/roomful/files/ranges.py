"""Which part of a file is asked for: ranges and conditions of RFC 9110, of those headers that one download needs."""

import re

from msgspec import Struct

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*\Z", re.ASCII | re.IGNORECASE)
_LONGEST = 18  # digits: more than any file has


class Part(Struct, frozen=True):
    """Bytes `first` up to, but not with, `end`."""

    first: int
    end: int


class NotThere(Exception):
    """The range begins behind the file's end (RFC 9110, 15.5.17)."""


def part(header: str | None, size: int) -> Part | None:
    """The part asked for. None: the whole file, as also for several ranges, and what is no range (14.2). Raises NotThere."""
    found = _RANGE.match(header) if header else None
    if found is None or max(map(len, found.groups())) > _LONGEST:
        return None
    first, last = found.groups()
    if not first:
        if not last:
            return None
        if int(last) == 0 or size == 0:
            raise NotThere
        return Part(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotThere
    return Part(int(first), min(int(last) + 1, size) if last else size)


def matches(header: str | None, etag: str, *, strong: bool = False) -> bool:
    """Whether `If-None-Match`, or with `strong` `If-Range`, names this tag (13.1.2, 13.1.5)."""
    if header is None:
        return False
    if strong:
        return header.strip() == etag
    tags = [one.strip().removeprefix("W/") for one in header.split(",")]
    return etag in tags or "*" in tags
