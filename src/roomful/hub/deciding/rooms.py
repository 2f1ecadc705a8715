"""Rooms as such: how they begin, who enters and leaves, what they are like, how they end."""

from functools import partial
from itertools import islice

from roomful.domain import commands, events
from roomful.domain.answers import Done, Joined, Receipt
from roomful.domain.events import Event, Role, Sender
from roomful.domain.members import Member
from roomful.domain.names import parse_nick, parse_room
from roomful.domain.rights import RoomKind
from roomful.domain.room import RoomState, direct_key
from roomful.domain.sanctions import Arriving
from roomful.domain.settings import RoomSettings
from roomful.domain.texts import check_line
from roomful.errors import (
    AccountRequired,
    BadRequest,
    CursorAhead,
    EpochChanged,
    NoSuchNick,
    NoSuchRoom,
    NothingToDo,
    NotMember,
    RoomExists,
)
from roomful.store import DeleteRoom, DropInvite, DropMember, NewRoom, PutMember, RenameRoom, Row, SetRoom

from ..session import Participant
from ..work import Pending, Result
from .batch import Batch, who

SHOWN_MEMBERS = 100
SHOWN_BYTES = 40_000  # of the members' names in a join's answer
MAX_DESCRIPTION = 1_000


def join(batch: Batch, pending: Pending, command: commands.Join) -> Result:
    """Become a member, unless one is, and follow."""
    session, me = who(pending)
    if command.after is not None and command.last is not None:
        raise BadRequest("Ask for `after` or for `last`, not for both.", field="last")
    if command.epoch is not None and command.epoch != batch.hub.epoch:
        raise EpochChanged(field="epoch")
    rows: list[Row] = []
    new: list[Event] = []
    fork = _room_to_join(batch, pending, command, rows, new)
    if command.after is not None and command.after > fork.head:
        raise CursorAhead(
            f"{fork.address} ends at {fork.head}; {command.after} is from another history.", field="after"
        )
    known = fork.members.get(me.sender.id)
    if known is None:
        fork.decide_join(_arriving(batch, pending), batch.now, server_owner=me.owner)
        if me.sender.id in fork.invited:
            rows.append(DropInvite(fork.id, me.sender.id))
        role = "owner" if _is_first(batch, fork, me.sender) else role_of(me.sender)
        _enter(batch, fork, me.sender, role, rows, new)
    elif known.sender.nick != me.sender.nick:  # it came back under another nick, the old one having been taken
        new.append(batch.record(fork, known.sender, "", events.Nick(me.sender.nick)))
    first = fork.first_of(me.sender.id)
    cursor = fork.head
    if command.after is not None:
        cursor = command.after
    elif command.last is not None:
        cursor = fork.head - command.last
    cursor = max(first - 1, cursor)
    return Result(
        pending,
        _joined(batch, fork, me, first),
        batch.change(new, rows),
        partial(batch.hub.readers.follow, session, fork.id, cursor, deaf=not command.signals),
        fork.id,
    )


def _is_first(batch: Batch, fork: RoomState, me: Sender) -> bool:
    """Whether there has been nobody in the room, or bots only: a person who comes then owns it."""
    if me.kind == "bot":
        return False
    nobody = all(member.sender.kind == "bot" for member in fork.members.values())
    return fork.head == 0 or (nobody and fork.id in batch.loaded.unpeopled)


def _arriving(batch: Batch, pending: Pending) -> Arriving:
    session, me = who(pending)
    return Arriving(
        me.sender.id,
        parse_nick(me.sender.nick).folded,
        me.account is None,
        batch.hub.origins.told_apart(session.address),
    )


def role_of(sender: Sender) -> Role:
    """The role of one who has been given none."""
    return sender.kind if sender.kind in ("guest", "bot") else "member"


def _enter(batch: Batch, fork: RoomState, sender: Sender, role: Role, rows: list[Row], new: list[Event]) -> None:
    new.append(batch.record(fork, sender, "", events.Join(role)))
    rows.append(PutMember(fork.id, sender.id, role, fork.head))


