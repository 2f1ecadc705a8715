"""Bots as such: how a bot host makes them and says how they are, why they spoke, what they keep."""

from functools import partial

from msgspec.structs import replace

from roomful.domain import commands, events
from roomful.domain.answers import BotMade, Done, Remembered, Version
from roomful.domain.events import Event, Sender
from roomful.domain.names import parse_nick, parse_room, skeleton
from roomful.domain.room import RoomState
from roomful.domain.sanctions import Arriving
from roomful.domain.settings import RoomSettings
from roomful.domain.texts import check_text
from roomful.domain.verdicts import Memory
from roomful.errors import NoSuchEvent, NoSuchNick, NoSuchRoom, NotAllowed, NotMember, TooMany
from roomful.store import (
    FOREVER,
    DropAccount,
    DropMemory,
    NewAccount,
    PutBot,
    PutKept,
    PutMember,
    PutMemory,
    PutPlace,
    PutVerdict,
    Row,
)

from ..session import Participant
from ..work import Pending, Result
from .batch import Batch, who
from .people import claim, end
from .rooms import begin

MAX_MEMORIES = 200  # of a bot in a room


# -- for bot hosts ------------------------------------------------------------------------------------


def put(batch: Batch, pending: Pending, command: commands.BotPut) -> Result:
    """Make a bot, or describe it anew."""
    _host(pending)
    name = parse_nick(command.nick)
    rows: list[Row] = []
    holder = batch.loaded.holders.get(name.folded)
    account = batch.loaded.accounts.get(holder.id) if holder is not None else None
    if account is not None and account.kind == "bot":
        sender = Sender(account.id, account.nick, "bot")
    else:  # the claim fails if the nick is somebody's
        sender = Sender(batch.hub.new_id("p"), name.text, "bot")
        look = skeleton(name.text)
        rows.append(NewAccount(sender.id, name.text, name.folded, look, "bot", batch.now))
        rows.append(claim(batch, sender, name, FOREVER))
    row = PutBot(sender.id, command.model, command.destination, command.max_bounce, command.settings)
    effect = partial(batch.hub.bots.put, row, sender.nick)
    return Result(pending, BotMade(sender.id), batch.change([], [*rows, row]), effect)


def place(batch: Batch, pending: Pending, command: commands.BotRoom) -> Result:
    """Say how a bot is in a room, which it enters, and which begins if it is not there."""
    _host(pending)
    bot = _bot(batch, command.bot)
    rows: list[Row] = []
    new: list[Event] = []
    fork = batch.find(command.room)
    if fork is None:
        if not command.room.startswith("#") or parse_room(command.room).folded in batch.loaded.moved:
            raise batch.hub.no_such_room(command.room, batch.loaded.moved)
        name = parse_room(command.room)
        fork = begin(batch, name.folded, name.text, "public", RoomSettings(), rows)
    if bot.id not in fork.members:
        check_may_come(fork, bot, batch.now)
        new.append(batch.record(fork, bot, "", events.Join("bot")))
        rows.append(PutMember(fork.id, bot.id, "bot", fork.head))
    row = PutPlace(fork.id, bot.id, command.mode, command.host, command.settings)
    effect = partial(batch.hub.bots.placed, row)
    return Result(pending, Done(), batch.change(new, [*rows, row]), effect)


def check_may_come(fork: RoomState, bot: Sender, now: int) -> None:
    """Whether a bot that is no member may be brought in. Raises NoSuchRoom, Banned."""
    if fork.kind == "direct":
        raise NoSuchRoom(f"There is no room {fork.address}.", field="room")
    fork.check_not_banned(Arriving(bot.id, parse_nick(bot.nick).folded, guest=False, address=""), now, f"{bot.nick} is")


def drop(batch: Batch, pending: Pending, command: commands.BotDrop) -> Result:
    """Delete a bot."""
    _host(pending)
    bot = _bot(batch, command.bot)
    change = end(batch, bot.id, "deleted", [DropAccount(bot.id)])
    return Result(pending, Done(), change, partial(batch.hub.bots.dropped, bot.id))


def _host(pending: Pending) -> Participant:
    _, me = who(pending)
    if me.sender.kind != "service":
        raise NotAllowed("Only a bot host may do this: /bot add asks it to.")
    return me


