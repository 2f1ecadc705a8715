"""Who people are: guests come, are called something else, go, and end."""

from functools import partial
from typing import Literal

from roomful.domain import commands, events
from roomful.domain.answers import Done, LoggedIn, Me, Renamed
from roomful.domain.events import Sender
from roomful.domain.names import Nick, parse_nick, skeleton
from roomful.domain.rights import RoomKind
from roomful.errors import BadRequest, BadResume, NickTaken
from roomful.errors import LoggedIn as AlreadyLoggedIn
from roomful.store import FOREVER, Claim, DropMember, Extend, Mark, Release, Row

from ..prepared import PASSING
from ..session import Participant, Session
from ..work import NICK_KEPT, RENEWED, Expire, Pending, Renew, Result
from .batch import Batch, who

ENDS_IN: frozenset[RoomKind] = frozenset(("public", "private"))  # a direct room keeps both its members


def login(batch: Batch, pending: Pending, command: commands.Login) -> Result:
    """Become a participant: a new guest, or, with `resume`, the guest that was. (Accounts: see accounts.py.)"""
    session = pending.session
    assert session is not None
    if session.participant is not None:
        raise AlreadyLoggedIn
    if command.resume is None:
        if command.nick is None:
            raise BadRequest(
                "A login needs a `nick`, a `resume`, a `token`, or `account` and `password`.", field="nick"
            )
        nick = parse_nick(command.nick)
        session.guest = session.guest or batch.hub.new_id("p")
        sender, sid = Sender(session.guest, nick.text, "guest"), batch.hub.entropy(9)
    else:
        id, sid = batch.hub.proofs.read(command.resume)
        record = batch.loaded.participants.get(id)
        if record is None or record.kind != "guest":  # it has become an account, whose proofs name a device
            raise BadResume("That visit has ended. Log in without `resume`.", field="resume")
        wanted = record.nick or command.nick
        if wanted is None:
            raise NickTaken("Your nick was given to somebody else meanwhile: send another as `nick`.", field="nick")
        nick = parse_nick(wanted)
        sender = Sender(id, nick.text, record.kind)
        if command.beside:
            sid = batch.hub.entropy(9)
    batch.arriving.add(sender.id)
    row = claim(batch, sender, nick, batch.now + NICK_KEPT + RENEWED)
    answer = LoggedIn(Me(sender.id, sender.nick, sender.kind), batch.hub.proofs.write(sender.id, sid))
    return Result(pending, answer, batch.change([], [row]), partial(batch.hub.presence.arrive, session, sender, sid))


def claim(batch: Batch, sender: Sender, nick: Nick, until: int) -> Claim:
    """The claim of a participant to a nick."""
    return Claim(sender.id, nick.text, nick.folded, sender.kind, batch.now, until, skeleton(nick.text))


def logout(batch: Batch, pending: Pending, command: commands.Logout) -> Result:
    """Stop being a participant on this connection."""
    session, me = who(pending)
    rows: list[Row] = []
    if len(me.sessions) == 1:
        rows.append(Extend((me.sender.id,), batch.now + NICK_KEPT, batch.now))
    rows += _left_behind(batch, session, me)
    depart = partial(batch.hub.presence.depart, session, for_good=True)
    effect = partial(batch.hub.accounts.logged_out, session.device, me, depart)
    return Result(pending, Done(), batch.change([], rows), effect)


def _left_behind(batch: Batch, session: Session, me: Participant) -> list[Row]:
    """What a logout does to the session's device; who comes as that later in the batch comes too late."""
    batch.loaded.devices.get(me.sender.id, {}).pop(session.device, None)
    return batch.hub.accounts.left_behind(session)


def nick(batch: Batch, pending: Pending, command: commands.Nick) -> Result:
    """Take another nick, in all rooms at once."""
    _, me = who(pending)
    wanted = parse_nick(command.nick)
    if wanted.text == me.sender.nick:
        return Result(pending, Renamed(wanted.text), -1)
    sender = Sender(me.sender.id, wanted.text, me.sender.kind)
    until = FOREVER if me.account is not None else batch.now + NICK_KEPT + RENEWED
    rows: list[Row] = [claim(batch, sender, wanted, until)]
    new = [
        batch.record(fork, fork.members[sender.id].sender, "", events.Nick(wanted.text))
        for fork in batch.forks_of(sender.id)
    ]
    return Result(pending, Renamed(wanted.text), batch.change(new, rows), partial(batch.hub.presence.rename, sender))


def bye(batch: Batch, pending: Pending, command: commands.Bye) -> Result:
    """End the visit: with a guest's last session its memberships and its claim go."""
    session, me = who(pending)
    change, effect = -1, partial(batch.hub.presence.say_bye, session)
    if me.account is None and all(one is session or one.ending or one.called for one in me.sessions):
        change = end(batch, me.sender.id, "bye", [Release(me.sender.id)])
    elif me.account is not None:
        rows: list[Row] = [Extend((me.sender.id,), FOREVER, batch.now)]
        if session.device.startswith(PASSING):  # nobody can come back as this device
            rows += _left_behind(batch, session, me)
            effect = partial(batch.hub.accounts.logged_out, session.device, me, effect)
        change = batch.change([], rows)
    return Result(pending, Done(), change, effect)


def expire(batch: Batch, pending: Pending, command: Expire) -> Result:
    """A guest stayed away: its memberships end. Its row stays for a week, so that it may still resume."""
    id = command.participant
    record = batch.loaded.participants.get(id)
    if id in batch.hub.participants or id in batch.arriving or record is None or record.until >= batch.now:
        return Result(pending, None, -1)  # it came back in this moment, perhaps to another hub
    return Result(pending, None, end(batch, id, "expired", []))


def renew(batch: Batch, pending: Pending, command: Renew) -> Result:
    """Claims are good until then."""
    return Result(pending, None, batch.change([], [Extend(command.participants, command.until, command.seen)]))


def mark(batch: Batch, pending: Pending, command: commands.Mark) -> Result:
    """Remember how far somebody has read."""
    session, me = who(pending)
    _, fork = batch.member(pending, command.room)
    seq = min(command.seq, fork.head)
    row = Mark(me.sender.id, fork.id, seq, command.thread or 0)
    effect = partial(batch.hub.effects.tell_marked, me, session, fork.id, seq, command.thread)
    return Result(pending, Done(), batch.change([], [row]), effect)


def end(batch: Batch, id: str, reason: Literal["bye", "expired", "deleted"], rows: list[Row]) -> int:
    """A participant's memberships end. Returns the change."""
    new = []
    for fork in batch.forks_of(id):
        if fork.kind in ENDS_IN:
            new.append(batch.record(fork, fork.members[id].sender, "", events.Leave(reason)))
            rows.append(DropMember(fork.id, id))
    return batch.change(new, rows)
