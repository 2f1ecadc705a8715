"""Webhooks and leases of the store in memory."""

from collections.abc import Iterable

from msgspec.structs import replace

from roomful.domain.webhooks import Hook, InHook, OutHook
from roomful.store import DropHook, Lease, MoveHook, PutHook, Taken


class RoomHooks:
    """What a database holds of the webhooks of one room."""

    def __init__(self) -> None:
        self._hooks: dict[str, Hook] = {}

    def put(self, row: PutHook | MoveHook | DropHook) -> None:
        """Write a row."""
        match row:
            case PutHook(hook=hook):
                self._hooks[hook.id] = hook
            case MoveHook():
                self._move(row)
            case DropHook():
                self._hooks.pop(row.id, None)

    def _move(self, row: MoveHook) -> None:
        old = self._hooks.get(row.id)
        if isinstance(old, OutHook) and not old.off:
            self._hooks[row.id] = replace(
                old, cursor=row.cursor, failing=row.failing, tries=row.tries, due=row.due, reason=row.reason
            )

    def all(self) -> Iterable[Hook]:
        """All of them."""
        return self._hooks.values()

    def nicks(self) -> list[str]:
        """Ids of those that are participants."""
        return [hook.id for hook in self._hooks.values() if isinstance(hook, InHook)]


class Leases:
    """Whose work is whose, and until when."""

    def __init__(self) -> None:
        self._leases: dict[str, Lease] = {}

    def taken(self, row: object) -> Taken:
        """Whether somebody else has the lease: "lease"; else empty."""
        if not isinstance(row, Lease) or (held := self._leases.get(row.name)) is None:
            return ""
        return "lease" if held.owner != row.owner and held.until > row.now else ""

    def put(self, row: object) -> None:
        """Write a lease; another row is passed over."""
        if isinstance(row, Lease):
            self._leases[row.name] = row
