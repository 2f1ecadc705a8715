"""What moderators do to others. Every act is an event; whom it is about, and why, stands in it."""

import unicodedata
from collections.abc import Iterable
from functools import partial

from roomful.domain import commands, events
from roomful.domain.events import Named, Sender, timestamp
from roomful.domain.members import Member
from roomful.domain.names import MAX_NICK, parse_nick
from roomful.domain.rights import Action, above
from roomful.domain.room import NO_END, RoomState
from roomful.domain.sanctions import Arriving, Sanction, network
from roomful.domain.texts import check_line
from roomful.errors import AccountRequired, BadName, BadRequest, NotAllowed, NothingToDo, TooMany
from roomful.store import DropInvite, DropMember, DropSanction, PutInvite, PutSanction, Row

from ..origins import covering
from ..work import Pending, Result
from .batch import Batch
from .rooms import promoted

MAX_REASON = 2_000  # bytes
MAX_SANCTIONS = 1_000  # a room
HIDDEN = "hidden"


def invite(batch: Batch, pending: Pending, command: commands.Invite) -> Result:
    """Let somebody enter a private room; in a public one, call somebody's attention to it."""
    sender, fork, known, _ = _acting(batch, pending, "invite")
    if known is not None:
        return known
    target = batch.anybody(fork, command.who)
    if target.id in fork.members:
        raise NothingToDo(f"{target.nick} is in {fork.address} already.", field="who")
    if target.id in fork.invited:
        raise NothingToDo(f"{target.nick} is invited to {fork.address} already.", field="who")
    return batch.receipt(
        pending,
        fork,
        sender,
        events.Invite(Named(target.id, target.nick)),
        [PutInvite(fork.id, target.id)],
        act=True,
        effect=partial(batch.hub.effects.tell_invited, target.id, fork.id, sender),
    )


def kick(batch: Batch, pending: Pending, command: commands.Kick) -> Result:
    """End somebody's membership."""
    sender, fork, known, role = _acting(batch, pending, "kick", command.reason)
    if known is not None:
        return known
    target = batch.target(fork, command.who)
    _not_oneself(sender, target.sender)
    fork.require_over(role, target, "kick")
    return batch.receipt(
        pending,
        fork,
        sender,
        events.Kick(_named(target), command.reason),
        [DropMember(fork.id, target.sender.id)],
        act=True,
        effect=partial(batch.hub.effects.unfollow_all, target.sender.id, fork.id, "kicked"),
    )


def ban(batch: Batch, pending: Pending, command: commands.Ban) -> Result:
    """End somebody's membership, and let nobody in who fits."""
    sender, fork, known, role = _acting(batch, pending, "ban", command.reason)
    if known is not None:
        return known
    if sum(x is not None for x in (command.who, command.mask, command.address)) != 1:
        raise BadRequest("Say whom: one of `who`, `mask` and `address`.", field="who")
    if _in_force(batch, fork.bans) >= MAX_SANCTIONS:
        raise TooMany(f"{fork.address} has {MAX_SANCTIONS:,} bans: lift some first.")
    sanction = _banned(batch, fork, sender, role, command)
    removed = [member for member in fork.members.values() if _is_hit(batch, sanction, member, role, sender)]
    target = Named(sanction.participant, sanction.nick) if sanction.participant else None
    body = events.Ban(
        target, sanction.mask, HIDDEN if sanction.address else "", _spoken(sanction.until), command.reason
    )
    rows: list[Row] = [PutSanction(fork.id, sanction)]
    rows += [DropMember(fork.id, member.sender.id) for member in removed]
    if sanction.participant:
        rows.append(DropInvite(fork.id, sanction.participant))
    also = [m for m in removed if m.sender.id != sanction.participant]
    leaves = [(m.sender, events.Leave("banned")) for m in also]
    effect = partial(batch.hub.effects.unfollow_each, [m.sender.id for m in removed], fork.id, "banned")
    others = tuple(one for one in fork.bans if one.subject != sanction.subject and one.until > batch.now)
    partial_before = fork.partial
    result = batch.receipt(pending, fork, sender, body, rows, more=leaves, act=True, effect=effect)
    fork.bans, fork.partial = (*others, sanction), partial_before  # its addresses are not in the event
    return result


def _banned(batch: Batch, fork: RoomState, by: Sender, role: str, command: commands.Ban) -> Sanction:
    """The ban that a command asks for. Raises Refused."""
    until = _until(batch, command.seconds)
    seq = fork.head + 1
    if command.mask is not None:
        return Sanction(seq, "ban", by, until, command.reason, mask=_mask(command.mask))
    if command.address is not None:
        try:
            return Sanction(seq, "ban", by, until, command.reason, address=network(command.address))
        except ValueError:
            raise BadRequest(
                f"{command.address!r:.70} is no IP address or network; one is 192.0.2.7, or 192.0.2.0/24.",
                field="address",
            ) from None
    assert command.who is not None
    target = batch.anybody(fork, command.who)
    _not_oneself(by, target)
    if (member := fork.members.get(target.id)) is not None:
        fork.require_over(role, member, "ban")
    participant = batch.hub.participants.get(target.id)
    account = batch.loaded.accounts.get(target.id)
    if (participant is not None and participant.owner) or (account is not None and account.owner):
        raise NotAllowed(f"{target.nick} owns this server: it cannot be banned.", field="who")
    addresses = batch.hub.origins.of(target.id) | batch.loaded.addresses.get(target.id, frozenset())
    covers = covering(addresses)
    return Sanction(seq, "ban", by, until, command.reason, target.id, target.nick, covers=covers)


