"""Bots that talk: conversations are declared, stopped, continued and concluded. The guard itself is domain/talk.py."""

from collections.abc import Iterator
from functools import partial

from roomful.domain import commands, events
from roomful.domain.answers import Receipt
from roomful.domain.events import Named, Sender
from roomful.domain.rights import Action
from roomful.domain.room import RoomState
from roomful.domain.talk import Talk
from roomful.domain.texts import check_line
from roomful.errors import BadRequest, ConversationOver, NoSuchNick, NotAllowed, NothingToDo, TooMany
from roomful.store import Change, PutMember, Row

from ..work import Pending, Result
from .batch import Batch
from .bots import check_may_come

MAX_TOPIC = 2_000  # bytes


def duet(batch: Batch, pending: Pending, command: commands.Duet) -> Result:
    """Let bots talk with each other. Those that are not in the room come in, as somebody who may bring them says."""
    sender, fork = _declarer(batch, pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    if sender.kind != "service":
        _require(batch, pending, fork, "duet")
    check_line(command.topic, MAX_TOPIC, "topic", "topic")
    if _talk(fork).talks(batch.now):
        raise TooMany("The bots are in a conversation already: `stop` ends it.")
    bots = list(_bots(batch, fork, command.bots))
    rows: list[Row] = []
    new = []
    for bot in bots:
        if bot.id not in fork.members:
            check_may_come(fork, bot, batch.now)
            new.append(batch.record(fork, bot, "", events.Join("bot")))
            rows.append(PutMember(fork.id, bot.id, "bot", fork.head))
    body = events.Conversation(
        tuple(Named(bot.id, bot.nick) for bot in bots), command.topic, command.turns, command.seconds, command.tokens
    )
    event = batch.record(fork, sender, command.nonce, body)
    change = len(batch.changes)
    batch.changes.append(Change((*new, event), tuple(rows)))
    batch.receipts[(sender.id, fork.id, command.nonce)] = (event.seq, change)
    effect = partial(batch.hub.bots.brought, fork.id, [event.sender.id for event in new], sender)
    return Result(pending, Receipt(fork.address, event.seq), change, effect)


def _declarer(batch: Batch, pending: Pending, reference: str) -> tuple[Sender, RoomState]:
    """Who lets bots talk: a member of the room, or a bot host as its configuration says. Raises NoSuchRoom, NotMember."""
    me = pending.participant
    if me is None or me.sender.kind != "service":
        return batch.member(pending, reference)
    fork = batch.find(reference)
    if fork is None:
        raise batch.hub.no_such_room(reference, batch.loaded.moved)
    return me.sender, fork


def _bots(batch: Batch, fork: RoomState, names: tuple[str, ...]) -> Iterator[Sender]:
    """Whom the names mean. Raises NoSuchNick, BadRequest."""
    seen: set[str] = set()
    for name in names:
        found = batch.anybody(fork, name)
        if found.kind != "bot":
            raise NoSuchNick(f"{found.nick} is no bot: /bots lists those that there are.", field="bots")
        if found.id in seen:
            raise BadRequest(f"{found.nick} is named twice: a conversation takes two.", field="bots")
        seen.add(found.id)
        yield found


def conclude(batch: Batch, pending: Pending, command: commands.Conclude) -> Result:
    """A conversation has come to its end by itself."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    talk = _talk(fork).conversation
    if talk is None or talk.seq != command.conversation:
        raise ConversationOver(f"Conversation {command.conversation} is over.", field="conversation")
    if sender.id not in talk.bots:
        raise NotAllowed("Only a bot of a conversation may conclude it.", field="conversation")
    body = events.Concluded(command.conversation, command.how, talk.turns - talk.left)
    return batch.receipt(pending, fork, sender, body)


def stop(batch: Batch, pending: Pending, command: commands.Stop) -> Result:
    """Tell the bots to be quiet."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    _require(batch, pending, fork, "stop")
    return batch.receipt(pending, fork, sender, events.Stopped())


def go_on(batch: Batch, pending: Pending, command: commands.Continue) -> Result:
    """Let the bots go on."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    _require(batch, pending, fork, "stop")
    talk = _talk(fork)
    if not (talk.run or talk.quiet) and (talk.conversation is None or not talk.conversation.interrupted):
        raise NothingToDo("Nothing holds the bots back: say something to them.")
    return batch.receipt(pending, fork, sender, events.Continued())


def _require(batch: Batch, pending: Pending, fork: RoomState, action: Action) -> None:
    assert pending.participant is not None
    me = pending.participant
    role = fork.require(me.sender.id, action, server_owner=me.owner)
    fork.check_may_write(me.sender.id, role, batch.now)


def _talk(fork: RoomState) -> Talk:
    if fork.talk is None:  # a room that begins in this batch
        fork.talk = Talk()
    return fork.talk
