"""One to one: two terminals, one TCP connection, no server between them.

The frames and objects are the native protocol's. Each end is client and server at once: it sends requests, and answers
those of the other. What one end asks and the other answers is, taken alone, a conversation of version 1 as docs/protocol.md
describes it, of which only these requests are used:

    caller                                    listener
    hello                                ->
                                         <-   ok, with the feature "pair"
    login, with a nick                   ->
                                         <-   ok; or error nick_taken, and the caller tries another
    join, room "#pair"                   ->
                                         <-   ok
                                         <-   hello, login, join, each when the one before is answered
    ok, ok, ok                           ->
    post, room "#pair"                   <->  ok, when the text has been shown: 16 posts wait for that at most
    ping, after 10 s without a byte      <->  ok; after 25 s without a byte the peer is given up
    bye, when every post is answered     <->  ok, when everything was said here too; then goodbye "bye"

The texts of one end's posts, joined together, are what was typed there: one that does not end in a line feed is continued
by the next. Whoever calls while two talk gets the goodbye `pair_busy`. There are no events: a post is told to nobody else.

    ends.py       listen and call          talk.py       what is typed goes out, what is said is shown
    link.py       requests and answers     answering.py  what the peer may ask
    wire.py       frames on TCP            pulse.py      whether the peer lives
    screens.py    plain lines, in a pipe   typed.py      an input line, on a terminal
    texts.py      lines into posts, back   sentences.py  how it ended
    address.py    HOST:PORT
"""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from roomful.client.local import data_folder
from roomful.domain.names import parse_nick
from roomful.errors import BadName
from roomful.protocol.trace import Level, Tracer, tracer
from roomful.terminal.front import HISTORY, OutputGone
from roomful.terminal.nicks import system_nick
from roomful.terminal.pair import ends
from roomful.terminal.pair.address import Address, BadAddress, parse_address
from roomful.terminal.pair.ends import Person
from roomful.terminal.pair.screens import Plain, Screen, to_stderr
from roomful.terminal.pair.sentences import Outcome

__all__ = ["PairOptions", "call", "listen"]


class PairOptions(NamedTuple):
    """What was asked for on the command line."""

    address: str | None = None  # HOST:PORT; None: 127.0.0.1:5001
    nick: str | None = None  # None: the system user's name
    trace: Level | None = None
    plain: bool = False  # no input line, even on a terminal


async def listen(options: PairOptions) -> int:
    """Wait for a call, and talk until it ends. Returns the exit code."""
    return await _run(options, ends.listen)


async def call(options: PairOptions) -> int:
    """Call somebody who listens, and talk until it ends. Returns the exit code."""
    return await _run(options, ends.call)


async def _run(options: PairOptions, end: Callable[[Address, Person], Awaitable[Outcome]]) -> int:
    try:
        address, nick = parse_address(options.address), parse_nick(options.nick or system_nick()).text
    except (BadAddress, BadName) as why:
        to_stderr(str(why))
        return 2
    interrupted = _interruption()
    person = Person(nick, _screen(options, interrupted), _tracer(options), interrupted)
    try:
        said = await end(address, person)
        if said.code:
            to_stderr(said.sentence)
        else:
            await person.screen.note(said.sentence)
    except (OutputGone, asyncio.CancelledError):
        return 0  # nobody reads what would be said, or one does not want to wait for it
    return said.code


def _interruption() -> asyncio.Event:
    """Set by Ctrl-C, or by being told to end. The second time ends the program at once."""
    interrupted, loop, program = asyncio.Event(), asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if interrupted.is_set() and program is not None:
            program.cancel()
        interrupted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    return interrupted


def _screen(options: PairOptions, interrupted: asyncio.Event) -> Screen:
    if options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Plain(_now)
    from roomful.terminal.pair.typed import Typed

    return Typed(_now, interrupted.set, data_folder() / HISTORY)


def _tracer(options: PairOptions) -> Tracer | None:
    return tracer(options.trace, to_stderr, _now, colour=sys.stderr.isatty()) if options.trace else None


def _now() -> int:
    return time.time_ns() // 1_000_000
