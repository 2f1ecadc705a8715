"""Why bots speak, what they have used, what they remember, and which there are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from roomful.domain import commands
from roomful.domain.answers import BotList, MemoryList, StateList, UsageList, Verdicts
from roomful.domain.events import Message
from roomful.domain.verdicts import BotInfo, BotPlace, Kept, Memory, Used, Verdict
from roomful.errors import BadRequest, NoSuchNick, NotAllowed, NotMember
from roomful.store import BotRecord, PlaceRecord

from ..bots import voice_of
from ..rooms import Room
from ..session import Participant, Session
from .readable import budget, readable
from .telling_bots import told

if TYPE_CHECKING:
    from ..hub import Hub

DAY = 86_400_000  # ms
WEEK = 7 * DAY  # for which verdicts without tokens are kept
MOST_TOTALS = 100  # of some 200 bytes each
VERDICT, MEMORY, USED, PLACE, BOT = 1_100, 4_600, 500, 400, 600  # bytes that one of these may have in a reply
PAGE = 100  # values
MOST_PLACES = 80  # of one bot, beside its persona


async def why(hub: "Hub", session: Session, me: Participant, ask: commands.Why) -> Verdicts:
    """Why bots spoke, or were silent. Of lines that one may not read, nothing."""
    room = await _seen(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    left = budget(hub) - (MOST_TOTALS * 200 if ask.totals else 0)
    most, rest = min(ask.limit, left // VERDICT), 0
    if ask.first is not None or ask.last is not None:
        found, rest = await _told(hub, room, ask, first, most)
    else:
        found = [one for one in await _verdicts(hub, room, ask.seq, most) if not 0 < one.last < first]
    totals = (await hub.store.totals(room.state.id, hub.clock() - WEEK))[:MOST_TOTALS] if ask.totals else []
    nicks = await _nicks(hub, room, {*(one.bot for one in found), *(one.bot for one in totals)})
    return Verdicts(room.address, tuple(found), nicks, tuple(totals), rest)


async def _told(hub: "Hub", room: Room, ask: commands.Why, readable_from: int, most: int) -> tuple[list[Verdict], int]:
    """What people were told of some lines, and up to which one there is more."""
    if ask.seq is not None or ask.first is None or ask.last is None:
        raise BadRequest("Ask for a line by `seq`, or for several by `first` and `last`.", field="first")
    return await hub.store.told(room.state.id, max(ask.first, readable_from), ask.last, limit=most)


async def _verdicts(hub: "Hub", room: Room, seq: int | None, most: int) -> list[Verdict]:
    """What bots made of a line; of a bot's own line, what made it say that."""
    for event in await hub.store.events(room.state.id, [seq]) if seq is not None else ():
        body = event.body
        if event.sender.kind == "bot" and isinstance(body, Message):
            asked = [await hub.store.verdicts(room.state.id, cause, limit=most) for cause in body.causes or (None,)]
            about = [verdict for verdicts in asked for verdict in verdicts if verdict.answer == seq]
            return about[:1] or await hub.store.verdicts(room.state.id, seq, limit=most)
    return await hub.store.verdicts(room.state.id, seq, limit=most)


async def usage(hub: "Hub", session: Session, me: Participant, ask: commands.Usage) -> UsageList:
    """What bots have used."""
    now = hub.clock()
    since = now - now % DAY - (ask.days - 1) * DAY
    if ask.room is not None:
        room = await _seen(hub, me, ask.room)
        found = await hub.store.used([room.state.id], since)
        address = {room.state.id: room.address}
    elif me.owner or me.sender.kind == "service":
        found = await hub.store.used(None, since)
        there = {id: await hub.load_room("!" + id) for id in {one.room for one in found}}
        address = {id: one.address for id, one in there.items() if one is not None}
    else:
        raise NotAllowed("What is used in all rooms is for the server's owner: ask it of one room.", field="room")
    most = budget(hub) // USED
    shown = tuple(_addressed(one, address) for one in found[:most])
    nicks = await _nicks(hub, None, {id for one in shown for id in (one.bot, one.person) if id})
    return UsageList(shown, nicks, len(found) > most)


def _addressed(one: Used, address: dict[str, str]) -> Used:
    return replace(one, room=address.get(one.room, "!" + one.room))


async def memories(hub: "Hub", session: Session, me: Participant, ask: commands.Memories) -> MemoryList:
    """What bots remember of a room. Of lines that one may not read, nothing."""
    room = await _seen(hub, me, ask.room)
    first = room.state.first_of(me.sender.id)
    found = [one for one in await hub.store.memories(room.state.id, bot=ask.bot) if not 0 < one.seq < first]
    shown: list[Memory] = []
    size = 0
    for one in found:
        size += len(one.text.encode()) * 2 + 400
        if shown and size > budget(hub):
            break
        shown.append(one)
    nicks = await _nicks(hub, room, {id for one in shown for id in (one.bot, one.author) if id})
    return MemoryList(tuple(shown), nicks, len(found) > len(shown))


