"""Changes as a hub would make them, and how a store takes them: for tests of stores."""

from collections.abc import Awaitable, Callable
from typing import Any

from roomful.domain.events import Event, Message, Sender, encode_body
from roomful.domain.rights import RoomKind
from roomful.store import Appended, Change, Claim, NewRoom, PutMember, Store

OpenStore = Callable[[], Awaitable[Store]]

NOW = 1_763_632_800_000  # ms
WEEK = 7 * 24 * 3_600_000  # ms

ALL_MADE = Appended([], {})

ALICE = Sender("p-alice", "Alice", "person")
BOB = Sender("p-bob", "Bob", "person")


def said(room: str, seq: int, *, text: str = "", nonce: str = "", sender: Sender = ALICE, at: int = NOW) -> Event:
    """A message that is to be number `seq` of the room with this id."""
    return Event(room, seq, at, sender, nonce, encode_body(Message(text or f"{room} {seq}")))


def posts(room: str, first: int, last: int, **fields: Any) -> list[Change]:
    """Messages `first` to `last`, a change for each."""
    return [Change((said(room, seq, **fields),)) for seq in range(first, last + 1)]


def new_room(id: str, key: str = "", kind: RoomKind = "public") -> NewRoom:
    """A room with the key and the name `#ID`, unless named."""
    return NewRoom(id, key or f"#{id}", (key or f"#{id}").upper(), kind, NOW)


def claim(sender: Sender, *, nick: str = "", now: int = NOW, until: int = NOW + 1000) -> Claim:
    """The sender claims its nick, or another."""
    nick = nick or sender.nick
    return Claim(sender.id, nick, nick.lower(), sender.kind, now, until)


def begin(*ids: str) -> list[Change]:
    """Public rooms without events."""
    return [Change((), (new_room(id),)) for id in ids]


def enter(room: str, *senders: Sender) -> list[Change]:
    """These participants claim their nicks and are members."""
    return [Change((), (claim(s), PutMember(room, s.id, "member"))) for s in senders]


async def made(store: Store, *changes: Change) -> None:
    """Append changes of which none may be late."""
    assert list((await store.append(changes)).late) == []


async def seqs(store: Store, room: str) -> list[int]:
    """The numbers of a room's first events."""
    return [event.seq for event in await store.read(room)]
