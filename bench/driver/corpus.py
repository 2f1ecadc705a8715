"""Something to search: talk in several scripts, its words as unequally common as words are (Zipf), always the same."""

import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate

from roomful.domain.events import Event, Message, Sender, encode_body

ROOMS = 200  # the busiest has a sixth of all messages
SPEAKERS = 2_000
YEAR = 365 * 86_400_000  # ms, over which the messages are spread
WORDS = 60_000
SIGNS = 3_000  # of Han

_LATIN = [a + b for a in ("st", "tr", "ch", "sh", *"bcdfghklmnprstvz") for b in ("ai", "ou", "en", "or", *"aeiou")]
_CYRILLIC = [a + b for a in "бвгджзклмнпрстфхчш" for b in ("ен", "ор", *"аеиоуяю")]


class Corpus:
    """Makes the messages, and knows which words are common."""

    def __init__(self) -> None:
        self._random = random.Random(1988)
        self.words = self._made_of(_LATIN, WORDS)
        self._russian = self._made_of(_CYRILLIC, WORDS // 4)
        self.han = [chr(0x4E00 + n) for n in self._random.sample(range(8_000), SIGNS)]
        self._hangul = [chr(0xAC00 + n) for n in self._random.sample(range(11_000), SIGNS // 2)]
        self._ranks = {size: list(accumulate(1 / n for n in range(1, size + 1))) for size in self._sizes()}

    def events(self, count: int, now: int) -> Iterator[Event]:
        """So many messages, in the order of their times, up to `now` (ms)."""
        heads = [0] * ROOMS
        speakers = [Sender(f"p{n}", f"speaker{n}", "person") for n in range(SPEAKERS)]
        for number in range(count):
            room = self._rank(ROOMS)
            heads[room] += 1
            body = encode_body(Message(self._text()))
            at = now - YEAR + number * YEAR // count
            yield Event(f"r{room}", heads[room], at, speakers[self._rank(SPEAKERS)], f"n{number}", body)

    def _sizes(self) -> set[int]:
        return {len(self.words), len(self._russian), len(self.han), len(self._hangul), ROOMS, SPEAKERS}

    def _made_of(self, syllables: list[str], count: int) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < count:
            made["".join(self._random.choices(syllables, k=self._random.choice((1, 2, 2, 3, 3, 4))))] = None
        return list(made)

    def _rank(self, size: int) -> int:
        """Which of so many: the first ones are common."""
        ranks = self._ranks[size]
        return min(bisect(ranks, self._random.random() * ranks[-1]), size - 1)

    def _text(self) -> str:
        length = max(1, round(self._random.gauss(10, 6)))
        chance = self._random.random()
        if chance < 0.12:
            return "".join(self.han[self._rank(SIGNS)] for _ in range(2 * length)) + "。"
        if chance < 0.17:
            return "".join(self._hangul[self._rank(len(self._hangul))] for _ in range(2 * length))
        if chance < 0.25:
            return " ".join(self._russian[self._rank(len(self._russian))] for _ in range(length))
        text = " ".join(self.words[self._rank(WORDS)] for _ in range(length)).capitalize()
        return f"{text}: https://example.org/{length}" if chance > 0.97 else text + "."
