"""What a bot does that people do not, and what a bot host does: the program that runs bots.

A bot is a client like any other, on a connection of its own: `Client(address, token=…, act_as=…)` with the host's token. The
host itself is one more, `Client(address, token=…)`: what people want of it comes as the signal `Asked`.
"""

from collections.abc import Sequence
from typing import Literal

from roomful.client.drafting import EVERY, Drafting
from roomful.client.outbox import Resend
from roomful.client.speaking import Speaking
from roomful.client.visit import Sleep
from roomful.domain import commands
from roomful.domain.answers import BotMade, Done, Receipt, StateList, Version
from roomful.domain.verdicts import Kept, Verdict
from roomful.errors import NoSuchNick, Stale

How = Literal["settled", "turns", "time", "tokens", "failed"]


class Acting(Speaking):
    """Part of `Client`. Each raises NotAllowed for whoever is no bot, or no bot host."""

    _sleep: Sleep

    # -- of a bot -------------------------------------------------------------------------------

    def draft(self, room: str, id: str | None = None, *, every: float = EVERY) -> Drafting:
        """Show an answer while it is being written, and post it: see Drafting.

        Args:
            id: the nonce of the post that it will be; a bot takes one that follows from what it answers.
            every: seconds between two parts that are shown.
        """
        nonce = next(self._nonces) if id is None else id
        return Drafting(room, nonce, self._outbox, self.post, self._sleep, every)

    async def conclude(self, room: str, conversation: int, how: How) -> Receipt:
        """Say that a conversation has come to its end by itself. Raises ConversationOver."""
        return await self._act(
            commands.Conclude(id=0, room=room, nonce=next(self._nonces), conversation=conversation, how=how)
        )

    async def decide(self, room: str, verdicts: Sequence[Verdict], tell: Sequence[str] = ()) -> None:
        """Record why the bot spoke, or was silent; at most 100 at once, in the order of their lines.

        They are not sent twice: where the connection is lost meanwhile, ConnectionLost says that the outcome is unknown.

        Args:
            tell: ids of those who would have expected an answer.
        """
        wanted = commands.Decide(0, room, tuple(verdicts), tuple(tell))
        await self._outbox.ask(wanted, Done, Resend.NEVER).answer

    async def state_put(self, key: str, value: str, version: int = 0) -> int:
        """Keep a value for oneself; returns its version.

        Args:
            version: of the value that this replaces; 0: there is none.

        Raises Stale: the value has another version by now.
        """
        asked = self._outbox.ask(commands.StatePut(0, key, value, version), Version)
        try:
            return (await asked.answer).version
        except Stale:
            if asked.again and await self._is_kept(Kept(key, value, version + 1)):
                return version + 1  # it was done, and the reply lost
            raise

    async def _is_kept(self, wanted: Kept) -> bool:
        return wanted in await self.state_get(wanted.key)

    async def state_get(self, key: str = "") -> list[Kept]:
        """All values that one keeps under names that begin so."""
        found: list[Kept] = []
        more = True
        while more:
            asked = commands.StateGet(0, key, found[-1].key if found else "")
            page = await self._outbox.ask(asked, StateList).answer
            found += page.values
            more = page.more and bool(page.values)
        return found

    # -- of a bot host ----------------------------------------------------------------------------

    async def reply(self, ask: int, text: str, code: str = "") -> None:
        """Say how it went, to whoever wanted something of the host: the signal `Asked` has the number.

        Args:
            code: of an error; empty: it went well.
        """
        await self._outbox.ask(commands.Reply(0, ask, text, code), Done).answer

    async def bot_put(
        self, nick: str, model: str, destination: str = "", max_bounce: int = 0, settings: str = "{}"
    ) -> str:
        """Make a bot, or describe it anew; returns its id. Raises AccountTaken, NickTaken, BadName.

        Args:
            destination: where the lines go that it reads; empty: this machine.
            max_bounce: how many answers of bots may hang on one of its lines.
            settings: JSON, for bot hosts.
        """
        wanted = commands.BotPut(0, nick, model, destination, max_bounce, settings)
        return (await self._outbox.ask(wanted, BotMade).answer).bot

    async def bot_room(
        self, bot: str, room: str, mode: str = "mention", host: bool = False, settings: str = "{}"
    ) -> None:
        """Say how a bot is in a room, which it enters. Raises NoSuchNick, NoSuchRoom."""
        await self._outbox.ask(commands.BotRoom(0, bot, room, mode, host, settings), Done).answer

    async def bot_drop(self, bot: str) -> None:
        """Delete a bot: its account, its memberships, its memory. Raises NoSuchNick."""
        asked = self._outbox.ask(commands.BotDrop(0, bot), Done)
        try:
            await asked.answer
        except NoSuchNick:
            if not asked.again:  # else it was done, and the reply lost
                raise
