"""What is said in rooms: messages, and what is done to them."""

from functools import partial

from msgspec.structs import replace

from roomful.domain import commands, events
from roomful.domain.events import Sender
from roomful.domain.rights import Action
from roomful.domain.room import RoomState
from roomful.domain.talk import Talk
from roomful.domain.texts import check_emoji, check_line, check_text
from roomful.domain.webhooks import KIND as WEBHOOK
from roomful.errors import (
    BadRequest,
    BadText,
    BotPace,
    ConversationOver,
    LetPeopleSpeak,
    NoSuchEvent,
    NotAllowed,
    NothingToDo,
    TooMany,
)
from roomful.store import Blank, Mention, Relate, Row, SetTopic, Unpin

from ..hearing import VOICE
from ..work import Pending, Result
from . import files
from .batch import Batch

MAX_PINS = 50
EVERYBODY = "*"


def post(batch: Batch, pending: Pending, command: commands.Post) -> Result:
    """Say something."""
    sender, fork = batch.member(pending, command.room)
    key = (sender.id, fork.id, command.nonce)
    if (known := batch.known_as(key, pending, fork, command.again)) is not None:
        return known
    assert pending.participant is not None
    if sender.kind == "bot":
        body = _decide_bot(batch, fork, sender, command)
    else:
        if command.causes or command.conversation is not None or command.cut:
            raise BadRequest("Only bots say what woke them, in which conversation they are, and where they were cut.")
        body = fork.decide_post(
            sender, command, batch.now, batch.hub.limits.max_text, server_owner=pending.participant.owner
        )
        if sender.kind == WEBHOOK:
            body = replace(body, bounce=0)
    if command.thread is None and not body.mentions and not body.everybody and not command.attachments:
        return batch.said(key, pending, fork, sender, body)  # as nearly all are
    if command.style == VOICE:
        body = replace(body, heard=batch.hub.hearing.listens_by)
    found = files.named(batch, fork, sender, command.attachments)
    body = replace(body, attachments=tuple(file.attachment for file in found)) if found else body
    rows: list[Row] = []
    if command.thread is not None:
        _, root = batch.message(fork, command.thread, sender, "thread")
        if root.thread is not None:
            raise NoSuchEvent(f"{command.thread} is itself said in the thread of {root.thread}.", field="thread")
        rows.append(Relate(fork.id, command.thread, fork.head + 1, "thread"))
    rows += _mentions(fork, body)
    rows += files.attached(batch, found, fork.head + 1)
    return batch.receipt(pending, fork, sender, body, rows)


def _decide_bot(batch: Batch, fork: RoomState, sender: Sender, command: commands.Post) -> events.Message:
    known = batch.hub.bots.known.get(sender.id)
    if fork.talk is None:  # a room that begins in this batch
        fork.talk = Talk()
    try:
        return fork.decide_post(
            sender,
            command,
            batch.now,
            batch.hub.limits.max_text,
            bot=batch.hub.settings.talk,
            max_bounce=known.max_bounce if known is not None else 0,
        )
    except (LetPeopleSpeak, ConversationOver, BotPace):
        if not _was_shown(batch, fork, sender, command):
            raise
        said = fork.decide_post(sender, command, batch.now, batch.hub.limits.max_text)
        return replace(
            said, causes=command.causes, bounce=0, conversation=command.conversation, cut=command.cut, everybody=False
        )


def _was_shown(batch: Batch, fork: RoomState, sender: Sender, command: commands.Post) -> bool:
    """Whether this is what a bot was saying when it was told to stop: the room has read it, and so it stays."""
    room = batch.hub.rooms.by_id.get(fork.id)
    draft = room.drafts.get(sender.id) if room is not None else None
    if draft is None or not command.cut or draft.draft != command.nonce:
        return False
    shown = draft.text.rstrip()
    return bool(shown) and (command.text.startswith(shown) or shown.startswith(command.text))


def _mentions(fork: RoomState, body: events.Message) -> list[Row]:
    named = (*body.mentions, EVERYBODY) if body.everybody else body.mentions
    return [Mention(fork.id, fork.head + 1, named)] if named else []


