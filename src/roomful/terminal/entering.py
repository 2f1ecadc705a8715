"""The way in: which server, and under which nick."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from roomful import __version__
from roomful.client import BadAddress, Client, ConnectFailed, ConnectionLost, parse_address
from roomful.client.local import DEFAULT_TCP, data_folder, noted_addresses
from roomful.client.pins import Pins
from roomful.errors import BadCode, BadName, CodeRequired, NickTaken, Refused, RoomfulError
from roomful.terminal.accounts import Entrance, Turned, Wish
from roomful.terminal.front import Front
from roomful.terminal.nicks import candidates, system_nick
from roomful.terminal.text import one_line
from roomful.terminal.tracing import TraceSwitch
from roomful.terminal.trusting import pin_for
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
        address = noted.get("tcp") or (f"tls://{noted['tls']}" if noted.get("tls") else DEFAULT_TCP)
    try:
        return str(parse_address(address))
    except BadAddress as why:
        raise NoEntry(str(why)) from None


class Keys(Struct, frozen=True):
    """What opens the door, beside a nick."""

    code: str | None = None  # that guests need where `--lan` is on
    pin: bool = False  # trust a certificate on first use
    pins: Pins | None = None  # None: this user's
    wish: Wish | None = None  # the account one wants to be; None: a guest


NO_KEYS = Keys()


async def arrive(address: str, nick: str | None, front: Front, trace: TraceSwitch, keys: Keys = NO_KEYS) -> Client:
    """A client that is logged in, under the nick its person wants.

    Without `nick`, whoever can be asked is asked; else it is the system's user name, or the next free one.

    Raises:
        NoEntry: nobody listens there, or the server does not let one in.
        EOFError: the question for the nick was left unanswered.
    """
    asking, pins = front.asks, keys.pins or Pins()
    try:
        pin = await pin_for(address, keys.pin, front, pins)
        if keys.wish is not None:
            make = partial(Client, address, trace=trace, agent=AGENT, pin=pin)
            return await Entrance(address, keys.wish, front, make).enter()
        client, tried = await _let_in(address, nick, front, trace, keys.code, pin)
    except Turned as why:
        raise NoEntry(str(why)) from None
    except ConnectFailed as why:
        raise NoEntry(_nobody_there(address, why, pins)) from None
    except (NickTaken, BadName) as why:
        raise NoEntry(f"{why.message} Choose another: roomful chat --nick NAME") from None
    except (RoomfulError, ConnectionLost) as why:
        raise NoEntry(why.message) from None
    except BadAddress as why:
        raise NoEntry(str(why)) from None
    except (OSError, TimeoutError) as why:
        raise NoEntry(f"The certificate of {address} cannot be looked at: {why or 'no answer'}.") from None
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


async def _let_in(
    address: str, nick: str | None, front: Front, trace: TraceSwitch, code: str | None, pin: str | None
) -> tuple[Client, str]:
    """See `_connected`; where the server wants a code, whoever can be asked is asked for it."""
    while True:

        def make(candidate: str, code: str | None = code) -> Client:
            return Client(address, nick=candidate, trace=trace, agent=AGENT, code=code, pin=pin)

        try:
            return await _connected(make, nick or system_nick(), numbered=front.asks or nick is None)
        except (CodeRequired, BadCode) as why:
            if not front.asks:
                raise NoEntry(f"{why.message} Give it: roomful chat --code 123456") from None
            if isinstance(why, BadCode):
                front.show([View("").refusal(why.message)])
            code = (await front.ask("Code: ")).strip()


async def _connected(make: Callable[[str], Client], nick: str, *, numbered: bool) -> tuple[Client, str]:
    """A client under this nick, or, if it may be numbered, under the next that is free; and that nick as it was asked for.

    Raises what Client.connect does.
    """
    taken = NickTaken()
    for candidate in candidates(nick):
        client = make(candidate)
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


def _nobody_there(address: str, why: ConnectFailed, pins: Pins) -> str:
    if why.cause == "refused":
        return f"No Roomful at {address}. Start one: roomful serve"
    if why.cause != "untrusted":
        return f"No Roomful at {address}. {why.message}"
    if not pins.of(parse_address(address)):
        return why.message
    return f"{why.message} If that is right, take its line out of {pins.file} and come again with --pin."
