"""Conversations with offline models, as the bot host would hold them."""

from collections.abc import Sequence

from roomful.models.contract import Message
from roomful.models.offline import LAST_TURN, Offline, at_once, model
from roomful.models.offline.eliza import Eliza
from roomful.models.offline.script import Script, parse

Said = tuple[str, str]  # who, and what


def wrapped(text: str, who: str = "ann", seq: int = 1) -> Message:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Message("user", f"<line seq={seq} from={who} kind=person at=2026-11-21T09:00>{escaped}</line>")


def messages(said: Sequence[Said], me: str, system: str = "") -> list[Message]:
    lines = [
        Message("assistant", text) if who == me else wrapped(text, who, seq) for seq, (who, text) in enumerate(said, 1)
    ]
    return [Message("system", system), *lines] if system else lines


def bot(name: str) -> Offline:
    return model(name, pace=at_once)


def talk(one: Offline, *texts: str, who: str = "ann", seed: int = 0) -> list[str]:
    """What the model answers to one line after the other."""
    said: list[Said] = []
    for text in texts:
        said.append((who, text))
        said.append(("me", one.speak(messages(said, "me"), seed)))
    return [text for name, text in said if name == "me"]


def duet(first: str, second: str, turns: int, seed: int, topic: str = "") -> list[Said]:
    """Two models that talk; each is told when its turn is its last."""
    said: list[Said] = []
    for turn in range(turns):
        me = (first, second)[turn % 2]
        system = f"You talk with somebody.\nTopic: {topic}" if topic else "You talk with somebody."
        if turn >= turns - 2:
            system = f"{system}\n{LAST_TURN}"
        said.append((me, bot(me).speak(messages(said, me, system), seed)))
    return said


SMALL = """\
mirror
    my = your
none
    Go on.
wordless
    Words?
opening
    Well?
farewell
    Bye.
"""


def script(text: str) -> Script:
    """A script with what every script needs, and this."""
    return parse(SMALL + text, "own.script")


def eliza(text: str) -> Eliza:
    return Eliza(script(text))
