"""PARRY, after K. M. Colby, S. Weber, F. D. Hilf, "Artificial Paranoia", Artificial Intelligence 2, 1971, and Colby's book
of the same name, 1975: our own engine, with a script of our own.

A line is not only taken apart, it is *suspected*. It is judged for what its speaker may be up to; that makes fear, anger and
mistrust rise, which cool down again at different speeds; and what is said depends on the mood that comes of it. Certain
subjects (flares) lead, step by step, to a story that PARRY believes in.

Nothing is kept between lines: the state is worked out anew from the conversation, so it is the same after a restart.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from .choosing import Choice, Past, choose, lot
from .conversation import Conversation, Line
from .paranoia import AFFECTS, CALM, FULL, Affects, Flare, Paranoia
from .pattern import WHO, Reply
from .script import longest
from .words import Word, clauses, plain, replaced

RECENT = 6  # lines of anybody that are not said again
PATIENCE = 5  # probing questions in a row, and it is an interrogation
HARM = 2.0  # hostile lines less kind ones: from here on kindness is a trick
HOSTILE = frozenset(("threat", "insult", "doubt", "accuse"))
KIND = frozenset(("kind", "sorry"))
PROBES = frozenset(("probe", "any"))  # what leaves PARRY room to go on with its story


class State(Struct):
    """What PARRY feels and believes."""

    affects: Affects
    harm: float = 0.0  # belief that the other means harm
    probes: int = 0  # probing lines since the last that was none
    told: int = -1  # the farthest flare that PARRY itself has spoken of
    intent: str = "any"  # of the newest line
    flare: int = -1  # that the newest line touches
    knows: bool = False  # the other spoke of a flare before PARRY did
    steps: set[int] = field(default_factory=set)  # lines of the story that were told, by their place in the script


class Parry:
    """A script that answers."""

    def __init__(self, script: Paranoia, names: Sequence[str] = ("parry",)) -> None:
        self.script = script
        self._names = {plain(name) for name in names}
        self._swap_size = longest(script.swaps)
        self._story = [(index, reply) for index, flare in enumerate(script.flares) for reply in flare.story]

    def answer(self, talk: Conversation, seed: int = 0) -> str:
        """What to say next. The same conversation and seed give the same answer."""
        past = Past(talk.own, [line.text for line in talk.lines[: -RECENT - 1 : -1]], seed)
        state = self.state(talk)
        mood = self.mood(state)
        line = talk.newest
        who = {WHO: line.who if line else "", 1: talk.topic}
        best: Choice | None = None
        for replies in self._candidates(talk, state, mood, seed):
            choice = choose(replies, who, past)
            if choice is not None and choice.fresh:
                return choice.text
            if choice is not None and (best is None or choice.age > best.age):
                best = choice
        assert best is not None, "the script has `say any`"
        return best.text

    # -- what to say -------------------------------------------------------------------------------

    def _candidates(self, talk: Conversation, state: State, mood: str, seed: int) -> Iterator[Sequence[Reply]]:
        """Lists of what may be said, the most fitting first."""
        say = self.script.lines
        newest = talk.newest
        if talk.last_turn:
            yield say("farewell", mood)
            yield say("farewell", "")
        elif talk.topic and not any(one.said_in(own) for one in say("topic", "") for own in talk.own):
            yield say("topic", "")
        elif newest is None:
            yield say("opening", "")
        elif not clauses(newest.text, ()):
            yield say("wordless", mood)
        elif mood == "panic":
            yield say(state.intent, mood) if state.intent not in PROBES else ()
            yield say("flee", "")
        if not talk.last_turn:
            yield from self._about(state, mood, len(talk.own), seed)
        yield say("any", mood)
        yield say("any", "")
        yield say("probe", "")

    def _about(self, state: State, mood: str, turn: int, seed: int) -> Iterator[Sequence[Reply]]:
        say = self.script.lines
        if state.knows:
            yield say("knows", mood)
        if state.flare >= 0:
            at = max(state.flare, state.told)
            yield self._next_step(state, at, at + 1, seed)
        if state.intent in KIND and state.harm >= HARM:
            yield say("trick", mood)
        if state.intent not in PROBES:
            yield say(state.intent, mood)
            yield say(state.intent, "")
        elif state.probes and state.probes % PATIENCE == 0:
            yield say("interrogated", mood)
        if (turn + seed) % 4 or state.intent not in PROBES:  # three steps of the story, then something else
            yield self._next_step(state, max(state.told, 0), len(self.script.flares), seed)
        yield say(state.intent, mood)
        yield self._next_step(state, 0, len(self.script.flares), seed)

    def _next_step(self, state: State, first: int, last: int, seed: int) -> Sequence[Reply]:
        """The next line of the story between two flares; empty: all of it was told.

        At first each flare tells half of what it has, by lot, and leads on; then come the other halves.
        """
        left = [(index, one) for index, one in self._story if first <= index <= last and one.line not in state.steps]
        for index, one in left:
            if one.line in self._first_half(index, seed):
                return (one,)
        return (left[0][1],) if left else ()

    def _first_half(self, index: int, seed: int) -> set[int]:
        drawn = sorted((one.line for one in self.script.flares[index].story), key=lambda line: lot(seed, line))
        return set(drawn[: max(1, len(drawn) // 2)])

    # -- what it feels -----------------------------------------------------------------------------

    def mood(self, state: State) -> str:
        """The name of the state it is in."""
        held = (mood.name for mood in self.script.moods if state.affects[mood.affect] >= mood.height)
        return next(held, CALM)

    def state(self, talk: Conversation) -> State:
        """What PARRY feels and believes after this conversation."""
        state = State(dict(self.script.start))
        for line in talk.lines:
            if line.mine:
                self._told(state, line)
            else:
                self._hear(state, line)
        return state

    def _told(self, state: State, line: Line) -> None:
        for index, reply in self._story:
            if reply.said_in(line.text):
                state.steps.add(reply.line)
                state.told = max(state.told, index)
                self._rise(state, self.script.flares[index].rises)  # it frightens itself

    def _hear(self, state: State, line: Line) -> None:
        for affect in AFFECTS:
            base = self.script.start[affect]
            state.affects[affect] = max(base, state.affects[affect] - self.script.cool[affect])
        parts = self._clauses(line.text)
        state.intent = self._intent(state, parts)
        state.flare = self._flare(parts)
        state.knows = state.flare > state.told + 1
        state.probes = state.probes + 1 if state.intent in PROBES else 0
        state.harm = max(0.0, state.harm + (state.intent in HOSTILE) - 0.5 * (state.intent in KIND))
        if state.flare >= 0:
            self._rise(state, self.script.flares[state.flare].rises)
            if state.knows:
                self._rise(state, {"mistrust": 0.2})
                state.told = max(state.told, state.flare - 1)  # no use in leading there any more

    def _intent(self, state: State, parts: Sequence[list[Word]]) -> str:
        for intent in self.script.intents:
            if any(one.match(words) is not None for one in intent.patterns for words in parts):
                trick = intent.name in KIND and state.harm >= HARM
                self._rise(state, {"mistrust": 0.1} if trick else intent.rises)
                return intent.name
        return "any"

    def _flare(self, parts: Sequence[list[Word]]) -> int:
        """The flare nearest to the delusion that the clauses touch; -1: none."""
        return max((index for index, flare in enumerate(self.script.flares) if _touches(flare, parts)), default=-1)

    def _rise(self, state: State, rises: Affects) -> None:
        """Each affect comes nearer to the top by a part of what is left; a negative part lowers it."""
        for affect, part in rises.items():
            now = state.affects[affect]
            state.affects[affect] = now + part * (FULL - now) if part >= 0 else now * (1 + part)

    def _clauses(self, text: str) -> list[list[Word]]:
        found = [replaced(words, self.script.swaps, self._swap_size) for words in clauses(text, self.script.stops)]
        return [words for words in found if not (len(words) == 1 and words[0].plain in self._names)]


def _touches(flare: Flare, parts: Sequence[list[Word]]) -> bool:
    return any(one.match(words) is not None for one in flare.patterns for words in parts)
