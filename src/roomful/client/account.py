"""What somebody does about one's own account."""

from roomful.client.keeper import Keeper
from roomful.client.outbox import Outbox, Resend
from roomful.domain import commands
from roomful.domain.answers import CodeMade, DeviceInfo, DeviceList, Done, LoggedIn, Me, TokenMade


class OwnAccount:
    """Part of `Client`.

    None of these requests is sent twice: where the connection is lost before the reply, ConnectionLost says that the outcome
    is unknown.
    """

    _keeper: Keeper
    _outbox: Outbox

    @property
    def address(self) -> str:
        """The server's: `tls://HOST:PORT` or `HOST:PORT`."""
        return str(self._keeper.address)

    @property
    def token(self) -> str:
        """With `remember`: what logs this device in next time. Secret. Else empty."""
        return self._keeper.visit.token

    @property
    def device(self) -> str:
        """The id of this device of the account; empty for a guest."""
        return self._keeper.visit.device

    @property
    def owner(self) -> bool:
        """Whether the account owns the server."""
        return self._keeper.visit.owner

    async def register(self, account: str, password: str, *, invite: str | None = None, remember: bool = False) -> Me:
        """Make an account of the guest that one is; its memberships stay.

        Raises AccountTaken, NickTaken, BadName, BadPassword, RegistrationClosed, BadInvite.
        """
        request = commands.Register(0, account, password, invite, remember)
        asked = self._outbox.ask(request, LoggedIn, Resend.NEVER, then=self._keeper.visit.entered)
        return (await asked.answer).participant

    async def logout(self) -> None:
        """Log this device out of the account: its token is good no more. Then close."""
        await self._outbox.ask(commands.Logout(0), Done, Resend.NEVER).answer
        await self._keeper.close()

    async def set_password(self, password: str, new: str) -> None:
        """Change the password: all other devices are logged out. Raises BadCredentials, BadPassword, RateLimited."""
        await self._outbox.ask(commands.SetPassword(0, password, new), Done, Resend.NEVER).answer

    async def unregister(self, password: str, *, erase: bool = False) -> None:
        """Delete the account, with `erase` every message it wrote too; then close. Raises BadCredentials, RateLimited."""
        await self._outbox.ask(commands.Unregister(0, password, erase), Done, Resend.NEVER).answer
        await self._keeper.close()

    async def devices(self) -> tuple[DeviceInfo, ...]:
        """The devices that are logged in to one's account, the one last seen first. Raises AccountRequired."""
        return (await self._outbox.ask(commands.Devices(0), DeviceList).answer).devices

    async def revoke(self, device: str) -> None:
        """Log a device out, by its id. Raises NoSuchDevice."""
        await self._outbox.ask(commands.Revoke(0, device), Done, Resend.NEVER).answer

    async def make_token(self, name: str, days: int = 90) -> TokenMade:
        """A token for a program, which ends after so many days without use. Raises TooMany."""
        return await self._outbox.ask(commands.Token(0, name, days), TokenMade, Resend.NEVER).answer

    async def make_code(self, uses: int = 1, days: int = 7) -> CodeMade:
        """A code with which people may register. Raises NotAllowed: only owners of the server make them."""
        return await self._outbox.ask(commands.Code(0, uses, days), CodeMade, Resend.NEVER).answer
