"""What the parts of a client share: how a command upon a room is asked for."""

from collections.abc import Iterator

from roomful.client.following import Following
from roomful.client.keeper import Keeper
from roomful.client.outbox import Asked, Outbox, Resend
from roomful.domain.answers import Receipt, Welcome
from roomful.domain.commands import Request


class Asking:
    """Part of `Client`, and the base of its other parts."""

    _keeper: Keeper
    _outbox: Outbox
    _following: Following
    _nonces: Iterator[str]

    @property
    def welcome(self) -> Welcome:
        """What the server said about itself. Raises RuntimeError before `connect`."""
        if self._keeper.visit.welcome is None:
            raise RuntimeError("The server has not said anything yet: connect first.")
        return self._keeper.visit.welcome

    async def _act(self, command: Request) -> Receipt:
        """The receipt of a command with a nonce: however often it has to be sent, it is done once."""
        return await self._asked_to_act(command).answer

    def _asked_to_act(self, command: Request) -> Asked[Receipt]:
        return self._outbox.ask(command, Receipt, Resend.MARKED)
