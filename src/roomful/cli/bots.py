"""`roomful bots`: the AI participants of a server that runs. What is done here is what `/bot` does in a room."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import App, Parameter

from roomful import config, server
from roomful.bots import launch
from roomful.client import Client, ConnectFailed, ConnectionLost
from roomful.client.local import noted_addresses, program
from roomful.domain.verdicts import BotInfo
from roomful.errors import RoomfulError
from roomful.registry import hosting
from roomful.registry.failures import RegistryError
from roomful.registry.making import Registry
from roomful.starting import certificates

from .common import USAGE, ConfigFile, Data, failed, settings
from .listing import Form, tabled, write_out

T = TypeVar("T")
ANSWER_WITHIN = 45.0  # s

bots = App(name="bots", help="The bots of a server that runs: list, add, set, remove; or run them by hand.")
bots.command(
    "roomful.cli.replaying:replayed", name="replay", help="Show what bots would have decided in a recorded room."
)

Room = Annotated[str, Parameter(help="The room.")]
Words = Annotated[list[str] | None, Parameter(help="Settings, as NAME=VALUE: mode=lines:5 persona='You are …'")]


@bots.command
def run(*, config_file: ConfigFile = None, data: Data = None) -> int:
    """Run the bots in this process, for a server that was started with --no-bots. They end with Ctrl-C."""
    from roomful.bots import process

    try:
        wanted = settings(config_file, data)
        told = asyncio.run(_launch(wanted))
    except config.ConfigError as why:
        return failed(str(why), USAGE)
    except (RegistryError, RoomfulError, server.StartError) as why:
        return failed(str(why))
    return process.run(told)


@bots.command(name="list")
def list_(
    *,
    form: Annotated[Form, Parameter(name="--format")] = "table",
    out: Annotated[Path | None, Parameter(help="Write into this new file.")] = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """List all bots: their models, where the lines go that they read, and the rooms in which they are."""
    rows, code = _ask(config_file, data, _listed)
    if rows is None:
        return code
    return write_out(tabled(("nick", "model", "lines go to", "rooms", "online", "id"), rows, form), out)


@bots.command
def add(
    nick: str,
    model: Annotated[str, Parameter(help="PROVIDER:MODEL; several with commas between are a chain.")] = "",
    words: Words = None,
    /,
    *,
    room: Room = launch.LOBBY,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Let a bot into a room; one that there is not is made of a model."""
    given = _settings(words)
    if given is None:
        return failed("Settings are NAME=VALUE, as mode=lines:5.", USAGE)
    wanted = ({"model": model} if model else {}) | given
    return _say(_ask(config_file, data, lambda client: client.bot(room, "add", nick, wanted)))


@bots.command(name="set")
def set_(
    nick: str, words: Words = None, /, *, room: Room = launch.LOBBY, config_file: ConfigFile = None, data: Data = None
) -> int:
    """Give a bot other settings: NAME=VALUE, or NAME VALUE. Its mode and the like are of one room."""
    plain = words is not None and len(words) == 2 and "=" not in words[0]
    given = {words[0]: words[1]} if plain and words is not None else _settings(words)
    if not given:
        return failed("Say what to set, as NAME=VALUE: mode=lines:5.", USAGE)
    return _say(_ask(config_file, data, lambda client: client.bot(room, "set", nick, given)))


@bots.command
def remove(nick: str, /, *, room: Room = launch.LOBBY, config_file: ConfigFile = None, data: Data = None) -> int:
    """Let a bot leave a room. One that was added by command, and is nowhere else, is deleted."""
    return _say(_ask(config_file, data, lambda client: client.bot(room, "remove", nick)))


# -- with the server ---------------------------------------------------------------------------------------


def _ask(config_file: Path | None, data: Path | None, work: Callable[[Client], Awaitable[T]]) -> tuple[T | None, int]:
    """What the server says, or None and an exit code."""
    try:
        wanted = settings(config_file, data)
    except config.ConfigError as why:
        return None, failed(str(why), USAGE)
    try:
        return asyncio.run(_asked(wanted, work)), 0
    except TimeoutError:
        return None, failed(f"The server has not answered within {ANSWER_WITHIN:g} s.")
    except (RegistryError, RoomfulError, server.StartError, ConnectFailed, ConnectionLost) as why:
        return None, failed(str(getattr(why, "message", why)))


async def _asked(wanted: config.Config, work: Callable[[Client], Awaitable[T]]) -> T:
    address, pin = _way_in(wanted)
    store = await server.open_store(wanted.data)
    registry = Registry(store, clock=lambda: time.time_ns() // 1_000_000, entropy=os.urandom)
    device = ""
    try:
        client = Client(address, token=await hosting.console_token(registry), pin=pin)
        await client.connect()
        device = client.device
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await work(client)
        finally:
            await client.close()
    finally:
        if device:
            await hosting.drop_console(registry, device)
        await store.close()


async def _launch(wanted: config.Config) -> launch.Launch:
    address, pin = _way_in(wanted)
    store = await server.open_store(wanted.data)
    try:
        registry = Registry(store, clock=lambda: time.time_ns() // 1_000_000, entropy=os.urandom)
        token = await hosting.host_token(registry, "roomful bots run")
    finally:
        await store.close()
    return launch.of(wanted, address, token, pin)


def _way_in(wanted: config.Config) -> tuple[str, str | None]:
    """Where the server runs. Raises StartError: it does not."""
    addresses = noted_addresses(wanted.data)
    if addresses is None:
        raise server.StartError(f"No server runs on the data in {wanted.data}: {program()} serve")
    fingerprint = ""
    if not addresses.get("tcp") and addresses.get("tls"):
        tls = wanted.tls
        fingerprint = certificates.load(tls.certificate, tls.key, wanted.data, "").fingerprint
    address, pin = launch.way_in(addresses, fingerprint)
    if not address:
        raise server.StartError("The server listens neither on [tcp] nor on [tls], and bots come in by these.")
    return address, pin


async def _listed(client: Client) -> list[dict[str, str]]:
    return [_row(one) for one in await client.bots()]


def _row(bot: BotInfo) -> dict[str, str]:
    return {
        "nick": bot.nick,
        "model": bot.model,
        "lines go to": bot.destination or "this machine",
        "rooms": ", ".join(f"{place.room} ({place.mode}{', host' if place.host else ''})" for place in bot.places),
        "online": "yes" if bot.online else "no",
        "id": bot.bot,
    }


def _settings(words: list[str] | None) -> dict[str, str] | None:
    """NAME=VALUE by name; None: one of them is none."""
    given = dict(word.split("=", 1) for word in words or () if "=" in word)
    return given if len(given) == len(words or ()) else None


def _say(result: tuple[str | None, int]) -> int:
    text, code = result
    if text is not None:
        print(text)
    return code
