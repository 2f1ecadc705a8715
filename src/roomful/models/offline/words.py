"""Texts as words and clauses, and phrases put in the place of others."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

LONGEST_TEXT = 2000  # code points of a line that are read: nobody is answered on more
MOST_WORDS = 120  # of a clause
LONGEST_WORD = 40  # code points of a word that are said again
MOST_SAID_AGAIN = 16  # words: an answer stays short whatever it answers

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP = re.compile(r"[.;:!?…()\[\]\"“”„«»\n]+|\s[-–—]+\s")
_STOP_OR_COMMA = re.compile(rf"{_STOP.pattern}|,")
_GAP = re.compile(r"\s+([,.;:!?])")
_ENDS = re.compile(r"([.?!…])[.?!]+$")

Phrases = Mapping[tuple[str, ...], tuple[str, ...]]


class Word(NamedTuple):
    """A word as it was written, and as it is compared."""

    said: str
    plain: str


def plain(word: str) -> str:
    """A word without regard to case and to the kind of its apostrophes."""
    return word.replace("’", "'").casefold()


def clauses(text: str, stops: Collection[str], names: Collection[str] = ()) -> list[list[Word]]:
    """The parts of a text between marks of punctuation. Words among `stops` separate too, and so does a comma if it is one.

    A capital at the beginning of a clause is dropped, unless the word is one of `names` (plain).
    """
    mark = _STOP_OR_COMMA if "," in stops else _STOP
    return [part for run in mark.split(text[:LONGEST_TEXT]) for part in _cut(_WORD.findall(run), stops, names)]


def _cut(said: list[str], stops: Collection[str], names: Collection[str]) -> list[list[Word]]:
    shouted = len(said) > 1 and all(word.isupper() for word in said)
    parts: list[list[Word]] = [[]]
    for word in said:
        compared = plain(word)
        if compared in stops:
            parts.append([])
            continue
        begins = not parts[-1] and word[1:].islower()
        lower = (begins or shouted) and compared not in names
        parts[-1].append(Word(word.lower() if lower else word, compared))
    return [part[:MOST_WORDS] for part in parts if part]


def replaced(words: Sequence[Word], phrases: Phrases, longest: int) -> list[Word]:
    """The words with phrases put in the place of others: from left to right, the longest that fits, each word once."""
    made: list[Word] = []
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            found = phrases.get(tuple(word.plain for word in words[at : at + size]))
            if found is not None:
                made += (Word(word, plain(word)) for word in found)
                at += size
                break
        else:
            made.append(words[at])
            at += 1
    return made


def again(words: Sequence[Word]) -> str:
    """Words to be said again: as they were written, not too many."""
    said = " ".join(word.said[:LONGEST_WORD] for word in words[:MOST_SAID_AGAIN])
    return f"{said} …" if len(words) > MOST_SAID_AGAIN else said


def sentence(text: str) -> str:
    """A text as it is said: a capital first, no space before a mark, one mark at the end."""
    text = _ENDS.sub(r"\1", _GAP.sub(r"\1", " ".join(text.split())))
    return text[:1].upper() + text[1:]
