"""Accounts, their devices, and the codes with which they are made: how rows are written, and what is asked of them."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw
import msgspec

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

from . import bots, files

_RIVAL = """
    SELECT 1 FROM accounts WHERE id <> ?1 AND (folded = ?2 OR skeleton = ?3)
    UNION ALL SELECT 1 FROM participants WHERE id <> ?1 AND skeleton = ?3"""
_ACCOUNT = """
    SELECT accounts.id, name, accounts.kind, hash, owner, disabled, created, coalesce(nick, name)
    FROM accounts LEFT JOIN participants ON participants.id = accounts.id"""
_DEVICE = "SELECT id, account, name, created, seen, until, address FROM tokens"
_GOOD = """
    SELECT tokens.id, owner FROM tokens JOIN accounts ON accounts.id = tokens.account
    WHERE tokens.id IN (SELECT value FROM json_each(?)) AND until > ? AND NOT disabled"""
_ALL_ITS_ROWS = (
    "DELETE FROM accounts WHERE id = ?",
    "DELETE FROM tokens WHERE account = ?",
    "DELETE FROM codes WHERE account = ?",
    "DELETE FROM markers WHERE participant = ?",
    "DELETE FROM mentions WHERE participant = ?",
    "DELETE FROM room_invites WHERE participant = ?",
    "UPDATE sanctions SET covers = '' WHERE participant = ?",
    files.WAITING_OF_AN_ACCOUNT,
    *bots.ALL_ROWS_OF_AN_ACCOUNT,
    "UPDATE participants SET folded = NULL, skeleton = NULL, until = 0, seen = 0 WHERE id = ?",
)


# -- writing ------------------------------------------------------------------------------------------


def looks_taken(database: apsw.Connection, participant: str, folded: str, skeleton: str) -> bool:
    """Whether an account of somebody else has this name, or a name or a nick that looks like it."""
    # Without a skeleton nothing is compared by looks: NULL is equal to nothing.
    return database.execute(_RIVAL, (participant, folded, skeleton or None)).get is not None


def taken(database: apsw.Connection, row: object) -> Taken:
    """Whether a unique row of accounts is not free: which; else empty."""
    if isinstance(row, NewAccount):
        return "account" if looks_taken(database, row.id, row.folded, row.skeleton) else ""
    if isinstance(row, UseCode):
        sql = "SELECT 1 FROM codes WHERE hash = ? AND uses > 0 AND until > ?"
        return "" if database.execute(sql, (row.hash, row.now)).get else "code"
    return ""


def _new_account(database: apsw.Connection, row: NewAccount) -> None:
    sql = """
        INSERT INTO accounts (id, name, folded, skeleton, kind, hash, owner, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
    values = (row.id, row.name, row.folded, row.skeleton, row.kind, row.hash, row.owner, row.created)
    database.execute(sql, values)


def _set_account(database: apsw.Connection, row: SetAccount) -> None:
    sql = """
        UPDATE accounts SET hash = coalesce(?2, hash), owner = coalesce(?3, owner), disabled = coalesce(?4, disabled)
        WHERE id = ?1"""
    database.execute(sql, (row.id, row.hash, row.owner, row.disabled))


def _drop_account(database: apsw.Connection, row: DropAccount) -> None:
    for sql in _ALL_ITS_ROWS:
        database.execute(sql, (row.id,))


def _put_token(database: apsw.Connection, row: PutToken) -> None:
    sql = """
        REPLACE INTO tokens (id, account, name, hash, created, seen, until, lasts, address)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8)"""
    values = (row.id, row.account, row.name, row.hash or None, row.created, row.until, row.lasts, row.address)
    database.execute(sql, values)


def _touch_token(database: apsw.Connection, row: TouchToken) -> None:
    sql = "UPDATE tokens SET seen = ?2, until = ?2 + lasts, address = ?3 WHERE id = ?1 AND seen <= ?2"
    database.execute(sql, (row.id, row.seen, row.address))


def _drop_tokens(database: apsw.Connection, row: DropTokens) -> None:
    if row.id:
        database.execute("DELETE FROM tokens WHERE account = ? AND id = ?", (row.account, row.id))
    else:
        database.execute("DELETE FROM tokens WHERE account = ? AND id <> ?", (row.account, row.keep))


def _drop_codes(database: apsw.Connection, row: DropCodes) -> None:
    database.execute("DELETE FROM codes WHERE account = ?", (row.account,))


def _put_code(database: apsw.Connection, row: PutCode) -> None:
    sql = "REPLACE INTO codes (hash, created, until, uses, account, owner) VALUES (?, ?, ?, ?, ?, ?)"
    database.execute(sql, (row.hash, row.created, row.until, row.uses, row.account, row.owner))


def _use_code(database: apsw.Connection, row: UseCode) -> None:
    database.execute("UPDATE codes SET uses = uses - 1 WHERE hash = ?", (row.hash,))


PUT: dict[type, Callable[[apsw.Connection, Any], None]] = {
    NewAccount: _new_account,
    SetAccount: _set_account,
    DropAccount: _drop_account,
    PutToken: _put_token,
    TouchToken: _touch_token,
    DropTokens: _drop_tokens,
    DropCodes: _drop_codes,
    PutCode: _put_code,
    UseCode: _use_code,
}


def prune(database: apsw.Connection, before: int) -> None:
    """Forget devices and codes that have ended by then."""
    for table in ("tokens", "codes"):
        database.execute(f"DELETE FROM {table} WHERE until < ?", (before,))  # noqa: S608 - the two names above


# -- reading ------------------------------------------------------------------------------------------


def account(database: apsw.Connection, column: str, value: str) -> AccountRecord | None:
    """The account in whose row `column` (`id` or `folded`) has this value."""
    rows = _rows(database, f"{_ACCOUNT} WHERE accounts.{column} = ?", value)
    return _account(*rows[0]) if rows else None


def accounts(database: apsw.Connection) -> list[AccountRecord]:
    """See `Store.accounts`."""
    return [_account(*row) for row in _rows(database, f"{_ACCOUNT} ORDER BY accounts.folded")]


def token(database: apsw.Connection, digest: bytes) -> TokenRecord | None:
    """See `Store.token`."""
    rows = _rows(database, f"{_DEVICE} WHERE hash = ?", digest)
    return TokenRecord(*rows[0]) if rows else None


def tokens(database: apsw.Connection, account: str) -> list[TokenRecord]:
    """See `Store.tokens`."""
    return [
        TokenRecord(*row) for row in _rows(database, f"{_DEVICE} WHERE account = ? ORDER BY seen DESC, id", account)
    ]


def devices(database: apsw.Connection, ids: Sequence[str], now: int) -> dict[str, bool]:
    """See `Store.devices`."""
    return {id: bool(owner) for id, owner in _rows(database, _GOOD, msgspec.json.encode(ids).decode(), now)}


def code(database: apsw.Connection, digest: bytes) -> CodeRecord | None:
    """See `Store.code`."""
    for until, uses, account, owner in _rows(
        database, "SELECT until, uses, account, owner FROM codes WHERE hash = ?", digest
    ):
        return CodeRecord(until, uses, account, bool(owner))
    return None


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()


def _account(
    id: str, name: str, kind: Kind, kept: str, owner: int, disabled: int, created: int, nick: str
) -> AccountRecord:
    return AccountRecord(id, name, kind, kept, bool(owner), bool(disabled), created, nick)
