"""What logs of IRC clients have in common: times without a zone, nicks with prefixes, texts with colours.

A log is read for what can stand in a room's log here: messages, who came and went, nicks, topics. The rest (modes, the client's
own remarks) is passed over.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo

from msgspec import Struct

from roomful.domain.events import KnownBody
from roomful.domain.names import MAX_NICK, parse_nick
from roomful.domain.texts import MAX_TEXT
from roomful.errors import BadName

from .lines import Bad

_CONTROLS = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x00-\x08\x0b-\x1f\x7f]"
)
_PREFIXES = "~&@%+ "  # of channel members: owner, protected, operator, half-operator, voice, none
_NOT_IN_NICKS = re.compile(r"[!@#:,*?&+%~.\s\x00-\x1f]")


class Logged(Struct, frozen=True):
    """One line of a log that becomes an event. Ids are not known yet: in bodies they are empty."""

    number: int  # of the line
    at: int  # ms since 1970 UTC
    nick: str
    body: KnownBody


Parsed = Logged | Bad | None  # None: understood, and nothing for a room's log
Parser = Callable[[Iterable[tuple[int, str]], tzinfo | None], Iterator[Parsed]]


def instant(when: datetime, zone: tzinfo | None, before: int) -> int:
    """A local time in ms since 1970 UTC; zone None: this machine's.

    The hour that a clock goes through twice is the second one as soon as what was `before` (ms) says so.
    """
    first, second = (round(when.replace(tzinfo=zone, fold=fold).timestamp() * 1000) for fold in (0, 1))
    return second if first < before <= second else first


def nick_of(text: str) -> str:
    """A nick without the prefixes that say what somebody is in a channel, with `_` for what no nick may hold here.

    Raises BadName: nothing is left of it.
    """
    bare = text.strip().lstrip(_PREFIXES)
    try:
        return parse_nick(bare).text
    except BadName:
        mended = _NOT_IN_NICKS.sub("_", bare)[: MAX_NICK - 1]
        return parse_nick("_" + mended if mended[:1].isdigit() or mended[:1] == "-" else mended).text


def text_of(text: str) -> str:
    """A text without colours and other control codes, cut to what a message may hold."""
    plain = _CONTROLS.sub("", text)
    if len(plain) * 4 > MAX_TEXT:
        plain = plain.encode("utf-8", "replace")[:MAX_TEXT].decode("utf-8", "ignore")
    return plain


def participant(scope: str, nick: str) -> str:
    """The id of whoever had this nick in that room: the same for each log of the room that is imported."""
    return new_id(f"irc\0{scope}\0{parse_nick(nick).folded}")


def new_id(seed: str) -> str:
    """A participant's id that nobody else has, and that the same seed gives again."""
    return "p" + b32encode(hashlib.sha256(seed.encode()).digest()[:10]).decode().lower()[:15]
