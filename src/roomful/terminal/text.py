"""Other people's text, made harmless: what is printed moves no cursor, changes no colour, and turns no line around.

Everything that came over a connection goes through here before a terminal sees it, the server's own sentences too.
"""

import re
import unicodedata

TAB = "    "

# Line ends as Unicode knows them, but for the controls among them, which are shown.
_LINE_END = re.compile("\r\n|[\n\u2028\u2029]")

# Embeddings, overrides and isolates reorder what stands behind them. Marks (U+200E, U+200F, U+061C) do not, and stay.
_REORDERING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]

_SHOWN = {
    **{c: chr(0x2400 + c) for c in range(0x20)},  # U+001B is shown as ␛
    0x7F: "\u2421",
    **{c: f"\\x{c:02x}" for c in range(0x80, 0xA0)},  # C1: eight-bit escape sequences begin with these
    **dict.fromkeys(_REORDERING),
    **dict.fromkeys(range(55296, 57344), "�"),  # half a character: no terminal can be sent it
    ord("\t"): TAB,
}

_NEEDS_CARE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u0590-\u08ff\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufb1d-\ufeff\U00010800-\U0001efff]"
)

ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def one_line(text: str) -> str:
    """The text on one line, line ends shown as ⏎."""
    return harmless(_LINE_END.sub("⏎", text)) if _NEEDS_CARE.search(text) else text


def in_lines(text: str) -> list[str]:
    """The text's lines; at least one."""
    return [harmless(line) for line in _LINE_END.split(text)] if _NEEDS_CARE.search(text) else [text]


def harmless(line: str) -> str:
    """One line: controls shown as symbols; right-to-left text isolated, so that it keeps to its own place."""
    if not _NEEDS_CARE.search(line):
        return line
    line = line.translate(_SHOWN)
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in line):
        return f"{ISOLATE}{line}{_END_ISOLATE}"
    return line


def shortened(text: str, most: int) -> str:
    """At most so many code points of one line, with … where some are left out."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
