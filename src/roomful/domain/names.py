"""Nicks and room names: parsed and folded once, at the door. Nothing behind it sees a raw string.

Nicks follow the UsernameCaseMapped profile of RFC 8265, section 3.3; ASCII, the common case, takes a short way
with the same result. Room names are freer: whatever can be typed and told apart.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice

import msgspec

from roomful.errors import BadName

MAX_NICK = 32  # code points
MAX_ROOM = 64  # code points, the leading '#' included
MAX_MENTIONS = 50  # looked at in one text: folding a nick that is not ASCII takes 40 µs

_ASCII_NICK = re.compile(r"[A-Za-z_$'()/;<=>\[\\\]^`{|}\"][A-Za-z0-9_$'()/;<=>\[\\\]^`{|}\"-]{0,31}\Z", re.ASCII)
_FORBIDDEN_IN_NICK = frozenset("!@#:,*?&+%~. ")
_MENTION = re.compile(r"(?<![\w@])@([^\s!@#:,*?&+%~.]+)")
_EVERYBODY = re.compile(r"(?<![\w@])@room(?![\w@-])")
_CLOSING = "'\")]}>;/"  # what may follow a nick without a space between


class Nick(msgspec.Struct, frozen=True, gc=False):
    """A nick as its owner writes it, and the form in which two nicks are compared."""

    text: str
    folded: str


def parse_nick(text: str) -> Nick:
    """Check and fold a nick.

    Raises:
        BadName: over 32 code points, a character that is not allowed, or a leading digit or '-'.
    """
    if _ASCII_NICK.match(text):
        return Nick(text, text.lower())
    return _parse_unicode_nick(text)


@lru_cache(maxsize=1024)
def _parse_unicode_nick(text: str) -> Nick:
    _check_nick(text)
    from precis_i18n import get_profile  # only for nicks that are not plain ASCII: 20 ms

    try:
        folded = get_profile("UsernameCaseMapped").enforce(text)
        shown = get_profile("UsernameCasePreserved").enforce(text)
    except UnicodeEncodeError as why:
        raise BadName(f"A nick is made of letters and digits of any script ({why.reason}).", field="nick") from None
    _check_nick(shown)  # again: a full-width '＠' has become '@'
    return Nick(shown, folded)


def _check_nick(text: str) -> None:
    """What we forbid beyond the RFC. Raises BadName."""
    if not text:
        raise BadName("A nick must not be empty.", field="nick")
    if len(text) > MAX_NICK:
        raise BadName(f"A nick has at most {MAX_NICK} characters; this one has {len(text)}.", field="nick")
    bad = next((c for c in text if c in _FORBIDDEN_IN_NICK), None)
    if bad is not None:
        raise BadName(f"A nick must not hold {_spoken(bad)}.", field="nick")
    if text[0].isdigit() or text[0] == "-":
        raise BadName("A nick must not start with a digit or '-'.", field="nick")


# What can hardly be told apart on a screen: of UTS #39 what a nick may hold of ASCII; and 'w', which it leaves out.
_LOOKS = str.maketrans({"0": "O", "1": "l", "I": "l", "|": "l", "m": "rn", "w": "vv", '"': "''", "`": "'"})


@lru_cache(maxsize=4096)
def skeleton(nick: str) -> str:
    """What a nick looks like (UTS #39, section 4): two nicks that can be taken for one another have the same skeleton.

    It is made of the nick as shown, and case is folded after that: 'AIice' with a capital I looks like 'Alice', 'aiice' does
    not, and Elia may sit in one class with Ella. Among capitals only, an I is an I: 'ALICE' is 'alice'. Nothing is refused for
    mixing scripts as such: what matters is whether there is somebody the nick could be taken for.
    """
    capitals = not any(map(str.islower, nick))
    if nick.isascii():
        shown = nick.replace("I", "i") if capitals else nick
        return shown.translate(_LOOKS).lower().translate(_LOOKS)
    from roomful.domain.looks import look  # only for nicks that are not plain ASCII: 60 ms

    return look(nick, capitals=capitals)


class RoomName(msgspec.Struct, frozen=True, gc=False):
    """The name of a named room with its '#', and the form in which two names are compared."""

    text: str
    folded: str


@lru_cache(maxsize=4096)
def parse_room(text: str) -> RoomName:
    """Check and fold a room's name, '#' first.

    Raises:
        BadName: no '#', nothing after it, over 64 code points, or a space, comma or control character.
    """
    if not text.startswith("#"):
        raise BadName(f"A room's name starts with '#': did you mean #{text[:MAX_ROOM]}?", field="room")
    text = unicodedata.normalize("NFC", text)
    if not 2 <= len(text) <= MAX_ROOM:
        raise BadName(f"A room's name has 1 to {MAX_ROOM - 1} characters after the '#'.", field="room")
    for c in text:
        if c == "," or c.isspace() or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise BadName(f"A room's name must not hold {_spoken(c)}.", field="room")
    return RoomName(text, unicodedata.normalize("NFC", text.casefold()))


def mentioned(text: str) -> set[str]:
    """The folded nicks that `text` mentions as whole words: '@alice, see @Bob' gives {'alice', 'bob'}.

    Quotes and brackets may be part of a nick, or of the sentence: '(@alice)' gives {'alice)', 'alice'}.
    """
    found: set[str] = set()
    for match in islice(_MENTION.finditer(text), MAX_MENTIONS):
        word = match[1]
        for name in {word, word.rstrip(_CLOSING), word.partition("'")[0]}:
            try:
                found.add(parse_nick(name).folded)
            except BadName:
                continue  # '@' before something that cannot be a nick is plain text
    return found


def calls_everybody(text: str) -> bool:
    """Whether `text` holds @room as a whole word."""
    return _EVERYBODY.search(text) is not None


def _spoken(c: str) -> str:
    """A character as an error message can show it."""
    return {" ": "a space", ",": "a comma"}.get(c) or (f"'{c}'" if c.isprintable() else f"U+{ord(c):04X}")
