"""Links in what somebody said, and what is shown of where they lead."""

import re
from typing import Annotated

from msgspec import Meta, Struct

MOST = 3  # links of a message that are shown
LONGEST = 2_000  # characters of one

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_TICKS = re.compile("`+")
_APART = re.compile(r"\n[ \t]*\n")
_LINK = re.compile(r"\bhttps?://[^\s<>\"`\\^{}|\[\]]+", re.IGNORECASE)
_BEHIND = ".,:;!?'*_~"  # ends a sentence, or marks words, and no address


class Preview(Struct, frozen=True, omit_defaults=True):
    """What a link leads to, in the words of the page that is there."""

    link: Annotated[str, Meta(description="The link, as it stands in the message.")]
    address: Annotated[str, Meta(description="Where it led in the end.")]
    title: Annotated[str, Meta(description="What the page is called; at most 200 characters.")]
    site: Annotated[str, Meta(description="What the site calls itself, or its host.")]
    description: Annotated[str, Meta(description="What the page says of itself; at most 400 characters.")] = ""


class Previews(Struct, frozen=True):
    """What the links of a message lead to."""

    previews: Annotated[
        tuple[Preview, ...], Meta(description="In the order of the links; those of which nothing is known are missing.")
    ]


def links(text: str) -> tuple[str, ...]:
    """The first links of a message that stand outside code, each once."""
    found: dict[str, None] = {}
    for part in _APART.split(_without_blocks(text)):
        for match in _LINK.finditer(_without_spans(part)):
            link = _trimmed(match[0]) if len(match[0]) <= LONGEST else ""
            if link and not link.endswith("//"):
                found[link] = None
    return tuple(found)[:MOST]


def _without_spans(text: str) -> str:
    """A paragraph without code spans: as many backticks close one as have opened it (CommonMark, 6.1)."""
    runs = list(_TICKS.finditer(text))
    closes: dict[int, int] = {}  # by the run that opens
    last: dict[int, int] = {}
    for at in range(len(runs) - 1, -1, -1):
        size = len(runs[at][0])
        if size in last:
            closes[at] = last[size]
        last[size] = at
    kept: list[str] = []
    begin = at = 0
    while at < len(runs):
        if at in closes:
            kept.append(text[begin : runs[at].start()])
            at = closes[at]
            begin = runs[at].end()
        at += 1
    return " ".join((*kept, text[begin:]))


def _without_blocks(text: str) -> str:
    """The text without fenced code (CommonMark, 4.5), and without lines that are indented as code is."""
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif mark:
            fence = mark[1]
            kept.append("")
        elif not line.startswith(("    ", "\t")):
            kept.append(line)
    return "\n".join(kept)


def _trimmed(link: str) -> str:
    """A link without what stands behind it: the end of a sentence, or of the brackets that it stands in."""
    while link and (link[-1] in _BEHIND or (link[-1] == ")" and link.count(")") > link.count("("))):
        link = link[:-1]
    return link
