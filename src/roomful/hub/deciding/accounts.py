"""Accounts and their devices: who enters as one, how they begin, are secured, and end.

What took time was done before (hub/accounts.py); here it is decided under the rows as they are now.
"""

from functools import partial

from msgspec.structs import replace

from roomful.domain import commands, events
from roomful.domain.answers import CodeMade, Done, LoggedIn, Me, TokenMade
from roomful.domain.events import Event, Sender, timestamp
from roomful.domain.names import skeleton
from roomful.domain.tokens import CODE_BYTES, TOKEN_BYTES, code_digest, new_code, new_token, token_digest
from roomful.errors import (
    AccountRequired,
    BadCredentials,
    BadInvite,
    BadResume,
    LoginRequired,
    NoSuchDevice,
    NotAllowed,
    TooMany,
)
from roomful.errors import LoggedIn as AlreadyLoggedIn
from roomful.store import (
    FOREVER,
    AccountRecord,
    Blank,
    DropAccount,
    DropCodes,
    DropTokens,
    NewAccount,
    PutCode,
    PutToken,
    Relate,
    Row,
    SetAccount,
    TokenRecord,
    TouchToken,
    Unpin,
    UseCode,
)

from ..prepared import LASTING, PASSING, Entry, Erasure, Founding, Parting, Rekeying, Touch
from ..session import Participant, Session
from ..work import Pending, Result
from .batch import Batch, who
from .people import claim, end
from .rooms import promoted, role_of

DAY = 24 * 3_600_000  # ms
REMEMBERED = 90 * DAY  # how long a device's token is good after each use
VISIT = 7 * DAY  # how long a device without a token may come back by its `resume`
MAX_DEVICES = 50  # of an account
MAX_NAME = 100  # code points of a device's name


# -- who enters ---------------------------------------------------------------------------------------


def enter(batch: Batch, pending: Pending, command: Entry) -> Result:
    """Be an account on this connection."""
    session = pending.session
    assert session is not None
    if session.participant is not None:
        raise AlreadyLoggedIn
    if not session.open:
        raise LoginRequired  # nobody hears it: nor shall there be a device that nobody has
    record = batch.loaded.accounts.get(command.account)
    if record is None or record.disabled or (command.kept and command.kept != record.hash):
        raise _turned_away(command)
    rows: list[Row] = []
    if command.rehashed:
        rows.append(SetAccount(record.id, hash=command.rehashed))
    if command.device:
        device, token = command.device, ""
        known = batch.loaded.devices.get(record.id, {}).get(device)
        if known is None or known.until <= batch.now:
            raise _turned_away(command)
        rows.append(TouchToken(device, batch.now, session.address))
    else:
        device, token = _new_device(batch, session, record.id, rows, remember=command.remember)
    return _arrived(batch, pending, record, rows, device, token, b"" if command.beside else command.sid)


def _turned_away(command: Entry) -> BadCredentials | BadResume:
    """One answer, whatever was wrong."""
    if command.sid:
        return BadResume("This device is logged out, or its account is gone: log in again.", field="resume")
    return BadCredentials(field="password" if command.kept else "token")


def _new_device(batch: Batch, session: Session, account: str, rows: list[Row], *, remember: bool) -> tuple[str, str]:
    """A device for this connection, and its token if it is to be remembered. It takes the place of the one unused for longest."""
    known = sorted(batch.loaded.devices.get(account, {}).values(), key=lambda one: one.seen)
    rows += [DropTokens(account, old.id) for old in known[: max(0, len(known) - MAX_DEVICES + 1)]]
    for old in known[: max(0, len(known) - MAX_DEVICES + 1)]:
        del batch.loaded.devices[account][old.id]
    device, lasts = batch.hub.new_id(LASTING if remember else PASSING), REMEMBERED if remember else VISIT
    token = new_token(batch.hub.entropy(TOKEN_BYTES)) if remember else ""
    digest = (token_digest(token) if token else None) or b""
    name = session.agent or "a device"
    rows.append(PutToken(device, account, name, digest, batch.now, batch.now + lasts, lasts, session.address))
    _put_device(batch, account, device, name, lasts)
    return device, token


def _put_device(batch: Batch, account: str, device: str, name: str, lasts: int) -> None:
    """An account has a device more: for the commands that follow."""
    record = TokenRecord(device, account, name, batch.now, batch.now, batch.now + lasts, "")
    batch.loaded.devices.setdefault(account, {})[device] = record


