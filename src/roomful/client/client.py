"""The client: what somebody may do at a server, and what comes from there."""

import asyncio
import random
import secrets
import ssl
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Literal, Self

from roomful import __version__
from roomful.client.account import OwnAccount
from roomful.client.acting import Acting
from roomful.client.addresses import parse_address
from roomful.client.bots import Bots
from roomful.client.clips import Clips
from roomful.client.inbox import Items
from roomful.client.keeper import Chances, Keeper, State
from roomful.client.local import DEFAULT_TCP
from roomful.client.moderating import Moderating
from roomful.client.owning import Owning
from roomful.client.reading import Reading
from roomful.client.rooms import Rooms
from roomful.client.trust import recognising
from roomful.client.visit import Sleep
from roomful.client.ways import way
from roomful.client.webhooks import Webhooks
from roomful.domain import commands
from roomful.domain.answers import Done, Me, Renamed
from roomful.domain.events import Sender
from roomful.protocol.trace import Tracer

How = Literal["online", "idle", "away"]


class Client(Rooms, Acting, Moderating, Reading, Bots, Webhooks, Clips, Owning, OwnAccount):
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
        address: `tls://HOST:PORT`, `tcp://HOST:PORT`, `HOST:PORT`; by WebSocket `ws://HOST:PORT`, `wss://HOST`.
            Raises BadAddress.
        nick: the nick wanted. May be left out with `resume`.
        resume: from `Client.resume` of an earlier visit: go on as the same participant. If the server does not know it any
            more, one logs in anew with `nick`.
        trace: makes the traces of connections; see roomful.protocol.trace.
        agent: which program this is, for the server's log.
        patient: wait where the server's rate limit says so, and ask again, instead of raising RateLimited; not where one room
            lets one speak only so often (SlowMode, BotPace).
        account, password: log in to an account instead, which has its own nick.
        register: make that account; `invite` is the code that the server may want for it.
        remember: have the server give this device a `token`.
        token: of a device, from `Client.token` of an earlier visit, instead of account and password.
        act_as: with the token of a bot host: the id of the bot that this connection is.
        code: what guests need where the server was started with `--lan`.
        pin: the fingerprint of the server's certificate, `sha256:` and 64 hexadecimal digits, for one that nobody vouches for.
            Raises ValueError.
        ssl: how to recognise the server instead; else by the system's roots.
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
        account: str | None = None,
        password: str | None = None,
        register: bool = False,
        invite: str | None = None,
        remember: bool = False,
        token: str | None = None,
        act_as: str | None = None,
        code: str | None = None,
        pin: str | None = None,
        ssl: ssl.SSLContext | None = None,
        random: Callable[[], float] = random.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        through = way(account, password, token, invite, register=register, remember=remember, act_as=act_as)
        if nick is None and resume is None and through is None:
            raise ValueError("A client needs a nick, an account, or the resume of an earlier visit.")
        self._sleep = sleep
        self._comes_back = resume is not None
        where = parse_address(address)
        self._keeper = Keeper(
            where,
            trace,
            Chances(random, sleep),
            nick=nick,
            resume=resume,
            agent=agent,
            patient=patient,
            code=code,
            way=through,
            trust=recognising(where, pin, ssl),
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

    async def nick(self, new: str) -> str:
        """Take another nick, in all rooms. Returns it as it was taken. Raises NickTaken, BadName."""
        asked = self._outbox.ask(commands.Nick(0, new), Renamed, then=self._keeper.visit.answered)
        return (await asked.answer).nick

    def peer(self, room: str) -> Sender | None:
        """The other participant of a direct room; None if the room is none."""
        return self._following.peers.get(room)

    async def presence(self, state: How, text: str = "") -> None:
        """Say how one is there, on later connections too: `online`, `idle` or `away`, and why. Raises BadText."""
        presence = commands.Presence(0, state, text)
        await self._outbox.ask(presence, Done, then=lambda _: self._keeper.visit.presents(presence)).answer

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
