"""Which characters look like which: the table of UTS #39, for nicks that are not plain ASCII. Importing it takes 60 ms."""

import unicodedata
from collections.abc import Mapping

from confusable_homoglyphs.confusables import confusables_data

MAX_ROUNDS = 8  # a prototype is final in the standard; folding case may lead on, and needs one or two rounds more


def _prototypes(related: Mapping[str, list[dict[str, str]]]) -> dict[int, str]:
    """From each character that has one to its prototype.

    The library knows which characters the standard relates, not which of two is the prototype. Several look like one
    prototype, so whoever has a single relative looks like that one; of two that have only each other we take the lower.
    """
    table: dict[int, str] = {}
    for written, relatives in related.items():
        source, target = _bare(written), _bare(relatives[0]["c"])
        if len(source) != 1 or len(relatives) != 1:
            continue
        mutual = [_bare(one["c"]) for one in related.get(relatives[0]["c"], ())] == [source]
        if not (mutual and len(target) == 1 and source < target):
            table[ord(source)] = target
    table[ord("w")] = "vv"
    return table


def _bare(text: str) -> str:
    """Without the marks of direction that the standard's file sets around right-to-left characters."""
    return text.replace("\u200e", "")


_TABLE = _prototypes(confusables_data)
_AMONG_CAPITALS = _TABLE | {code: "i" for code, like in _TABLE.items() if like == "l" and chr(code).isupper()}
confusables_data.clear()  # 6 MB, and nobody else here asks the library


def look(text: str, *, capitals: bool) -> str:
    """The skeleton of `text`, case folded: see `names.skeleton`. `capitals`: it has no lower-case letter."""
    table = _AMONG_CAPITALS if capitals else _TABLE
    for _ in range(MAX_ROUNDS):
        before = text
        seen = unicodedata.normalize("NFD", text).translate(table)
        text = unicodedata.normalize("NFD", seen).casefold()
        if text == before:
            break
        table = _TABLE
    return text