def _is_hit(batch: Batch, ban: Sanction, member: Member, role: str, by: Sender) -> bool:
    """Whether a member must go: it fits, and stands below whoever bans. An account is not taken for a neighbour's guest."""
    sender = member.sender
    if sender.id == by.id or (sender.id != ban.participant and not above(role, member.role)):
        return False
    guest = sender.kind == "guest"
    folded = parse_nick(sender.nick).folded
    if ban.participant or ban.mask:
        return ban.fits(Arriving(sender.id, folded, guest=False, address=""))
    return any(ban.fits(Arriving(sender.id, folded, guest, origin)) for origin in batch.hub.origins.of(sender.id))


def unban(batch: Batch, pending: Pending, command: commands.Unban) -> Result:
    """Lift a ban."""
    sender, fork, known, _ = _acting(batch, pending, "ban")
    if known is not None:
        return known
    found = next((one for one in fork.bans if one.seq == command.ban), None)
    if found is None:
        raise NothingToDo(f"{fork.address} has no ban {command.ban}: `bans` lists them.", field="ban")
    target = Named(found.participant, found.nick) if found.participant else None
    body = events.Unban(found.seq, target, found.mask)
    return batch.receipt(pending, fork, sender, body, [DropSanction(fork.id, found.seq)], act=True)


def mute(batch: Batch, pending: Pending, command: commands.Mute) -> Result:
    """Let somebody read, and say nothing."""
    sender, fork, known, role = _acting(batch, pending, "mute", command.reason)
    if known is not None:
        return known
    target = batch.target(fork, command.who)
    _not_oneself(sender, target.sender)
    fork.require_over(role, target, "mute")
    if _in_force(batch, fork.mutes.values()) >= MAX_SANCTIONS:
        raise TooMany(f"{fork.address} has {MAX_SANCTIONS:,} mutes: lift some first.")
    until = _until(batch, command.seconds)
    named = _named(target)
    sanction = Sanction(fork.head + 1, "mute", sender, until, command.reason, named.id, named.nick)
    body = events.Mute(named, _spoken(until), command.reason)
    return batch.receipt(pending, fork, sender, body, [PutSanction(fork.id, sanction)], act=True)


def unmute(batch: Batch, pending: Pending, command: commands.Unmute) -> Result:
    """Let somebody speak again."""
    sender, fork, known, _ = _acting(batch, pending, "mute")
    if known is not None:
        return known
    target = batch.target(fork, command.who)
    found = fork.mutes.get(target.sender.id)
    if found is None:
        raise NothingToDo(f"{target.sender.nick} is not muted.", field="who")
    return batch.receipt(
        pending, fork, sender, events.Unmute(_named(target)), [DropSanction(fork.id, found.seq)], act=True
    )


def role(batch: Batch, pending: Pending, command: commands.Role) -> Result:
    """Give a member another role. A room keeps an owner, if it has one."""
    sender, fork, known, _ = _acting(batch, pending, "role", outside=True)
    if known is not None:
        return known
    target = batch.target(fork, command.who)
    if target.role == command.role:
        raise NothingToDo(f"{target.sender.nick} is {command.role} already.", field="role")
    if target.sender.kind == "guest" and target.role != "owner":
        raise AccountRequired(f"{target.sender.nick} is a guest: only accounts have other roles.", field="who")
    if target.sender.kind in ("bot", "webhook"):
        raise NotAllowed(f"{target.sender.nick} is a {target.sender.kind}, and stays one.", field="who")
    owners = [member for member in fork.members.values() if member.role == "owner"]
    if target.role == "owner" and len(owners) == 1:
        raise NotAllowed(f"{fork.address} would have no owner: name another one first.", field="role")
    body, row = promoted(fork, target, command.role)
    return batch.receipt(pending, fork, sender, body, [row], act=True)


# -- parts -------------------------------------------------------------------------------------------


def _acting(
    batch: Batch, pending: Pending, action: Action, reason: str = "", *, outside: bool = False
) -> tuple[Sender, RoomState, Result | None, str]:
    """Who acts where, the receipt if the command came before, and the role in which. Raises Refused.

    `outside`: whoever owns the server may do it without being in the room.
    """
    sender, fork = (batch.ruled if outside else batch.member)(pending, pending.command.room)
    if (known := batch.known(pending, fork)) is not None:
        return sender, fork, known, ""
    as_role = batch.require(pending, fork, action)
    check_line(reason, MAX_REASON, "reason", "reason")
    return sender, fork, None, as_role


def _in_force(batch: Batch, sanctions: Iterable[Sanction]) -> int:
    return sum(one.until > batch.now for one in sanctions)


def _not_oneself(sender: Sender, target: Sender) -> None:
    if sender.id == target.id:
        raise BadRequest("That is you.", field="who")


def _named(member: Member) -> Named:
    return Named(member.sender.id, member.sender.nick)


def _until(batch: Batch, seconds: int | None) -> int:
    return NO_END if seconds is None else batch.now + seconds * 1000


def _spoken(until: int) -> str | None:
    return None if until >= NO_END else timestamp(until)


def _mask(mask: str) -> str:
    """A pattern of nicks, folded as they are (RFC 8265, 3.3: width, lower case, composed). Raises BadName."""
    folded = unicodedata.normalize("NFKC", mask).lower()
    if not any(c not in "*?" for c in folded):
        raise BadName("A mask of nothing but * and ? would ban everybody.", field="mask")
    if len(folded) > 2 * MAX_NICK:
        raise BadName(f"A mask has at most {2 * MAX_NICK} characters.", field="mask")
    return folded
