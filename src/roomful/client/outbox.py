"""Requests on their way: sent in the order in which they were asked, over as many connections as it takes.

A request waits, is in flight, and is answered. When the connection ends, requests in flight have an unknown outcome: those
that may be sent again go back among those that wait, each to its old place.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum
from heapq import merge
from itertools import count
from typing import Any, Generic, TypeVar

import msgspec

from roomful.client.connection import Connection
from roomful.client.failures import ConnectionLost, delay, refusal
from roomful.domain.answers import Answer
from roomful.domain.commands import Create, Join, Request
from roomful.errors import BadText, BotPace, NotJson, RateLimited, RoomfulError, SlowMode, StoreUnavailable, TryLater
from roomful.protocol.native import Reply, WirePage, decode_answer, encode_request

T = TypeVar("T", bound=Answer | WirePage)

UNTIL_WELCOME = 64  # unanswered requests before the server has said how many
UNCONNECTED = "The client is not connected: connect first."
_NAMING = (Join, Create)  # their names are meant as they are: another room may bear one by now
_OF_A_ROOM = (BotPace, SlowMode)  # how often one may speak there: waiting would hold up what goes to other rooms
TRIES = 10  # of a command that is answered `store_unavailable`


class Resend(Enum):
    """What to do with a request whose connection ended before its reply."""

    MARKED = "again"  # send it with `again`, so that it is not done twice
    SAME = "same"  # send it once more: doing it twice is the same as once
    NEVER = "never"


class Asked(Generic[T]):
    """A request and what becomes of it."""

    __slots__ = ("again", "answer", "kind", "request", "resend", "serial", "then", "tries")

    def __init__(
        self, serial: int, request: Request, kind: type[T], resend: Resend, then: Callable[[T], None] | None
    ) -> None:
        self.serial = serial
        self.request = request
        self.kind = kind
        self.resend = resend
        self.then = then  # called with the answer before anything that came behind it is looked at
        self.again = False  # it was sent before, and nobody knows whether it was done
        self.tries = 0
        self.answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def payload(self, id: int, max_frame: int, present: Callable[[str], str]) -> bytes:
        """The request under this id. Raises BadText if it fits in no frame, or is no text.

        Args:
            present: what a room is called now which once had this name.
        """
        fields: dict[str, Any] = {"again": True} if self.again and self.resend is Resend.MARKED else {}
        if not isinstance(self.request, _NAMING) and (room := getattr(self.request, "room", None)) is not None:
            fields["room"] = present(room)
        try:
            payload = encode_request(msgspec.structs.replace(self.request, id=id, **fields))
        except UnicodeEncodeError:
            raise BadText("The text holds half of a surrogate pair, which is no text.", field="text") from None
        if len(payload) > max_frame:  # control characters take six times their bytes in JSON
            raise BadText(f"This takes {len(payload):,} bytes on the way; a frame holds {max_frame:,}.", field="text")
        return payload

    def fail(self, why: Exception) -> None:
        """It has come to nothing."""
        if not self.answer.done():
            self.answer.set_exception(why)
            self.answer.exception()  # whoever asked may have gone: then nobody is left to be told


AnyAsked = Asked[Any]


class Outbox:
    """The requests of a client. `changed` is called when the number of unanswered ones has changed."""

    def __init__(self, changed: Callable[[], None], *, patient: bool) -> None:
        self.window = UNTIL_WELCOME
        self.present: Callable[[str], str] = lambda room: room  # see Asked.payload
        self._changed = changed
        self._patient = patient  # wait where a rate limit says so
        self._connection: Connection | None = None
        self._open = False  # beyond the greeting: what users ask may be sent
        self._closed: str | None = UNCONNECTED  # why nothing may be asked
        self._ids = count(1)
        self._serials = count(1)
        self._first: deque[AnyAsked] = deque()  # of the greeting, and pings
        self._waiting: deque[AnyAsked] = deque()  # in the order of their serials
        self._in_flight: dict[int, AnyAsked] = {}
        self._pumping = False
        self._pause: asyncio.TimerHandle | None = None  # until the server may be asked again

    @property
    def busy(self) -> bool:
        """Whether replies are awaited on the connection."""
        return bool(self._in_flight)

    # -- asking ---------------------------------------------------------------------------------

    def ask(
        self,
        request: Request,
        kind: type[T],
        resend: Resend = Resend.SAME,
        then: Callable[[T], None] | None = None,
    ) -> Asked[T]:
        """Send a request in its turn; `asked.answer` is the reply's future. Its `id` is set here. Raises ConnectionLost."""
        asked = self._asked(request, kind, resend, then)
        self._waiting.append(asked)
        self._pump_soon()
        return asked

    def ask_first(self, request: Request, kind: type[T], then: Callable[[T], None] | None = None) -> Asked[T]:
        """Send a request before all that wait, on this connection or not at all. Raises ConnectionLost."""
        if self._connection is None:
            raise ConnectionLost("There is no connection just now.")
        asked = self._asked(request, kind, Resend.NEVER, then)
        self._first.append(asked)
        self._pump_soon()
        return asked

    def _asked(self, request: Request, kind: type[T], resend: Resend, then: Callable[[T], None] | None) -> Asked[T]:
        if self._closed is not None:
            raise ConnectionLost(self._closed)
        return Asked(next(self._serials), request, kind, resend, then)

    # -- the connection -------------------------------------------------------------------------

    def attach(self, connection: Connection) -> None:
        """There is a connection: the greeting may be sent on it."""
        self._connection = connection
        self._closed = None

    def open(self) -> None:
        """The greeting is over: send what waits."""
        self._open = True
        self._pump_soon()

    def writable(self) -> None:
        """The connection takes more again."""
        self._pump_soon()

    def detach(self, why: str) -> None:
        """The connection is no more."""
        self._connection, self._open = None, False
        unknown = list(self._in_flight.values())
        for asked in unknown:
            asked.again = True
        for asked in (*unknown, *self._first, *self._waiting):
            if asked.resend is Resend.NEVER:
                asked.fail(ConnectionLost(f"The connection was lost ({why})."))
        self._in_flight.clear()
        self._first.clear()
        self._put_back(unknown)

    def forsake(self, why: str) -> None:
        """Give up the commands of which nobody knows whether they were done: to repeat them could do them twice."""
        for asked in self._waiting:
            if asked.again and asked.resend is Resend.MARKED:
                asked.fail(ConnectionLost(f"{why} Whether this was done is unknown."))

    def close(self, why: str) -> None:
        """Nothing is sent any more; what is unanswered fails with ConnectionLost."""
        self._closed = why
        self._open = False
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        for asked in (*self._in_flight.values(), *self._first, *self._waiting):
            asked.fail(ConnectionLost(why))
        self._in_flight.clear()
        self._first.clear()
        self._waiting.clear()

    # -- replies --------------------------------------------------------------------------------

    def replied(self, reply: Reply) -> None:
        """A reply came. Raises NotJson if it cannot be the answer to what was asked."""
        if reply.re is None:
            raise NotJson("The server could not read a request.")
        asked = self._in_flight.pop(reply.re, None)
        if asked is None:
            return  # answered already: a second reply says nothing new
        if reply.error is not None:
            self._refused(asked, refusal(reply.error))
        else:
            self._answered(asked, reply.payload)
        if self._waiting or self._first:
            self._pump_soon()
        self._changed()

    def _answered(self, asked: AnyAsked, payload: bytes) -> None:
        try:
            answer = decode_answer(payload, asked.kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
            asked.fail(ConnectionLost("The server's reply could not be read."))
            raise NotJson(f"The reply to {type(asked.request).__name__} is none ({why}).") from None
        if asked.then is not None:
            asked.then(answer)
        if not asked.answer.done():
            asked.answer.set_result(answer)

    def _refused(self, asked: AnyAsked, why: RoomfulError) -> None:
        asked.tries += 1
        if isinstance(why, StoreUnavailable) and asked.resend is Resend.MARKED and asked.tries < TRIES:
            asked.again = True
            self._later(asked, why)
        elif isinstance(why, RateLimited) and not isinstance(why, _OF_A_ROOM) and self._may_wait(asked):
            self._later(asked, why)
        else:
            asked.fail(why)

    def _may_wait(self, asked: AnyAsked) -> bool:
        return self._patient and asked.resend is not Resend.NEVER

    def _later(self, asked: AnyAsked, why: TryLater) -> None:
        """Send it again when it may be done, and nothing that was asked after it before that."""
        self._put_back([asked])
        if self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(delay(why), self._go_on)

    def _put_back(self, asked: Iterable[AnyAsked]) -> None:
        """Each to its place in the order in which they were asked."""
        self._waiting = deque(merge(sorted(asked, key=_serial), self._waiting, key=_serial))

    def _go_on(self) -> None:
        self._pause = None
        self._pump_soon()

    # -- sending --------------------------------------------------------------------------------

    def _pump_soon(self) -> None:
        """Send at the end of this turn of the loop, so that what is asked together goes out in one write."""
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        connection = self._connection
        if connection is None or connection.full:
            return
        payloads: list[bytes] = []
        while len(self._in_flight) < self.window and (asked := self._next()) is not None:
            if asked.answer.done():
                continue  # given up by whoever asked
            id = next(self._ids)
            try:
                payloads.append(asked.payload(id, connection.max_frame, self.present))
            except BadText as why:
                asked.fail(why)
            else:
                self._in_flight[id] = asked
        if payloads:
            connection.write(payloads)
            self._changed()

    def _next(self) -> AnyAsked | None:
        if self._first:
            return self._first.popleft()
        if self._waiting and self._open and self._pause is None:
            return self._waiting.popleft()
        return None


def _serial(asked: AnyAsked) -> int:
    return asked.serial