def _arrived(
    batch: Batch,
    pending: Pending,
    record: AccountRecord,
    rows: list[Row],
    device: str,
    token: str,
    sid: bytes = b"",
    new: list[Event] | None = None,
) -> Result:
    """Who the connection is from here on, and what that changes."""
    session = pending.session
    assert session is not None
    sender = Sender(record.id, record.nick, record.kind)
    sid = sid or batch.hub.entropy(9)
    batch.arriving.add(sender.id)
    proof = batch.hub.proofs.write(sender.id, sid, device)
    answer = LoggedIn(Me(sender.id, sender.nick, sender.kind, record.name), proof, token, device, record.owner)
    arrive = partial(
        batch.hub.presence.arrive, session, sender, sid, account=record.name, owner=record.owner, device=device
    )
    return Result(pending, answer, batch.change(new or [], rows), arrive)


# -- how they begin -----------------------------------------------------------------------------------


def found(batch: Batch, pending: Pending, command: Founding) -> Result:
    """Make an account and be it: whoever is a guest keeps its id and its memberships."""
    session, guest = pending.session, pending.participant
    assert session is not None
    if guest is not None and guest.account is not None:
        raise AlreadyLoggedIn
    if guest is not None and session.participant is not guest:  # lost, while its password was hashed
        raise LoginRequired
    rows: list[Row] = [UseCode(command.code, batch.now)] if command.code else []
    if command.account:
        return _taken_up(batch, pending, command, rows)
    name = command.name
    if guest is None:
        session.guest = session.guest or batch.hub.new_id("p")
    sender = Sender(guest.sender.id if guest is not None else session.guest, name.text, "person")
    record = AccountRecord(
        sender.id, name.text, "person", command.hash, command.owner, disabled=False, created=batch.now, nick=name.text
    )
    rows += [
        NewAccount(
            sender.id, name.text, name.folded, skeleton(name.text), "person", batch.now, command.hash, command.owner
        ),
        claim(batch, sender, name, FOREVER),
    ]
    device, token = _new_device(batch, session, sender.id, rows, remember=command.remember)
    new = [] if guest is None else _promotions(batch, guest.sender, sender, rows)
    result = _arrived(batch, pending, record, rows, device, token, new=new)
    assert result.effect is not None
    effect = partial(batch.hub.accounts.founded, session, result.effect, owner=command.owner)
    return Result(pending, result.answer, result.change, effect)


def _promotions(batch: Batch, guest: Sender, sender: Sender, rows: list[Row]) -> list[Event]:
    """In all its rooms the guest is an account from here on, and called as that."""
    new = []
    for fork in batch.forks_of(guest.id):
        known = fork.members[guest.id]
        if known.sender.nick != sender.nick:
            new.append(batch.record(fork, known.sender, "", events.Nick(sender.nick)))
        role = role_of(sender) if known.role == "guest" else known.role
        body, row = promoted(fork, fork.members[guest.id], role)
        new.append(batch.record(fork, sender, "", body))
        rows.append(row)
    return new


def _taken_up(batch: Batch, pending: Pending, command: Founding, rows: list[Row]) -> Result:
    """An account that was made for somebody gets its first password, or another for one that was forgotten."""
    session = pending.session
    assert session is not None
    record = batch.loaded.accounts.get(command.account)
    if record is None or record.disabled:
        raise BadInvite(field="invite")
    rows += _rekeyed(batch, record, command.hash)
    device, token = _new_device(batch, session, record.id, rows, remember=command.remember)
    result = _arrived(batch, pending, record, rows, device, token)
    return and_look_again(batch, result)


# -- how they are secured -----------------------------------------------------------------------------


def rekey(batch: Batch, pending: Pending, command: Rekeying) -> Result:
    """Change a password: every other device is logged out."""
    session, _ = who(pending)
    record = batch.loaded.accounts.get(command.account)
    if record is None or record.disabled or record.hash != command.kept:
        raise BadCredentials(field="password")
    rows = _rekeyed(batch, record, command.hash, session.device)
    return and_look_again(batch, Result(pending, Done(), batch.change([], rows)))


