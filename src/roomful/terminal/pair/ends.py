"""The two ends of a one-to-one chat: who listens and who calls."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple, TypeVar

from roomful.errors import PairBusy
from roomful.protocol.native import encode_goodbye
from roomful.protocol.trace import Tracer
from roomful.terminal.pair.address import Address, of_peer
from roomful.terminal.pair.link import Link, NotAPair
from roomful.terminal.pair.pulse import Pace
from roomful.terminal.pair.screens import Screen
from roomful.terminal.pair.sentences import Outcome, outcome
from roomful.terminal.pair.talk import introduce, talk
from roomful.terminal.pair.wire import Ending, Wire

CONNECTING = 10.0  # seconds
INTRODUCING = 10.0  # seconds

T = TypeVar("T")
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Person(NamedTuple):
    """Who sits at this end, and with what."""

    nick: str
    screen: Screen
    tracer: Tracer | None
    interrupted: asyncio.Event
    pace: Pace = Pace()

    def wire(self, connection: Connection) -> Wire:
        """The connection, with its trace."""
        trace = self.tracer(of_peer(connection[1].get_extra_info("peername"))) if self.tracer else None
        if trace is not None:
            trace.status("connected")
        return Wire(*connection, trace, self.pace)


async def call(address: Address, person: Person) -> Outcome:
    """Call, and talk until it ends."""
    if person.tracer:
        person.tracer(str(address)).status("connecting")
    try:
        async with asyncio.timeout(CONNECTING):
            connection = await _unless(person.interrupted, asyncio.open_connection(*address))
    except ConnectionRefusedError:
        return Outcome(f"Nobody listens at {address}. One side types: roomful pair listen", 1)
    except TimeoutError:
        return Outcome(f"{address} did not answer within {CONNECTING:g} seconds.", 1)
    except OSError as why:
        return Outcome(f"{address} cannot be called: {why.strerror or why}.", 1)
    if connection is None:
        return Outcome("You left.", 0)
    _, said = await _converse(connection, person, str(address), serving=False)
    return said


async def listen(address: Address, person: Person) -> Outcome:
    """Wait for a call, and talk until it ends. Who calls meanwhile is told that this side is busy."""
    calls: asyncio.Queue[Connection] = asyncio.Queue()
    busy = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if busy.is_set():
            await _turn_away(person.wire((reader, writer)), person.nick)
        else:
            busy.set()
            calls.put_nowait((reader, writer))

    try:
        server = await asyncio.start_server(accept, *address)
    except OSError as why:
        return Outcome(f"{address} cannot be listened at: {why.strerror or why}.", 1)
    try:
        here = of_peer(server.sockets[0].getsockname())
        await person.screen.note(f"waiting at {here}: the other side types: roomful pair call {here}")
        while connection := await _unless(person.interrupted, calls.get()):
            met, said = await _converse(connection, person, "", serving=True)
            if met or person.interrupted.is_set():
                return said
            await person.screen.note(f"{said.sentence} Still waiting.")
            busy.clear()
        return Outcome("Nobody called.", 0)
    finally:
        server.close()


async def _unless(interrupted: asyncio.Event, waiting: Coroutine[Any, Any, T]) -> T | None:
    """What one waits for; None when one does not want to wait any more."""
    waited, leaving = asyncio.create_task(waiting), asyncio.create_task(interrupted.wait())
    try:
        await asyncio.wait((waited, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await waited if waited.done() else None
    finally:
        waited.cancel()
        leaving.cancel()


async def _turn_away(wire: Wire, nick: str) -> None:
    wire.send(encode_goodbye(PairBusy(f"{nick} is talking with somebody else.")))
    await wire.close()


async def _converse(connection: Connection, person: Person, address: str, *, serving: bool) -> tuple[bool, Outcome]:
    """A whole connection: whether the two met, and what to say in the end."""
    wire = person.wire(connection)
    address = address or of_peer(connection[1].get_extra_info("peername"))
    link = Link(wire, person.nick, serving=serving)
    running = asyncio.create_task(link.run())
    try:
        ending = await introduce(link, running, person.interrupted, INTRODUCING)
        met = ending is None
        if ending is None:
            await person.screen.note(f"connected to {address}: {link.peer_nick} is there, and you are {link.nick}")
            if person.screen.manual:
                await person.screen.note(person.screen.manual)
            ending = await talk(link, running, person.screen, person.interrupted)
        return met, outcome(ending, link, address)
    except NotAPair as why:
        return False, Outcome(f"{why} at {address} is a server with rooms. Enter them: roomful chat tcp://{address}", 1)
    finally:
        running.cancel()
        await _close(wire, running)


async def _close(wire: Wire, running: asyncio.Task[Ending]) -> None:
    await asyncio.wait((running,))
    if running.cancelled() or running.result().how in ("silent", "reset"):
        await wire.drop()
    else:
        await wire.close()