async def kept(hub: "Hub", session: Session, me: Participant, ask: commands.StateGet) -> StateList:
    """The values that one keeps."""
    if me.sender.kind not in ("bot", "service"):
        raise NotAllowed("Only bots keep values here.")
    found = await hub.store.kept(me.sender.id, ask.key, after=ask.after, limit=PAGE + 1)
    shown: list[Kept] = []
    size = 0
    for one in found[:PAGE]:
        size += len(one.value.encode()) * 2 + 200
        if shown and size > budget(hub):
            break
        shown.append(one)
    return StateList(tuple(shown), len(found) > len(shown))


async def bots(hub: "Hub", session: Session, me: Participant, ask: commands.Bots) -> BotList:
    """Which bots there are: in a room, or to be fetched. A bot host sees all of all."""
    if ask.bot:
        return await _one(hub, me, ask)
    host = me.sender.kind == "service"
    if ask.room is not None:
        room = await _seen(hub, me, ask.room)
        members = [member.sender for member in room.state.members.values() if member.sender.kind == "bot"]
        unknown = (BotRecord(one.id, one.nick, "", "", 0, "{}") for one in members)
        found: Iterable[BotRecord] = [
            hub.bots.known.get(one.id) or plain for one, plain in zip(members, unknown, strict=True)
        ]
        rooms = {room.state.id: room}
    else:
        found = hub.bots.known.values()
        ids = [id for bot in found for id in await hub.store.rooms_of(bot.id)]
        mine = ids if host else set(ids) & set(await hub.store.rooms_of(me.sender.id))
        there = {id: await hub.load_room("!" + id) for id in mine}
        rooms = {id: one for id, one in there.items() if one is not None}
    shown: list[BotInfo] = []
    size = 0
    after = ask.after.casefold()
    listed = sorted((bot for bot in found if bot.nick.casefold() > after), key=lambda bot: bot.nick.casefold())
    for bot in listed:
        info = _info(hub, bot, rooms, host=host)
        size += BOT + (len(bot.settings) * 2 if host else 0) + len(info.places) * PLACE
        if shown and size > budget(hub):
            break
        shown.append(info)
    return BotList(tuple(shown), len(shown) < len(listed))


async def _one(hub: "Hub", me: Participant, ask: commands.Bots) -> BotList:
    """One bot. Who is in a room with it is told more than that it is there."""
    room = await _seen(hub, me, ask.room) if ask.room is not None else None
    bot = hub.bots.known.get(ask.bot)
    if bot is None or (room is not None and bot.id not in room.state.members):
        raise NoSuchNick(f"There is no such bot{f' in {room.address}' if room else ''}.", field="bot")
    host = me.sender.kind == "service"
    ids = await hub.store.rooms_of(bot.id)
    mine = set(ids) if host else {*await hub.store.rooms_of(me.sender.id)}
    there = {id: await hub.load_room("!" + id) for id in [id for id in ids if id in mine][:MOST_PLACES]}
    info = _info(hub, bot, {id: one for id, one in there.items() if one is not None}, host=host)
    return BotList((await told(hub, info, bot, room, me) if mine & {*ids} else info,))


def _info(hub: "Hub", bot: BotRecord, rooms: dict[str, Room], *, host: bool) -> BotInfo:
    known = {place.room: place for place in bot.places}
    plain = PlaceRecord("", "mention", False, "{}")  # of whoever was fetched, and has not been told otherwise
    places = tuple(
        BotPlace(room.address, place.mode, place.host, place.settings)
        for id, room in rooms.items()
        if bot.id in room.state.members and (place := known.get(id, plain))
    )
    online = bot.id in hub.participants
    settings = bot.settings if host else "{}"
    voice = voice_of(bot)
    return BotInfo(bot.id, bot.nick, bot.model, bot.destination, bot.max_bounce, settings, places, online, voice)


async def _seen(hub: "Hub", me: Participant, reference: str) -> Room:
    """The room, for its members and for bot hosts. Raises Refused."""
    if me.sender.kind == "service":
        room = await hub.load_room(reference)
        if room is None:
            raise hub.no_such_room(reference, {})
        if not any(member.sender.kind == "bot" for member in room.state.members.values()):
            raise NotMember(f"No bot is in {room.address}.", field="room")
        return room
    return await readable(hub, me, reference, "see_bots")


async def _nicks(hub: "Hub", room: Room | None, ids: set[str]) -> dict[str, str]:
    nicks = {}
    for id in sorted(ids):
        if room is not None and (member := room.state.members.get(id)) is not None:
            nicks[id] = member.sender.nick
        elif (bot := hub.bots.known.get(id)) is not None:
            nicks[id] = bot.nick
        elif (known := await hub.store.participant(id)) is not None:
            nicks[id] = known.nick
    return nicks
