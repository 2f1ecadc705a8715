"""ELIZA, after J. Weizenbaum, "ELIZA: a computer program for the study of natural language communication between man and
machine", CACM 9(1), 1966: our own engine for scripts of our own.

The paper's mechanism is all here: keywords with rank, decomposition and reassembly, substitutions, tags, going from one
keyword to another, rewriting first (PRE), trying the next keyword (NEWKEY), MEMORY and NONE. Three things differ, because
this one sits in a room and is started anew at times:

- Nothing is kept between lines. What the original kept in itself is read from the conversation each time.
- Of a line's clauses, the one with the keyword of the highest rank is answered, not the first that has any.
- A pattern sees the words that were typed; pronouns are turned round in what is said again, not before.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence

from .choosing import NEVER, Choice, Past, choose
from .conversation import Conversation, Line
from .pattern import WHO, Reply, Span
from .script import NEXT, Key, Rule, Script, longest
from .words import Word, again, clauses, plain, replaced, sentence

MOST_STEPS = 8  # from keyword to keyword
MOST_REMEMBERED = 40  # lines looked back
END = Word("", ".")  # in the mirror, `you . = me` is for the end of what is said again
RECENT = 6  # lines of anybody that are not said again


class Eliza:
    """A script that answers. `names`: what it is called in rooms, which is not for answering."""

    def __init__(self, script: Script, names: Sequence[str] = ("eliza",)) -> None:
        self.script = script
        self._names = {plain(name) for name in names}
        self._swap_size = longest(script.swaps)
        self._mirror_size = longest(script.mirror)

    def answer(self, talk: Conversation, seed: int = 0) -> str:
        """What to say next. The same conversation and seed give the same answer."""
        past = Past(talk.own, [line.text for line in talk.lines[: -RECENT - 1 : -1]], seed)
        lists = self.script.lines
        if talk.last_turn:
            return self._from(lists["farewell"], past, {})
        line = talk.newest
        if talk.topic and "topic" in lists and not any(past.age(one) < NEVER for one in lists["topic"]):
            return self._from(lists["topic"], past, {1: talk.topic})
        if line is None:
            return self._from(lists["opening"], past, {})
        return self._reply(talk, line, past)

    def _reply(self, talk: Conversation, line: Line, past: Past) -> str:
        who = {WHO: line.who}
        parts = self._clauses(line.text, talk)
        if not parts:
            return self._from(self.script.lines["wordless"], past, who)
        stale: Choice | None = None
        for choice in self._choices(parts, who, past):
            if choice.fresh:
                return choice.text
            stale = stale or choice
        remembered = self._remembered(talk, line.who, past)
        if remembered:
            return remembered
        none = choose(self.script.lines["none"], who, past)
        if none is None or (stale is not None and not none.fresh and stale.age > none.age):
            none = stale
        assert none is not None, "the lint sees to it that NONE has replies without slots"
        return none.text

    def _from(self, replies: Sequence[Reply], past: Past, slots: Mapping[int, str]) -> str:
        choice = choose(replies, slots, past)
        assert choice is not None, "the lint sees to it that one has no slots"
        return choice.text

    # -- keywords ----------------------------------------------------------------------------------

    def _clauses(self, text: str, talk: Conversation) -> list[list[Word]]:
        found = []
        for part in clauses(text, self.script.stops, talk.nicks):
            words = replaced(part, self.script.swaps, self._swap_size)
            if words[0].plain in self._names:
                del words[0]
            if words:
                found.append(words)
        return found

    def _choices(self, parts: Sequence[list[Word]], who: dict[int, str], past: Past) -> Iterator[Choice]:
        """What the keywords of the clauses have to say, those of the highest rank first."""
        stack = [
            (-key.rank, at, position, key, words)
            for at, words in enumerate(parts)
            for position, word in enumerate(words)
            if (key := self.script.keys.get(word.plain)) is not None
        ]
        tried: set[tuple[str, int]] = set()
        for _, at, _, key, words in sorted(stack, key=lambda entry: entry[:3]):
            if (key.word, at) not in tried:
                tried.add((key.word, at))
                choice = self._try(key, words, who, past, MOST_STEPS)
                if choice is not None:
                    yield choice

    def _try(self, key: Key, words: list[Word], who: dict[int, str], past: Past, steps: int) -> Choice | None:
        """What a keyword makes of a clause; None: none of its patterns fits, or it leaves it to the next keyword."""
        stale: Choice | None = None
        for rule in key.rules:
            spans = rule.pattern.match(words)
            if spans is None:
                continue
            slots = who | self._slots(words, spans)
            choice = choose(rule.replies, slots, past)
            if choice is not None and choice.reply.goto:
                choice = self._go(choice, words, who, past, steps)
                if choice is None or not choice.fresh:
                    choice = choose([one for one in rule.replies if not one.goto], slots, past) or choice
            if choice is not None and choice.fresh:
                return choice
            stale = stale or choice
        return stale

    def _go(self, choice: Choice, words: list[Word], who: dict[int, str], past: Past, steps: int) -> Choice | None:
        goto = choice.reply.goto
        if goto == NEXT or not steps:
            return None
        if choice.text:  # PRE: the clause is rewritten first
            words = [word for part in clauses(choice.text, (), ()) for word in part]
        return self._try(self.script.keys[goto], words, who, past, steps - 1)

    def _slots(self, words: Sequence[Word], spans: Sequence[Span]) -> dict[int, str]:
        return {n: self.mirrored(words[begin:end]) for n, (begin, end) in enumerate(spans, 1)}

    def mirrored(self, words: Sequence[Word]) -> str:
        """Words as the other one says them: `my dog hates me` becomes `your dog hates you`."""
        turned = replaced([*words, END], self.script.mirror, self._mirror_size)
        return again([word for word in turned if word.said])

    # -- memory ------------------------------------------------------------------------------------

    def _remembered(self, talk: Conversation, who: str, past: Past) -> str:
        """What this speaker said earlier and was not yet reminded of, the oldest first; empty: nothing."""
        before = [line for line in talk.lines if not line.mine and line.who == who][-MOST_REMEMBERED - 1 : -1]
        said = set(past.own)
        for line in before:
            for words in self._clauses(line.text, talk):
                text = self._memory(words, who)
                if text and text not in said:
                    return text
        return ""

    def _memory(self, words: list[Word], who: str) -> str:
        for word in words:
            key = self.script.keys.get(word.plain)
            for rule in self.script.memory.get(key.word, ()) if key is not None else ():
                spans = rule.pattern.match(words)
                if spans is not None:
                    return _reminder(rule, {WHO: who} | self._slots(words, spans), words)
        return ""


def _reminder(rule: Rule, slots: Mapping[int, str], words: Sequence[Word]) -> str:
    """The paper lets the last word of the clause decide which reminder is kept."""
    which = zlib.crc32(words[-1].plain.encode()) % len(rule.replies)
    return sentence(rule.replies[which].fill(slots) or "")
