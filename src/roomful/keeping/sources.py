"""What can be brought in: each source gives events without numbers, as often as it is asked, in constant memory."""

import re
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from roomful.domain.events import Kick, KnownBody, Message, Named, Sender, Unknown, encode_body
from roomful.domain.files import safe_name
from roomful.domain.settings import RoomSettings

from . import dump, irssi, weechat
from .dump import DumpedMember
from .failures import KeepingError
from .irc import Logged, Parser, new_id, participant
from .lines import Bad, numbered

Format = Literal["jsonl", "weechat", "irssi"]
FORMATS: dict[Format, str] = {
    "jsonl": f'{{"type":"{dump.TYPE}","format":{dump.FORMAT},…}} in the first line',
    "weechat": weechat.EXPECTED,
    "irssi": "--- Log opened Sat Nov 21 10:00:00 2026",
}
_PARSERS: dict[str, Parser] = {"weechat": weechat.parse, "irssi": irssi.parse}
_ROOM = re.compile(r"#[^\s,/]+?(?=\.(?:weechatlog|log|txt)$|$)")
LOOKED_AT = 20  # lines, to recognise a format


class Incoming(Struct, frozen=True):
    """An event that is to be brought in."""

    at: int  # ms
    sender: Sender
    nonce: str
    data: bytes
    body: KnownBody | Unknown


class About(Struct, frozen=True):
    """What a source says of its room."""

    name: str = ""  # '#name'; empty: it does not say
    kind: str = "public"
    topic: str = ""
    settings: RoomSettings = RoomSettings()
    members: tuple[DumpedMember, ...] = ()  # those who are known here under the same ids


class Source(Protocol):
    """One file."""

    def about(self) -> About:
        """What it says of its room. Raises KeepingError."""

    def events(self, bad: Callable[[Bad], object]) -> Iterator[Incoming]:
        """Its events, anew at each call; lines that are left out are given to `bad`. Raises KeepingError."""


def recognise(path: Path) -> Format:
    """The format of a file. Raises KeepingError."""
    for number, line in numbered(path):
        if line.startswith("{"):
            return "jsonl"
        if irssi.recognised(line):
            return "irssi"
        if weechat.recognised(line):
            return "weechat"
        if number == LOOKED_AT:
            break
    known = "\n".join(f"  {name}: {example}" for name, example in FORMATS.items())
    raise KeepingError(f"The format of {path} is not known; there are:\n{known}\nSay which it is: --format FORMAT")


class Dump:
    """A file of ours. From another history (epoch), everybody gets another id here: the same for each such file."""

    def __init__(self, path: Path, epoch: str) -> None:
        self._path = path
        self._header = dump.read_header(path)
        self._ours = self._header.epoch == epoch
        self._salt = f"{epoch}\0{self._header.epoch}"
        self._known: dict[str, str] = {}

    def about(self) -> About:
        """See `Source.about`."""
        first = self._header
        name = first.name if first.name.startswith("#") else ""
        kind = "public" if first.kind == "public" else "private"  # a direct room is of two: it becomes a private one
        return About(name, kind, first.topic, first.settings, first.members if self._ours else ())

    def events(self, bad: Callable[[Bad], object]) -> Iterator[Incoming]:
        """See `Source.events`."""
        for dumped in dump.read_events(self._path, self._header.head):
            event = dumped.told
            if self._ours:
                here = _without_bytes(event.body)
                data = dumped.data if here is event.body else encode_body(here)
                yield Incoming(event.at, event.sender, event.nonce, data, here)
                continue
            sender = Sender(self._id(event.sender.id), event.sender.nick, event.sender.kind)
            body = self._moved(event.body, event.seq)
            data = dumped.data if isinstance(body, Unknown) else encode_body(body)
            yield Incoming(event.at, sender, event.nonce, data, body)

    def _moved(self, body: KnownBody | Unknown, seq: int) -> KnownBody | Unknown:
        """The body with the ids of here, and of a message where it comes from."""
        if isinstance(body, Unknown):
            return body
        changes: dict[str, object] = {}
        if mentions := getattr(body, "mentions", ()):
            changes["mentions"] = tuple(map(self._id, mentions))
        if isinstance(target := getattr(body, "target", None), Named):
            changes["target"] = Named(self._id(target.id), target.nick)
        if isinstance(body, Message) and not body.origin and body.redacted is None:
            changes["origin"] = f"roomful:{self._header.epoch}/{self._header.room}/{seq}"
        return _without_bytes(msgspec.structs.replace(body, **changes) if changes else body)

    def _id(self, id: str) -> str:
        if (known := self._known.get(id)) is None:
            known = self._known[id] = new_id(f"dump\0{self._salt}\0{id}")
        return known


def _without_bytes(body: KnownBody | Unknown) -> KnownBody | Unknown:
    """What a message tells of its files stays; the files themselves are not in a dump, and nothing is to lead to others."""
    if not isinstance(body, Message) or not body.attachments:
        return body
    files = (msgspec.structs.replace(file, id="", name=safe_name(file.name)) for file in body.attachments)
    return msgspec.structs.replace(body, attachments=tuple(files))


class Log:
    """A log of an IRC client. Its people are guests here: nobody can prove to have been one of them."""

    def __init__(self, path: Path, form: Format, zone: tzinfo | None, room: str) -> None:
        self._path = path
        self._form = form
        self._zone = zone
        found = _ROOM.search(path.name)
        self._name = found[0] if found else ""
        self._scope = (room or self._name).casefold()

    def about(self) -> About:
        """See `Source.about`."""
        return About(self._name)

    def events(self, bad: Callable[[Bad], object]) -> Iterator[Incoming]:
        """See `Source.events`."""
        for parsed in _PARSERS[self._form](numbered(self._path), self._zone):
            if isinstance(parsed, Bad):
                bad(parsed)
            elif parsed is not None:
                yield self._incoming(parsed)

    def _incoming(self, logged: Logged) -> Incoming:
        body: KnownBody = logged.body
        if isinstance(body, Message):
            body = msgspec.structs.replace(body, origin=f"{self._form}:{self._path.name}:{logged.number}")
        elif isinstance(body, Kick):
            named = Named(participant(self._scope, body.target.nick), body.target.nick)
            body = msgspec.structs.replace(body, target=named)
        sender = Sender(participant(self._scope, logged.nick), logged.nick, "guest")
        return Incoming(logged.at, sender, "", encode_body(body), body)
