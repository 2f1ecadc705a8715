"""A log as people read it: an edit stands in the line it is of, reactions are counted, what was redacted is gone.

What was said later belongs to earlier lines, so the log is walked twice: first for what is about other lines, of which only
numbers and counts are kept, then for the lines. Memory grows with the edits and reactions of a room, not with its lines.
"""

from collections.abc import AsyncIterator, Callable

from msgspec import Struct

from roomful.domain import events as e
from roomful.domain.events import Event, Sender
from roomful.domain.files import Attachment
from roomful.store import RoomRecord, Store

CHUNK = 500  # events
CHUNK_BYTES = 1024 * 1024


class Line(Struct):
    """One line, as it stands now."""

    seq: int
    at: int  # ms
    sender: Sender
    type: str
    text: str
    style: str = "text"
    reply_to: int | None = None
    thread: int | None = None
    edited: bool = False
    redacted: bool = False
    reactions: dict[str, int] = {}
    files: tuple[Attachment, ...] = ()


async def walk(store: Store, room: RoomRecord) -> AsyncIterator[list[Event]]:
    """The events of a room up to the head it had, some at a time. Raises StoreUnavailable."""
    cursor = 0
    while cursor < room.head:
        events = await store.read(room.id, after=cursor, before=room.head + 1, limit=CHUNK, max_bytes=CHUNK_BYTES)
        if not events:
            return  # the room was deleted meanwhile
        yield events
        cursor = events[-1].seq


class Later:
    """What was said later about each line."""

    def __init__(self) -> None:
        self._edits: dict[int, int] = {}  # line -> number of its newest edit
        self._reactions: dict[int, dict[str, set[str]]] = {}  # line -> emoji -> who

    async def gather(self, store: Store, room: RoomRecord) -> None:
        """Walk the room once."""
        async for events in walk(store, room):
            for event in events:
                self._note(event)

    def _note(self, event: Event) -> None:
        if event.data.startswith(b'{"type":"message"'):
            return  # by far the commonest, and about nothing else
        match event.body:
            case e.Edit(target=target, redacted=None):
                self._edits[target] = event.seq
            case e.Reaction(target=target, emoji=emoji, on=True):
                self._reactions.setdefault(target, {}).setdefault(emoji, set()).add(event.sender.id)
            case e.Reaction(target=target, emoji=emoji):
                self._reactions.get(target, {}).get(emoji, set()).discard(event.sender.id)

    async def lines(self, store: Store, room: RoomRecord, events: list[Event]) -> list[Line]:
        """The lines that these events make."""
        wanted = sorted({self._edits[event.seq] for event in events if event.seq in self._edits})
        edits = {edit.seq: edit.body for edit in await store.events(room.id, wanted)} if wanted else {}
        found = [line for event in events if (line := _line(event)) is not None]
        for line in found:
            edit = edits.get(self._edits.get(line.seq, 0))
            if isinstance(edit, e.Edit) and not line.redacted:
                line.text, line.edited = edit.text, True
            line.reactions = {emoji: len(who) for emoji, who in self._reactions.get(line.seq, {}).items() if who}
        return found


def _line(event: Event) -> Line | None:
    """The line that an event makes by itself; None: it is about another one."""
    match event.body:
        case e.Edit() | e.Redaction() | e.Reaction():
            return None
        case e.Message() as said:
            gone = said.redacted is not None
            return Line(
                event.seq, event.at, event.sender, "message", "(redacted)" if gone else said.text, said.style,
                said.reply_to, said.thread, redacted=gone, files=said.attachments,
            )  # fmt: skip
        case body:
            kind = body.type if isinstance(body, e.Unknown) else str(body.__struct_config__.tag)
            return Line(event.seq, event.at, event.sender, kind, _SENTENCES.get(type(body), _unknown)(body))


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _whom(body: e.Ban | e.Unban) -> str:
    return body.target.nick if body.target else body.mask or "an address"


def _unknown(body: object) -> str:
    return f"did something of type {getattr(body, 'type', '?')!r} that this release does not know"


def _changed(body: e.Changed) -> str:
    fields = ((name, getattr(body, name)) for name in body.__struct_fields__)
    return "set " + ", ".join(f"{name} to {value!r}" for name, value in fields if value is not None)


def _sentence(kind: type[e.Body], words: Callable[..., str]) -> tuple[type[e.Body], Callable[..., str]]:
    return kind, words


# What somebody did, told after the nick.
_SENTENCES: dict[type, Callable[..., str]] = dict(
    (
        _sentence(e.Join, lambda b: "joined" + ("" if b.role in ("member", "guest") else f" as {b.role}")),
        _sentence(e.Leave, lambda b: "left" + _because(b.reason)),
        _sentence(e.Kick, lambda b: f"kicked {b.target.nick}{_because(b.reason)}"),
        _sentence(e.Ban, lambda b: f"banned {_whom(b)}{f' until {b.until}' if b.until else ''}{_because(b.reason)}"),
        _sentence(e.Unban, lambda b: f"lifted the ban of {_whom(b)}"),
        _sentence(
            e.Mute, lambda b: f"muted {b.target.nick}{f' until {b.until}' if b.until else ''}{_because(b.reason)}"
        ),
        _sentence(e.Unmute, lambda b: f"let {b.target.nick} speak again"),
        _sentence(e.Promoted, lambda b: f"made {b.target.nick} {b.role}"),
        _sentence(e.Invite, lambda b: f"invited {b.target.nick}"),
        _sentence(e.Nick, lambda b: f"is now called {b.nick}"),
        _sentence(e.Topic, lambda b: f"set the topic: {b.text}" if b.text else "cleared the topic"),
        _sentence(e.Pin, lambda b: f"{'pinned' if b.on else 'unpinned'} line {b.target}"),
        _sentence(e.Renamed, lambda b: f"renamed the room to {b.name}"),
        _sentence(e.Changed, _changed),
    )
)
