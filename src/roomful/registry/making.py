"""Making accounts, and what lets people into them: passwords, one-time codes, tokens."""

import base64
from collections.abc import Callable, Sequence

from msgspec import Struct

from roomful.domain.names import parse_nick, skeleton
from roomful.domain.tokens import CODE_BYTES, TOKEN_BYTES, code_digest, new_code, new_token, token_digest
from roomful.errors import BadName, NotAllowed
from roomful.hub.account_rows import DAY, check_owning, offered
from roomful.store import (
    FOREVER,
    AccountRecord,
    Change,
    Claim,
    DropCodes,
    DropTokens,
    NewAccount,
    PutCode,
    PutToken,
    Row,
    SetAccount,
    Store,
)

from .failures import RegistryError
from .lists import Wanted

Entropy = Callable[[int], bytes]


class Made(Struct, frozen=True):
    """An account that was made, and the secret that lets into it: shown once."""

    wanted: Wanted
    code: str = ""  # with which a person sets the first password
    token: str = ""  # of a bot


class Registry:
    """Makes them in one store. Every method raises RegistryError and StoreUnavailable."""

    def __init__(self, store: Store, *, clock: Callable[[], int], entropy: Entropy) -> None:
        self.store = store
        self.now = clock  # ms since 1970 UTC
        self._entropy = entropy

    async def add(self, several: Sequence[Wanted], hash: str = "") -> list[Made]:  # noqa: A002 - the field's word
        """Make accounts, all or none. `hash`: of the password, where there is one; else people get a code, bots a token."""
        await self._check_free(several)
        rows: list[Row] = []
        made = [self._made(one, hash, rows) for one in several]
        late = (await self.store.append([Change((), tuple(rows))])).late
        if late:
            names = ", ".join(one.name.text for one in several[:5])
            raise RegistryError(f"Somebody has just taken the name, or has it as a nick: {names}. Nothing was made.")
        return made

    async def accounts(self) -> list[AccountRecord]:
        """All accounts, by name."""
        return await self.store.accounts()

    async def seen(self, account: AccountRecord) -> int:
        """When the account was last connected, ms; 0: never."""
        record = await self.store.participant(account.id)
        return record.seen if record is not None else 0

    async def find(self, name: str) -> AccountRecord:
        """The account of this name."""
        try:
            found = await self.store.account_named(parse_nick(name).folded)
        except BadName as why:
            raise RegistryError(why.message) from None
        if found is None:
            raise RegistryError(f"There is no account {name}. All of them: roomful accounts list")
        return found

    async def set_password(self, account: AccountRecord, hash: str) -> None:  # noqa: A002
        """Give an account another password: all its devices are logged out."""
        await self.store.append(
            [Change((), (SetAccount(account.id, hash=hash), DropCodes(account.id), DropTokens(account.id)))]
        )

    async def offer_password(self, account: AccountRecord) -> str:
        """A code with which somebody sets the account's password anew. Older codes end; the old password is good until then."""
        made = offered(account.id, self.now(), self._entropy)
        await self.store.append([Change((), made.rows)])
        return made.code

    async def set_owner(self, account: AccountRecord, *, on: bool) -> None:
        """Make an account an owner of the server, or no more: the last one stays it."""
        try:
            check_owning(await self.store.accounts(), account, on=on)
        except NotAllowed as why:
            raise RegistryError(why.message) from None
        await self.store.append([Change((), (SetAccount(account.id, owner=on),))])

    async def invite(self, uses: int, days: int) -> str:
        """A code with which somebody may register."""
        code, now = new_code(self._entropy(CODE_BYTES)), self.now()
        digest = code_digest(code)
        assert digest is not None
        await self.store.append([Change((), (PutCode(digest, now, now + days * DAY, uses),))])
        return code

    async def token(self, account: AccountRecord, name: str, days: int) -> str:
        """A token for a device or a program of an account."""
        rows: list[Row] = []
        token = self._token(account.id, name, days, rows)
        await self.store.append([Change((), tuple(rows))])
        return token

    # -- parts -----------------------------------------------------------------------------------------

    async def _check_free(self, several: Sequence[Wanted]) -> None:
        """Whether all names are free; every one that is not is named."""
        there = await self.store.accounts()
        names = {parse_nick(one.name).folded: one.name for one in there}
        looks = {skeleton(one.name): one.name for one in there} | {skeleton(one.nick): one.name for one in there}
        bad = []
        for one in several:
            where = f"line {one.line}: " if one.line else ""
            if one.name.folded in names:
                bad.append(f"{where}there is an account {names[one.name.folded]} already.")
            elif (like := looks.get(skeleton(one.name.text))) is not None:
                bad.append(f"{where}{one.name.text} looks like the account {like}.")
            elif (holder := await self.store.holder(one.name.folded)) is not None and holder.until > self.now():
                bad.append(f"{where}somebody is here as {holder.nick} just now: try again when that nick is free.")
        if len(several) == 1 and bad:
            raise RegistryError(bad[0][0].upper() + bad[0][1:])
        if bad:
            raise RegistryError("Nothing was made:\n  " + "\n  ".join(bad))

    def _made(self, one: Wanted, hash: str, rows: list[Row]) -> Made:  # noqa: A002
        id, name = _new_id("p", self._entropy), one.name
        kind = one.kind or ("bot" if one.bot else "person")
        rows += [
            NewAccount(
                id,
                name.text,
                name.folded,
                skeleton(name.text),
                kind,
                self.now(),
                hash if kind == "person" else "",
                one.owner,
            ),
            Claim(id, name.text, name.folded, kind, self.now(), FOREVER, skeleton(name.text)),
        ]
        if kind == "service":
            return Made(one)
        if kind == "bot":
            return Made(one, token=self._token(id, "made with the account", 3650, rows))
        if hash:
            return Made(one)
        code = offered(id, self.now(), self._entropy)
        rows += code.rows
        return Made(one, code=code.code)

    def _token(self, account: str, name: str, days: int, rows: list[Row]) -> str:
        token, now = new_token(self._entropy(TOKEN_BYTES)), self.now()
        digest = token_digest(token)
        assert digest is not None
        lasts = days * DAY
        rows.append(PutToken(_new_id("d", self._entropy), account, name, digest, now, now + lasts, lasts))
        return token


def _new_id(prefix: str, entropy: Entropy) -> str:
    """As the hub makes them: 72 random bits in lower case."""
    return prefix + base64.b32encode(entropy(10)).decode().lower()[:15]
