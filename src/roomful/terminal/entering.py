"""The way in: which server, and under which nick."""

from pathlib import Path

from roomful import __version__
from roomful.client import BadAddress, Client, ConnectFailed, ConnectionLost, parse_address
from roomful.client.local import DEFAULT_TCP, data_folder, noted_addresses
from roomful.errors import BadName, NickTaken, Refused, RoomfulError
from roomful.terminal.front import Front
from roomful.terminal.nicks import candidates, system_nick
from roomful.terminal.text import one_line
from roomful.terminal.tracing import TraceSwitch
from roomful.terminal.view import View

AGENT = f"roomful-chat/{__version__}"


class NoEntry(Exception):
    """There is no way in. The message is for standard error: what happened, and what to type."""


def resolved(address: str | None, data: Path | None) -> str:
    """The server's HOST:PORT: as it was given, else where a server of this data folder runs, else the default.

    Raises NoEntry: what was given is no address.
    """
    if address is None:
        noted = noted_addresses(data or data_folder()) or {}
        address = noted.get("tcp") or DEFAULT_TCP
    try:
        return str(parse_address(address))
    except BadAddress as why:
        raise NoEntry(str(why)) from None


async def arrive(address: str, nick: str | None, front: Front, trace: TraceSwitch) -> Client:
    """A client that is logged in, under the nick its person wants.

    Without `nick`, whoever can be asked is asked; else it is the system's user name, or the next free one.

    Raises:
        NoEntry: nobody listens there, or the server does not let one in.
        EOFError: the question for the nick was left unanswered.
    """
    asking = front.asks
    try:
        client, tried = await _connected(address, nick or system_nick(), trace, numbered=asking or nick is None)
    except ConnectFailed as why:
        raise NoEntry(_nobody_there(address, why)) from None
    except (NickTaken, BadName) as why:
        raise NoEntry(f"{why.message} Choose another: roomful chat --nick NAME") from None
    except (RoomfulError, ConnectionLost) as why:
        raise NoEntry(why.message) from None
    if asking and tried != nick:
        try:
            if nick is not None:
                front.show([View("").refusal(f"{nick} is taken. Choose another, or press Enter.")])
            await _choose_nick(client, front)
        except (RoomfulError, ConnectionLost) as why:  # it was put out while it was asked
            raise NoEntry(why.message) from None
        except BaseException:  # whatever ended it, the guest that was logged in for the question goes
            await client.bye()
            raise
    return client


async def _connected(address: str, nick: str, trace: TraceSwitch, *, numbered: bool) -> tuple[Client, str]:
    """A client under this nick, or, if it may be numbered, under the next that is free; and that nick as it was asked for.

    Raises what Client.connect does.
    """
    taken = NickTaken()
    for candidate in candidates(nick):
        client = Client(address, nick=candidate, trace=trace, agent=AGENT)
        try:
            await client.connect()
        except NickTaken as why:
            taken = why
            await client.close()
            if not numbered:
                break
        else:
            return client, candidate
    raise taken


async def _choose_nick(client: Client, front: Front) -> None:
    """Ask for a nick until there is a free one; the one that Enter takes is free already."""
    while True:
        answer = (await front.ask(f"Nickname [{one_line(client.me.nick)}]: ")).strip()
        try:
            if answer:
                await client.nick(answer)
        except Refused as why:
            front.show([View("").refusal(why.message)])
        else:
            return


def _nobody_there(address: str, why: ConnectFailed) -> str:
    if why.cause == "refused":
        return f"No Roomful at {address}. Start one: roomful serve"
    return f"No Roomful at {address}. {why.message}"
