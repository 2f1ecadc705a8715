"""ELIZA's scripts: keywords with rank, what they do with a clause, and what to say when there is none."""

from collections.abc import Callable

from msgspec import Struct, field

from .outline import BadScript, Entry, follow
from .pattern import Pattern, Reply, pattern, reply
from .words import Phrases, plain

NEXT = "next"  # as a goto: try the next keyword of the line (NEWKEY in the paper)


class Rule(Struct, frozen=True):
    """A decomposition, and the reassemblies it has."""

    pattern: Pattern
    replies: tuple[Reply, ...]


class Key(Struct, frozen=True):
    """A keyword: of the keywords in a line, the one of the highest rank answers first."""

    word: str  # the first of its words: its name
    words: tuple[str, ...]
    rank: int
    rules: tuple[Rule, ...]
    line: int


class Script(Struct):
    """A script as it is read. Names of words are plain."""

    file: str
    about: str = ""
    stops: frozenset[str] = frozenset()
    tags: dict[str, frozenset[str]] = field(default_factory=dict)
    swaps: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)  # before keywords are looked for
    mirror: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)  # in what is said again
    keys: dict[str, Key] = field(default_factory=dict)  # by each of their words
    memory: dict[str, tuple[Rule, ...]] = field(default_factory=dict)  # by the name of the keyword
    lines: dict[str, tuple[Reply, ...]] = field(default_factory=dict)  # none, wordless, opening, topic, farewell


LISTS = ("none", "wordless", "opening", "topic", "farewell")
NEEDED = ("none", "wordless", "opening", "farewell")


def parse(text: str, file: str) -> Script:
    """Read a script.

    Raises:
        BadScript: a line cannot be understood, or something that is referred to does not exist.
    """
    script = follow(text, file, _STATEMENTS, Script(file))
    _check(script)
    return script


def longest(phrases: Phrases) -> int:
    """The number of words in the longest phrase that is replaced."""
    return max(map(len, phrases), default=0)


# -- statements ------------------------------------------------------------------------------------


def _about(script: Script, entry: Entry, rest: str) -> None:
    script.about = rest


def _stops(script: Script, entry: Entry, rest: str) -> None:
    script.stops |= {plain(word) for word in rest.split()}


def tag(tags: dict[str, frozenset[str]], rest: str) -> None:
    """Add a tag, from `NAME = word word`. Raises ValueError, with a sentence."""
    name, sign, words = rest.partition("=")
    if not sign or not name.strip() or not words.strip():
        raise ValueError("A tag is written `tag NAME = word word`.")
    tags[name.strip()] = frozenset(plain(word) for word in words.split())


def _tag(script: Script, entry: Entry, rest: str) -> None:
    tag(script.tags, rest)


def phrases(file: str, entry: Entry, into: dict[tuple[str, ...], tuple[str, ...]]) -> None:
    """Add the substitutions below a statement. Raises BadScript."""
    if not entry.below:
        raise BadScript(file, entry.line, "Nothing stands below it: write `i am = you are`, say, four spaces in.")
    for one in entry.below:
        said, sign, instead = one.text.partition("=")
        words = tuple(plain(word) for word in said.split())
        if not sign or not words or not instead.strip():
            raise BadScript(file, one.line, "A substitution is written `words = other words`.")
        if words in into:
            raise BadScript(file, one.line, f"{' '.join(words)!r} is substituted twice: keep one of the two.")
        into[words] = tuple(instead.split())


def _swap(script: Script, entry: Entry, rest: str) -> None:
    phrases(script.file, entry, script.swaps)


def _mirror(script: Script, entry: Entry, rest: str) -> None:
    phrases(script.file, entry, script.mirror)


def _key(script: Script, entry: Entry, rest: str) -> None:
    *words, rank = [plain(word) for word in rest.split()] or [""]
    if not rank.isdecimal():
        words, rank = [*words, rank], "0"
    if not any(words):
        raise ValueError("A keyword is written `key word 5`, with the words first and the rank at the end.")
    key = Key(words[0], tuple(words), int(rank), rules(script, entry), entry.line)
    if not key.rules:
        raise ValueError(f"The keyword {words[0]!r} has no patterns: write one, four spaces in, such as `*`.")
    for word in words:
        if word in script.keys or word == NEXT:
            raise ValueError(f"The keyword {word!r} is taken: put its rules in one place.")
        script.keys[word] = key


def _memory(script: Script, entry: Entry, rest: str) -> None:
    if not rest or not entry.below:
        raise ValueError("Memory is written `memory KEYWORD`, with patterns below it.")
    script.memory[plain(rest)] = rules(script, entry)


def _list(script: Script, entry: Entry, rest: str) -> None:
    if not entry.below or any(one.below for one in entry.below):
        raise ValueError("What may be said stands below it, one to a line, four spaces in.")
    script.lines[entry.text.split()[0]] = tuple(said(script.file, one) for one in entry.below)


_STATEMENTS: dict[str, Callable[[Script, Entry, str], None]] = {
    "about": _about,
    "stops": _stops,
    "tag": _tag,
    "swap": _swap,
    "mirror": _mirror,
    "key": _key,
    "memory": _memory,
    **dict.fromkeys(LISTS, _list),
}


def rules(script: Script, entry: Entry) -> tuple[Rule, ...]:
    """The patterns below a statement, with their replies. Raises BadScript."""
    return tuple(_rule(script, one) for one in entry.below)


def taken_apart(file: str, entry: Entry, tags: dict[str, frozenset[str]]) -> Pattern:
    """The pattern on a line. Raises BadScript."""
    try:
        return pattern(entry.text, tags, entry.line)
    except ValueError as why:
        raise BadScript(file, entry.line, str(why)) from None


def _rule(script: Script, entry: Entry) -> Rule:
    made = taken_apart(script.file, entry, script.tags)
    if not entry.below:
        raise BadScript(script.file, entry.line, "This pattern has no reply: write one below it, eight spaces in.")
    replies = tuple(said(script.file, one) for one in entry.below)
    for one in replies:
        if max(one.slots, default=0) > len(made.elements):
            raise BadScript(script.file, one.line, f"The pattern has {len(made.elements)} parts: no slot is beyond.")
    return Rule(made, replies)


def said(file: str, entry: Entry) -> Reply:
    """What may be said, from its line. Raises BadScript."""
    try:
        return reply(entry.text, entry.line)
    except ValueError as why:
        raise BadScript(file, entry.line, str(why)) from None


def _check(script: Script) -> None:
    for name in NEEDED:
        if name not in script.lines:
            raise BadScript(script.file, 1, f"The script has no {name!r}: what should it say there?")
    everything = [rule for key in script.keys.values() for rule in key.rules]
    for rule in everything:
        for one in rule.replies:
            if one.goto and one.goto != NEXT and one.goto not in script.keys:
                raise BadScript(script.file, one.line, f"There is no keyword {one.goto!r} to go to.")
    for name in script.memory:
        if name not in script.keys:
            raise BadScript(script.file, script.memory[name][0].pattern.line, f"There is no keyword {name!r}.")
