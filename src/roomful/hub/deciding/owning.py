"""What owners of the server do to accounts of others. That somebody is one is decided under the rows as they are now."""

from functools import partial

from msgspec.structs import replace

from roomful.domain import commands
from roomful.domain.answers import AccountChanged, Done
from roomful.domain.events import Sender, timestamp
from roomful.domain.names import parse_nick
from roomful.errors import NoSuchNick, NotAllowed, NothingToDo
from roomful.store import AccountRecord, DropAccount, DropTokens, Row, SetAccount

from ..account_rows import check_changeable, check_droppable, check_owning, offered
from ..prepared import Dropping
from ..session import Participant
from ..work import Pending, Result
from .accounts import account_of, and_look_again
from .batch import Batch
from .people import end


def account_set(batch: Batch, pending: Pending, command: commands.AccountSet) -> Result:
    """Make an account an owner of the server, or no more; log it out; make a code for its password."""
    me = _owner(batch, pending)
    record = _named(batch, command.account)
    check_changeable(record, batch.hub.bots.known)
    rows: list[Row] = []
    if command.owner is not None and command.owner != record.owner:
        check_owning(batch.loaded.accounts.values(), record, on=command.owner)
        rows.append(SetAccount(record.id, owner=command.owner))
        batch.loaded.accounts[record.id] = record = replace(record, owner=command.owner)
    if command.logout:
        rows.append(DropTokens(record.id))
        batch.loaded.devices[record.id] = {}
    answer = AccountChanged()
    if command.code:
        if record.kind != "person":
            raise NotAllowed(f"{record.name} is a program, and has no password.", field="code")
        made = offered(record.id, batch.now, batch.hub.entropy)
        rows += made.rows
        answer = AccountChanged(made.code, timestamp(made.until))
    if not rows:
        raise NothingToDo(f"{record.name} is so already: nothing was changed.", field="owner")
    batch.hub.log.warning(
        "account changed",
        account=record.name,
        by=me.sender.nick,
        owner=record.owner,
        logout=command.logout,
        code=command.code,
    )
    effect = partial(batch.hub.accounts.owned, record.id, owner=record.owner)
    return and_look_again(batch, Result(pending, answer, batch.change([], rows), effect))


def account_drop(batch: Batch, pending: Pending, command: Dropping) -> Result:
    """Delete an account of somebody else, as its person would: what it said stays, unless it was erased before."""
    me = _owner(batch, pending)
    record = batch.loaded.accounts.get(command.concerns)
    if record is None:
        raise NoSuchNick("That account is gone already.", field="account")
    check_droppable(me.sender.id, record, batch.hub.bots.known)
    del batch.loaded.accounts[record.id]
    batch.parted.add(record.id)
    batch.hub.log.warning("account dropped", account=record.name, by=me.sender.nick)
    change = end(batch, record.id, "deleted", [DropAccount(record.id)])
    gone = Sender(record.id, record.nick, record.kind)
    return Result(pending, Done(), change, partial(batch.hub.accounts.dropped, gone, command.erased))


def _owner(batch: Batch, pending: Pending) -> Participant:
    """Who asks, who owns the server. Raises NotAllowed, LoginRequired."""
    me = pending.participant
    record = batch.loaded.accounts.get(me.sender.id) if me is not None else None
    if record is None or not record.owner:
        raise NotAllowed("Only owners of the server may do this.")
    return account_of(batch, pending)[1]


def _named(batch: Batch, name: str) -> AccountRecord:
    """The account of this name. Raises BadName, NoSuchNick."""
    folded = parse_nick(name).folded
    for one in batch.loaded.accounts.values():
        if parse_nick(one.name).folded == folded:
            return one
    raise NoSuchNick(f"There is no account {name}.", field="account")
