"""The client: what somebody may do at a server, and what comes from there."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Self

from roomful import __version__
from roomful.client.addresses import parse_address
from roomful.client.inbox import Items
from roomful.client.items import History
from roomful.client.keeper import Chances, Keeper, State
from roomful.client.local import DEFAULT_TCP
from roomful.client.outbox import Resend
from roomful.client.questions import all_members, all_rooms
from roomful.client.visit import Sleep
from roomful.domain import commands
from roomful.domain.answers import (
    Done,
    Joined,
    Me,
    MemberInfo,
    MemberList,
    Receipt,
    Renamed,
    RoomInfo,
    RoomList,
    Welcome,
)
from roomful.domain.events import Sender, Style
from roomful.domain.room import check_text
from roomful.errors import NotMember
from roomful.protocol.native import WirePage, told
from roomful.protocol.trace import Tracer


class Client:
    """A participant's connection to a server, which comes back by itself when it is lost.

    async with Client("127.0.0.1:5002", nick="alice") as client:
        await client.join("#lobby", last=50)
        await client.post("#lobby", "hello")
        async for item in client.events():
            match item:
                case Told(body=Message(text=text), sender=sender):
                    print(sender.nick, text)

    Requests may be made at the same time; they are sent in the order in which they were made. What was made while the
    connection was lost, or has no reply yet, is sent when it is back: a post has its effect exactly once. A method then simply
    returns later; `asyncio.timeout` limits how long to wait. What a request may raise:

        Refused         (roomful.errors) the server, or a check before sending, says no; the class tells what about
        ConnectionLost  the outcome is unknown, or the client is closed

    Args:
        address: `tcp://HOST:PORT` or `HOST:PORT`. Raises BadAddress.
        nick: the nick wanted. May be left out with `resume`.
        resume: from `Client.resume` of an earlier visit: go on as the same participant. If the server does not know it any
            more, one logs in anew with `nick`.
        trace: makes the traces of connections; see roomful.protocol.trace.
        agent: which program this is, for the server's log.
        patient: wait where the server's rate limit says so, and ask again, instead of raising RateLimited.
        random, sleep: of the waits between attempts to connect; a test may hold them.
    """

    def __init__(
        self,
        address: str = DEFAULT_TCP,
        *,
        nick: str | None = None,
        resume: str | None = None,
        trace: Tracer | None = None,
        agent: str = f"roomful-python/{__version__}",
        patient: bool = False,
        random: Callable[[], float] = random.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        if nick is None and resume is None:
            raise ValueError("A client needs a nick, or the resume of an earlier visit.")
        self._comes_back = resume is not None
        chances = Chances(random, sleep)
        self._keeper = Keeper(
            parse_address(address), trace, chances, nick=nick, resume=resume, agent=agent, patient=patient
        )
        self._outbox = self._keeper.outbox
        self._following = self._keeper.following
        # At random, so that a program that was started again does not get the receipts of its earlier posts.
        self._nonces = map(f"{secrets.token_hex(4)}-{{}}".format, count(1))

    # -- life -----------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Connect and log in. Later losses are dealt with inside.

        Raises:
            ConnectFailed: nobody listens there, or something else does; `cause` says what.
            Refused: the login: NickTaken, BadName, BadResume, GuestsOff.
            roomful.errors.Ended: the server says goodbye: TooManyConnections, UnsupportedProtocol.
        """
        await self._keeper.start()

    async def close(self) -> None:
        """Close the connection. The visit goes on: with `resume` one may come back."""
        await self._keeper.close()

    async def bye(self) -> None:
        """End the visit, after everything asked so far, and close: a guest's nick is free and its memberships end.

        While the connection is lost there is nobody to say it to: then this only closes.
        """
        await self._keeper.bye()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the visit, so that a guest's nick is free; who came with `resume` only closes, to come back with it."""
        if self._comes_back:
            await self.close()
        else:
            await self.bye()

    # -- who ----------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """`connecting`, `connected`, `reconnecting` or `closed`."""
        return self._keeper.state

    @property
    def me(self) -> Me:
        """The participant one is. Raises RuntimeError before `connect`."""
        if self._keeper.visit.me is None:
            raise RuntimeError("Nobody is logged in yet: connect first.")
        return self._keeper.visit.me

    @property
    def resume(self) -> str:
        """The proof of being this participant, for a later Client. Secret. Raises RuntimeError before `connect`."""
        assert self.me and self._keeper.visit.resume is not None
        return self._keeper.visit.resume

    @property
    def welcome(self) -> Welcome:
        """What the server said about itself. Raises RuntimeError before `connect`."""
        if self._keeper.visit.welcome is None:
            raise RuntimeError("The server has not said anything yet: connect first.")
        return self._keeper.visit.welcome

    async def nick(self, new: str) -> str:
        """Take another nick, in all rooms. Returns it as it was taken. Raises NickTaken, BadName."""
        asked = self._outbox.ask(commands.Nick(0, new), Renamed, then=self._keeper.visit.answered)
        return (await asked.answer).nick

    def peer(self, room: str) -> Sender | None:
        """The other participant of a direct room; None if the room is none."""
        return self._following.peers.get(room)

    # -- rooms ----------------------------------------------------------------------------------

    async def join(self, room: str, *, last: int | None = None, after: int | None = None) -> Joined:
        """Become a member of a room and follow it, on later connections too.

        Events come from the newest `last` on, or those `after` a number, or only those to come.

        Args:
            room: `#name`, which begins if there is none; `!id`; or `@nick` for the direct room with somebody.

        Raises BadName, NoSuchRoom, NoSuchNick, CursorAhead.
        """
        join = commands.Join(0, room, after, last)
        asked = self._outbox.ask(join, Joined, then=lambda answer: self._following.joined(answer, after, last))
        return await asked.answer

    async def leave(self, room: str) -> None:
        """End the membership, on all connections; in a direct room, only stop following. Raises NotMember, NoSuchRoom."""
        place = self._following.places.find(room)
        if place is not None:
            place.leaving = True
        asked = self._outbox.ask(
            commands.Leave(0, room), Done, then=lambda _: self._following.left(place) if place else None
        )
        try:
            await asked.answer
        except NotMember:
            if not asked.again:  # else it was done, and the reply lost
                raise
            if place is not None:
                self._following.left(place)
        finally:
            if place is not None:
                place.leaving = False

    async def post(self, room: str, text: str, *, style: Style = "text", reply_to: int | None = None) -> Receipt:
        """Say something in a room. Returns when it is recorded.

        Args:
            text: 1 to `welcome.max_text` bytes of UTF-8.
            style: `action` for what one does, `notice` for what programs say and no program should answer.
            reply_to: the number of an event of this room.

        Raises BadText, NotMember, NoSuchRoom, NoSuchEvent, RateLimited, StoreUnavailable.
        """
        _check(text, self.welcome.max_text)
        post = commands.Post(0, room, next(self._nonces), text, style, reply_to)
        return await self._outbox.ask(post, Receipt, Resend.MARKED).answer

    async def topic(self, room: str, text: str) -> Receipt:
        """Set a room's topic; empty: none. Raises BadText, NotMember, NoSuchRoom, NotAllowed."""
        topic = commands.Topic(0, room, next(self._nonces), text)
        return await self._outbox.ask(topic, Receipt, Resend.MARKED).answer

    async def typing(self, room: str, on: bool = True) -> None:
        """Tell the room that one types, or has stopped. Raises NotMember."""
        await self._outbox.ask_first(commands.Typing(0, room, on), Done).answer

    # -- questions ------------------------------------------------------------------------------------

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
        question = commands.History(0, room, before, after, around, limit)
        page = await self._outbox.ask(question, WirePage).answer
        return History(page.room, [told(frame) for frame in page.events], page.head, page.more)

    async def rooms(self, *, mine: bool = False) -> list[RoomInfo]:
        """Every room that anybody may join, or, with `mine`, every one that one is a member of, direct ones too."""

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

    # -- what comes -----------------------------------------------------------------------------------

    def events(self) -> Items:
        """Iterate over what comes: events and signals of the rooms followed, and what becomes of the connection.

        Events of a room come in order, none left out, none twice. The iteration ends after `close` or `bye`, and after the
        server's last goodbye, with `Ended` as its last item. Direct rooms in which somebody else speaks are followed by
        themselves.

        What is not read yet is kept, and beyond some 256 KiB is left to the server, which holds the log: a slow loop is late,
        but complete. Only signals may be left out. See roomful.client.flow.
        """
        return Items(self._keeper.inbox)


def _check(text: str, most: int) -> None:
    """Raises BadText before the server would."""
    with contextlib.suppress(UnicodeEncodeError):  # half a surrogate pair, which the outbox refuses in any field
        check_text(text, most)
