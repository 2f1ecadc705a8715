"""PARRY's script as it is read: what others may mean, what it fears, how that moves it, and what it says then."""

from collections.abc import Callable

from msgspec import Struct, field

from .outline import BadScript, Entry, follow
from .pattern import Pattern, Reply
from .script import phrases, said, tag, taken_apart

FULL = 20.0  # every affect is between 0 and this
AFFECTS = ("fear", "anger", "mistrust")
CALM = "calm"  # the mood when no other holds

Affects = dict[str, float]


class Intent(Struct, frozen=True):
    """What a line may mean to PARRY; `rises`: by which part of what is left to the top each affect rises."""

    name: str
    rises: Affects
    patterns: tuple[Pattern, ...]
    line: int


class Flare(Struct, frozen=True):
    """A subject that leads to the delusion. They stand in order: each leads to the next."""

    name: str
    rises: Affects
    patterns: tuple[Pattern, ...]
    story: tuple[Reply, ...]
    line: int


class Mood(Struct, frozen=True):
    """The name of a state: it holds when an affect has reached a height."""

    name: str
    affect: str
    height: float


class Paranoia(Struct):
    """PARRY's script."""

    file: str
    start: Affects = field(default_factory=dict)
    cool: Affects = field(default_factory=dict)  # what each affect loses with every line it hears
    moods: list[Mood] = field(default_factory=list)  # the first that holds
    stops: frozenset[str] = frozenset()
    tags: dict[str, frozenset[str]] = field(default_factory=dict)
    swaps: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)  # the first that fits
    flares: list[Flare] = field(default_factory=list)
    says: dict[tuple[str, str], tuple[Reply, ...]] = field(default_factory=dict)  # by what for, and mood or empty

    def lines(self, what: str, mood: str) -> tuple[Reply, ...]:
        """What is said for something, in a mood first."""
        return self.says.get((what, mood), ()) or self.says.get((what, ""), ())


NEEDED = ("any", "probe", "opening", "farewell", "wordless", "knows", "interrogated", "trick")


def parse(text: str, file: str) -> Paranoia:
    """Read a script. Raises BadScript."""
    made = follow(text, file, _STATEMENTS, Paranoia(file))
    _check(made)
    return made


def _check(made: Paranoia) -> None:
    for what in NEEDED:
        if (what, "") not in made.says:
            raise BadScript(made.file, 1, f"The script has no `say {what}`: what should it say there?")
    if set(made.start) != set(AFFECTS) or set(made.cool) != set(AFFECTS) or not made.flares:
        raise BadScript(made.file, 1, "The script needs `start` and `cool` with fear, anger and mistrust, and a flare.")
    known = {intent.name for intent in made.intents} | {*NEEDED, "topic", "flee"}
    moods = {mood.name for mood in made.moods} | {"", CALM}
    for (what, mood), replies in made.says.items():
        if what not in known or mood not in moods:
            raise BadScript(made.file, replies[0].line - 1, f"Nothing calls for `say {what} {mood}`.")


# -- statements ------------------------------------------------------------------------------------


def _affects(text: str) -> Affects:
    words = text.split()
    if len(words) % 2 or not set(words[::2]) <= set(AFFECTS):
        raise ValueError(f"Write affects with their numbers, such as `fear 0.2`; there are {', '.join(AFFECTS)}.")
    return {affect: float(number) for affect, number in zip(words[::2], words[1::2], strict=True)}


def _start(made: Paranoia, entry: Entry, rest: str) -> None:
    made.start = _affects(rest)


def _cool(made: Paranoia, entry: Entry, rest: str) -> None:
    made.cool = _affects(rest)


def _mood(made: Paranoia, entry: Entry, rest: str) -> None:
    name, _, when = rest.partition(" ")
    for affect, height in _affects(when).items():
        made.moods.append(Mood(name, affect, height))


def _stops(made: Paranoia, entry: Entry, rest: str) -> None:
    made.stops |= set(rest.split())


def _tag(made: Paranoia, entry: Entry, rest: str) -> None:
    tag(made.tags, rest)


def _swap(made: Paranoia, entry: Entry, rest: str) -> None:
    phrases(made.file, entry, made.swaps)


def _intent(made: Paranoia, entry: Entry, rest: str) -> None:
    name, _, rises = rest.partition(" ")
    patterns = tuple(taken_apart(made.file, one, made.tags) for one in entry.below)
    made.intents.append(Intent(name, _affects(rises), patterns, entry.line))


def _flare(made: Paranoia, entry: Entry, rest: str) -> None:
    """Its patterns stand four spaces in, and below the first of them its part of the story."""
    name, _, rises = rest.partition(" ")
    patterns = tuple(taken_apart(made.file, one, made.tags) for one in entry.below)
    story = tuple(said(made.file, line) for one in entry.below for line in one.below)
    if not story:
        raise ValueError("A flare has patterns, and below them, eight spaces in, its part of the story.")
    made.flares.append(Flare(name, _affects(rises), patterns, story, entry.line))


def _say(made: Paranoia, entry: Entry, rest: str) -> None:
    what, _, mood = rest.partition(" ")
    if not what or not entry.below or (what, mood) in made.says:
        raise ValueError("What is said is written once for each `say WHAT MOOD`, one to a line, four spaces in.")
    made.says[what, mood] = tuple(said(made.file, one) for one in entry.below)


_STATEMENTS: dict[str, Callable[[Paranoia, Entry, str], None]] = {
    "start": _start,
    "cool": _cool,
    "mood": _mood,
    "stops": _stops,
    "tag": _tag,
    "swap": _swap,
    "intent": _intent,
    "flare": _flare,
    "say": _say,
}
