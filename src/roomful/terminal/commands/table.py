"""What a command is, and what the handlers of all topics share."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from roomful.terminal.conversation import Conversation
from roomful.terminal.durations import parse_duration
from roomful.terminal.rooms import Room


class Misused(Exception):
    """A command was typed in a way it cannot be. The message is the sentence to show."""


class Command(NamedTuple):
    """One row."""

    name: str
    usage: str  # what follows the name
    help: str
    run: Callable[[Conversation, str], Awaitable[None]]
    aliases: tuple[str, ...] = ()
    local: bool = False  # needs no server: done at once, whatever else waits for one


class Topic(NamedTuple):
    """Commands that belong together."""

    name: str
    about: str
    commands: tuple[Command, ...]


def cut(text: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    name, *rest = text.split(maxsplit=1)[:2] if text.strip() else [""]
    return name, rest[0].strip() if rest else ""


def current(conversation: Conversation) -> Room:
    """The room that is meant where none is named. Raises Misused."""
    if conversation.current is None:
        raise Misused("You are in no room. Enter one: /join #lobby")
    return conversation.current


def named_room(name: str) -> str:
    """A room as it may be typed, with or without its sign."""
    return name if name[:1] in "#@!" else f"#{name}"


def nick_and_rest(text: str, usage: str) -> tuple[str, str]:
    """Whom a command is about, and what follows. Raises Misused."""
    nick, rest = cut(text)
    if not nick:
        raise Misused(f"Whom? {usage}")
    return nick.removeprefix("@"), rest


def number_and_rest(text: str, usage: str) -> tuple[int, str]:
    """The line that a command is about, and what follows. Raises Misused."""
    first, rest = cut(text)
    number = line_number(first)
    if number is None:
        raise Misused(f"Which line? {usage}. /history shows lines with their numbers.")
    return number, rest


def line_number(word: str) -> int | None:
    """A line's number as it may be typed: 7 or #7."""
    digits = word.removeprefix("#")
    return int(digits) if digits.isdecimal() and len(digits) < 16 and int(digits) > 0 else None


def seconds_and_reason(text: str) -> tuple[int | None, str]:
    """For how long, if that is the first word, and why."""
    first, rest = cut(text)
    seconds = parse_duration(first)
    return (None, text) if seconds is None else (seconds, rest)
