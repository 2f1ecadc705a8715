"""`roomful serve`: start a server."""

import sys
import time
from typing import Annotated, Literal

from cyclopts import Parameter

from roomful import config
from roomful.log import Form, Log, to_stderr
from roomful.protocol.trace import Level, Tracer, tracer

from .common import FAILED, USAGE, ConfigFile, Data, Trace, failed, server_flags

Tcp = Annotated[str | None, Parameter(help="HOST:PORT of the native protocol; '' switches it off.")]
Tls = Annotated[str | None, Parameter(help="HOST:PORT of the native protocol, encrypted.")]
Http = Annotated[str | None, Parameter(help="HOST:PORT of health, metrics and the page; '' switches it off.")]
Lan = Annotated[
    bool,
    Parameter(negative=(), help="For a classroom or a home: this network's guests come in by a code, in plain text."),
]
Open = Annotated[bool, Parameter(name="--open", negative=(), help="Plain text beyond this machine, on purpose.")]
NoBots = Annotated[bool, Parameter(name="--no-bots", negative=(), help="Do not run the bots.")]
Loop = Annotated[
    Literal["uvloop", "asyncio", "select"] | None, Parameter(help="The event loop; select uses select.select().")
]
Verbose = Annotated[bool, Parameter(negative=(), help="On a terminal: every log line, not only warnings.")]


def serve(
    *,
    config_file: ConfigFile = None,
    data: Data = None,
    tcp: Tcp = None,
    tls: Tls = None,
    http: Http = None,
    lan: Lan = False,
    open_: Open = False,
    no_bots: NoBots = False,
    loop: Loop = None,
    trace: Trace = None,
    log: Annotated[Form, Parameter(help="The log's form.")] = "text",
    verbose: Verbose = False,
) -> int:
    """Start a server."""
    from roomful import server

    flags = {
        **server_flags(data),
        "server.loop": loop,
        "server.lan": "true" if lan else None,
        "server.open": "true" if open_ else None,
        "server.bots": "false" if no_bots else None,
        "tcp.listen": tcp,
        "tls.listen": tls,
        "http.listen": http,
    }
    environ = config.environment()
    try:
        settings = config.load(config_file, environ, flags)
        movable = [name for name in ("tcp", "http") if not config.is_given(name, "listen", config_file, environ, flags)]
    except config.ConfigError as why:
        return failed(str(why), USAGE)
    on_terminal = sys.stderr.isatty()
    wishes = server.Wishes(
        frozenset(movable),
        _tracer(trace, settings.limits.max_frame) if trace else None,
        to_stderr if on_terminal else None,
    )
    try:
        server.run(settings, wishes, Log(to_stderr, log, "info" if verbose or not on_terminal else "warning"))
    except server.StartError as why:
        return failed(str(why), FAILED)
    return 0


def _tracer(level: Level, max_frame: int) -> Tracer:
    def write(lines: str) -> None:
        to_stderr(lines + "\n")

    return tracer(level, write, lambda: time.time_ns() // 1_000_000, max_frame=max_frame)
