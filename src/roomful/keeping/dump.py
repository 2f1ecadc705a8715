"""Our own format, complete: JSON Lines. The first line describes the room, each other one is an event as on the wire.

Numbers refer to each other (replies, edits, threads), so a dump is whole or it is none: events 1 to `head`, without gaps.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from roomful.domain.events import Event, KnownBody, Unknown, timestamp
from roomful.domain.names import parse_nick
from roomful.domain.settings import RoomSettings
from roomful.domain.texts import MAX_TEXT, check_text
from roomful.errors import Refused
from roomful.protocol.frames import MAX_FRAME
from roomful.protocol.native import EventFrame, Told, encode, encode_event, told
from roomful.store import RoomRecord

from .failures import KeepingError
from .lines import Bad, numbered

FORMAT = 1
TYPE = "roomful-export"
SHOWN = 5  # bad lines that a refusal names


class DumpedMember(Struct, frozen=True):
    """A member of the room, when it was exported."""

    id: str
    nick: str
    kind: str
    role: str
    since: int = 0


class Header(Struct, frozen=True, tag_field="type", tag=TYPE):
    """The first line."""

    format: Annotated[int, Meta(ge=1)]
    epoch: str
    room: str  # the room's id
    name: str  # '#name'; of a direct room '!id'
    kind: str
    topic: str
    settings: RoomSettings
    members: tuple[DumpedMember, ...]
    head: Annotated[int, Meta(ge=0)]  # how many events follow
    exported_at: str


def header(epoch: str, room: RoomRecord, now: int) -> Header:
    """What describes the room; `now` in ms."""
    members = sorted(room.members.values(), key=lambda m: (m.since, m.sender.id))
    return Header(
        FORMAT,
        epoch,
        room.id,
        address(room),
        room.kind,
        room.topic,
        room.settings,
        tuple(DumpedMember(m.sender.id, m.sender.nick, m.sender.kind, m.role, m.since) for m in members),
        room.head,
        timestamp(now),
    )


def address(room: RoomRecord) -> str:
    """What the room is called: '#name', or '!id' where it has none."""
    return "!" + room.id if room.kind == "direct" else room.name


def written(name: str, events: list[Event]) -> bytes:
    """The lines of some events."""
    return b"".join(encode_event(name, event) + b"\n" for event in events)


def begun(first: Header) -> bytes:
    """The first line."""
    return encode(first) + b"\n"


# -- reading --------------------------------------------------------------------------------------------


class Dumped(Struct, frozen=True):
    """One event of a dump, and its body's bytes as they were."""

    told: Told
    data: bytes


_KNOWN = {kind.__struct_config__.tag for kind in get_args(KnownBody)}
_decode_header = msgspec.json.Decoder(Header).decode
_decode_frame = msgspec.json.Decoder(EventFrame).decode


def read_header(path: Path) -> Header:
    """The description in the first line. Raises KeepingError."""
    for _, line in numbered(path):
        try:
            first = _decode_header(line)
        except (msgspec.DecodeError, RecursionError) as why:
            raise KeepingError(
                f'{path}, line 1 describes no export: {why}. It begins with {{"type":"{TYPE}","format":{FORMAT},…}}.'
            ) from None
        if first.format > FORMAT:
            raise KeepingError(
                f"{path} is of a newer release (format {first.format}; known: {FORMAT}): upgrade Roomful."
            )
        return first
    raise KeepingError(f"{path} is empty.")


def read_events(path: Path, head: int) -> Iterator[Dumped]:
    """The events of a dump.

    Raises KeepingError, telling the first lines that are wrong: one that is left out would change what the others refer to.
    """
    bad: list[Bad] = []
    seq = at = 0
    for number, line in numbered(path, strict=True):
        if number == 1 or not line.strip():
            continue
        try:
            dumped = _event(line, seq + 1, at)
        except (msgspec.DecodeError, Refused, ValueError, OverflowError, RecursionError) as why:
            bad.append(Bad(number, line, str(why)))
            if len(bad) == SHOWN:
                break
            seq += 1
            continue
        seq, at = seq + 1, dumped.told.at
        yield dumped
    if bad:
        raise KeepingError(
            "\n".join([f"{path} cannot be imported; nothing was.", *(f"  line {b.number}: {b.expected}" for b in bad)])
        )
    if seq != head:
        raise KeepingError(
            f"{path} holds {seq:,} of {head:,} events: it was cut off. Export the room again; nothing was imported."
        )


def _event(line: str, seq: int, before: int) -> Dumped:
    """One event, checked as the server would have. Raises DecodeError, Refused, ValueError."""
    try:
        data = line.encode()
    except UnicodeEncodeError:
        raise ValueError("it is not UTF-8, as an export is") from None
    if len(data) > MAX_FRAME:
        raise ValueError(f"an event has at most {MAX_FRAME:,} bytes; this line has {len(data):,}")
    frame = _decode_frame(data)
    event = told(frame)
    if event.seq != seq:
        raise ValueError(f"event {seq} comes next, and this is event {event.seq}")
    if event.at < before:
        raise ValueError("an event is never earlier than the one before it")
    if isinstance(event.body, Unknown) and event.body.type in _KNOWN:
        raise ValueError(f"the fields of this {event.body.type} are not those of one")
    parse_nick(event.sender.nick)
    text: Any = getattr(event.body, "text", "")
    check_text(text if isinstance(text, str) else "", MAX_TEXT)
    return Dumped(event, _as_stored(bytes(frame.body)))


def _as_stored(body: bytes) -> bytes:
    """The body in the form that the store relies on, whoever had the file in his editor: no spaces, its type first."""
    data = msgspec.json.format(body, indent=-1)
    if data.startswith(b'{"type":'):
        return data
    fields: dict[str, Any] = msgspec.json.decode(data)
    return encode({"type": fields.pop("type", ""), **fields})
