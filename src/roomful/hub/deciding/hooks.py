"""Webhooks: how they are made, changed and removed, and what their room hears of that."""

from functools import partial
from urllib.parse import urlsplit

from msgspec.structs import replace

from roomful.domain import commands, events
from roomful.domain.addresses import EVERYWHERE, check_literal, parts_of
from roomful.domain.answers import Done, WebhookMade
from roomful.domain.events import Event, Sender
from roomful.domain.names import parse_nick
from roomful.domain.rights import Action
from roomful.domain.room import RoomState
from roomful.domain.webhooks import (
    EVENT_TYPES,
    KIND,
    SECRET_BYTES,
    SPEAKER,
    Hook,
    InHook,
    OutHook,
    new_secret,
    new_signing_secret,
    secret_digest,
)
from roomful.errors import BadRequest, BadUrl, NoSuchWebhook, NothingToDo, TooMany
from roomful.store import FOREVER, DropHook, DropMember, PutHook, PutMember, Release, Row

from ..prepared import HookGone
from ..session import Participant
from ..work import Pending, Result
from .batch import Batch, who
from .bots import check_may_come
from .people import claim

MOST = 20  # webhooks of a room, each way

_ACTIONS: dict[type, Action] = {InHook: "webhook_in", OutHook: "webhook_out"}


# -- those that come in ---------------------------------------------------------------------------------


def incoming(batch: Batch, pending: Pending, command: commands.WebhookIn) -> Result:
    """Make one: a participant, a member of the room, and a secret address by which it speaks."""
    me, fork = _acting(batch, pending, command.room, "webhook_in")
    name = parse_nick(command.name)
    sender = Sender(batch.hub.new_id("w"), name.text, KIND)
    check_may_come(fork, sender, batch.now)
    _check_room_for_more(batch, fork, InHook)
    secret = new_secret(batch.hub.entropy(SECRET_BYTES))
    hook = InHook(sender.id, fork.id, name.text, me.sender, batch.now, _digest(secret))
    rows: list[Row] = [claim(batch, sender, name, FOREVER)]
    new = _enter(batch, fork, sender, rows)
    answer = WebhookMade(hook.id, secret, batch.hub.hooks.address)
    _remember(batch, hook)
    return Result(
        pending, answer, batch.change(new, [*rows, PutHook(fork.id, hook)]), partial(batch.hub.hooks.put, hook)
    )


def _renew(batch: Batch, pending: Pending, fork: RoomState, old: InHook) -> Result:
    """Another secret; and one that was kicked comes back."""
    secret = new_secret(batch.hub.entropy(SECRET_BYTES))
    hook = replace(old, digest=_digest(secret))
    sender = Sender(hook.id, hook.name, KIND)
    rows: list[Row] = []
    new: list[Event] = []
    if sender.id not in fork.members:
        check_may_come(fork, sender, batch.now)
        new = _enter(batch, fork, sender, rows)
    answer = WebhookMade(hook.id, secret, batch.hub.hooks.address)
    _remember(batch, hook)
    return Result(
        pending, answer, batch.change(new, [*rows, PutHook(fork.id, hook)]), partial(batch.hub.hooks.put, hook)
    )


def _enter(batch: Batch, fork: RoomState, sender: Sender, rows: list[Row]) -> list[Event]:
    event = batch.record(fork, sender, "", events.Join("bot"))
    rows.append(PutMember(fork.id, sender.id, "bot", event.seq))
    return [event]


def _digest(secret: str) -> bytes:
    digest = secret_digest(secret)
    assert digest is not None
    return digest


# -- those that go out ------------------------------------------------------------------------------------


def outgoing(batch: Batch, pending: Pending, command: commands.WebhookOut) -> Result:
    """Make one. Its room is told: what is said there is read elsewhere from now on."""
    me, fork = _acting(batch, pending, command.room, "webhook_out")
    url = _checked(batch, command.url)
    unknown = [type for type in command.events if type not in EVENT_TYPES]
    if unknown:
        raise BadRequest(
            f"There are no events of type {unknown[0]:.40}; there are: {' '.join(EVENT_TYPES)}.", field="events"
        )
    _check_room_for_more(batch, fork, OutHook)
    id, secret = batch.hub.new_id("w"), new_signing_secret(batch.hub.entropy(SECRET_BYTES))
    types = tuple(dict.fromkeys(command.events))
    said = _notice(batch, fork, id, f"{me.sender.nick} has {host_of(url)} told {_what(types)} here from now on.")
    hook = OutHook(id, fork.id, url, me.sender, batch.now, secret, types, cursor=said.seq)
    _remember(batch, hook)
    change = batch.change([said], [PutHook(fork.id, hook)])
    return Result(pending, WebhookMade(id, secret), change, batch.hub.hooks.changed)


