"""`roomful pair`: one to one, with no server between."""

import asyncio
from typing import Annotated

from cyclopts import App, Parameter

from .common import Plain, Trace

pair = App(name="pair", help="Talk one to one, with no server between.")


@pair.command(name="listen")
def pair_listen(
    address: Annotated[str | None, Parameter(help="HOST:PORT to be called at; else 127.0.0.1:5001.")] = None,
    /,
    *,
    nick: Annotated[str | None, Parameter(help="Your nick.")] = None,
    plain: Plain = False,
    trace: Trace = None,
) -> int:
    """Wait for somebody to call."""
    from roomful.terminal.pair import PairOptions, listen

    return asyncio.run(listen(PairOptions(address, nick, trace, plain)))


@pair.command(name="call")
def pair_call(
    address: Annotated[str | None, Parameter(help="HOST:PORT of somebody who listens; else 127.0.0.1:5001.")] = None,
    /,
    *,
    nick: Annotated[str | None, Parameter(help="Your nick.")] = None,
    plain: Plain = False,
    trace: Trace = None,
) -> int:
    """Call somebody who listens."""
    from roomful.terminal.pair import PairOptions, call

    return asyncio.run(call(PairOptions(address, nick, trace, plain)))
