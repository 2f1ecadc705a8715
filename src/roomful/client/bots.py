"""What people do with the bots of a room, and what they ask about them."""

from collections.abc import Mapping
from typing import Literal

from roomful.client.asking import Asking
from roomful.client.outbox import Resend
from roomful.domain import commands
from roomful.domain.answers import BotList, BotSaid, Done, MemoryList, Receipt, Remembered, UsageList, Verdicts
from roomful.domain.verdicts import BotInfo, Verdict
from roomful.errors import NoSuchEvent

Do = Literal["add", "set", "remove"]
MemoryKind = Literal["note", "summary"]


class Bots(Asking):
    """Part of `Client`. Each raises NotMember and NotAllowed where it is about a room."""

    async def bots(self, room: str | None = None) -> tuple[BotInfo, ...]:
        """The bots of a room, or all that there are: with their models, and where the lines go that they read."""
        found: list[BotInfo] = []
        more = True
        while more:
            asked = commands.Bots(0, room, found[-1].nick if found else "")
            page = await self._outbox.ask(asked, BotList).answer
            found += page.bots
            more = page.more and bool(page.bots)
        return tuple(found)

    async def about_bot(self, room: str, bot: str) -> BotInfo:
        """The bot with this id, with its persona and the budgets that limit it. Raises NoSuchNick: it is not there."""
        return (await self._outbox.ask(commands.Bots(0, room, bot=bot), BotList).answer).bots[0]

    async def bot(self, room: str, do: Do, nick: str, settings: Mapping[str, str] | None = None) -> str:
        """Let a bot come into a room, be otherwise in it, or leave it; returns what the bot host says of it.

        It is not asked for twice: where the connection is lost meanwhile, ConnectionLost says that the outcome is unknown.

        Args:
            settings: names and values as `[[bots]]` of the configuration has them: `model`, `mode`, `persona` …

        Raises NoBotHost, and what the host says: ModelError (KeyMissing, KeyRefused, ModelUnknown …), BadRequest.
        """
        wanted = commands.Bot(
            id=0, room=room, nonce=next(self._nonces), do=do, nick=nick, settings=dict(settings or {})
        )
        return (await self._outbox.ask(wanted, BotSaid, Resend.NEVER).answer).text

    # -- letting them talk ------------------------------------------------------------------------

    async def duet(
        self, room: str, bots: tuple[str, ...], topic: str = "", turns: int = 12, seconds: int = 600, tokens: int = 0
    ) -> Receipt:
        """Let bots talk with each other; those that are not in the room come in.

        Args:
            bots: two at least, each a nick, or `!` and an id.
            turns, seconds, tokens: how many lines of all together, for how long, and for how many tokens (0: as budgets allow).

        Raises NoSuchNick: one of them is no bot; TooMany: there is a conversation already.
        """
        return await self._act(
            commands.Duet(
                id=0,
                room=room,
                nonce=next(self._nonces),
                bots=bots,
                topic=topic,
                turns=turns,
                seconds=seconds,
                tokens=tokens,
            )
        )

    async def stop(self, room: str) -> Receipt:
        """Tell the room's bots to be quiet: answers under way end where they are, and so does a conversation."""
        return await self._act(commands.Stop(id=0, room=room, nonce=next(self._nonces)))

    async def go_on(self, room: str) -> Receipt:
        """Let the room's bots go on, and a conversation that was interrupted. Raises NothingToDo."""
        return await self._act(commands.Continue(id=0, room=room, nonce=next(self._nonces)))

    # -- why, and for how much ----------------------------------------------------------------------

    async def why(self, room: str, seq: int | None = None, *, limit: int = 50, totals: bool = False) -> Verdicts:
        """Why bots spoke, or were silent: at a line, or else the newest verdict of each; with `totals`, of the last 7 days."""
        return await self._outbox.ask(commands.Why(0, room, seq, limit, totals), Verdicts).answer

    async def told(self, room: str, first: int, last: int) -> Verdicts:
        """What people were told of these lines of a room: why bots kept silent there. The newest line first."""
        found: list[Verdict] = []
        nicks: dict[str, str] = {}
        while last >= first:
            page = await self._outbox.ask(commands.Why(0, room, limit=500, first=first, last=last), Verdicts).answer
            found += page.verdicts
            nicks |= page.nicks
            last = page.rest
        return Verdicts(room, tuple(found), nicks)

    async def usage(self, room: str | None = None, *, days: int = 1) -> UsageList:
        """What the bots of a room have used in so many days, today being one (UTC); of all rooms, for the server's owner."""
        return await self._outbox.ask(commands.Usage(0, room, days), UsageList).answer

    # -- what they remember -------------------------------------------------------------------------

    async def memories(self, room: str, bot: str = "") -> MemoryList:
        """What bots remember of a room, or only the one with this id."""
        return await self._outbox.ask(commands.Memories(0, room, bot), MemoryList).answer

    async def remember(self, room: str, text: str, *, kind: MemoryKind = "note", seq: int = 0, memory: str = "") -> str:
        """Give what a bot remembers another text; a bot keeps something new, too. Returns its id.

        Args:
            kind: `summary`: of the room up to `seq`.
            seq: the number of the line that it comes from.
            memory: the id of what this replaces.

        Raises NoSuchEvent: nothing has this id; TooMany.
        """
        wanted = commands.Remember(0, room, text, kind, seq, memory)
        resend = Resend.SAME if memory else Resend.NEVER
        return (await self._outbox.ask(wanted, Remembered, resend).answer).memory

    async def forget(self, room: str, memory: str) -> None:
        """Let a bot forget something, by its id. Raises NoSuchEvent."""
        asked = self._outbox.ask(commands.Forget(0, room, memory), Done)
        try:
            await asked.answer
        except NoSuchEvent:
            if not asked.again:  # else it was done, and the reply lost
                raise
