"""Keeps a client connected: the first attempt is its user's, every later one is made here.

connect ── hello ── login ── rooms after their cursors ── what is unanswered, again
   ^                                                                |
   └──────────────── wait, longer each time ── loss ────────────────┘
"""

import asyncio
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from roomful.client.addresses import Address
from roomful.client.connection import Connection, Ending, Pushed, open_connection
from roomful.client.failures import ConnectFailed, ConnectionLost, farewell
from roomful.client.flow import Flow
from roomful.client.following import Following
from roomful.client.inbox import Inbox
from roomful.client.items import Ended, HistoryReplaced, Lost, Resumed
from roomful.client.outbox import UNCONNECTED, Outbox, Resend
from roomful.client.setbacks import Backoff, Setback, of_ending, of_failure
from roomful.client.trust import Trust
from roomful.client.visit import Sleep, Visit, patiently
from roomful.client.ways import Way
from roomful.domain import commands
from roomful.domain.answers import Done, Welcome
from roomful.errors import CursorAhead, EpochChanged, RoomfulError
from roomful.protocol.native import Reply, Told
from roomful.protocol.trace import Tracer

GREET_WITHIN = 10.0  # s for the server to say who it is
PONG_WITHIN = 10.0  # s of silence after a ping before the server is taken for dead
BYE_WITHIN = 5.0  # s for the server to take leave
CLOSE_WITHIN = 2.0  # s for the last bytes to get out

State = Literal["connecting", "connected", "reconnecting", "closed"]
NEW_HISTORY = "The server's history was replaced."
NEW_PARTICIPANT = "The server had forgotten this visit."


class Chances(Struct, frozen=True):
    """What is left to chance and to time, so that a test can hold it."""

    random: Callable[[], float]  # from 0 to 1
    sleep: Sleep  # seconds


