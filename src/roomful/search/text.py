"""Texts as terms: what is compared when something is looked for, in any language.

A term is a word without regard to case, accents and width. Scripts that put no spaces between words (Han, Kana, Thai …) give
one term a character, and so does Hangul, whose particles cling to words; a run of these is looked for as a phrase. An emoji is a
term. Both sides, what is kept and what is asked, come through here, so they agree whatever a database thinks of Unicode.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from msgspec import Struct

WIDTH = 200  # code points of a snippet
BEFORE = 40  # of them, before the first match

_ALONE = (  # first and last code points of characters that are terms of their own
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F),  # Kana supplements
    (0x20000, 0x3FFFF),  # Han, extensions
)
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_ASCII = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 0x20 for code in range(256))
_LINE_ENDS = dict.fromkeys((0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")
_RUN = re.compile(r"\S+")


class Word(Struct, frozen=True, gc=False):
    """A term and where it stands in the text, in code points."""

    begin: int
    end: int
    term: str


class Phrase(Struct, frozen=True):
    """Terms in a row. `prefix`: the last one may go on."""

    terms: tuple[str, ...]
    prefix: bool = False


class Snippet(Struct, frozen=True):
    """A part of a text, and where in it what was looked for stands: begin and end, in code points."""

    text: str
    matches: tuple[tuple[int, int], ...]


def terms(text: str) -> list[str]:
    """The terms of a text, in order."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    return unicodedata.normalize("NFKC", text).translate(_TERMS).split()


def stands_alone(term: str) -> bool:
    """Whether the term is one character of a script that puts no spaces between words."""
    return len(term) == 1 and _alone(ord(term))


def words(text: str) -> list[Word]:
    """The terms of a text with their places. Where folding has moved characters, the place is the run without spaces."""
    found: list[Word] = []
    for run in _RUN.finditer(text):
        shown, begin = run[0], run.start()
        if shown.isascii():
            found += (Word(begin + m.start(), begin + m.end(), m[0].lower()) for m in _ASCII_WORD.finditer(shown))
            continue
        plain = unicodedata.normalize("NFKC", shown)
        if len(plain) == len(shown):
            found += _placed(plain, begin)
        else:
            found += (Word(begin, run.end(), term) for term in plain.translate(_TERMS).split())
    return found


def places(text: str, phrases: Iterable[Phrase]) -> list[list[tuple[int, int]]]:
    """By phrase: where it stands in the text, begin and end in code points."""
    known = words(text)
    return [_places(known, phrase) for phrase in phrases]


def snippet(text: str, phrases: Sequence[Phrase], width: int = WIDTH) -> Snippet:
    """The part of a text in which most of the phrases stand, on one line."""
    found = places(text, phrases)
    text = text.translate(_LINE_ENDS)
    begin = 0 if len(text) <= width else _best_begin(found, len(text), width)
    end = min(len(text), begin + width)
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    shift = len(before) - begin
    inside = sorted({(a, b) for places in found for a, b in places if begin <= a and b <= end})
    return Snippet(before + text[begin:end] + after, tuple((a + shift, b + shift) for a, b in _merged(inside)))


# -- parts ---------------------------------------------------------------------------------------------


class _Terms(dict[int, str]):
    """For `str.translate`: what a code point becomes; a space ends a term."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _become(code)
        return made


_TERMS = _Terms()


def _become(code: int) -> str:
    c = chr(code)
    category = unicodedata.category(c)
    if category[0] == "M":
        return "" if _is_accent(c) or category == "Me" or 0xFE00 <= code <= 0xFE0F else _spaced(c)
    if category == "Cf" and code in (0x00AD, 0x200C, 0x200D):
        return ""  # within words: a soft hyphen, and what joins letters or keeps them apart
    if category == "So":
        return f" {c} "
    if category[0] not in "LN" and category != "Co":
        return " "
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", c).casefold())
    folded = unicodedata.normalize("NFC", "".join(x for x in split if not _is_accent(x)))
    return f" {folded} " if _alone(code) else folded


def _spaced(c: str) -> str:
    return f" {c} " if _alone(ord(c)) else c


def _is_accent(c: str) -> bool:
    """Marks that people leave out when they search: accents, points of Hebrew, vowels of Arabic. Not vowels of India."""
    place = unicodedata.combining(c)
    return 10 <= place <= 35 or place >= 200


def _alone(code: int) -> bool:
    return code >= 0x0E00 and any(first <= code <= last for first, last in _ALONE)


def _placed(plain: str, begin: int) -> Iterable[Word]:
    """The terms of a run that folding leaves as long as it was."""
    term, start = "", 0
    for at, c in enumerate(plain):
        became = _TERMS[ord(c)]
        if not became:
            continue
        if became[0] != " ":
            start = start if term else at
            term += became
            continue
        if term:
            yield Word(begin + start, begin + at, term)
            term = ""
        if became != " ":
            yield Word(begin + at, begin + at + 1, became.strip())
    if term:
        yield Word(begin + start, begin + len(plain), term)


def _places(known: Sequence[Word], phrase: Phrase) -> list[tuple[int, int]]:
    wanted = phrase.terms
    last = len(wanted) - 1
    found = []
    for at in range(len(known) - last):
        end = known[at + last]
        fits = end.term.startswith(wanted[last]) if phrase.prefix else end.term == wanted[last]
        if fits and all(known[at + i].term == wanted[i] for i in range(last)):
            found.append((known[at].begin, end.end))
    return found


def _best_begin(found: Sequence[Sequence[tuple[int, int]]], length: int, width: int) -> int:
    """Where to cut, so that as many phrases as can be stand in what is shown."""
    begins = sorted({max(0, a - BEFORE) for places in found for a, _ in places})

    def shown(begin: int) -> int:
        return sum(any(begin <= a and b <= begin + width for a, b in places) for places in found)

    best = max(begins, key=shown, default=0)  # the first of those with as many
    return max(0, min(best, length - width))


def _merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for a, b in places:
        if merged and a < merged[-1][1]:
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return merged