def edit(batch: Batch, pending: Pending, command: commands.Edit) -> Result:
    """Give one's own message another text."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    role = _may_write(batch, pending, fork, "edit")
    check_text(command.text, batch.hub.limits.max_text)
    if not command.text:
        raise BadText("A message must not be empty: `redact` erases it.", field="text")
    event, _ = batch.message(fork, command.seq, sender)
    if event.sender.id != sender.id:
        raise NotAllowed(f"Message {command.seq} is {event.sender.nick}'s: only its author may edit it.", field="seq")
    named, _ = fork.mentions(command.text, role) if "@" in command.text else ((), False)
    rows: list[Row] = [Relate(fork.id, command.seq, fork.head + 1, "edit")]
    if named:
        rows.append(Mention(fork.id, fork.head + 1, named))
    return batch.receipt(pending, fork, sender, events.Edit(command.seq, command.text, named), rows)


def redact(batch: Batch, pending: Pending, command: commands.Redact) -> Result:
    """Erase a message's text: one's own, or another's of whom one stands above."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    assert pending.participant is not None
    event, _ = batch.message(fork, command.seq, sender)
    own = event.sender.id == sender.id
    role = fork.require(sender.id, "redact_own" if own else "redact", server_owner=pending.participant.owner)
    if not own and (author := fork.members.get(event.sender.id)) is not None:
        fork.require_over(role, author, "redact what was said by")
    check_line(command.reason, 2000, "reason", "reason")
    seq = fork.head + 1
    batch.pinned(fork, command.seq, on=False)
    rows: list[Row] = [
        Blank(fork.id, command.seq, seq),
        Relate(fork.id, command.seq, seq, "redaction"),
        Unpin(fork.id, command.seq),
    ]
    return batch.receipt(
        pending,
        fork,
        sender,
        events.Redaction(command.seq, command.reason),
        rows,
        act=not own,
        effect=partial(batch.hub.effects.erased, fork.id),
    )


def react(batch: Batch, pending: Pending, command: commands.React) -> Result:
    """React to a message, or take it back."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    _may_write(batch, pending, fork, "react")
    check_emoji(command.emoji)
    batch.message(fork, command.seq, sender)
    body = events.Reaction(command.seq, command.emoji, command.on)
    return batch.receipt(pending, fork, sender, body, [Relate(fork.id, command.seq, fork.head + 1, "reaction")])


def pin(batch: Batch, pending: Pending, command: commands.Pin) -> Result:
    """Pin a message, or unpin it."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    _may_write(batch, pending, fork, "pin")
    pinned = batch.loaded.pins.get(fork.id, [])
    if command.on:
        batch.message(fork, command.seq, sender)
    if (command.seq in pinned) is command.on:
        raise NothingToDo(f"Message {command.seq} is {'pinned already' if command.on else 'not pinned'}.", field="seq")
    if command.on and len(pinned) >= MAX_PINS:
        raise TooMany(f"{fork.address} has {MAX_PINS} pinned messages: unpin one first.")
    row = Relate(fork.id, command.seq, fork.head + 1, "pin") if command.on else Unpin(fork.id, command.seq)
    result = batch.receipt(pending, fork, sender, events.Pin(command.seq, command.on), [row], act=True)
    batch.pinned(fork, command.seq, on=command.on)
    return result


def topic(batch: Batch, pending: Pending, command: commands.Topic) -> Result:
    """Set a topic."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    assert pending.participant is not None
    body = fork.decide_topic(sender, command, batch.now, server_owner=pending.participant.owner)
    return batch.receipt(pending, fork, sender, body, [SetTopic(fork.id, body.text)])


def _may_write(batch: Batch, pending: Pending, fork: RoomState, action: Action) -> str:
    assert pending.participant is not None
    me = pending.participant
    role = fork.require(me.sender.id, action, server_owner=me.owner)
    fork.check_may_write(me.sender.id, role, batch.now)
    return role
