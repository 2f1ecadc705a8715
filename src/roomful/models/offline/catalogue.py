"""The offline models by name, and their first words. What one of them needs is loaded when it is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from roomful.errors import ModelUnknown

from ..contract import Message
from .model import Offline, Pace, Speak, by_hand

if TYPE_CHECKING:
    from .script import Script

NAMES = ("eliza", "eliza-de", "parry", "librarian")

GREETINGS = {
    "eliza": "I am ELIZA, a script from 1966, not a language model. I run on this machine and need no key.",
    "eliza-de": "Ich bin ELIZA, ein Skript von 1966, kein Sprachmodell. "
    "Ich laufe auf diesem Rechner und brauche keinen Schlüssel.",
    "parry": "I am PARRY, a model of suspicion from 1972, not a language model. "
    "I run on this machine and need no key. Why do you want to know?",
    "librarian": "I am the librarian, a search and not a language model. I run on this machine, need no key, "
    "and answer /search from what was said in this room.",
}

_ASK_ME = "No model here: I only search this room. Ask with /search and a few words, such as /search red apples."


def model(name: str, *, pace: Pace = by_hand) -> Offline:
    """The offline model of a name: `eliza`, `eliza-de`, `parry`, `librarian`, or `eliza:FILE` for a script of one's own.

    Raises:
        ModelUnknown: there is none of this name, or its script cannot be read; the message says what is wrong.
    """
    kind, _, path = name.partition(":")
    if path and kind == "eliza":
        return Offline(f"offline:{name}", greeting(kind), _eliza(_own(Path(path)), Path(path).stem), pace)
    if name not in NAMES:
        raise ModelUnknown(f"There is no offline model {name!r}; there are {', '.join(NAMES)}, and eliza:FILE.")
    return Offline(f"offline:{name}", greeting(name), _SPEAK[name](), pace)


def greeting(name: str) -> str:
    """A model's first words in a room: what it is, and where it runs. Raises KeyError: there is none of this name."""
    return GREETINGS[name.partition(":")[0]]


@functools.cache
def packaged(name: str) -> str:
    """The text of a script that comes with Roomful."""
    from importlib import resources

    return resources.files(__package__).joinpath("scripts", name).read_text(encoding="utf-8")


@functools.cache
def doctor(language: str) -> Script:
    """ELIZA's script in a language: `en` or `de`."""
    from .script import parse

    return parse(packaged(f"doctor.{language}.script"), f"doctor.{language}.script")


def _own(path: Path) -> Script:
    from .script import parse

    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, ValueError) as why:  # not there, not UTF-8, not a script
        raise ModelUnknown(f"The script {path} cannot be used: {why}") from None


def _eliza(script: Script, *names: str) -> Speak:
    from .conversation import conversation
    from .eliza import Eliza

    eliza = Eliza(script, ("eliza", *names))
    return lambda messages, seed: eliza.answer(conversation(messages), seed)


def _parry() -> Speak:
    from .conversation import conversation
    from .paranoia import parse as parse_paranoia
    from .parry import Parry

    parry = Parry(parse_paranoia(packaged("parry.en.script"), "parry.en.script"))
    return lambda messages, seed: parry.answer(conversation(messages), seed)


def _librarian(messages: Sequence[Message], seed: int) -> str:
    return _ASK_ME


_SPEAK: dict[str, Callable[[], Speak]] = {
    "eliza": lambda: _eliza(doctor("en")),
    "eliza-de": lambda: _eliza(doctor("de"), "eliza-de"),
    "parry": _parry,
    "librarian": lambda: _librarian,
}
