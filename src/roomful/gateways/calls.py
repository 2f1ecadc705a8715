"""Calls: requests of somebody who holds no connection. Each is made on a session in memory, so that all limits and rights hold.

`Caller` is one such session. `Calls` keeps one for each credential while it is used, so that calling costs no login.
"""

import asyncio
import hashlib
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast

from msgspec import Struct, structs

from roomful.domain.answers import LoggedIn
from roomful.domain.commands import Hello, Login, Post, Request
from roomful.domain.events import Event, Sender
from roomful.domain.signals import Signal
from roomful.domain.tokens import token_digest
from roomful.errors import (
    AccountGone,
    BadCredentials,
    Ended,
    RateLimited,
    RoomfulError,
    StoreUnavailable,
    TooManyConnections,
    TryLater,
    codes,
)
from roomful.hub.hearing import VOICE
from roomful.hub.hub import Hub
from roomful.hub.session import Session
from roomful.protocol.frames import cut
from roomful.protocol.native import Error, Goodbye, Reply, decode_answer, decode_pushed

from .native import NativeWire

T = TypeVar("T")
LARGEST = 2**31  # bytes of a frame: what comes here came from ourselves
KEPT = 60.0  # s after its last call for which a session is kept
MOST = 1_000  # sessions kept
MOST_ASKED = 256  # calls of one session without an answer: each holds a connection, which is not ended for its age
SWEPT = 10.0  # s between two looks at which are still used
PATIENCE = 35.0  # s for which an answer may take, a bot host being the slowest to think: then nobody knows the outcome
PATIENCE_WITH_CLIPS = 150.0  # s: a clip is listened to before its post is answered
_ERRORS = {error.code: error for error in codes()}


class CallWire(NativeWire):
    """The native protocol's answers, and nothing of what goes on in rooms: who calls follows none."""

    def events(self, room: str, events: Sequence[Event]) -> list[bytes]:
        """Nothing."""
        return [b""] * len(events)

    def signal(self, room: str, sender: Sender | None, signal: Signal) -> bytes:
        """Nothing."""
        return b""


WIRE = CallWire()


class Caller:
    """A session in memory. Its answers come as objects, or are raised."""

    def __init__(self, hub: Hub, address: str, wire: NativeWire = WIRE) -> None:
        self._hub = hub
        self._rest = b""
        self._last = 0  # id of a request
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self.ended: Ended | None = None
        self.session = Session(hub, wire, cast("asyncio.Transport", self), address, lambda: None)
        self.session.called = True
        hub.connected(self.session)

    async def hello(self, agent: str) -> None:
        """Say which program this is. Nothing else may come first."""
        named = agent.encode(errors="replace").decode()  # a header need not be UTF-8, and the store takes nothing else
        await self.ask(Hello(0, protocol=1, agent=named), dict)

    async def ask(self, request: Request, kind: type[T]) -> T:
        """The answer to one request. Raises RoomfulError: it was refused, or the session has ended."""
        return decode_answer(await self._reply_to(request), kind)

    async def ask_json(self, request: Request) -> bytes:
        """The answer to one request as a JSON object. Raises as `ask`."""
        reply = await self._reply_to(request)
        fields = reply[reply.index(b',"re":') + 6 :].lstrip(b"0123456789").removeprefix(b",")
        return b"{" + fields

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._waiting)

    def close(self) -> None:
        """It is no more."""
        if self.session.transport is not None:
            self.session.lost()
        self.ended = self.ended or Ended()
        self._give_up(self.ended)

    async def _reply_to(self, request: Request) -> bytes:
        if self.ended is not None:
            raise self.ended
        self._last = id = self._last + 1
        waiting = self._waiting[id] = asyncio.get_running_loop().create_future()
        self.session.heard = self._hub.monotonic()
        self.session.submit(structs.replace(request, id=id))
        try:
            reply: bytes = await waiting
            return reply
        finally:
            del self._waiting[id]

    # -- what the session writes to -----------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Take what the session says."""
        payloads, self._rest = cut(self._rest + data, LARGEST)
        for payload in payloads:
            self.take(payload)

    def take(self, payload: bytes) -> None:
        """Take one object."""
        pushed = decode_pushed(payload)
        if isinstance(pushed, Reply):
            self._reply(pushed)
        elif isinstance(pushed, Goodbye):
            kind = _ERRORS.get(pushed.code, Ended)
            ended = kind(pushed.message, retry_after=pushed.retry_after)
            self.ended = ended if isinstance(ended, Ended) else Ended(pushed.message)
            self._give_up(self.ended)

    def write_eof(self) -> None:
        """The session has ended, and its goodbye was heard."""
        asyncio.get_running_loop().call_soon(self.close)

    def resume_reading(self) -> None:
        """There is nothing to read."""

    def abort(self) -> None:
        """The session has ended."""
        self.close()

    def _reply(self, reply: Reply) -> None:
        waiting = self._waiting.get(reply.re or 0)
        if waiting is None or waiting.done():
            return
        if reply.error is None:
            waiting.set_result(reply.payload)
        else:
            waiting.set_exception(refusal(reply.error))

    def _give_up(self, why: RoomfulError) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(why)


def _patience(request: Request) -> float:
    return PATIENCE_WITH_CLIPS if isinstance(request, Post) and request.style == VOICE else PATIENCE


def refusal(error: Error) -> RoomfulError:
    """The error that was answered."""
    kind = _ERRORS.get(error.code, TryLater)
    return kind(error.message, field=error.field, retry_after=error.retry_after)


