"""Who somebody is, and what one has missed."""

from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import Person, ThreadInfo, UnreadInfo, UnreadList
from roomful.domain.events import timestamp
from roomful.domain.names import parse_nick
from roomful.domain.signals import Status
from roomful.errors import NoSuchNick
from roomful.store import Counts

from ..rooms import Room
from ..session import Participant, Session
from .readable import ITEM, budget

if TYPE_CHECKING:
    from ..hub import Hub

THREADS = 20  # shown of a room
SHARED = 100  # rooms shown of somebody


async def unread(hub: "Hub", session: Session, me: Participant, ask: commands.Unread) -> UnreadList:
    """One's rooms, those with news first."""
    rooms = [room for id in await hub.store.rooms_of(me.sender.id) if (room := await hub.load_room("!" + id))]
    counts: dict[str, list[Counts]] = {}
    for one in await hub.store.unread(me.sender.id, [room.state.id for room in rooms]):
        counts.setdefault(one.room, []).append(one)
    found = [_info(room, me, counts.get(room.state.id, [])) for room in rooms]
    found.sort(key=lambda info: (not info.mentions, not info.unread, not info.threads))
    limit = budget(hub) // (ITEM + 100 * THREADS)
    return UnreadList(tuple(found[:limit]), len(found) > limit)


def _info(room: Room, me: Participant, counts: list[Counts]) -> UnreadInfo:
    own = next((one for one in counts if not one.thread), Counts(room.state.id, 0, 0, 0, 0))
    threads = tuple(ThreadInfo(one.thread, one.unread, one.read) for one in counts if one.thread)
    return UnreadInfo(
        room.address,
        room.state.head,
        own.read,
        own.unread,
        own.mentions,
        threads[:THREADS],
        room.state.peer_of(me.sender.id),
    )


async def whois(hub: "Hub", session: Session, me: Participant, ask: commands.Whois) -> Person:
    """Who somebody is. Rooms are told if both are in them."""
    if ask.who.startswith("!"):
        record = await hub.store.participant(ask.who[1:])
    else:
        record = await hub.store.holder(parse_nick(ask.who).folded)
    if record is None:
        raise NoSuchNick(f"Nobody is called {ask.who}.", field="who")
    account = await hub.store.account(record.id)
    known = hub.participants.get(record.id)
    status = (known.status if known else None) or Status(record.id)
    mine = set(await hub.store.rooms_of(me.sender.id))
    shared = [id for id in await hub.store.rooms_of(record.id) if id in mine]
    rooms = [room.address for id in shared[:SHARED] if (room := await hub.load_room("!" + id))]
    return Person(
        record.id,
        record.nick or ask.who,
        record.kind,
        account.name if account else None,
        known is not None,
        status.state,
        status.text,
        timestamp(record.seen) if record.seen else None,
        tuple(sorted(rooms, key=str.casefold)),
    )
