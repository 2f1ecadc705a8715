"""The commands. Each parses its words, calls one function, and turns its end into an exit code: 0 well, 1 failed, 2 bad usage."""

import asyncio
import difflib
import itertools
import sys
import time
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from roomful import __version__, config
from roomful.client.local import DEFAULT_TCP, data_folder, noted_addresses, program
from roomful.log import Form, Log, to_stderr
from roomful.protocol.trace import Level, Tracer, tracer

app = App(
    name="roomful", version=f"roomful {__version__}", help="People and AI models in shared rooms, on your own machine."
)
pair = App(name="pair", help="Talk one to one, with no server between.")
app.command(pair)

COMMANDS = ("serve", "chat", "pair")

Plain = Annotated[bool, Parameter(negative=(), help="Plain lines, as in a pipe.")]
Trace = Annotated[
    Level | None,
    Parameter(help="Show the connection: status, frames, or bytes. Without a word: frames."),
]


@app.default
def about() -> int:
    """Say in five lines what this is and what to type."""
    noted = noted_addresses(data_folder())
    here = f"A server runs here: {noted['tcp']}" if noted and noted.get("tcp") else "No server runs here yet."
    print(
        "Roomful: people and AI models in shared rooms, on your own machine.\n"
        f"  {program()} serve    start a server\n"
        f"  {program()} chat     talk in its rooms\n"
        f"  {program()} pair     talk one to one, with no server between\n"
        f"{here}  ({program()} --help lists everything)"
    )
    return 0


@app.command
def serve(
    *,
    config_file: Annotated[
        Path | None, Parameter(name="--config", help="The configuration file; else roomful.toml here.")
    ] = None,
    data: Annotated[Path | None, Parameter(help="Folder of the database.")] = None,
    tcp: Annotated[str | None, Parameter(help="HOST:PORT of the native protocol; '' switches it off.")] = None,
    http: Annotated[
        str | None, Parameter(help="HOST:PORT of health, metrics and the page; '' switches it off.")
    ] = None,
    loop: Annotated[
        Literal["uvloop", "asyncio", "select"] | None, Parameter(help="The event loop; select uses select.select().")
    ] = None,
    trace: Trace = None,
    log: Annotated[Form, Parameter(help="The log's form.")] = "text",
    verbose: Annotated[bool, Parameter(negative=(), help="On a terminal: every log line, not only warnings.")] = False,
) -> int:
    """Start a server."""
    from roomful import server

    flags = {
        "server.data": str(data) if data else None,
        "server.loop": loop,
        "tcp.listen": tcp,
        "http.listen": http,
    }
    environ = config.environment()
    on_terminal = sys.stderr.isatty()
    try:
        settings = config.load(config_file, environ, flags)
        movable = [name for name in ("tcp", "http") if not config.is_given(name, "listen", config_file, environ, flags)]
    except config.ConfigError as why:
        return _failed(str(why), 2)
    wishes = server.Wishes(
        frozenset(movable),
        _tracer(trace, settings.limits.max_frame) if trace else None,
        to_stderr if on_terminal else None,
    )
    lines = Log(to_stderr, log, "info" if verbose or not on_terminal else "warning")
    try:
        server.run(settings, wishes, lines)
    except server.StartError as why:
        return _failed(str(why), 1)
    return 0


@app.command
def chat(
    address: Annotated[
        str | None, Parameter(help=f"tcp://HOST:PORT; else the server that runs here, or {DEFAULT_TCP}.")
    ] = None,
    /,
    *,
    nick: Annotated[str | None, Parameter(help="Your nick; else you are asked.")] = None,
    room: Annotated[str, Parameter(help="The room to enter.")] = "#lobby",
    plain: Plain = False,
    trace: Trace = None,
) -> int:
    """Talk in the rooms of a server."""
    from roomful.terminal.chat import ChatOptions
    from roomful.terminal.chat import chat as run

    return asyncio.run(run(ChatOptions(address, nick, room, plain, trace)))


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


def _tracer(level: Level, max_frame: int) -> Tracer:
    def write(lines: str) -> None:
        to_stderr(lines + "\n")

    return tracer(level, write, lambda: time.time_ns() // 1_000_000, max_frame=max_frame)


def _failed(message: str, code: int) -> int:
    sys.stderr.write(message + "\n")
    return code


def main() -> None:
    """The program's entry point."""
    words = sys.argv[1:]
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        near = difflib.get_close_matches(words[0], COMMANDS, 1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(COMMANDS)}."
        sys.exit(_failed(f"There is no command {words[0]}. {hint}", 2))
    sys.exit(app(_with_trace_word(words)))


def _with_trace_word(words: list[str]) -> list[str]:
    """`--trace` alone means `--trace frames`."""
    levels = ("status", "frames", "bytes")
    out = []
    for word, after in itertools.zip_longest(words, words[1:]):
        out.append(word)
        if word == "--trace" and after not in levels:
            out.append("frames")
    return out
