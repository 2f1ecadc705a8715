"""Recall: which older lines a bot is reminded of. Full text; the queries are of the room's own search."""

import re
from collections.abc import Iterable, Sequence

from .lines import ContextLine

LINES = 2  # the newest, of which the query is made
TOP = 3
NEVER = 5  # the newest, which a bot has before its eyes anyway
MOST_WORDS = 6
SHORTEST = 3

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_COMMON = frozenset(
    """a about after again all also although always am an and another any anybody anything are as ask at be because been
    before being both but by can cannot come could did do does doing done down each else even every everybody everything
    few find for from get give go going good got had has have having he hello her here hers hey hi him his how however i
    if in into is it its just keep know last least less let like look lot made make many maybe me mean might mine more
    most much must my need never new next no nobody nor not nothing now of off often oh ok okay old on once one only or
    other our out over own perhaps please put question really right said same saw say says see seen she should since so
    some somebody something still such sure take tell than thank thanks that the their them then there these they thing
    things think this those though through to today together told too under until up upon us use used very want was way
    we well went were what when where which while who whom whose why will with without would yes yesterday yet you your
    don't can't isn't it's i'm that's what's does""".split()  # noqa: SIM905
)


def queries(lines: Sequence[ContextLine], names: Iterable[str] = ()) -> tuple[str, ...]:
    """What to search for, the narrowest first: ask one after the other until there are enough hits. Empty: nothing.

    A query finds lines with all of its words, so each leaves out more of them than the one before; the longest words, which
    are the rarest, stay longest.

    Args:
        lines: of the room, oldest first; the last two count.
        names: nicks of bots, which say nothing about what is talked of.
    """
    skip = {name.casefold() for name in names} | _COMMON
    words: dict[str, None] = {}
    for line in reversed(lines[-LINES:]):
        for word in _WORD.findall(line.text.casefold()):
            if len(word) >= SHORTEST and word not in skip:
                words.setdefault(word)
    rarest = sorted(words, key=len, reverse=True)[:MOST_WORDS]  # stable: of the same length, the newer line's first
    sizes = sorted({len(rarest), min(3, len(rarest)), min(2, len(rarest))} - {0}, reverse=True)
    found = [" ".join(_quoted(word) for word in rarest[:size]) for size in sizes]
    found += [_quoted(word) for word in rarest[:2]]
    return tuple(dict.fromkeys(found))


def _quoted(word: str) -> str:
    return f'"{word}"'  # so that no word is taken for a field of the query language


def choose(hits: Iterable[ContextLine], head: Sequence[ContextLine], shown: Iterable[int] = ()) -> list[ContextLine]:
    """The lines to recall, oldest first.

    Args:
        hits: what the search found, the best first; of this room only.
        head: the room's newest lines: the last five are never recalled.
        shown: numbers of lines that are in the window.
    """
    never = {line.seq for line in head[-NEVER:]} | set(shown)
    found: dict[int, ContextLine] = {}
    for hit in hits:
        if hit.seq not in never and hit.text and len(found) < TOP:
            found.setdefault(hit.seq, hit)
    return sorted(found.values(), key=lambda line: line.seq)
