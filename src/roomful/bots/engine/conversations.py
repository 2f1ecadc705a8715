"""Conversations: bots that talk with each other, until they have had their turns, or have settled.

Whose turn is next is one function, named in the configuration. How many turns and how much time are left is the server's
business (domain/talk.py), which the engine follows; whether they have settled is found here.
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

CLOSING = "That settles it."  # what the bots are told to say when there is nothing left to say
SHORT = 8  # words


class Said(Struct, frozen=True, gc=False):
    """A line of a conversation."""

    bot: str
    text: str
    mentions: tuple[str, ...] = ()


NextSpeaker = Callable[[Sequence[str], Sequence[Said], int], str]


def round_robin(bots: Sequence[str], lines: Sequence[Said], passes: int) -> str:
    """Each in turn, in the order in which they were named; whoever has nothing to say is passed over."""
    return _in_turn(bots, lines)[passes % len(bots)]


def addressed_first(bots: Sequence[str], lines: Sequence[Said], passes: int) -> str:
    """Whoever the last line names, then each in turn."""
    order = _in_turn(bots, lines)
    named = lines[-1].mentions if lines else ()
    order.sort(key=lambda bot: bot not in named or bot == lines[-1].bot)  # stable: the others stay in turn
    return order[passes % len(order)]


def _in_turn(bots: Sequence[str], lines: Sequence[Said]) -> list[str]:
    last = lines[-1].bot if lines else ""
    place = bots.index(last) + 1 if last in bots else 0
    return [*bots[place:], *bots[:place]]


POLICIES: dict[str, NextSpeaker] = {"round_robin": round_robin, "addressed_first": addressed_first}


_CLOSING_WORDS = frozenset(
    """agree agreed agreement all alright amen and bye care cheers day done else enough exactly fair farewell fine
    friend glad good goodbye goodnight great have here i indeed is it just likewise me my nice night nothing ok okay
    perfect pleasure precisely quite right said same see settled settles so sounds soon sure take talk talking thank thanks
    that the then there think to too true was we well with yeah yes you your""".split()  # noqa: SIM905
)
_CLOSING_CORE = frozenset(
    """agree agreed agreement amen bye cheers exactly farewell goodbye goodnight indeed likewise ok okay precisely
    settled settles thank thanks true yeah yes""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W\d_]+")


def closes(text: str) -> bool:
    """Whether a line only agrees, thanks or says goodbye."""
    found = _WORD.findall(text.casefold().replace("’", "'").replace("'s", ""))
    if "?" in text or not 1 <= len(found) <= SHORT:
        return False
    return not _CLOSING_CORE.isdisjoint(found) and _CLOSING_WORDS.issuperset(found)


def says_closing(text: str) -> bool:
    """Whether a line ends with the words that were agreed upon."""
    return text.rstrip(" \n\t*_\"'”.!").casefold().endswith(CLOSING.casefold().rstrip("."))


def settled(bots: Sequence[str], lines: Sequence[Said]) -> bool:
    """Whether they have said what there was: one says the closing, or all have only agreed or taken leave twice."""
    if lines and says_closing(lines[-1].text):
        return True
    newest = lines[-2 * len(bots) :]
    if len(newest) < 2 * len(bots) or not all(closes(line.text) for line in newest):
        return False
    return all(sum(line.bot == bot for line in newest) >= 2 for bot in bots)


class Exchange:
    """A conversation under way, as the engine follows it."""

    __slots__ = (
        "bots",
        "concluded",
        "count",
        "lines",
        "passes",
        "policy",
        "seq",
        "tokens",
        "tokens_allowed",
        "waits_until",
    )

    def __init__(self, seq: int, bots: Sequence[str], tokens_allowed: int, policy: NextSpeaker) -> None:
        self.seq, self.bots, self.policy = seq, tuple(dict.fromkeys(bots)), policy
        self.tokens_allowed, self.tokens = tokens_allowed, 0
        self.lines: list[Said] = []  # the newest
        self.count = 0  # of all lines
        self.passes = 0  # in a row
        self.concluded = False  # the server was told
        self.waits_until = 0.0  # monotonic s: a breath between two lines

    def heard(self, said: Said) -> None:
        """A line of it was recorded."""
        self.lines.append(said)
        self.count += 1
        del self.lines[: -4 * len(self.bots)]
        self.passes = 0

    def next(self, present: Sequence[str]) -> str:
        """Whose turn it is, among those who are there."""
        bots = [bot for bot in self.bots if bot in present]
        return self.policy(bots, self.lines, self.passes)

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to say: they have settled, or all of them passed."""
        return settled(self.bots, self.lines) or self.passes >= len(self.bots)

    @property
    def out_of_tokens(self) -> bool:
        """Whether it has used as many as it was given."""
        return bool(self.tokens_allowed) and self.tokens >= self.tokens_allowed