def gone(batch: Batch, pending: Pending, command: HookGone) -> Result:
    """One is switched off: its address has taken nothing for too long. Its room is told."""
    fork = batch.find(command.room)
    hook = _named(batch, fork, command.webhook) if fork is not None else None
    if fork is None or not isinstance(hook, OutHook) or hook.off:
        return Result(pending, None, -1)
    text = f"{host_of(hook.url)} is told nothing more from here: {command.reason}. An owner may switch it on again: /webhooks"
    said = _notice(batch, fork, hook.id, text)
    off = replace(hook, off=True, reason=command.reason)
    _remember(batch, off)
    return Result(pending, None, batch.change([said], [PutHook(fork.id, off)]), batch.hub.hooks.changed)


def host_of(url: str) -> str:
    """What may be shown of an address: the rest of it may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _what(types: tuple[str, ...]) -> str:
    return f"of each {' and '.join(types)}" if types else "of everything that happens"


def _checked(batch: Batch, url: str) -> str:
    """An address that may be sent to, as far as its letters tell. Raises BadUrl."""
    try:
        parts = parts_of(url)
        check_literal(str(parts.hostname), EVERYWHERE if batch.hub.hooks.settings.private else ())
    except ValueError as why:
        raise BadUrl(f"Nothing can be sent there: {why}.", field="url") from None
    return parts.geturl()


def _notice(batch: Batch, fork: RoomState, id: str, text: str) -> Event:
    body = events.Message(text, "notice", bounce=0)
    return batch.record(fork, Sender(id, SPEAKER, KIND), "", body)


# -- both ways ------------------------------------------------------------------------------------------------


def change(batch: Batch, pending: Pending, command: commands.WebhookSet) -> Result:
    """Another secret, or off and on again."""
    fork, hook = _found(batch, pending, command.room, command.webhook)
    if isinstance(hook, InHook):
        if command.on is not None or command.skip or not command.renew:
            raise BadRequest("A webhook that comes in can be renewed, or removed.", field="on")
        return _renew(batch, pending, fork, hook)
    if command.on is None and not command.renew:
        raise NothingToDo("Say what is to be: `renew`, or `on`.", field="on")
    new = hook
    if command.renew:
        new = replace(new, secret=new_signing_secret(batch.hub.entropy(SECRET_BYTES)))
    if command.on is not None:
        new = replace(new, off=not command.on, failing=0, tries=0, due=0, reason="" if command.on else "switched off")
    if command.skip:
        new = replace(new, cursor=fork.head)
    _remember(batch, new)
    answer = WebhookMade(hook.id, new.secret if command.renew else "")
    return Result(pending, answer, batch.change([], [PutHook(fork.id, new)]), batch.hub.hooks.changed)


def drop(batch: Batch, pending: Pending, command: commands.WebhookDrop) -> Result:
    """Remove one."""
    fork, hook = _found(batch, pending, command.room, command.webhook)
    rows: list[Row] = [DropHook(fork.id, hook.id)]
    new: list[Event] = []
    if isinstance(hook, InHook):
        rows.append(Release(hook.id))
        if (member := fork.members.get(hook.id)) is not None:
            new.append(batch.record(fork, member.sender, "", events.Leave()))
            rows.append(DropMember(fork.id, hook.id))
        effect = partial(batch.hub.hooks.dropped, hook.id)
    else:
        _, me = who(pending)
        new.append(_notice(batch, fork, hook.id, f"{me.sender.nick} has {host_of(hook.url)} told nothing more."))
        effect = partial(batch.hub.hooks.changed)
    batch.loaded.hooks[fork.id] = [one for one in batch.loaded.hooks[fork.id] if one.id != hook.id]
    return Result(pending, Done(), batch.change(new, rows), effect)


def _acting(batch: Batch, pending: Pending, room: str, action: Action) -> tuple[Participant, RoomState]:
    _, me = who(pending)
    sender, fork = batch.member(pending, room)
    role = fork.require(sender.id, action, server_owner=me.owner)
    fork.check_may_write(sender.id, role, batch.now)
    return me, fork


def _found(batch: Batch, pending: Pending, room: str, id: str) -> tuple[RoomState, Hook]:
    """A webhook that one may change. Raises NotAllowed, NoSuchWebhook."""
    _, me = who(pending)
    sender, fork = batch.member(pending, room)
    fork.require(sender.id, "webhook_in", server_owner=me.owner)
    hook = _named(batch, fork, id)
    if hook is None:
        raise NoSuchWebhook(f"{fork.address} has no webhook {id}.", field="webhook")
    fork.require(sender.id, _ACTIONS[type(hook)], server_owner=me.owner)
    return fork, hook


def _named(batch: Batch, fork: RoomState, id: str) -> Hook | None:
    return next((one for one in batch.loaded.hooks.get(fork.id, ()) if one.id == id), None)


def _check_room_for_more(batch: Batch, fork: RoomState, way: type[Hook]) -> None:
    if sum(isinstance(one, way) for one in batch.loaded.hooks.get(fork.id, ())) >= MOST:
        raise TooMany(f"{fork.address} has {MOST} such webhooks: remove one first.")


def _remember(batch: Batch, hook: Hook) -> None:
    """For the commands that follow in this batch."""
    others = [one for one in batch.loaded.hooks.get(hook.room, ()) if one.id != hook.id]
    batch.loaded.hooks[hook.room] = [*others, hook]
