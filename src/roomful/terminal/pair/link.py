"""One end of a one-to-one chat: it asks the peer, answers what the peer asks, and knows when both are done."""

import asyncio
from typing import TypeVar

import msgspec

from roomful import __version__
from roomful.domain import answers, commands
from roomful.domain.answers import Answer
from roomful.domain.commands import Request
from roomful.errors import Bye, NickTaken, NotJson, RateLimited, Refused, RoomfulError, codes
from roomful.protocol import native
from roomful.protocol.native import VERSION, Goodbye, Reply, Unreadable
from roomful.terminal.nicks import candidates
from roomful.terminal.pair.answering import FEATURE, ROOM, WINDOW, Answering
from roomful.terminal.pair.wire import Ending, Wire

_PUSHED = frozenset(("ok", "error", "event", "signal", "goodbye"))
_CLASSES = {error.code: error for error in codes()}
A = TypeVar("A", bound=Answer)


class Over(Exception):
    """The connection ended while something was under way. `Link.run` returns how."""


class NotAPair(Exception):
    """Something answered that speaks the protocol, and is no one-to-one chat. `args[0]` is what it calls itself."""


class _Head(msgspec.Struct, gc=False):
    type: str = ""


_head = msgspec.json.Decoder(_Head).decode


class Link:
    """One end.

    Args:
        nick: wanted; while the peer has the same, the caller takes the next one.
        serving: this is the end that was called.
    """

    def __init__(self, wire: Wire, nick: str, *, serving: bool) -> None:
        self.peer_leaves = asyncio.Event()
        self.texts: asyncio.Queue[tuple[int, str]] = asyncio.Queue()  # request, text: show it, then call `shown`
        self.unsure = 0  # posts that the peer has not said to have shown
        self._wire, self._serving = wire, serving
        self._answering = Answering(nick, *(("listener", "caller") if serving else ("caller", "listener")))
        self._open: dict[int, asyncio.Future[bytes]] = {}  # our requests without an answer
        self._next_id = 1
        self._window = asyncio.Semaphore(WINDOW)
        self._peer_joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bye: int | None = None  # the peer's `bye`, until it is answered
        self._unshown = 0
        self._received = 0
        self._left = False
        self._released = False  # the peer's `bye` was answered: it goes now
        self._hung_up = asyncio.Event()
        self.over = asyncio.Event()

    @property
    def nick(self) -> str:
        """What this end is called."""
        return self._answering.me.nick

    @property
    def peer_nick(self) -> str:
        """The other end's nick."""
        return self._answering.peer.nick if self._answering.peer else ""

    # -- from first to last ---------------------------------------------------------------------

    async def run(self) -> Ending:
        """Carry the talk until the connection ends."""
        loop = asyncio.get_running_loop()
        tasks = [
            loop.create_task(self._wire.read(self._take)),
            loop.create_task(self._wire.watch(self._ping)),
            loop.create_task(self._hang_up()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            ending = next(task for task in tasks if task in done).result()  # what came counts before what did not
            return Ending("peer left") if self._released and ending.how != "left" else ending
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._give_up()

    async def meet(self) -> None:
        """Introduce each other, the caller first. Raises Over, and NotAPair."""
        if self._serving:
            await self._peer_joined
        welcome = await self._ask(
            commands.Hello(self._new_id(), VERSION, f"roomful-pair/{__version__}"), answers.Welcome
        )
        if FEATURE not in welcome.features:
            raise NotAPair(welcome.server)
        await self._login()
        await self._ask(commands.Join(self._new_id(), ROOM), answers.Joined)
        await self._peer_joined

    async def say(self, text: str) -> None:
        """Send one text; waits while the peer has too many that it has not shown. Raises Over."""
        await self._window.acquire()
        number = self._new_id()
        self.unsure += 1
        reply = self._request(commands.Post(number, ROOM, str(number), text))
        reply.add_done_callback(self._acknowledged)

    async def all_shown(self) -> None:
        """The peer has shown everything that was said. Raises Over."""
        for _ in range(WINDOW):
            await self._window.acquire()
            if self.over.is_set():
                raise Over
        for _ in range(WINDOW):
            self._window.release()

    async def leave(self) -> None:
        """Say bye, and wait for the peer to say everything it had begun. Raises Over: then it is done."""
        if self._left:
            return
        self._left = True
        if self._bye is not None:
            self._let_go(self._bye)
        else:
            await self._request(commands.Bye(self._new_id()))

    def hang_up(self) -> None:
        """End the connection without waiting for anything."""
        self._hung_up.set()

    async def _hang_up(self) -> Ending:
        await self._hung_up.wait()
        return Ending("left")

    def shown(self, request: int) -> None:
        """A text of the peer has been shown: acknowledge it."""
        self._unshown -= 1
        self._received += 1
        if not self.over.is_set():
            self._wire.send(native.encode_receipt(request, ROOM, self._received))

    # -- asking ---------------------------------------------------------------------------------

    def _new_id(self) -> int:
        number, self._next_id = self._next_id, self._next_id + 1
        return number

    def _request(self, request: Request) -> asyncio.Future[bytes]:
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        if self.over.is_set():
            reply.set_exception(Over())
        else:
            self._open[request.id] = reply
            self._wire.send(native.encode_request(request))
        return reply

    async def _ask(self, request: Request, kind: type[A]) -> A:
        reply = await self._request(request)
        try:
            return native.decode_answer(reply, kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as why:
            raise NotJson(f"The answer to {type(request).__name__.lower()} is not of this protocol ({why}).") from None

    async def _login(self) -> None:
        for nick in candidates(self.nick):
            try:
                me = await self._ask(commands.Login(self._new_id(), nick), answers.LoggedIn)
            except NickTaken:
                continue
            self._answering.rename(me.participant.nick)
            return

    def _ping(self) -> None:
        self._request(commands.Ping(self._new_id())).add_done_callback(_forget)

    def _acknowledged(self, reply: asyncio.Future[bytes]) -> None:
        self._window.release()
        if _forget(reply) is None:
            self.unsure -= 1

    # -- answering ------------------------------------------------------------------------------

    def _take(self, payload: bytes) -> Ending | None:
        if _type(payload) in _PUSHED:
            return self._told(payload)
        try:
            self._asked(native.decode_request(payload))
        except Unreadable as why:
            self._wire.send(native.encode_error(why.re, why.error))
        if self._left and self._bye is not None:
            self._let_go(self._bye)
        return None

    def _told(self, payload: bytes) -> Ending | None:
        match native.decode_pushed(payload):
            case Reply(re=int(re), error=error) if (reply := self._open.pop(re, None)) and not reply.done():
                if error is None:
                    reply.set_result(payload)
                else:
                    reply.set_exception(_refusal(error.code, error.message))
            case Goodbye(code=code, message=message):
                if code == Bye.code:
                    return Ending("left" if self._left else "peer left")
                return Ending("told off", message, code)
        return None

    def _asked(self, request: Request) -> None:
        try:
            match request:
                case commands.Post():
                    self._post(request)
                case commands.Bye():
                    self._bye = request.id
                    self.peer_leaves.set()
                case _:
                    answer = self._answering.answer(request)
                    self._wire.send(native.encode_answer(request.id, answer))
                    if self._answering.joined and not self._peer_joined.done():
                        self._peer_joined.set_result(None)
        except Refused as why:
            self._wire.send(native.encode_error(request.id, why))

    def _post(self, post: commands.Post) -> None:
        self._answering.check(post)
        if self._unshown == WINDOW:
            raise RateLimited(f"At most {WINDOW} posts may wait for their answer.", retry_after=1.0)
        self._unshown += 1
        self.texts.put_nowait((post.id, post.text))

    def _let_go(self, request: int) -> None:
        """Answer the peer's `bye`: it may go now."""
        self._bye, self._released = None, True
        self._wire.send(native.encode_answer(request, answers.Done()), native.encode_goodbye(Bye()))

    def _give_up(self) -> None:
        """The connection is over: nothing will be answered any more."""
        self.over.set()
        waiting: list[asyncio.Future[bytes] | asyncio.Future[None]] = [*self._open.values(), self._peer_joined]
        for reply in waiting:
            if not reply.done():
                reply.set_exception(Over())
                reply.exception()  # whoever waits gets it; where nobody does, nothing is lost


def _type(payload: bytes) -> str:
    try:
        return _head(payload).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""  # decode_request says what is wrong with it


def _refusal(code: str, message: str) -> RoomfulError:
    return _CLASSES.get(code, Refused)(message)


def _forget(reply: asyncio.Future[bytes]) -> BaseException | None:
    """What went wrong with a request whose answer says nothing else."""
    return None if reply.cancelled() else reply.exception()
