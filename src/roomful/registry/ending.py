"""An account goes: its row, its devices and what was kept of its reading; its memberships end. What it said stays."""

from roomful.domain.events import Event, Leave, Sender, encode_body
from roomful.store import AccountRecord, Change, DropAccount, DropMember, Row, Store

from .failures import RegistryError

ATTEMPTS = 20  # against a server that writes to the same rooms


async def remove(store: Store, account: AccountRecord, now: int) -> int:
    """Delete an account. Returns how many memberships ended. Raises RegistryError, StoreUnavailable."""
    for _ in range(ATTEMPTS):
        change = await _change(store, account, now)
        if not (await store.append([change])).late:
            return len(change.events)
    raise RegistryError(f"The rooms of {account.name} are too busy just now: try again. Nothing was changed.")


async def _change(store: Store, account: AccountRecord, now: int) -> Change:
    sender = Sender(account.id, account.nick, account.kind)
    events: list[Event] = []
    rows: list[Row] = [DropAccount(account.id)]
    for room in await store.rooms_by_id(await store.rooms_of(account.id)):
        if room.kind != "direct":  # that keeps both its members
            events.append(Event(room.id, room.head + 1, max(now, room.at), sender, "", encode_body(Leave("deleted"))))
            rows.append(DropMember(room.id, account.id))
    return Change(events, rows)
