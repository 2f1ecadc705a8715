"""`roomful chat`: talk in the rooms of a server."""

import asyncio
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import replace

from roomful.client.local import DEFAULT_TCP

from .common import USAGE, Plain, Trace, failed


def chat(
    address: Annotated[
        str | None,
        Parameter(
            help=f"tls:// or tcp://HOST:PORT, ws:// or wss://HOST:PORT; else the server that runs here, or {DEFAULT_TCP}."
        ),
    ] = None,
    /,
    *,
    nick: Annotated[str | None, Parameter(help="Your nick; else you are asked.")] = None,
    account: Annotated[
        str | None, Parameter(help="Be this account; the password is asked for once, and never again on this device.")
    ] = None,
    invite: Annotated[str | None, Parameter(help="The code with which the account is made.")] = None,
    password_stdin: Annotated[
        bool, Parameter(name="--password-stdin", negative=(), help="The first line of the input is the password.")
    ] = False,
    code: Annotated[str | None, Parameter(help="The six digits that a server with --lan shows.")] = None,
    pin: Annotated[
        bool,
        Parameter(
            negative=(), help="Trust the certificate that the server shows on first use, and only that one after."
        ),
    ] = False,
    room: Annotated[str, Parameter(help="The room to enter.")] = "#lobby",
    plain: Plain = False,
    trace: Trace = None,
) -> int:
    """Talk in the rooms of a server."""
    from roomful.terminal.chat import ChatOptions
    from roomful.terminal.chat import chat as run

    if account is None and (invite is not None or password_stdin):
        return failed("Which account? roomful chat --account NAME --invite CODE", USAGE)
    options = ChatOptions(address, nick, room, plain, trace, code=code, pin=pin)
    return asyncio.run(run(replace(options, account=account, invite=invite, password_stdin=password_stdin)))