def _rekeyed(batch: Batch, record: AccountRecord, new: str, device: str = "") -> list[Row]:
    """Another password, and no device but this one. What comes later in the batch is decided by it."""
    batch.loaded.accounts[record.id] = replace(record, hash=new)
    devices = batch.loaded.devices.get(record.id, {})
    batch.loaded.devices[record.id] = {device: devices[device]} if device in devices else {}
    return [SetAccount(record.id, hash=new), DropCodes(record.id), DropTokens(record.id, keep=device or "-")]


def revoke(batch: Batch, pending: Pending, command: commands.Revoke) -> Result:
    """Log a device out."""
    _, me = account_of(batch, pending)
    if batch.loaded.devices.get(me.sender.id, {}).pop(command.device, None) is None:
        raise NoSuchDevice(field="device")
    change = batch.change([], [DropTokens(me.sender.id, command.device)])
    return and_look_again(batch, Result(pending, Done(), change))


def token(batch: Batch, pending: Pending, command: commands.Token) -> Result:
    """Make a token for a program."""
    _, me = account_of(batch, pending)
    if len(batch.loaded.devices.get(me.sender.id, {})) >= MAX_DEVICES:
        raise TooMany(f"The account has {MAX_DEVICES} devices: `revoke` one first.")
    secret, device, lasts = new_token(batch.hub.entropy(TOKEN_BYTES)), batch.hub.new_id(LASTING), command.days * DAY
    digest = token_digest(secret)
    assert digest is not None
    row = PutToken(device, me.sender.id, command.name, digest, batch.now, batch.now + lasts, lasts)
    _put_device(batch, me.sender.id, device, command.name, lasts)
    return Result(pending, TokenMade(secret, device), batch.change([], [row]))


def code(batch: Batch, pending: Pending, command: commands.Code) -> Result:
    """Make an invite code."""
    _, me = account_of(batch, pending)
    if not me.owner:
        raise NotAllowed("Only owners of the server make invite codes.")
    secret, until = new_code(batch.hub.entropy(CODE_BYTES)), batch.now + command.days * DAY
    digest = code_digest(secret)
    assert digest is not None
    change = batch.change([], [PutCode(digest, batch.now, until, command.uses)])
    return Result(pending, CodeMade(secret, timestamp(until)), change)


def touch(batch: Batch, pending: Pending, command: Touch) -> Result:
    """Devices are, or just were, connected."""
    rows: list[Row] = [TouchToken(device, batch.now, address) for device, address in command.devices]
    return Result(pending, None, batch.change([], rows))


def account_of(batch: Batch, pending: Pending) -> tuple[Session, Participant]:
    """Who sent a command, if it is an account, on a device that is logged in still. Raises AccountRequired, LoginRequired."""
    session, me = who(pending)
    if me.account is None:
        raise AccountRequired
    if session.device not in batch.loaded.devices.get(me.sender.id, {}):
        raise LoginRequired("This device was logged out.")
    return session, me


def and_look_again(batch: Batch, result: Result) -> Result:
    """Devices are logged out by this: end the sessions that hung on them, once it is recorded."""
    effect = partial(batch.hub.accounts.look_again, result.effect)
    return Result(result.pending, result.answer, result.change, effect)


# -- how they end -------------------------------------------------------------------------------------


def part(batch: Batch, pending: Pending, command: Parting) -> Result:
    """Delete an account: its row, its devices, what was kept of its reading; its memberships end. What it said stays."""
    _, me = who(pending)
    record = batch.loaded.accounts.get(command.concerns)
    if record is None or record.hash != command.kept:
        raise BadCredentials(field="password")
    del batch.loaded.accounts[record.id]
    batch.parted.add(record.id)
    change = end(batch, record.id, "deleted", [DropAccount(record.id)])
    return Result(pending, Done(), change, partial(batch.hub.accounts.parted, me, command.erased))


def erase(batch: Batch, pending: Pending, command: Erasure) -> Result:
    """Redact messages of somebody who leaves for good."""
    fork = batch.find(command.room)
    if fork is None:
        return Result(pending, None, -1)  # the room was deleted, and what was said in it
    new, rows = [], list[Row]()
    for target in command.targets:
        if batch.is_redacted(fork, target):
            continue
        event = batch.record(fork, command.sender, "", events.Redaction(target))
        new.append(event)
        rows += [
            Blank(fork.id, target, event.seq),
            Relate(fork.id, target, event.seq, "redaction"),
            Unpin(fork.id, target),
        ]
    return Result(pending, None, batch.change(new, rows), partial(batch.hub.effects.erased, fork.id))
