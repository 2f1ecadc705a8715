"""Whether a bot is about to repeat itself."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

LIMIT = 0.9
LONG = 600  # characters; beyond that, words are compared instead: comparing takes the square of what is compared
MOST_WORDS = 1_500
_WORD = re.compile(r"\w+")


def similarity(one: str, other: str) -> float:
    """How much of two texts is the same: 0 to 1. Case, spaces and punctuation do not count."""
    a, b = _WORD.findall(one.casefold()), _WORD.findall(other.casefold())
    if a == b:
        return 1.0 if a else float(one.split() == other.split())
    left, right = " ".join(a), " ".join(b)
    if max(len(left), len(right)) <= LONG:
        return SequenceMatcher(None, left, right, autojunk=False).ratio()
    return SequenceMatcher(None, a[:MOST_WORDS], b[:MOST_WORDS], autojunk=False).ratio()


def same_again(text: str, before: Iterable[str]) -> bool:
    """Whether a text is nearly the same as one of those said before."""
    return any(similarity(text, said) > LIMIT for said in before)
