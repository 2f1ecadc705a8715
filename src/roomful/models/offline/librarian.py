"""The librarian: answers a question from what a search found, with citations, and without any model.

Whoever asks searches: `queries_of` says what to look for, in which order, until something is found; `answer` puts it in
words. The queries are of the language in docs/search.md.
"""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from .stopwords import ASKS_COUNT, ASKS_WHEN, ASKS_WHO, STOP_WORDS

FIRST_WORDS = "No model here: I only search this room."
MOST_SHOWN = 4  # lines that are cited
MOST_QUERIES = 8
MOST_WORDS = 12  # of a question that are looked for
MOST_TERMS = 30  # of them, and as many of what is kept as it is: the search takes 64
LONGEST_RUN = 8  # characters of a word in a script that puts no spaces between words: each is a term
WIDTH = 160  # code points of a line that are shown
SHORTEST_STEM = 4  # letters before a `*`

_PART = re.compile(
    r"""(?P<field>-?(?:from|room|before|after|on|has|sort):(?:"[^"]*"|[^\s"]+))   # kept as it is
      | (?P<phrase>-?"[^"]*\w[^"]*")                                              # and so is this
      | (?<!\S)(?P<prefix>-?[0-9A-Za-zÀ-ÖØ-öø-ɏ]{3,}\*)                                             # and this
      | (?<!\S)(?P<without>-[^\W_][\w-]*)                                         # not wanted
      | (?P<word>[^\W_]+(?:['’-][^\W_]+)*)                                        # a word of the question
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_FINDS = re.compile(r"(?:from|room|has):", re.IGNORECASE)  # fields that find lines without any word
_ENDINGS = re.compile(r"(?:'s|’s|ies|es|s|ing|ed|en|er|e|y)$")
_TAG = re.compile(r"<\s*/?\s*line\b[^<>]*>?", re.IGNORECASE)


class Hit(Struct, frozen=True):
    """A line that a search found."""

    seq: int
    who: str  # the nick
    text: str
    at: int | None = None  # ms since 1970 UTC


# -- what to look for ------------------------------------------------------------------------------


def query_of(question: str) -> str:
    """A question as a query: its words but the little ones; empty: there is nothing to look for."""
    return next(iter(queries_of(question)), "")


def queries_of(question: str, nicks: Collection[str] = ()) -> list[str]:
    """Queries to try in this order until one finds something: all words, their stems, then one word after the other.

    Phrases in quotes, words with `-` or `*` and fields such as `from:` are in every one of them. A word that is one of
    `nicks` (who is in the room) is looked for as the sender first, where the question asks what somebody said.
    """
    kept: list[str] = []
    words: list[str] = []
    for part in _PART.finditer(question):
        if part["word"] is None:
            kept.append(part[0])
        elif part[0].casefold() not in map(str.casefold, words):
            words.append(part[0] if _is_latin(part[0]) else part[0][:LONGEST_RUN])
    kept = _few(kept)
    wanted = [word for word in words if word.casefold().replace("’", "'") not in STOP_WORDS]
    if not wanted and not _stands(kept):
        wanted = words  # "who is it": better these than nothing
    wanted = _few(wanted)
    sender = next((word for word in wanted if word.casefold() in {nick.casefold() for nick in nicks}), None)
    found: list[str] = []
    if sender is not None:
        others = [word for word in wanted if word != sender]
        found += _tries([f"from:{sender}", *kept], others)
    found += _tries(kept, wanted)
    return list(dict.fromkeys(found))[:MOST_QUERIES]


def _tries(kept: list[str], words: list[str]) -> list[str]:
    """All words, all stems, then each word alone, the longest first: it is likely the rarest."""
    if not words:
        return [" ".join(kept)] if _stands(kept) else []
    stems = [_stem(word) for word in words]
    tries = [words, stems]
    if len(words) > 1:
        tries += ([_stem(word)] for word in sorted(words, key=len, reverse=True))
    return [" ".join([*kept, *some]) for some in tries]


def _stands(kept: Sequence[str]) -> bool:
    """Whether a query of these parts finds anything: it wants something, rather than only bounding it."""
    return any(not part.startswith("-") and (_FINDS.match(part) or not re.match(r"\w+:", part)) for part in kept)


def _stem(word: str) -> str:
    """A word as a prefix that finds its other forms: `apples` becomes `apple*`. Short words stay."""
    stem = _ENDINGS.sub("", word)
    return f"{stem}*" if len(stem) >= SHORTEST_STEM and stem.isalpha() and _is_latin(stem) else word


def _is_latin(word: str) -> bool:
    return max(word) < "ɐ" or "’" in word


def _few(parts: Sequence[str]) -> list[str]:
    """The first parts: as many as the search takes."""
    few: list[str] = []
    left = MOST_TERMS
    for part in parts[:MOST_WORDS]:
        left -= len(_WORD.findall(part)) if _is_latin(part) else len(part)
        if left < 0:
            break
        few.append(part)
    return few


# -- the answer ------------------------------------------------------------------------------------


def answer(question: str, hits: Sequence[Hit]) -> str:
    """What the hits say to the question, the best hits first. Each line is cited as `#seq`; nothing else is claimed."""
    asked = " ".join(question.casefold().split())
    seen: set[str] = {asked}
    lines = []
    for hit in hits:
        text = " ".join(_TAG.sub(" ", hit.text).split())
        if text.casefold().removeprefix("/search ") not in seen and text:
            seen.add(text.casefold())
            lines.append(Hit(hit.seq, hit.who, text, hit.at))
    words = _terms(query_of(question))
    if not lines:
        return f"{FIRST_WORDS} {_nothing(words)}"
    lines.sort(key=lambda hit: -len(_terms(hit.text, words)))  # stable: among equals, the search's order
    shown = lines[:MOST_SHOWN]
    cited = "\n".join(f"#{hit.seq} {hit.who}{_day(hit)}: {_excerpt(hit.text, words)}" for hit in shown)
    return f"{FIRST_WORDS} {_lead(asked, shown, len(lines))}\n{cited}"


def _terms(text: str, like: Collection[str] = ()) -> set[str]:
    """The words of a text; with `like`, those of `like` that it has, in some form."""
    words = {word.casefold() for word in _WORD.findall(text)}
    if not like:
        return words
    return {term for term in like if any(word.startswith(_stem(term).rstrip("*")) for word in words)}


def _nothing(words: Collection[str]) -> str:
    if not words:
        return "Write what to look for, such as /search red apples."
    named = ", ".join(f"“{word[:40]}”" for word in sorted(words)[:4])
    return f"Nothing in it has {named}. Other words may find more, or the beginning of one, such as appl*."


def _lead(asked: str, shown: Sequence[Hit], found: int) -> str:
    first = set(_WORD.findall(asked))
    best = shown[0]
    who = list(dict.fromkeys(hit.who for hit in shown))
    if first & ASKS_COUNT:
        return f"I found {found} line{'s' * (found != 1)} about it, which need not be all:"
    if first & ASKS_WHO:
        return f"It was said by {_list(who)}:"
    if first & ASKS_WHEN and best.at is not None:
        return f"The line that fits best, #{best.seq}, is of {_date(best.at)}:"
    if len(shown) == 1:
        return f"One line fits, #{best.seq}:"
    return f"{len(shown)} lines fit best, #{best.seq} first:"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _date(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def _day(hit: Hit) -> str:
    return f" ({_date(hit.at)})" if hit.at is not None else ""


def _excerpt(text: str, words: Collection[str]) -> str:
    """The part of a line that has the first of the words, cut between words."""
    if len(text) <= WIDTH:
        return text
    stems = [re.escape(_stem(word).rstrip("*")) for word in words]
    found = re.search("|".join(stems), text, re.IGNORECASE) if stems else None
    begin = max(0, min((found.start() if found else 0) - WIDTH // 3, len(text) - WIDTH))
    cut = text[begin : begin + WIDTH]
    if begin:
        cut = "…" + (cut.partition(" ")[2] or cut)
    return (cut.rpartition(" ")[0] or cut) + "…" if begin + WIDTH < len(text) else cut
