"""Rooms to export, as a server would have recorded them."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from roomful.domain import events as e
from roomful.domain.events import Event, KnownBody, Named, Sender, encode_body
from roomful.keeping.exporting import Form, exported, find_room
from roomful.keeping.relating import rows_of
from roomful.store import Change, NewRoom, PutMember, Row, SetTopic, Store
from tests.conformance.changes import NOW, claim, made

ALICE = Sender("paliceaaaaaaaaaa", "alice", "person")
BOB = Sender("pbobbbbbbbbbbbbb", "Bob", "guest")
CAROL = Sender("pcarolcccccccccc", "Çarol", "bot")
PEOPLE = (ALICE, BOB, CAROL)

Said = tuple[int, Sender, KnownBody]  # ms after the one before, by whom, what

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
targets = st.integers(1, 12)
named = st.sampled_from([Named(p.id, p.nick) for p in PEOPLE])
mentions = st.lists(st.sampled_from([p.id for p in PEOPLE]), max_size=2, unique=True).map(tuple)

bodies: st.SearchStrategy[KnownBody] = st.one_of(
    st.builds(
        e.Message,
        texts,
        st.sampled_from(["text", "action", "notice", "of tomorrow"]),
        st.none() | targets,
        st.none() | targets,
        mentions,
        st.booleans(),
    ),
    st.builds(e.Message, redacted=st.sampled_from([0, 7])),
    st.builds(e.Edit, targets, texts, mentions),
    st.builds(e.Redaction, targets, texts),
    st.builds(e.Reaction, targets, texts, st.booleans()),
    st.builds(e.Pin, targets, st.booleans()),
    st.builds(e.Join),
    st.builds(e.Leave),
    st.builds(e.Kick, named, texts),
    st.builds(e.Ban, named),
    st.builds(e.Promoted, named),
    st.builds(e.Nick, st.just("alicia")),
    st.builds(e.Topic, texts),
)
said: st.SearchStrategy[list[Said]] = st.lists(
    st.tuples(st.integers(0, 10**9), st.sampled_from(PEOPLE), bodies), min_size=1, max_size=20
)


async def record(store: Store, id: str, said: Sequence[Said], *, name: str = "#tea", topic: str = "") -> list[Event]:
    """Make a room in which this was said, its people being its members."""
    at = NOW
    found: list[Event] = []
    rows: list[Row] = []
    for seq, (later, sender, body) in enumerate(said, 1):
        at += later
        found.append(Event(id, seq, at, sender, f"n{seq}", encode_body(body)))
        rows += rows_of(id, seq, body)
    await made(store, Change((), (NewRoom(id, name.casefold(), name, "public", NOW), SetTopic(id, topic))))
    await made(store, *(Change((), (claim(p), PutMember(id, p.id, "member", n))) for n, p in enumerate(PEOPLE, 1)))
    await made(store, Change(found, rows))
    return found


async def export_text(store: Store, room: str, form: Form) -> str:
    """The room in this form."""
    pieces = [piece async for piece in exported(store, await find_room(store, room), form, None, lambda: NOW / 1000)]
    return b"".join(pieces).decode()


async def export_to(store: Store, room: str, file: Path) -> Path:
    """The room as JSONL in a file."""
    file.write_text(await export_text(store, room, "jsonl"), encoding="utf-8", newline="")
    return file
