"""What somebody asks to be told: what was said, what was missed, who is who."""

import time

from roomful.client.asking import Asking
from roomful.client.items import History
from roomful.client.questions import all_members, all_rooms
from roomful.domain import commands
from roomful.domain.answers import (
    Done,
    Hits,
    MemberInfo,
    MemberList,
    Person,
    RoomInfo,
    RoomList,
    UnreadInfo,
    UnreadList,
)
from roomful.protocol.native import WirePage


class Reading(Asking):
    """Part of `Client`."""

    async def history(
        self,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 50,
    ) -> History:
        """A part of a room's log: its newest events, or those before, after or around a number. Raises NotMember, NoSuchRoom."""
        return await self._page(commands.History(0, room, before, after, around, limit))

    async def thread(self, room: str, seq: int, *, after: int = 0, limit: int = 50) -> History:
        """What was said in a message's thread after a number. Raises NoSuchEvent, NotMember."""
        return await self._page(commands.Thread(0, room, seq, after, limit))

    async def changes(self, room: str, seq: int, *, after: int = 0, limit: int = 100) -> History:
        """What was done to a message: its edits, reactions, pins and its redaction. Raises NoSuchEvent, NotMember."""
        return await self._page(commands.Changes(0, room, seq, after, limit))

    async def pins(self, room: str) -> History:
        """The messages pinned in a room, the newest pin first. Raises NotMember."""
        return await self._page(commands.Pins(0, room))

    async def _page(self, question: commands.Request) -> History:
        return History.of(await self._outbox.ask(question, WirePage).answer)

    async def search(self, query: str, *, room: str | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """Messages that fit, in one room or in all that one may read, the best first. Raises BadQuery, NotMember.

        The query's language is in docs/search.md: words, "phrases", begin*, from:, room:, before:, after:, has:link, has:file.
        """
        return await self._outbox.ask(commands.Search(0, query, room, limit, offset), Hits).answer

    async def unread(self) -> tuple[UnreadInfo, ...]:
        """What one has missed, by room: those with news first."""
        return (await self._outbox.ask(commands.Unread(0), UnreadList).answer).rooms

    async def whois(self, who: str) -> Person:
        """Who somebody is, whether here, and when last seen. Raises NoSuchNick."""
        return await self._outbox.ask(commands.Whois(0, who), Person).answer

    async def rooms(self, *, mine: bool = False) -> list[RoomInfo]:
        """Every room that anybody may join; or, with `mine`, those that one is a member of, direct ones too, or invited to."""

        async def ask(question: commands.Rooms) -> RoomList:
            return await self._outbox.ask(question, RoomList).answer

        return await all_rooms(ask, mine=mine)

    async def members(self, room: str) -> list[MemberInfo]:
        """Every member of a room, by nick. Raises NotMember, NoSuchRoom."""

        async def ask(question: commands.Members) -> MemberList:
            return await self._outbox.ask(question, MemberList).answer

        return await all_members(ask, room)

    async def ping(self) -> float:
        """How long it takes to the server and back, seconds."""
        begun = time.perf_counter()
        await self._outbox.ask_first(commands.Ping(0), Done).answer
        return time.perf_counter() - begun
