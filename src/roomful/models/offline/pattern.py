"""Decomposition and reassembly (Weizenbaum 1966): a pattern takes a clause apart, a reply puts the parts together.

A pattern is a row of elements; each takes a part of the clause, and the parts are numbered from 1:

    *         any number of words, none too
    _         one word
    dream     this word
    a|b       one of these words
    @family   one of the words of a tag

A reply is text in which `{3}` stands for the third part, with its pronouns turned round, and `{who}` for whom is answered.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from .words import Word, plain

ANY = "*"
ONE = "_"
WHO = 0  # the slot of the nick

_SLOT = re.compile(r"\{(\w+)\}")

Element = str | frozenset[str]  # ANY, ONE, or the words that fit
Span = tuple[int, int]  # of a clause: first word, and the one after the last


class Pattern(Struct, frozen=True):
    """What a clause must look like."""

    elements: tuple[Element, ...]
    line: int = 0

    def match(self, words: Sequence[Word]) -> list[Span] | None:
        """Which part of the clause each element takes, as early as it can; None: it does not fit."""
        there = {word.plain for word in words}
        if any(not isinstance(element, str) and element.isdisjoint(there) for element in self.elements):
            return None  # nearly always, and found out at once
        spans: list[Span] = []
        at = 0
        runs = _runs(self.elements)
        for position, (stars, run) in enumerate(runs):
            last = position == len(runs) - 1
            begin = _place(run, words, at, free=bool(stars), to_end=last)
            if begin is None:
                return None
            spans += [(at, at)] * (stars - 1) + [(at, begin)] * bool(stars)
            spans += ((begin + i, begin + i + 1) for i in range(len(run)))
            at = begin + len(run)
        return spans if at == len(words) else None


def _runs(elements: Sequence[Element]) -> list[tuple[int, list[Element]]]:
    """The elements as stars, and what follows them up to the next star."""
    runs: list[tuple[int, list[Element]]] = [(0, [])]
    for element in elements:
        if element != ANY:
            runs[-1][1].append(element)
        elif runs[-1][1]:
            runs.append((1, []))
        else:
            runs[-1] = (runs[-1][0] + 1, [])
    return runs


def _place(run: Sequence[Element], words: Sequence[Word], at: int, *, free: bool, to_end: bool) -> int | None:
    """Where a run of elements stands: at `at`, or, behind a star, at the first place, or at the end."""
    latest = len(words) - len(run)
    if to_end and free:
        at = max(at, latest)
    for begin in range(at, (latest if free else at) + 1):
        if begin <= latest and all(_fits(run[i], words[begin + i].plain) for i in range(len(run))):
            return begin
    return None


def _fits(element: Element, word: str) -> bool:
    return element == ONE or (not isinstance(element, str) and word in element)


def pattern(text: str, tags: Mapping[str, frozenset[str]], line: int) -> Pattern:
    """The pattern that is written so. Raises ValueError, with a sentence: for a tag that is unknown."""
    elements: list[Element] = []
    for token in text.split():
        if token in (ANY, ONE):
            elements.append(token)
            continue
        fitting: set[str] = set()
        for choice in token.split("|"):
            if choice.startswith("@"):
                if choice[1:] not in tags:
                    raise ValueError(f"There is no tag {choice}: name it before, as in `tag {choice[1:]} = one two`.")
                fitting |= tags[choice[1:]]
            elif choice:
                fitting.add(plain(choice))
        elements.append(frozenset(fitting))
    return Pattern(tuple(elements), line)


class Reply(Struct, frozen=True):
    """What may be said: texts, and between them the numbers of slots. `goto` hands on to another keyword."""

    parts: tuple[str | int, ...]
    goto: str = ""
    line: int = 0

    @property
    def slots(self) -> list[int]:
        return [part for part in self.parts if isinstance(part, int)]

    def fill(self, slots: Mapping[int, str]) -> str | None:
        """The reply with its slots filled; None: one of them is empty."""
        made = [part if isinstance(part, str) else slots.get(part, "") for part in self.parts]
        return "".join(made) if all(made) else None

    def said_in(self, line: str) -> bool:
        """Whether a line may have been made from this reply: the texts stand in it, in this order."""
        if not self.slots:
            return bool(self.parts) and line == self.parts[0]
        first, last = self.parts[0], self.parts[-1]
        at = 0
        for part in self.parts:
            if isinstance(part, str):
                at = line.find(part, at)
                if at < 0:
                    return False
                at += len(part)
        return (not isinstance(first, str) or line.startswith(first)) and (
            not isinstance(last, str) or line.endswith(last)
        )


def reply(text: str, line: int) -> Reply:
    """The reply that is written so. Raises ValueError, with a sentence: for a slot that is no number."""
    text, arrow, goto = text.partition("=>")
    parts: list[str | int] = []
    begin = 0
    text = text.strip()
    for slot in _SLOT.finditer(text):
        if slot[1] != "who" and not slot[1].isdecimal():
            raise ValueError(f"{slot[0]} is no slot: write the number of a part, as in {{1}}, or {{who}}.")
        if slot.start() > begin:
            parts.append(text[begin : slot.start()])
        parts.append(WHO if slot[1] == "who" else int(slot[1]))
        begin = slot.end()
    if begin < len(text):
        parts.append(text[begin:])
    if bool(arrow) != bool(goto.strip()):
        raise ValueError("Behind => there is nothing: name a keyword, or write `=> next`.")
    return Reply(tuple(parts), plain(goto.strip()), line)