def _joined(batch: Batch, fork: RoomState, me: Participant, first: int) -> Joined:
    return Joined(
        fork.address,
        fork.head,
        len(fork.members),
        tuple(member.sender for member in islice(fork.members.values(), SHOWN_MEMBERS)),
        fork.topic,
        batch.hub.welcome if fork.kind == "public" else "",
        fork.peer_of(me.sender.id),
        fork.kind,
        fork.role_of(me.sender.id, server_owner=me.owner),
        fork.settings,
        first,
        fork.id,
    )


def _room_to_join(
    batch: Batch, pending: Pending, command: commands.Join, rows: list[Row], new: list[Event]
) -> RoomState:
    """The room, which begins if it is a name or a nick's direct room that was not there."""
    reference, me = command.room, who(pending)[1].sender
    if reference.startswith("@"):
        return _direct_room(batch, pending, command, rows, new)
    fork = batch.find(reference)
    if fork is None:
        if reference.startswith("!") or parse_room(reference).folded in batch.loaded.moved:
            raise batch.hub.no_such_room(reference, batch.loaded.moved)
        if not command.create:
            raise NoSuchRoom(f"There is no room {reference}.", field="room")
        name = parse_room(reference)
        _check_new(batch, pending, command)
        return begin(batch, name.folded, name.text, "public", RoomSettings(), rows)
    if fork.kind == "direct" and me.id not in fork.members:
        raise NoSuchRoom(f"There is no room {reference}.", field="room")
    return fork


def _direct_room(
    batch: Batch, pending: Pending, command: commands.Join, rows: list[Row], new: list[Event]
) -> RoomState:
    reference, me = command.room, who(pending)[1].sender
    holder = batch.loaded.holders.get(parse_nick(reference[1:]).folded)
    if holder is None:
        raise NoSuchNick(f"Nobody is called {reference[1:]}.", field="room")
    if holder.id == me.id:
        raise BadRequest("That is you. A direct room has two participants.", field="room")
    key = direct_key(me.id, holder.id)
    if room := batch.hub.rooms.by_key.get(key):
        return batch.fork(room)
    if key in batch.created:
        return batch.created[key]
    _check_new(batch, pending, command)
    fork = begin(batch, key, key, "direct", RoomSettings(), rows)
    for sender in (me, Sender(holder.id, holder.nick, holder.kind)):
        _enter(batch, fork, sender, role_of(sender), rows, new)
    return fork


def _check_new(batch: Batch, pending: Pending, command: commands.Join) -> None:
    """Before anything is made: a refusal changes nothing. Raises CursorAhead, RateLimited."""
    if command.after:
        raise CursorAhead(f"{command.room} is new; {command.after} is from another history.", field="after")
    _count_new(batch, pending)


def _count_new(batch: Batch, pending: Pending) -> None:
    session, me = who(pending)
    batch.hub.door.count_room(session, me.sender.id)


def begin(batch: Batch, key: str, name: str, kind: RoomKind, settings: RoomSettings, rows: list[Row]) -> RoomState:
    """A room begins, with nobody in it yet."""
    fork = RoomState(batch.hub.new_id("r"), kind, name, settings)
    if (before := batch.created.get(key)) is not None:  # which is deleted since, or called otherwise
        batch.created["!" + before.id] = before
    batch.created[key] = fork
    rows.append(NewRoom(fork.id, key, name, kind, batch.now, settings))
    return fork


def leave(batch: Batch, pending: Pending, command: commands.Leave) -> Result:
    """End a membership; in a direct room, only stop following."""
    session, _ = who(pending)
    sender, fork = batch.member(pending, command.room)
    room = fork.id
    if fork.kind == "direct":
        return Result(pending, Done(), -1, partial(batch.hub.readers.unfollow, session, room), room)
    event = batch.record(fork, sender, "", events.Leave())
    change = batch.change([event], [DropMember(room, sender.id)])
    return Result(
        pending, Done(), change, partial(batch.hub.effects.unfollow_all, sender.id, room, "left", but=session), room
    )