class Keeper:
    """All the parts of a client, and the connection that they share for now."""

    def __init__(
        self,
        address: Address,
        tracer: Tracer | None,
        chances: Chances,
        *,
        nick: str | None,
        resume: str | None,
        agent: str,
        patient: bool,
        code: str | None = None,
        way: Way | None = None,
        trust: Trust = Trust(),  # noqa: B008
    ) -> None:
        self.state: State = "closed"
        self.inbox = Inbox(self._drained)
        self.outbox = Outbox(self._changed, patient=patient)
        self.visit = Visit(self.outbox, chances.sleep, nick=nick, resume=resume, agent=agent, code=code, way=way)
        self.following = Following(self.inbox, self.outbox, self.visit, chances.sleep, self._break)
        self.outbox.present = self.following.places.present
        self._flow = Flow(self.inbox, self.outbox)
        self.address = address
        self._trust = trust
        self._tracer = tracer
        self._sleep = chances.sleep
        self._connection: Connection | None = None
        self._pulse: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._backoff = Backoff(chances.random)
        self._since = 0.0  # loop time of the last success
        self._used = False  # connected once, or closed

    # -- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect and log in. Raises ConnectFailed; Refused; roomful.errors.Ended when the server says goodbye."""
        if self.state != "closed" or self._used:
            raise RuntimeError("A client connects once; make another one.")
        self.state = "connecting"
        try:
            welcome, connection = await self._greeted()
            self.following.places.epoch = welcome.epoch
            try:
                if await self.visit.begin():
                    await self.following.look_for_news(expected=False)
            except ConnectionLost:
                raise await self._why_lost(connection) from None
        except BaseException:
            await self._hang_up()
            self.outbox.close(UNCONNECTED)
            self.state = "closed"
            raise
        self._used = True
        self._enter()
        self._keeping = asyncio.get_running_loop().create_task(self._keep(connection))
        self._keeping.add_done_callback(self._kept)

    async def bye(self) -> None:
        """End the visit, if there is a server to say it to, and close."""
        if self.state == "connected":
            try:
                async with asyncio.timeout(BYE_WITHIN):
                    await patiently(lambda: self.outbox.ask(commands.Bye(0), Done, Resend.NEVER), self._sleep)
            except (ConnectionLost, TimeoutError):
                pass  # it has ended all the same
        await self.close()

    async def close(self) -> None:
        """Close the connection, and let go of everything."""
        self.state, self._used = "closed", True
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        self.outbox.close("The client was closed.")
        self.inbox.end(at_once=True)
        await self.following.close()
        await self._hang_up()
        self._flow.close()

    # -- from the connection --------------------------------------------------------------------

    def received(self, pushed: Pushed, size: int) -> None:
        """See `connection.Owner`."""
        if isinstance(pushed, Told):
            self.following.told(pushed, size)
            if self.inbox.full:
                self._flow.balance()
        elif isinstance(pushed, Reply):
            self.outbox.replied(pushed)
        else:
            self.following.signalled(pushed, size)

    def writable(self) -> None:
        """See `connection.Owner`."""
        self.outbox.writable()

    def ended(self, ending: Ending) -> None:
        """See `connection.Owner`."""
        self._connection = None
        self._flow.use(None)
        if self._pulse is not None:
            self._pulse.cancel()
        self.outbox.detach(ending.reason)

    # -- between the parts ------------------------------------------------------------------------

    def _changed(self) -> None:
        self._flow.balance()

    def _drained(self) -> None:
        self._flow.drained()
        self.following.catch_up()

    def _break(self, reason: str) -> None:
        if self._connection is not None:
            self._connection.drop(Ending(reason))

    # -- a connection -------------------------------------------------------------------------------

    async def _greeted(self) -> tuple[Welcome, Connection]:
        """A new connection that has said hello. Raises ConnectFailed, roomful.errors.Ended."""
        connection = await open_connection(self.address, self, self._tracer, trust=self._trust)
        self._connection = connection
        self._flow.use(connection)
        self.outbox.attach(connection)
        try:
            async with asyncio.timeout(GREET_WITHIN):
                welcome = await self.visit.greet()
        except TimeoutError:
            connection.drop(Ending("timed out"))
            raise ConnectFailed("timeout", f"{self.address} accepts connections, but says nothing.") from None
        except ConnectionLost:
            raise await self._why_lost(connection) from None
        connection.max_frame = welcome.max_frame
        self._pulse = asyncio.get_running_loop().create_task(self._ping(connection, welcome.idle))
        return welcome, connection

    async def _why_lost(self, connection: Connection) -> Exception:
        ending = await connection.end()
        if ending.goodbye is not None:
            return farewell(ending.goodbye)
        if ending.foreign:
            return ConnectFailed(
                "not_roomful", f"What listens at {self.address} does not speak Roomful's protocol ({ending.reason})."
            )
        return ConnectFailed("closed", f"{self.address} hung up before it let anybody in ({ending.reason}).")

    async def _ping(self, connection: Connection, idle: float) -> None:
        """Show that we live, and see that the server does."""
        while True:
            await asyncio.sleep(idle / 2)
            before = connection.heard
            try:
                pong = self.outbox.ask_first(commands.Ping(0), Done).answer
            except ConnectionLost:
                return
            await asyncio.wait([pong], timeout=min(PONG_WITHIN, idle / 2))
            if not pong.done() and connection.heard == before:
                connection.drop(Ending("no sign of life from the server"))

    async def _hang_up(self) -> None:
        connection = self._connection
        if connection is None:
            return
        connection.close()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await connection.end()
        except TimeoutError:
            connection.drop(Ending("closed"))
            await connection.end()

    def _enter(self) -> None:
        self.state = "connected"
        self._since = asyncio.get_running_loop().time()
        self.outbox.open()

    # -- another connection ---------------------------------------------------------------------------

    async def _keep(self, connection: Connection) -> None:
        while True:
            setback = of_ending(await connection.end())
            self._backoff.lasted(asyncio.get_running_loop().time() - self._since)
            another = await self._another(setback)
            if another is None:
                return
            connection = another

    async def _another(self, setback: Setback) -> Connection | None:
        """Another connection, after as many attempts as it takes; None: there will be none."""
        self.state = "reconnecting"
        while not setback.final:
            wait = self._backoff.next(setback)
            self.inbox.put(Lost(setback.reason, wait))
            await self._sleep(wait)
            try:
                return await self._come_back()
            except (ConnectFailed, RoomfulError) as why:
                await self._hang_up()
                setback = of_failure(why)
        self._finish(setback)
        return None

    async def _come_back(self) -> Connection:
        """A new connection on which everything goes on. Raises ConnectFailed, RoomfulError."""
        welcome, connection = await self._greeted()
        try:
            same_history = await self._go_on(welcome)
        except ConnectionLost:
            raise await self._why_lost(connection) from None
        finally:
            self.inbox.release()
        connection.status("resumed")
        self._enter()
        self.following.look_around(expected=same_history)
        return connection

    async def _go_on(self, welcome: Welcome) -> bool:
        """Log in, and join all rooms. Returns whether the server's history is the one that was known."""
        if not await self.visit.go_on():
            self.outbox.forsake(NEW_PARTICIPANT)
        self.inbox.hold()  # what was missed comes after the word that it does
        same_history = True
        try:
            if welcome.epoch != self.following.places.epoch:
                raise EpochChanged
            heads = await self.following.resume()
        except (EpochChanged, CursorAhead) as why:
            same_history = False
            self._start_over(welcome.epoch, why.message.rstrip("."))
            heads = await self.following.resume()
        assert self.visit.me is not None
        self.inbox.announce(Resumed(heads, self.visit.me))
        return same_history

    def _start_over(self, epoch: str, why: str) -> None:
        self.following.start_over(epoch)
        self.outbox.forsake(NEW_HISTORY)
        self.inbox.drop_held()
        self.inbox.announce(HistoryReplaced(why))

    # -- the end ------------------------------------------------------------------------------------------

    def _finish(self, setback: Setback) -> None:
        self.state = "closed"
        self.outbox.close(setback.reason)
        self.inbox.put(Ended(setback.code, setback.reason))
        self.inbox.end()
        self._flow.close()

    def _kept(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            self.state = "closed"
            self.outbox.close("The client failed.")
            self.inbox.end(fault)  # a fault of ours: whoever reads the events must see it
