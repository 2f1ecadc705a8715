"""Which of several replies is said: in turn, as in the paper, but so that nothing comes again soon.

Nobody counts turns. What was said before stands in the conversation, so the reply that was said longest ago is next; the
seed says in which order they come at first.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from .pattern import Reply
from .words import sentence

FRESH = 6  # own lines within which no reply comes twice
NEVER = 1_000_000
_MASK = (1 << 64) - 1


class Past(Struct):
    """What was said so far: own lines and everybody's, the newest first, as they are compared."""

    own: Sequence[str]
    recent: Sequence[str]
    seed: int = 0

    def age(self, reply: Reply) -> int:
        """How many own lines ago a reply was said; NEVER: not in this conversation."""
        return next((age for age, line in enumerate(self.own) if reply.said_in(line)), NEVER)


class Choice(Struct):
    """A reply with its slots filled; `age` as above."""

    reply: Reply
    text: str
    age: int

    @property
    def fresh(self) -> bool:
        return self.age >= FRESH


def lot(seed: int, line: int) -> int:
    """A number that is drawn for a line of a script; without a seed all are the same, and the order is the script's."""
    if not seed:
        return 0
    drawn = (seed * 0x9E3779B97F4A7C15 + line * 0xBF58476D1CE4E5B9) & _MASK  # mixed as SplitMix64 does it
    drawn = ((drawn ^ drawn >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    drawn = ((drawn ^ drawn >> 27) * 0x94D049BB133111EB) & _MASK
    return drawn ^ drawn >> 31


def choose(replies: Sequence[Reply], slots: Mapping[int, str], past: Past) -> Choice | None:
    """The reply that was said longest ago, of those whose slots are filled; None: there is none."""
    if not replies:
        return None
    best: Choice | None = None
    for reply in sorted(replies, key=lambda reply: lot(past.seed, reply.line)):
        text = reply.fill(slots)
        if text is None:
            continue
        shown = sentence(text)
        choice = Choice(reply, shown, 0 if shown in past.recent else past.age(reply))
        if choice.age == NEVER:
            return choice
        if best is None or choice.age > best.age:
            best = choice
    return best
