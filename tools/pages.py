"""Pages written by hand that hold generated blocks: `<!-- generated: NAME -->`, the block, `<!-- end -->`.

And the bytes of examples: a block of `hex` is the frame of the first line of the block before it.
"""

import re
from collections.abc import Callable, Iterable

from roomful.protocol.frames import frame

BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z0-9_-]+) -->\n)(?P<old>.*?)(<!-- end -->)", re.DOTALL)
_LINES = r"(?:(?!```)[^\n]*\n)*"
BYTES = re.compile(rf"(^```\n(?:->|<-) (?P<payload>\{{[^\n]*)\n{_LINES}```\n```hex\n){_LINES}(```$)", re.MULTILINE)
OPENING = re.compile(r"<!-- generated:")


class PageError(Exception):
    """A page's markers are wrong. The message says which, and what would be right."""


def filled(text: str, known: dict[str, Callable[[], str]], required: Iterable[str] = ()) -> str:
    """The page with every block written anew.

    Raises:
        PageError: a marker that is unknown, not closed, or missing though it is required.
    """
    found = [match["name"] for match in BLOCK.finditer(text)]
    if len(OPENING.findall(text)) != len(found):
        raise PageError("a marker has no name, or no <!-- end --> before the next")
    for name in found:
        if name not in known:
            raise PageError(f"unknown marker {name!r}; there are: {', '.join(sorted(known))}")
    if missing := sorted(set(required) - set(found)):
        raise PageError("markers are missing: " + ", ".join(f"<!-- generated: {name} -->" for name in missing))
    return BLOCK.sub(lambda match: f"{match[1]}{known[match['name']]().rstrip()}\n{match[4]}", text)


def hexed(text: str) -> str:
    """The page with the bytes of its examples written anew."""
    return BYTES.sub(lambda match: f"{match[1]}{dump(frame(match['payload'].encode()))}{match[3]}", text)


def dump(data: bytes) -> str:
    """Bytes in hexadecimal, sixteen a row, with their text beside them."""
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    return "".join(f"{row.hex(' '):<47}  {legible(row)}\n" for row in rows)


def legible(row: bytes) -> str:
    """What of a row is ASCII that can be seen; a dot for what is not."""
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
