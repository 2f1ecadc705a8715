"""`roomful chat`: from the first connection to the goodbye."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from roomful.client import Client, ConnectionLost
from roomful.client.local import data_folder, program
from roomful.errors import RoomfulError
from roomful.protocol.trace import Level
from roomful.terminal.accounts import Wish
from roomful.terminal.commands import is_local, obey
from roomful.terminal.conversation import LOBBY, Conversation
from roomful.terminal.desk import Desk
from roomful.terminal.entering import Keys, NoEntry, arrive, resolved
from roomful.terminal.following import Following
from roomful.terminal.front import HISTORY, Front, OutputGone
from roomful.terminal.plain import standard_streams
from roomful.terminal.text import one_line
from roomful.terminal.tracing import TraceSwitch
from roomful.terminal.view import View, counted

GOODBYE_WITHIN = 2.0  # s for the server to hear the goodbye
LEAVES_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

T = TypeVar("T")


class ChatOptions(Struct, frozen=True):
    """What the command line says."""

    address: str | None = None  # tcp://HOST:PORT; None: the server that runs here, or the default
    nick: str | None = None  # None: a person is asked, a pipe gets the system's user name
    room: str = LOBBY
    plain: bool = False
    trace: Level | None = None
    data: Path | None = None  # the data folder; None: the platform's
    code: str | None = None  # which the server shows that was started with `--lan`
    pin: bool = False  # trust a certificate on first use
    account: str | None = None  # whom to be; None: a guest
    invite: str | None = None  # the code with which the account is made
    password_stdin: bool = False


async def chat(options: ChatOptions) -> int:
    """Talk in the rooms of a server. Returns the exit code: 0 well, 1 no way in or put out."""
    front = make_front(options)
    leaving = asyncio.Event()
    try:
        with _leaving_on_signals(leaving.set):
            return await Visit(options, front, leaving).run()
    except NoEntry as why:
        sys.stderr.write(f"{one_line(str(why))}\n")
        return 1
    except OutputGone:
        return 0  # as after `| head`: whoever read has read enough
    finally:
        with contextlib.suppress(OutputGone):
            await front.close()


def make_front(options: ChatOptions) -> Front:
    """An input line on a terminal; plain lines in a pipe, on a terminal that cannot do it, or when asked for."""
    capable = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")
    if options.plain or not capable:
        return standard_streams()
    from roomful.terminal.prompt import PromptFront  # 130 ms that a pipe need not wait

    return PromptFront((options.data or data_folder()) / HISTORY)


class Visit:
    """One run of `roomful chat`."""

    def __init__(self, options: ChatOptions, front: Front, leaving: asyncio.Event) -> None:
        self.options = options
        self.front = front
        self.leaving = leaving
        self.trace = TraceSwitch(options.trace, self._write_trace, lambda: time.time_ns() // 1_000_000)
        self.typed: asyncio.Queue[str] = asyncio.Queue()  # lines that wait for the server, on a terminal
        self.sending = ""  # the one of them that is being sent

    async def run(self) -> int:
        """From arriving to the goodbye. Raises NoEntry, OutputGone."""
        address = resolved(self.options.address, self.options.data)
        try:
            client = await self._unless_leaving(self._arrive(address, _wish(self.options)))
        except EOFError:
            return 0
        room = self.options.room
        while client is not None:
            conversation = self._conversation(client, address)
            try:
                code = await self._talk(conversation, room)
            finally:
                await _bye(client)  # whatever ended the visit: the nick is free for the next one at once
            if conversation.successor is None:
                return code
            client, room = conversation.successor, conversation.begin_again_in(self.options.room)
            self.leaving.clear()
        return 0

    async def _arrive(self, address: str, wish: Wish | None) -> Client:
        keys = Keys(self.options.code, self.options.pin, wish=wish)
        return await arrive(address, self.options.nick, self.front, self.trace, keys)

    def _conversation(self, client: Client, address: str) -> Conversation:
        view = View(client.me.id, numbers=self.front.live, http=client.http)
        invitation = f"{program()} chat {self.options.address or ''}".rstrip()

        async def enter_as(account: str) -> Client:
            return await self._arrive(address, Wish(account, data=self.options.data))

        conversation = Conversation(
            client, self.front, view, self.trace, self.leaving, invitation, enter_as, self.options.data
        )
        conversation.note(f"Connected to {address} as {client.me.nick}.")
        return conversation

    async def _talk(self, conversation: Conversation, room: str) -> int:
        following = Following(conversation, now=time.monotonic, today=datetime.now().astimezone().date())
        follow = asyncio.create_task(following.run())
        talk = asyncio.create_task(self._converse(conversation, room))
        work = asyncio.create_task(self._work(conversation))
        leave = asyncio.create_task(self.leaving.wait())
        watch = asyncio.create_task(conversation.being.watch() if self.front.live else self.leaving.wait())
        try:
            await asyncio.wait({follow, talk, work, leave}, return_when=asyncio.FIRST_COMPLETED)
            if conversation.parting:
                await self._until_parted()
            elif not (follow.done() or work.done() or conversation.outage):
                await self._last_words(conversation)
        finally:
            await _cancelled(follow, talk, work, leave, watch)
            await conversation.marking.close()
            await conversation.hush()
        for task in (talk, work):
            if not task.cancelled():
                task.result()
        ended = None if follow.cancelled() else follow.result()
        if conversation.parting:
            ended = None  # as it was asked for
        if ended is not None:
            conversation.refuse(ended.message)
        self._show_unsent(conversation)
        if conversation.successor is None:
            conversation.note(f"Goodbye, {conversation.nick}.")
        return 1 if ended else 0

    async def _until_parted(self) -> None:
        """What makes the connection end gets a moment to be finished."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN):
                await self.leaving.wait()

    async def _last_words(self, conversation: Conversation) -> None:
        """What was typed just before leaving gets a moment to be sent, and what was read to be marked."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN):
                await self.typed.join()
                await conversation.marking.flush()

    async def _converse(self, conversation: Conversation, room: str) -> None:
        """Enter the room, then do what is typed, until there is no more."""
        try:
            await conversation.enter(room)
        except RoomfulError as why:
            raise NoEntry(f"{why.message} Another room: roomful chat --room '{LOBBY}'") from None
        except ConnectionLost as why:
            raise NoEntry(why.message) from None
        if self.front.live:
            conversation.note("Type a line and press Enter to send it. /help lists the commands.")
            with contextlib.suppress(RoomfulError, ConnectionLost):  # for completion, which does without
                await conversation.list_rooms()
                await conversation.list_bots()
        desk = Desk(conversation, now=time.monotonic, waiting=lambda: self.typed.qsize() + bool(self.sending))
        async for line in self.front.lines(desk):
            await self._take(conversation, line)
            if self.leaving.is_set():
                return

    async def _take(self, conversation: Conversation, line: str) -> None:
        """In a pipe each line is dealt with before the next is read.

        On a terminal lines queue for the server; commands that do without it are done at once, so that one can leave while
        the connection is lost.
        """
        if self.front.live and not is_local(line):
            self.typed.put_nowait(line)
            self.front.refresh()
        else:
            await obey(conversation, line)

    async def _work(self, conversation: Conversation) -> None:
        """Do what was typed, one after the other, as it was typed."""
        while True:
            self.sending = await self.typed.get()
            await obey(conversation, self.sending)
            self.sending = ""
            self.typed.task_done()
            self.front.refresh()

    def _show_unsent(self, conversation: Conversation) -> None:
        """What was typed and did not get its answer, so that it can be kept."""
        unsent = ([self.sending] if self.sending else []) + [self.typed.get_nowait() for _ in range(self.typed.qsize())]
        if unsent:
            conversation.refuse(f"{counted(len(unsent), 'line')} may not have been sent:")
            conversation.show(*(conversation.view.notice(line) for line in unsent))

    async def _unless_leaving(self, work: Awaitable[T]) -> T | None:
        """What the work gives; None if one leaves before."""
        task = asyncio.ensure_future(work)
        leave = asyncio.create_task(self.leaving.wait())
        try:
            await asyncio.wait({task, leave}, return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            await _cancelled(task, leave)

    def _write_trace(self, lines: str) -> None:
        """On a terminal the trace goes above the input line, like everything; in a pipe it keeps out of the conversation."""
        if self.front.live:
            self.front.show([(("class:notice", line),) for line in lines.split("\n")])
        else:
            sys.stderr.write(lines + "\n")


def _wish(options: ChatOptions) -> Wish | None:
    if options.account is None:
        return None
    return Wish(options.account, options.invite, options.password_stdin, data=options.data)


async def _bye(client: Client) -> None:
    """End the visit on the server too, if there is a connection; never wait for one."""
    with contextlib.suppress(RoomfulError, ConnectionLost, TimeoutError):  # then there is nobody to say it to
        if client.state == "connected":
            async with asyncio.timeout(GOODBYE_WITHIN):
                await client.bye()
    await client.close()


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
    """End tasks, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def _leaving_on_signals(leave: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C in a pipe, `kill`, and a terminal window that is closed all leave politely."""
    loop = asyncio.get_running_loop()
    for number in LEAVES_ON:
        loop.add_signal_handler(number, leave)
    try:
        yield
    finally:
        for number in LEAVES_ON:
            loop.remove_signal_handler(number)
