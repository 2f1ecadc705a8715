"""A session: what a participant holds over one connection. Gateways bring bytes to it and take bytes from it."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from roomful.domain.answers import Answer
from roomful.domain.commands import Question, Request
from roomful.domain.events import Sender
from roomful.domain.signals import Status
from roomful.errors import BadRequest, Ended, RoomfulError

from .limits import counted_as
from .wire import Wire

if TYPE_CHECKING:
    from .hub import Hub
    from .readers import Reader

GRACE = 5.0  # seconds for a goodbye to get through before the connection is cut


def farewell(transport: asyncio.Transport) -> None:
    """Close for writing, and let the gateway read and drop what still comes until the peer closes, or a moment has passed.

    Closing with bytes unread would make the kernel reset the connection, and the goodbye would be lost (RFC 1122, 4.2.2.13).
    """
    try:
        transport.write_eof()
        transport.resume_reading()
    except (OSError, RuntimeError):  # it is gone already, and its loop has only not said so yet
        transport.abort()
        return
    asyncio.get_running_loop().call_later(GRACE, transport.abort)


class Participant:
    """Somebody who is connected."""

    __slots__ = ("account", "owner", "parted", "sender", "sessions", "status")

    def __init__(self, sender: Sender, account: str | None = None, *, owner: bool = False) -> None:
        self.sender = sender
        self.account = account  # its name; None: a guest
        self.owner = owner  # of the server
        self.parted = (
            False  # its account was deleted: what its sessions had sent before they heard of it comes too late
        )
        self.status: Status | None = None  # None: plainly online
        self.sessions: tuple[Session, ...] = ()


class Session:
    """One connection of a participant.

    All writing goes through `write`, which does nothing once the connection is lost. Rooms it follows are in `rooms`:
    None for those in which it is live, its reader for the others.
    """

    __slots__ = (
        "_going_on",
        "_ready",
        "address",
        "agent",
        "answering",
        "asked",
        "called",
        "device",
        "ending",
        "greeted",
        "guest",
        "heard",
        "held",
        "hub",
        "in_flight",
        "outbox",
        "participant",
        "paused_at",
        "pumping",
        "resting",
        "rooms",
        "sid",
        "since",
        "source",
        "transport",
        "wire",
        "wrong",
    )

    def __init__(
        self, hub: "Hub", wire: Wire, transport: asyncio.Transport, address: str, ready: Callable[[], None]
    ) -> None:
        self.hub = hub
        self.wire = wire
        self.transport: asyncio.Transport | None = transport
        self.address = address  # the peer's, without port
        self.source = counted_as(address)  # what limits count by
        self.participant: Participant | None = None
        self.agent = ""  # which program this is
        self.device = ""  # id of the account's device that this is
        self.sid = b""  # tells this login's resume proof from other logins'
        self.rooms: dict[str, Reader | None] = {}  # by room id
        self.greeted = False
        self.guest = ""  # id of the guest that begins here: unless its login is answered, nobody can be it
        self.since = self.heard = hub.monotonic()  # when it connected, or logged out; when something last came
        self.held: deque[Request] | None = None  # requests that wait until one before them is decided
        self.asked: deque[tuple[Participant, Question]] | None = (
            None  # questions not yet answered; made when first needed
        )
        self.answering = False
        self.in_flight = 0
        self.outbox: list[bytes] | None = None  # while corked: what will go out in one write
        self.paused_at: float | None = None  # monotonic s, while the socket is full
        self.pumping = False
        self.resting = False  # not read from for a moment: it, or its neighbours, ask too much
        self.ending = False
        self.called = False  # kept for somebody's calls over HTTP: nobody is there by it
        self.wrong = 0  # codes and passwords
        self._going_on = False
        self._ready = ready

    # -- from the gateway -----------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether to stop reading from the connection: it must first take, or be given, its answers."""
        return (
            self.in_flight >= self.hub.limits.max_in_flight or self.paused_at is not None or self.resting or self.ending
        )

    @property
    def open(self) -> bool:
        """Whether what is written still goes out: the connection is there, and no goodbye was said."""
        return self.transport is not None and not self.ending

    def submit(self, request: Request) -> None:
        """Take a request. It is answered exactly once, unless the connection ends first."""
        self.in_flight += 1
        if self.held is not None:
            self.held.append(request)
        else:
            self.hub.door.route(self, request)

    def reject(self, re: int | None, error: BadRequest) -> None:
        """Answer what came as a request and cannot be read as one."""
        self.in_flight += 1
        self.hub.door.reject(self, re, error)

    def pause(self) -> None:
        """The socket is full. Called inside `write`: the hub takes the session aside when it has finished telling."""
        self.paused_at = self.hub.monotonic()
        self.hub.telling.paused(self)

    def resume(self) -> None:
        """The socket has drained: read on."""
        self.paused_at = None
        self.hub.readers.wake(self)
        self.hub.questions.go_on(self)
        self.ready_again()

    def lost(self) -> None:
        """The connection is no more."""
        self.transport = None
        self.hub.disconnected(self)

    # -- to the gateway -------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Write, if there still is somebody to write to; while corked, later and together."""
        if self.outbox is not None:
            self.outbox.append(data)
        elif self.transport is not None and not self.ending:  # `open`, without the call: the hottest line there is
            self.transport.write(data)

    def cork(self) -> None:
        """Keep what is written from here on together, until `flush`: one system call instead of several."""
        if self.outbox is None:
            self.outbox = []

    def flush(self) -> None:
        """Write what was kept together."""
        parts, self.outbox = self.outbox, None
        if parts:
            self.write(parts[0] if len(parts) == 1 else b"".join(parts))

    def answer(self, re: int, answer: Answer) -> None:
        """Answer one request."""
        self.write(self.wire.answer(re, answer))
        self.answered(1)

    def refuse(self, re: int | None, error: RoomfulError) -> None:
        """Answer one request with an error."""
        self.write(self.wire.error(re, error))
        self.answered(1)

    def answered(self, count: int) -> None:
        """So many requests have their answers."""
        was_full = self.in_flight >= self.hub.limits.max_in_flight
        self.in_flight -= count
        if was_full:
            self.ready_again()

    def ready_again(self) -> None:
        """Let the gateway read on, if nothing else stands against it."""
        if self._going_on or self.full or self.transport is None:
            return
        self._going_on = True  # what the gateway submits now may be answered at once, which leads here again
        self._ready()
        self._going_on = False

    def rest(self, seconds: float) -> None:
        """Read nothing for so long: refusing costs time too."""
        if not self.resting:
            self.resting = True
            asyncio.get_running_loop().call_later(seconds, self._rested)

    def _rested(self) -> None:
        self.resting = False
        self.ready_again()

    def hold(self) -> None:
        """Let later requests wait until the one that was just taken is decided."""
        self.held = deque()

    def release(self) -> None:
        """The request that others waited for is decided: go on with them, and then with what the gateway still has."""
        held, self.held = self.held, None
        if self.transport is None:
            return  # nobody is there, and nobody shall come in: what is held was not answered, and was not begun
        self._going_on = True
        while held and self.held is None:
            self.hub.door.route(self, held.popleft())
        if held and self.held is not None:
            self.held.extend(held)  # one of them must be waited for again
        self._going_on = False
        self.ready_again()

    def end(self, ended: Ended) -> None:
        """Say goodbye; the peer has a moment to read it and to close."""
        transport = self.transport
        if transport is None or self.ending:
            return
        self.cork()
        self.write(self.wire.goodbye(ended))
        self.flush()
        self.ending = True
        farewell(transport)
        self.hub.log.info("ended", code=ended.code, **self.described())

    def abort(self) -> None:
        """Cut the connection without a word: the peer comes back and resumes."""
        if self.transport is not None:
            self.transport.abort()

    def described(self) -> dict[str, str]:
        """Who this is, for a log line."""
        nick = {"nick": self.participant.sender.nick} if self.participant else {}
        return {"peer": self.address, **nick}
