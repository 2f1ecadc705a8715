"""What whoever owns the server is told of all of it, from the store in memory."""

from roomful.domain.names import parse_nick
from roomful.store import AccountRecord, AccountSummary, Figures, RoomOverview
from roomful.store.overview import MOST_NAMED

from .log import MemoryLog
from .rooms import MemoryRoom


def accounts(log: MemoryLog, now: int, like: str, after: str) -> list[AccountSummary]:
    """See `Store.account_summaries`."""
    found = []
    for one in log.accounts.accounts():
        folded, who = parse_nick(one.name).folded, log.participants.get(one.id)
        claimed = (who.folded if who is not None else None) or ""
        if folded > after and (like in folded or like in claimed):
            found.append(_account(log, one, now))
    return found


def _account(log: MemoryLog, one: AccountRecord, now: int) -> AccountSummary:
    devices = sum(token.until > now for token in log.accounts.tokens(one.id))
    rooms = sum(one.id in room.members and room.kind != "direct" for room in log.rooms.values())
    seen = log.participants[one.id].seen if one.id in log.participants else 0
    waiting = not one.hash
    return AccountSummary(
        one.id, one.name, one.nick, one.kind, one.owner, one.disabled, waiting, one.created, seen, devices, rooms
    )


def rooms(log: MemoryLog, after: str) -> list[RoomOverview]:
    """See `Store.room_overviews`."""
    named = (room for room in log.rooms.values() if room.kind != "direct" and room.key > after)
    return [_room(log, room) for room in sorted(named, key=lambda room: room.key)]


def _room(log: MemoryLog, room: MemoryRoom) -> RoomOverview:
    ids = [id for id, (role, _) in room.members.items() if role == "owner" and id in log.participants]
    owners = [nick for nick, _ in sorted((log.participants[id].nick, id) for id in ids)]
    newest = room.events[-1].at if room.events else 0
    return RoomOverview(
        room.id,
        room.key,
        room.name,
        room.kind,
        room.settings.archived,
        room.created,
        len(room.events),
        newest,
        len(room.members),
        tuple(owners[:MOST_NAMED]),
        log.files.sizes(room.id),
    )


def figures(log: MemoryLog) -> Figures:
    """See `Store.figures`."""
    direct = sum(room.kind == "direct" for room in log.rooms.values())
    return Figures(len(log.accounts.accounts()), len(log.rooms) - direct, direct, log.files.sizes(), 0)