class Credential(Struct, frozen=True):
    """Who calls: what proves it, and where it comes from."""

    secret: str  # a device's token, or the `resume` of a login
    address: str  # without port: limits and bans go by it
    agent: str = ""

    def __repr__(self) -> str:
        return f"Credential(…, {self.address!r})"

    @property
    def login(self) -> Login:
        """The login it stands for: with a proof beside whoever else holds it."""
        if token_digest(self.secret):
            return Login(0, token=self.secret)
        return Login(0, resume=self.secret, beside=True)


class Visit:
    """A credential's session, while it is kept."""

    def __init__(self, caller: Caller, coming: asyncio.Task[LoggedIn], most: int) -> None:
        self.caller = caller
        self.coming = coming
        self.turn = asyncio.Semaphore(most)
        self.used = 0.0  # monotonic s
        self.asked = 0  # calls without an answer

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self.coming.done() and not self.caller.busy

    @property
    def over(self) -> bool:
        """Whether it can take no more calls."""
        return self.caller.ended is not None


class Calls:
    """The sessions of those who call. One for each credential and address; those not used for a while end."""

    def __init__(self, hub: Hub, *, most: int = MOST) -> None:
        self._hub = hub
        self._most = most
        self._visits: dict[tuple[bytes, str], Visit] = {}
        self._sweeping: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._visits)

    async def ask(self, who: Credential, request: Request) -> bytes:
        """The answer to one request as a JSON object.

        Raises RoomfulError: it was refused. StoreUnavailable: the outcome is unknown.
        """
        visit = await self._visit(who)
        return await self._in_time(visit, visit.caller.ask_json(request), _patience(request))

    async def answer(self, who: Credential, request: Request, kind: type[T]) -> T:
        """The answer to one request as an object. Raises as `ask`."""
        visit = await self._visit(who)
        return await self._in_time(visit, visit.caller.ask(request, kind), _patience(request))

    async def session(self, who: Credential) -> tuple[Session, LoggedIn]:
        """The session, and what its login was answered. Raises RoomfulError: it is not let in."""
        visit = await self._visit(who)
        return visit.caller.session, visit.coming.result()

    def drop(self, who: Credential) -> None:
        """Keep the credential's session no longer."""
        if visit := self._visits.pop(_key(who), None):
            _end(visit)

    def sweep(self) -> None:
        """End the sessions that were not used for a while."""
        since = self._hub.monotonic() - KEPT
        for key, visit in list(self._visits.items()):
            if visit.over or (visit.idle and visit.used <= since):
                del self._visits[key]
                _end(visit)

    async def close(self) -> None:
        """End all of them."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        visits, self._visits = list(self._visits.values()), {}
        for visit in visits:
            _end(visit)
        await asyncio.gather(*(visit.coming for visit in visits), return_exceptions=True)

    async def _in_time(self, visit: Visit, asked: Coroutine[Any, Any, T], patience: float) -> T:
        visit.asked += 1
        try:
            if self._hub.limits.enabled and visit.asked > MOST_ASKED:
                raise RateLimited(f"At most {MOST_ASKED} calls may wait for their answers at once.", retry_after=1.0)
            async with visit.turn, asyncio.timeout(patience):
                return await asked
        except TimeoutError:
            raise StoreUnavailable("The database does not answer.", retry_after=PATIENCE) from None
        finally:
            asked.close()  # if its turn never came
            visit.asked -= 1
            visit.used = self._hub.monotonic()
            for room in list(visit.caller.session.rooms):  # who calls becomes a member, and follows nothing
                self._hub.readers.unfollow(visit.caller.session, room)

    async def _visit(self, who: Credential) -> Visit:
        """The credential's session, which logs in first if there is none. Raises RoomfulError."""
        key = _key(who)
        visit = self._visits.get(key)
        if visit is None or visit.over:
            visit = self._visits[key] = self._begin(who)
        visit.used = self._hub.monotonic()
        try:
            await asyncio.shield(visit.coming)
        except RoomfulError as why:
            if self._visits.get(key) is visit:
                del self._visits[key]
            _end(visit)
            raise BadCredentials if isinstance(why, AccountGone) else why from None
        return visit

    def _begin(self, who: Credential) -> Visit:
        self._make_place()
        loop = asyncio.get_running_loop()
        if self._sweeping is None:
            self._sweeping = loop.create_task(self._sweep_for_ever())
        caller = Caller(self._hub, who.address)
        return Visit(caller, loop.create_task(come(caller, who)), self._hub.limits.max_in_flight)

    def _make_place(self) -> None:
        """Let the one go that was not used for longest, if there are too many. Raises TooManyConnections: all are in use."""
        limits = self._hub.limits
        if limits.enabled and len(self._hub.sessions) >= limits.max_connections:
            raise TooManyConnections(retry_after=5)
        if len(self._visits) < self._most:
            return
        key = min(
            (key for key, one in self._visits.items() if one.idle), key=lambda k: self._visits[k].used, default=None
        )
        if key is None:
            raise TooManyConnections(retry_after=5)
        _end(self._visits.pop(key))

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEPT)
            self.sweep()


async def come(caller: Caller, who: Credential) -> LoggedIn:
    """Log in. Raises RoomfulError: the credential is none, or is good no more."""
    await caller.hello(who.agent)
    return await caller.ask(who.login, LoggedIn)


def _key(who: Credential) -> tuple[bytes, str]:
    return hashlib.sha256(who.secret.encode("utf-8", "surrogatepass")).digest(), who.address


def _end(visit: Visit) -> None:
    visit.caller.close()  # with which its login fails, if that is still under way
