"""Accounts, devices and codes of the store in memory."""

from collections.abc import Sequence

from roomful.domain.events import Kind
from roomful.store import (
    AccountRecord,
    CodeRecord,
    DropAccount,
    DropCodes,
    DropTokens,
    NewAccount,
    PutCode,
    PutToken,
    SetAccount,
    Taken,
    TokenRecord,
    TouchToken,
    UseCode,
)


class _Account:
    def __init__(self, row: NewAccount) -> None:
        self.id, self.name, self.folded, self.skeleton = row.id, row.name, row.folded, row.skeleton
        self.kind: Kind = row.kind
        self.hash, self.owner, self.disabled, self.created = row.hash, row.owner, False, row.created


class _Token:
    def __init__(self, row: PutToken) -> None:
        self.row = row
        self.seen, self.until, self.address = row.created, row.until, row.address

    def record(self) -> TokenRecord:
        row = self.row
        return TokenRecord(row.id, row.account, row.name, row.created, self.seen, self.until, self.address)


class MemoryAccounts:
    """What a database holds of accounts. `nicks` is shared with the log: the nick of each participant that has one."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}
        self._tokens: dict[str, _Token] = {}
        self._codes: dict[bytes, tuple[PutCode, int]] = {}  # with the uses that are left
        self.nicks: dict[str, str] = {}  # by participant's id
        self.skeletons: dict[str, str] = {}  # of accounts' nicks, by participant's id

    def looks_taken(self, participant: str, folded: str, skeleton: str) -> bool:
        """Whether an account of somebody else has this name, or a name or a nick that looks like it."""
        for one in self._accounts.values():
            if one.id != participant and (one.folded == folded or (skeleton and one.skeleton == skeleton)):
                return True
        return any(id != participant and seen == skeleton for id, seen in self.skeletons.items() if skeleton)

    def taken(self, row: object) -> Taken:
        """Whether a unique row of accounts is not free: which; else empty."""
        if isinstance(row, NewAccount) and self.looks_taken(row.id, row.folded, row.skeleton):
            return "account"
        if isinstance(row, UseCode):
            code, uses = self._codes.get(row.hash, (None, 0))
            return "" if code is not None and uses > 0 and code.until > row.now else "code"
        return ""

    def put(self, row: object) -> None:
        """Write a row of accounts; another is passed over."""
        match row:
            case NewAccount():
                self._accounts[row.id] = _Account(row)
            case SetAccount():
                self._set(row)
            case DropAccount():
                self._drop(row.id)
            case PutToken():
                self._tokens[row.id] = _Token(row)
            case TouchToken():
                if (token := self._tokens.get(row.id)) is not None and token.seen <= row.seen:
                    token.seen, token.until, token.address = row.seen, row.seen + token.row.lasts, row.address
            case DropTokens():
                gone = [id for id, token in self._tokens.items() if _is_dropped(token.row, row)]
                for id in gone:
                    del self._tokens[id]
            case DropCodes():
                self._drop_codes(row.account)
            case PutCode():
                self._codes[row.hash] = row, row.uses
            case UseCode():
                code, uses = self._codes[row.hash]
                self._codes[row.hash] = code, uses - 1

    def _drop_codes(self, account: str) -> None:
        self._codes = {digest: kept for digest, kept in self._codes.items() if kept[0].account != account}

    def prune(self, before: int) -> None:
        """Forget devices and codes that have ended by then."""
        self._tokens = {id: token for id, token in self._tokens.items() if token.until >= before}
        self._codes = {digest: kept for digest, kept in self._codes.items() if kept[0].until >= before}

    def account(self, id: str) -> AccountRecord | None:
        """See `Store.account`."""
        return self._record(self._accounts[id]) if id in self._accounts else None

    def account_named(self, folded: str) -> AccountRecord | None:
        """See `Store.account_named`."""
        return next((self._record(one) for one in self._accounts.values() if one.folded == folded), None)

    def accounts(self) -> list[AccountRecord]:
        """See `Store.accounts`."""
        return [self._record(one) for one in sorted(self._accounts.values(), key=lambda one: one.folded)]

    def token(self, digest: bytes) -> TokenRecord | None:
        """See `Store.token`."""
        return next((token.record() for token in self._tokens.values() if token.row.hash == digest != b""), None)

    def tokens(self, account: str) -> list[TokenRecord]:
        """See `Store.tokens`."""
        found = [token.record() for token in self._tokens.values() if token.row.account == account]
        return sorted(found, key=lambda token: (-token.seen, token.id))

    def devices(self, ids: Sequence[str], now: int) -> dict[str, bool]:
        """See `Store.devices`."""
        found = (self._tokens[id] for id in ids if id in self._tokens)
        owners = {t.row.id: self._accounts.get(t.row.account) for t in found if t.until > now}
        return {id: one.owner for id, one in owners.items() if one is not None and not one.disabled}

    def code(self, digest: bytes) -> CodeRecord | None:
        """See `Store.code`."""
        if digest not in self._codes:
            return None
        code, uses = self._codes[digest]
        return CodeRecord(code.until, uses, code.account, code.owner)

    def _set(self, row: SetAccount) -> None:
        if (account := self._accounts.get(row.id)) is not None:
            account.hash = account.hash if row.hash is None else row.hash
            account.owner = account.owner if row.owner is None else row.owner
            account.disabled = account.disabled if row.disabled is None else row.disabled

    def _drop(self, id: str) -> None:
        self._accounts.pop(id, None)
        self.skeletons.pop(id, None)
        self._tokens = {key: token for key, token in self._tokens.items() if token.row.account != id}
        self._drop_codes(id)

    def _record(self, one: _Account) -> AccountRecord:
        nick = self.nicks.get(one.id, one.name)
        return AccountRecord(one.id, one.name, one.kind, one.hash, one.owner, one.disabled, one.created, nick)


def _is_dropped(token: PutToken, row: DropTokens) -> bool:
    return token.account == row.account and (token.id == row.id if row.id else token.id != row.keep)