def _bot(batch: Batch, id: str) -> Sender:
    known = batch.hub.bots.known.get(id)
    if known is None:
        raise NoSuchNick(f"There is no bot with the id {id}.", field="bot")
    return Sender(known.id, known.nick, "bot")


# -- why they speak, and what they keep ------------------------------------------------------------------


def decide(batch: Batch, pending: Pending, command: commands.Decide) -> Result:
    """Record why bots spoke, or were silent."""
    me, fork = _member(batch, pending, command.room)
    if me.sender.kind not in ("bot", "service"):
        raise NotAllowed("Only bots say why bots speak.")
    if me.sender.kind == "bot" and any(verdict.bot != me.sender.id for verdict in command.verdicts):
        raise NotAllowed("A bot says it of itself only.", field="verdicts")
    verdicts = tuple(replace(verdict, told=bool(command.tell)) for verdict in command.verdicts)
    rows: list[Row] = [PutVerdict(fork.id, batch.now, verdict) for verdict in verdicts]
    effect = partial(batch.hub.bots.decided, fork.id, verdicts, command.tell, batch.now)
    return Result(pending, Done(), batch.change([], rows), effect)


def remember(batch: Batch, pending: Pending, command: commands.Remember) -> Result:
    """Keep something in a bot's memory of a room, or give it another text."""
    me, fork = _member(batch, pending, command.room)
    check_text(command.text, batch.hub.limits.max_text)
    id = me.sender.id
    if command.memory:
        old = _memory(batch, fork, command.memory)
        if id != old.bot:
            fork.require(id, "remember", server_owner=me.owner)
        memory = Memory(old.memory, old.bot, command.text, old.kind, command.seq or old.seq, old.author)
    elif me.sender.kind != "bot":
        raise NotAllowed("Only a bot adds to its memory; a moderator may change what is there.", field="memory")
    elif batch.loaded.remembered.get((fork.id, id), 0) >= MAX_MEMORIES:
        raise TooMany(f"A bot remembers {MAX_MEMORIES} things of a room: `forget` one first.")
    else:
        author = batch.message(fork, command.seq, me.sender)[0] if command.seq and command.kind == "note" else None
        memory = Memory(
            batch.hub.new_id("m"), id, command.text, command.kind, command.seq, author.sender.id if author else ""
        )
    row = PutMemory(fork.id, batch.now, memory)
    return Result(pending, Remembered(memory.memory), batch.change([], [row]))


def forget(batch: Batch, pending: Pending, command: commands.Forget) -> Result:
    """Delete something that a bot remembers."""
    me, fork = _member(batch, pending, command.room)
    memory = _memory(batch, fork, command.memory)
    if me.sender.id not in (memory.bot, memory.author):
        fork.require(me.sender.id, "remember", server_owner=me.owner)
    del batch.loaded.memories[fork.id, command.memory]
    return Result(pending, Done(), batch.change([], [DropMemory(fork.id, command.memory)]))


def keep(batch: Batch, pending: Pending, command: commands.StatePut) -> Result:
    """Keep a value for oneself."""
    _, me = who(pending)
    if me.sender.kind not in ("bot", "service"):
        raise NotAllowed("Only bots keep values here.")
    row = PutKept(me.sender.id, command.key, command.value, command.version)
    return Result(pending, Version(command.version + 1), batch.change([], [row]))


def _member(batch: Batch, pending: Pending, reference: str) -> tuple[Participant, RoomState]:
    """Who asks, and the room: its member, or a bot host. Raises NoSuchRoom, NotMember."""
    _, me = who(pending)
    if me.sender.kind != "service":
        return me, batch.member(pending, reference)[1]
    fork = batch.find(reference)
    if fork is None:
        raise batch.hub.no_such_room(reference, batch.loaded.moved)
    if not any(member.sender.kind == "bot" for member in fork.members.values()):
        raise NotMember(f"No bot is in {fork.address}.", field="room")
    return me, fork


def _memory(batch: Batch, fork: RoomState, id: str) -> Memory:
    found = batch.loaded.memories.get((fork.id, id))
    if found is None:
        raise NoSuchEvent(f"No bot remembers {id} here: /memory lists what they do.", field="memory")
    return found
