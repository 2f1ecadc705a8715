"""Which rooms there are, who is in them, and who may not be."""

from bisect import bisect_right
from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import MemberInfo, MemberList, RoomInfo, RoomList, SanctionInfo, SanctionList
from roomful.domain.events import timestamp
from roomful.domain.members import Member
from roomful.domain.names import parse_nick
from roomful.domain.room import NO_END
from roomful.domain.sanctions import Sanction
from roomful.domain.signals import Status
from roomful.store import RoomSummary

from ..rooms import Room
from ..session import Participant, Session
from .readable import ITEM, budget, readable

if TYPE_CHECKING:
    from ..hub import Hub

BEYOND_ALL_IDS = "~"  # ids are lower case letters and digits
TOPIC = 2_000  # bytes a topic may take in JSON


async def rooms(hub: "Hub", session: Session, me: Participant, ask: commands.Rooms) -> RoomList:
    """Rooms that anybody may join; or one's own, and those one is invited to."""
    limit = min(ask.limit, budget(hub) // (ITEM + TOPIC))
    after = ""
    if ask.after is not None:
        room = await hub.load_room(ask.after)
        after = room.key if room else ask.after.casefold()
    mine = me.sender.id if ask.mine else None
    found = await hub.store.list_rooms(participant=mine, after=after, limit=limit + 1)
    listed = [await _info(hub, me, summary) for summary in found[:limit]]
    if ask.mine and ask.after is None:
        listed += await _invitations(hub, me)
    return RoomList(tuple(listed), len(found) > limit)


async def _info(hub: "Hub", me: Participant, summary: RoomSummary) -> RoomInfo:
    peer, address = None, summary.name
    if summary.kind == "direct":
        address = "!" + summary.id
        loaded = await hub.load_room(address)
        peer = loaded.state.peer_of(me.sender.id) if loaded else None
    return RoomInfo(address, summary.count, summary.head, summary.topic, peer, summary.kind, summary.archived)


async def _invitations(hub: "Hub", me: Participant) -> list[RoomInfo]:
    """Private rooms that one may enter; at most 10 at a time."""
    found = []
    for id in (await hub.store.invitations(me.sender.id))[:10]:
        if (room := await hub.load_room("!" + id)) is not None and room.state.kind == "private":
            state = room.state
            found.append(RoomInfo(state.address, len(state.members), state.head, kind="private", invited=True))
    return found


async def members(hub: "Hub", session: Session, me: Participant, ask: commands.Members) -> MemberList:
    """A room's members, by nick."""
    room = await readable(hub, me, ask.room)
    limit = min(ask.limit, budget(hub) // ITEM)
    state = room.state
    nicks = state.nicks()
    start = 0 if ask.after is None else bisect_right(nicks, (parse_nick(ask.after).folded, BEYOND_ALL_IDS))
    shown = [_member(hub, room, state.members[id]) for _, id in nicks[start : start + limit]]
    return MemberList(room.address, len(nicks), tuple(shown), start + limit < len(nicks))


def _member(hub: "Hub", room: Room, member: Member) -> MemberInfo:
    sender = member.sender
    known = hub.participants.get(sender.id)
    status = (known.status if known else None) or Status(sender.id)
    return MemberInfo(
        sender.id, sender.nick, sender.kind, member.role, sender.id in room.here, status.state, status.text
    )


async def bans(hub: "Hub", session: Session, me: Participant, ask: commands.Bans) -> SanctionList:
    """Bans and mutes that have not ended, the newest first."""
    room = await readable(hub, me, ask.room, "see_bans")
    now = hub.clock()
    found = [one for one in reversed(await hub.store.sanctions(room.state.id)) if one.until > now]
    limit = budget(hub) // (ITEM + TOPIC)
    return SanctionList(room.address, tuple(map(_sanction, found[:limit])), len(found) > limit)


def _sanction(one: Sanction) -> SanctionInfo:
    until = None if one.until >= NO_END else timestamp(one.until)
    return SanctionInfo(one.seq, one.what, one.by, one.participant, one.nick, one.mask, one.address, until, one.reason)