def create(batch: Batch, pending: Pending, command: commands.Create) -> Result:
    """Begin a room, and own it."""
    _, me = who(pending)
    name = parse_room(command.room)
    there = batch.find(command.room)
    if there is not None:
        if (known := batch.known(pending, there)) is not None:
            return known
        raise RoomExists(f"There is a room {there.address}: `join` enters it.", field="room")
    if command.kind == "private" and me.account is None:
        raise AccountRequired("A private room needs an owner who stays: make an account first (`register`).")
    check_line(command.description, MAX_DESCRIPTION, "description", "description")
    _count_new(batch, pending)
    rows: list[Row] = []
    fork = begin(batch, name.folded, name.text, command.kind, RoomSettings(description=command.description), rows)
    rows.append(PutMember(fork.id, me.sender.id, "owner", 1))
    return batch.receipt(pending, fork, me.sender, events.Join("owner"), rows)


def change(batch: Batch, pending: Pending, command: commands.Set) -> Result:
    """Change settings of a room: what is as it was is left out."""
    sender, fork = batch.ruled(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    assert pending.participant is not None
    batch.require(pending, fork, "set")
    names = ("description", "history", "slow", "retention", "archived", "models")
    if sender.id not in fork.members and any(
        getattr(command, name) is not None for name in (*names, "kind") if name != "archived"
    ):
        raise NotMember(f"You are not in {fork.address}: from outside only `archived` is set.", field="room")
    if command.description is not None:
        check_line(command.description, MAX_DESCRIPTION, "description", "description")
    if command.kind == "private" and pending.participant.account is None:
        raise AccountRequired("A private room needs an owner who stays: make an account first (`register`).")
    new = {
        name: value
        for name in names
        if (value := getattr(command, name)) is not None and value != getattr(fork.settings, name)
    }
    kind = command.kind if command.kind != fork.kind else None
    if not new and kind is None:
        raise NothingToDo(f"{fork.address} is set so already.")
    body = events.Changed(kind=kind, **new)
    result = batch.receipt(pending, fork, sender, body, (), act=True)
    batch.changes[-1].rows = (SetRoom(fork.id, fork.kind, fork.settings), *batch.changes[-1].rows)
    return result


def rename(batch: Batch, pending: Pending, command: commands.Rename) -> Result:
    """Give a room another name."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    assert pending.participant is not None
    fork.require(sender.id, "rename", server_owner=pending.participant.owner)
    name = parse_room(command.name)
    if name.text == fork.name:
        raise NothingToDo(f"The room is called {name.text} already.", field="name")
    there = batch.find(name.text)
    if there is not None and there is not fork:
        raise RoomExists(f"There is a room {there.address}.", field="name")
    row = RenameRoom(fork.id, name.folded, name.text)
    batch.renamed[fork.id] = name.folded
    return batch.receipt(pending, fork, sender, events.Renamed(name.text, fork.name), [row], act=True)


def delete(batch: Batch, pending: Pending, command: commands.Delete) -> Result:
    """Delete a room, and all that was said in it. The server's log keeps who did so."""
    sender, fork = batch.ruled(pending, command.room)
    batch.require(pending, fork, "delete")
    batch.gone.add(fork.id)
    batch.hub.log.warning("room deleted", room=fork.address, id=fork.id, by=sender.nick, reason=command.reason)
    return Result(
        pending,
        Receipt(fork.address, max(1, fork.head)),
        batch.change([], [DeleteRoom(fork.id)]),
        partial(batch.hub.effects.room_deleted, fork.id),
    )


def promoted(fork: RoomState, member: Member, role: Role) -> tuple[events.Promoted, PutMember]:
    """A member has another role."""
    named = events.Named(member.sender.id, member.sender.nick)
    return events.Promoted(named, role), PutMember(fork.id, member.sender.id, role)
