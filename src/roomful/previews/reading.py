"""What a page says of itself in its head: Open Graph (ogp.me), Twitter's cards, `<title>` and `<meta name=description>`.

It is found by a scanner of our own, in time that grows with the page's size only: on pages made for it, the standard library's
parser took 14 s for 32 KiB, and lexbor 26 s for 512 KiB of nested elements.
"""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct

TITLE, SITE, DESCRIPTION = 200, 80, 400  # characters
METAS = 150  # that are looked at
LONGEST = 4_096  # characters of a tag, or of a title
HEAD = 4_096  # bytes in which a page names its charset (the HTML standard says 1,024)

_MARK = re.compile(
    r"<(?:!--|meta\b|title\b|script\b|style\b|noscript\b|template\b|svg\b|/head\b|body\b)", re.IGNORECASE | re.ASCII
)
_ENDS = {
    name: re.compile(f"</{name}\\b", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "noscript", "template", "svg", "title")
}
_ATTRIBUTE = re.compile(
    r"""(?<![^\s"'/])([a-z][a-z:-]{0,30})[ \t\r\n\f]{0,20}=[ \t\r\n\f]{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]{1,2000}))""",
    re.IGNORECASE | re.ASCII,
)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?\bcharset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w:.-]{1,40})", re.IGNORECASE | re.ASCII
)
_KNOWN = re.compile(r"(?:utf-8|iso8859-|cp\d|koi8-|shift_jis|euc_|gb|big5|mac-)", re.ASCII)
_AS_BROWSERS_DO = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}  # encoding.spec.whatwg.org


class Said(Struct, frozen=True):
    """What a page says of itself; empty: nothing."""

    title: str = ""
    site: str = ""
    description: str = ""


def decoded(page: bytes, told: str | None) -> str:
    """A page as text. `told`: the charset of its Content-Type. What it begins with comes first, then that, then what it says."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if page.startswith(mark):
            return page[len(mark) :].decode(name, errors="replace")
    found = _CHARSET.search(page, 0, HEAD)
    own = found[1].decode() if found else None
    name = (
        _charset(told) or (_charset(own) or "").replace("utf-16", "utf-8") or "utf-8"
    )  # it was read as ASCII until here
    return page.decode(name, errors="replace")


def _charset(name: str | None) -> str | None:
    """A charset by Python's name; None: it is none that pages are written in."""
    try:
        found = codecs.lookup((name or "").strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    return _AS_BROWSERS_DO.get(found, found) if _KNOWN.match(found) else None


def said(page: str) -> Said:
    """What the page says of itself."""
    found: dict[str, str] = {}
    for name, content in _told(page):
        found.setdefault(name, content)

    def first(most: int, *names: str) -> str:
        return next((text for name in names if (text := line(found.get(name, ""), most))), "")

    return Said(
        first(TITLE, "og:title", "twitter:title", "title"),
        first(SITE, "og:site_name", "application-name"),
        first(DESCRIPTION, "og:description", "twitter:description", "description"),
    )


def _told(page: str) -> Iterator[tuple[str, str]]:
    """Names and values of the head, `title` among them."""
    at, metas = 0, 0
    while (mark := _MARK.search(page, at)) and metas < METAS:
        at, what = mark.end(), mark[0][1:].lower()
        if what in ("/head", "body"):
            return
        if what == "!--":
            at = page.find("-->", at)
        elif what == "meta":
            metas += 1
            if pair := _meta(page[at : at + LONGEST]):
                yield pair
        else:
            end = _ENDS[what].search(page, at)
            at = end.end() if end else -1
            if what == "title" and end:
                yield "title", page[mark.end() : min(end.start(), mark.end() + LONGEST)].partition(">")[2]
        if at < 0:
            return


def _meta(tag: str) -> tuple[str, str] | None:
    """The name and the value of `<meta …>`; None: it has not both."""
    found: dict[str, str] = {}
    end = 0
    for match in _ATTRIBUTE.finditer(tag):
        if ">" in tag[end : match.start()]:  # it is over
            break
        end = match.end()
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    name = found.get("property") or found.get("name")
    return (name.strip().lower(), found["content"]) if name and "content" in found else None


def line(text: str, most: int) -> str:
    """A text on one line, cut to so many characters, without what is not seen: controls, and what turns words around."""
    whole = "".join(" " if c.isspace() else c for c in html.unescape(text[:LONGEST]))
    seen = "".join(c for c in whole if unicodedata.category(c)[0] != "C")
    words = " ".join(seen.split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def host_of(address: str) -> str:
    """The host of an address, as people write it."""
    return line((urlsplit(address).hostname or "").removeprefix("www."), SITE)
