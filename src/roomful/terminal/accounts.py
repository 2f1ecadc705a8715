"""The way in as an account: by what this device keeps, by a password, or by making the account."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from roomful.client import Client
from roomful.client.credentials import Credential, Credentials, owner_code
from roomful.client.local import data_folder, noted_addresses
from roomful.domain.names import parse_nick
from roomful.errors import AccountTaken, BadCredentials, BadInvite, BadName, BadPassword, RegistrationClosed
from roomful.terminal.front import Front
from roomful.terminal.trusting import read_on_the_way
from roomful.terminal.view import View

TRIES = 3  # passwords asked for


class Wish(Struct, frozen=True):
    """As whom somebody wants to enter."""

    account: str
    invite: str | None = None  # the code with which the account is made
    password_stdin: bool = False  # the first line of the input is the password
    credentials: Credentials | None = None  # None: this user's
    data: Path | None = None  # of the server that runs here; None: the platform's


class Turned(Exception):
    """There is no way in as this account. The message says what to do."""


class Entrance:
    """One attempt to enter as an account, until it succeeds or there is nothing left to try."""

    def __init__(self, address: str, wish: Wish, front: Front, make: Callable[..., Client]) -> None:
        try:
            self._name = parse_nick(wish.account)
        except BadName as why:
            raise Turned(why.message) from None
        self._address = address
        self._wish = wish
        self._front = front
        self._make = make  # a client of that address
        self._kept = wish.credentials or Credentials()
        self._warned = False

    async def enter(self) -> Client:
        """A client that is logged in. Raises Turned, EOFError, and what Client.connect does."""
        if self._wish.invite is not None:
            return await self._found(self._wish.invite)
        if (client := await self._by_token()) is not None:
            return client
        code = first_owner_code(self._address, self._wish.data)
        if code and self._front.asks and not self._wish.password_stdin:
            try:
                self._say(f"Nobody owns this server yet. As {self._name.text} you will.")
                return await self._found(code)
            except (AccountTaken, BadInvite):
                self._say(f"There is an account {self._name.text} already.")
        return await self._by_password()

    async def _by_token(self) -> Client | None:
        token = self._kept.token(self._address, self._name.folded)
        if not token:
            return None
        try:
            return await _connected(self._make(token=token))
        except BadCredentials:
            self._forget()
            return None

    async def _by_password(self) -> Client:
        for _ in range(TRIES):
            password = await self._ask(f"Password of {self._name.text}: ")
            remember = self._front.asks and not self._wish.password_stdin
            try:
                client = await _connected(self._make(account=self._name.text, password=password, remember=remember))
            except BadCredentials as why:
                if not remember:
                    raise Turned(why.message) from None
                self._say(why.message)
            else:
                return self._remembered(client)
        raise Turned(f"That was not the password. Without an account: roomful chat --nick {self._name.text}")

    async def _found(self, code: str) -> Client:
        """Make the account, or give it its first password."""
        while True:
            password = await self._ask(f"A new password for {self._name.text}: ")
            if not self._wish.password_stdin and await self._ask("Again: ") != password:
                self._say("These were two different passwords.")
                continue
            remember = not self._wish.password_stdin
            try:
                return self._remembered(
                    await _connected(
                        self._make(
                            account=self._name.text, password=password, register=True, invite=code, remember=remember
                        )
                    )
                )
            except BadPassword as why:
                if self._wish.password_stdin:
                    raise Turned(why.message) from None
                self._say(why.message)
            except RegistrationClosed as why:
                raise Turned(f"{why.message} With a code: roomful chat --account NAME --invite CODE") from None

    async def _ask(self, question: str) -> str:
        if not self._warned and read_on_the_way(self._address):
            self._say("This connection is not encrypted: whoever is on the way can read the password. tls:// is.")
        self._warned = True
        if self._wish.password_stdin:
            return await self._front.ask("")
        if not self._front.asks:
            raise Turned("Nobody is here to be asked for the password: give it on standard input, --password-stdin")
        return await self._front.ask(question, secret=True)

    def _remembered(self, client: Client) -> Client:
        if client.token:
            try:
                keep(self._address, client, self._kept)
            except OSError as why:
                self._say(f"This device cannot remember you: {why.filename}: {why.strerror}.")
        return client

    def _forget(self) -> None:
        with contextlib.suppress(OSError):  # then it stays, and is refused again
            self._kept.drop(self._address, self._name.folded)

    def _say(self, text: str) -> None:
        self._front.show([View("").notice(text)])


def first_owner_code(address: str, data: Path | None = None) -> str:
    """The code that makes the first owner, if nobody owns the server and it is this user's, on this machine; else empty."""
    folder = data or data_folder()
    noted = noted_addresses(folder) or {}
    here = address.rpartition("://")[2] in (noted.get("tcp"), noted.get("tls"))
    return owner_code(folder) if here else ""


def keep(address: str, client: Client, credentials: Credentials | None = None) -> None:
    """This device logs in to the account by itself from here on. Raises OSError."""
    if client.me.account is not None and client.token:
        name = parse_nick(client.me.account).folded
        (credentials or Credentials()).put(Credential(address, name, client.token, client.welcome.epoch))


def forget(address: str, client: Client, credentials: Credentials | None = None) -> None:
    """This device does not know the account any more. Raises OSError."""
    if client.me.account is not None:
        (credentials or Credentials()).drop(address, parse_nick(client.me.account).folded)


async def _connected(client: Client) -> Client:
    try:
        await client.connect()
    except BaseException:
        await client.close()
        raise
    return client
