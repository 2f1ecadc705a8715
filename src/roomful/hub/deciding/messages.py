"""What is said in rooms: messages, and what is done to them."""

from functools import partial

from roomful.domain import commands, events
from roomful.domain.rights import Action
from roomful.domain.room import RoomState
from roomful.domain.texts import check_emoji, check_line, check_text
from roomful.errors import BadText, NoSuchEvent, NotAllowed, NothingToDo, TooMany
from roomful.store import Blank, Mention, Relate, Row, SetTopic, Unpin

from ..work import Pending, Result
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
    body = fork.decide_post(
        sender, command, batch.now, batch.hub.limits.max_text, server_owner=pending.participant.owner
    )
    if command.thread is None and not body.mentions and not body.everybody:  # as nearly all are
        return batch.said(key, pending, fork, sender, body)
    rows: list[Row] = []
    if command.thread is not None:
        _, root = batch.message(fork, command.thread, "thread")
        if root.thread is not None:
            raise NoSuchEvent(f"{command.thread} is itself said in the thread of {root.thread}.", field="thread")
        rows.append(Relate(fork.id, command.thread, fork.head + 1, "thread"))
    rows += _mentions(fork, body)
    return batch.receipt(pending, fork, sender, body, rows)


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
    event, _ = batch.message(fork, command.seq)
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
    event, _ = batch.message(fork, command.seq)
    own = event.sender.id == sender.id
    role = fork.require(sender.id, "redact_own" if own else "redact", server_owner=pending.participant.owner)
    if not own and (author := fork.members.get(event.sender.id)) is not None:
        fork.require_over(role, author, "redact what was said by")
    check_line(command.reason, 2000, "reason", "reason")
    seq = fork.head + 1
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
    batch.message(fork, command.seq)
    body = events.Reaction(command.seq, command.emoji, command.on)
    return batch.receipt(pending, fork, sender, body, [Relate(fork.id, command.seq, fork.head + 1, "reaction")])


def pin(batch: Batch, pending: Pending, command: commands.Pin) -> Result:
    """Pin a message, or unpin it."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    _may_write(batch, pending, fork, "pin")
    pinned = batch.loaded.pins.get(fork.id, ())
    if command.on:
        batch.message(fork, command.seq)
    if (command.seq in pinned) is command.on:
        raise NothingToDo(f"Message {command.seq} is {'pinned already' if command.on else 'not pinned'}.", field="seq")
    if command.on and len(pinned) >= MAX_PINS:
        raise TooMany(f"{fork.address} has {MAX_PINS} pinned messages: unpin one first.")
    row = Relate(fork.id, command.seq, fork.head + 1, "pin") if command.on else Unpin(fork.id, command.seq)
    return batch.receipt(pending, fork, sender, events.Pin(command.seq, command.on), [row], act=True)


def topic(batch: Batch, pending: Pending, command: commands.Topic) -> Result:
    """Set a topic."""
    sender, fork = batch.member(pending, command.room)
    if (known := batch.known(pending, fork)) is not None:
        return known
    assert pending.participant is not None
    body = fork.decide_topic(sender, command, server_owner=pending.participant.owner)
    return batch.receipt(pending, fork, sender, body, [SetTopic(fork.id, body.text)])


def _may_write(batch: Batch, pending: Pending, fork: RoomState, action: Action) -> str:
    assert pending.participant is not None
    me = pending.participant
    role = fork.require(me.sender.id, action, server_owner=me.owner)
    fork.check_may_write(me.sender.id, role, batch.now)
    return role
