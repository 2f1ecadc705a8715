"""What whoever owns the server does with it: accounts of others, all rooms, limits. Everybody else meets NotAllowed."""

from roomful.client.asking import Asking
from roomful.client.outbox import Resend
from roomful.domain import commands
from roomful.domain.answers import (
    AccountChanged,
    AccountInfo,
    AccountList,
    Done,
    LimitList,
    ServerRoomInfo,
    ServerRoomList,
)


class Owning(Asking):
    """Part of `Client`. None of what changes an account is sent twice: see `OwnAccount`."""

    async def accounts(self, like: str = "") -> list[AccountInfo]:
        """All accounts of the server by name, or those with this in their name or nick. Raises NotAllowed."""
        found: list[AccountInfo] = []
        page: AccountList | None = None
        while page is None or (page.more and page.accounts):
            ask = commands.Accounts(0, like, found[-1].account if found else "")
            page = await self._outbox.ask(ask, AccountList).answer
            found += page.accounts
        return found

    async def set_account(
        self, account: str, *, owner: bool | None = None, logout: bool = False, code: bool = False
    ) -> AccountChanged:
        """Change an account. Raises NotAllowed, NoSuchNick, NothingToDo.

        Args:
            owner: whether it owns the server, which keeps one owner.
            logout: log all its devices out.
            code: make a code with which its person sets another password, for `register`.
        """
        ask = commands.AccountSet(0, account, owner, logout, code)
        return await self._outbox.ask(ask, AccountChanged, Resend.NEVER).answer

    async def drop_account(self, account: str, *, erase: bool = False) -> None:
        """Delete an account of somebody else, with `erase` every message it wrote too. Raises NotAllowed, NoSuchNick."""
        await self._outbox.ask(commands.AccountDrop(0, account, erase), Done, Resend.NEVER).answer

    async def server_rooms(self) -> tuple[list[ServerRoomInfo], int]:
        """Every room with a name, private ones too, but nothing said there; and how many direct ones. Raises NotAllowed."""
        found: list[ServerRoomInfo] = []
        page: ServerRoomList | None = None
        while page is None or (page.more and page.rooms):
            ask = commands.ServerRooms(0, found[-1].room if found else "")
            page = await self._outbox.ask(ask, ServerRoomList).answer
            found += page.rooms
        return found, page.direct

    async def limits(self) -> LimitList:
        """The limits that hold on the server, and what is used of them. Raises NotAllowed."""
        return await self._outbox.ask(commands.Limits(0), LimitList).answer
