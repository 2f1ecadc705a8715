"""How what is being typed may go on: commands, nicks, rooms, paths. Pure, but for the folders in which it looks for files."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from roomful.terminal.commands import BY_NAME, COMMANDS, TOPICS
from roomful.terminal.files import paths
from roomful.terminal.tracing import LEVELS

_VALUES = {"models": ["local", "any"], "history": ["joined", "all"]}  # of settings of rooms
_SETTINGS = ["slow", "history", "retention", "models", "private", "public"]
# What follows a command that takes words of ours.
WORDS: dict[str, Sequence[str]] = {
    "trace": [*LEVELS, "off"],
    "help": [topic.name for topic in TOPICS],
    "set": _SETTINGS,
    "room": _SETTINGS,
    "why": ["totals"],
}
# What follows /bot set NAME, and the values of which there are few.
_KEYS: dict[str, Sequence[str]] = {
    "mode": ["mention", "lines:", "interval:", "keywords:", "schedule:", "lively", "off"],
    "model": [],
    "persona": [],
    "budget": [],
    "host": ["on", "off"],
}
_OF_ROOMS = {name for name, command in BY_NAME.items() if "#ROOM" in command.usage}
_OF_PATHS = {"send": 1, "save": 2}  # how many words stand before the path
_OF_BOTS = ("bot", "duet", "memory")
_OF_PEOPLE = {name for name, command in BY_NAME.items() if command.usage.startswith("NICK")}


class Completion(NamedTuple):
    """One way to go on."""

    text: str
    replaces: int  # code points before the cursor
    meaning: str = ""


def offers(before: str) -> bool:
    """Whether ways to go on are shown unasked: only where a command, an @nick or a #room has unmistakably begun."""
    return _is_command(before) or _last_word(before).startswith(("@", "#"))


def completions(
    before: str, rooms: Sequence[str], nicks: Sequence[str], bots: Sequence[str] = (), *, asked: bool
) -> list[Completion]:
    """How the text before the cursor may go on.

    Args:
        rooms: titles of rooms, '#name' or '@nick'.
        nicks: the likeliest first.
        bots: the nicks of those that there are, here or to be fetched.
        asked: Tab was pressed. Then also what has no sign in front of it is completed.
    """
    if _is_command(before):
        return _commands(before)
    word = _last_word(before)
    command = before[1:].split()[0].lower() if before.startswith("/") and before[1:].split() else ""
    given = before[: len(before) - len(word)].split()[1:]
    if command in _OF_PATHS:
        begun = _path(before, skipping=_OF_PATHS[command]) if asked else None
        return (
            [] if begun is None else [Completion(path, len(begun)) for path in paths(begun, folders=command == "save")]
        )
    if command in WORDS:
        return _starting(word, _VALUES[given[0]] if given and given[0] in _VALUES else WORDS[command])
    if command in _OF_BOTS and not word.startswith(("@", "#")):
        return _starting(word, _of_bots(command, given, bots))
    if word.startswith("#") or (asked and command in _OF_ROOMS):
        return _starting(word, rooms)
    if word.startswith("@"):
        return _starting(word, [f"@{nick}" for nick in nicks])
    if asked and (word or command in _OF_PEOPLE):
        return _starting(word, [f"{nick}: " if word == before else nick for nick in nicks])
    return []


def _path(before: str, skipping: int) -> str | None:
    """The path that is being typed behind so many words; None: it is no path that is typed there."""
    words = before.split(maxsplit=skipping)
    if len(words) < skipping or (len(words) == skipping and not before[-1].isspace()):
        return None
    begun = words[skipping] if len(words) > skipping else ""
    ended = begun[0] in begun[1:] if begun[:1] in ("'", '"') else " " in begun
    return None if ended else begun


def _of_bots(command: str, given: Sequence[str], bots: Sequence[str]) -> Sequence[str]:
    """What may follow these words of a command about bots."""
    match command, given:
        case "bot", []:
            return ["add", "set", "remove"]
        case "memory", []:
            return [*bots, "edit"]
        case ("bot", [_]) | ("duet", [] | [_]):
            return bots
        case "bot", ["set", _]:
            return list(_KEYS)
        case "bot", ["set", _, key]:
            return _KEYS.get(key, [])
        case "duet", _:
            return ["--turns"]
    return []


def _is_command(before: str) -> bool:
    return before.startswith("/") and not before.startswith("//") and not any(c.isspace() for c in before)


def _last_word(before: str) -> str:
    return before.split()[-1] if before and not before[-1].isspace() else ""


def _commands(before: str) -> list[Completion]:
    typed = before[1:].lower()
    rows = [c for c in COMMANDS if any(name.startswith(typed) for name in (c.name, *c.aliases))]
    return [Completion(f"/{c.name} " if c.usage else f"/{c.name}", len(before), c.help) for c in rows]


def _starting(word: str, names: Iterable[str]) -> list[Completion]:
    folded = word.casefold()
    return [Completion(name, len(word)) for name in names if name.casefold().startswith(folded)]
