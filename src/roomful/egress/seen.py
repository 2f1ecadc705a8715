"""What a judge says: the page that tells what reached it, written and read."""

import html

import msgspec
from msgspec import Struct

_BEFORE = (
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>What reached this judge</title></head>\n'
    '<body>\n<h1>What reached this judge</h1>\n<pre id="seen">'
)
_AFTER = (
    "</pre>\n<p>A checker of proxies compares this page, byte for byte, with what it must be.</p>\n</body>\n</html>\n"
)


class Seen(Struct, frozen=True):
    """What reached the judge."""

    address: str  # of whoever connected
    target: str  # as in the request line
    version: str  # "1.1"
    fields: tuple[tuple[str, str], ...]  # header fields, names as they came


class NoJudge(ValueError):
    """This is no judge's page at all."""


class Altered(ValueError):
    """This was a judge's page once."""


def render(seen: Seen) -> bytes:
    """The page. The same `seen` gives the same bytes."""
    return (_BEFORE + html.escape(msgspec.json.encode(seen).decode(), quote=False) + _AFTER).encode()


def read(page: bytes) -> Seen:
    """What a judge's page says. Raises NoJudge, and Altered when anything about it is not as `render` makes it."""
    _, mark, rest = page.partition(b'<pre id="seen">')
    if not mark:
        raise NoJudge
    try:
        seen = msgspec.json.decode(html.unescape(rest.partition(b"</pre>")[0].decode()), type=Seen)
        whole = render(seen)
    except (UnicodeError, msgspec.MsgspecError, RecursionError) as why:
        raise Altered from why
    if whole != page:
        raise Altered
    return seen
