"""The process in which bots run: started by a server, or by hand."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from roomful.client import ConnectFailed, ConnectionLost
from roomful.egress.routing import routed
from roomful.errors import RoomfulError
from roomful.log import Log, to_stderr
from roomful.models import ModelsSettings, variables

from .launch import TAKEN_OVER, Launch, decode

if TYPE_CHECKING:
    from .figures import Watch

LOGGED_OUT = frozenset(("logged_out", "bad_resume", "bad_credentials", "account_gone", "replaced"))
LONGEST_LINE = 16 * 1024 * 1024  # bytes


def supervised() -> int:
    """Run the bots that a server tells of on standard input, until that ends. Returns the exit code."""
    line = sys.stdin.buffer.readline(LONGEST_LINE)
    if not line.strip():
        return 0  # the server ended before it had anything to say
    return run(decode(line), until=sys.stdin.fileno())


def run(launch: Launch, *, until: int | None = None) -> int:
    """Run the bots until SIGTERM or SIGINT, or until this descriptor comes to its end. Returns the exit code."""
    log = Log(to_stderr, launch.log, launch.least)
    try:
        return asyncio.run(_run(launch, log, until))
    except (ConnectFailed, ConnectionLost, RoomfulError) as why:
        log.error("the bots cannot come in", reason=why.message)
        return 1


async def _run(launch: Launch, log: Log, until: int | None) -> int:
    from .figures import told

    ways = [*(one.proxy for one in launch.providers.values()), *(one.proxy for one in launch.tools.values())]
    async with (
        told(launch.metrics, variables(), log) as watch,
        routed(launch.egress, ways, Path(launch.data), log.warning) as routes,
    ):
        tools = {name: structs.replace(one, proxy=routes(one.proxy, name)) for name, one in launch.tools.items()}
        models = ModelsSettings(launch.providers, variables(), route=routes)
        return await _host(structs.replace(launch, tools=tools), models, log, until, watch)


async def _host(launch: Launch, models: ModelsSettings, log: Log, until: int | None, watch: "Watch | None") -> int:
    from .host import Host

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until is not None:
        loop.add_reader(until, _read, until, stop)
    stopped = loop.create_task(stop.wait())
    while True:
        host = Host(launch, log, models=models, watch=watch)
        try:
            await host.start()
            ended = loop.create_task(_until(host.ended))
            await asyncio.wait([stopped, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await host.close()
        if stop.is_set():
            return 0
        why = host.ended.result()
        if why in LOGGED_OUT:
            log.warning("another bot host has come", note="this one ends")
            return TAKEN_OVER
        log.warning("the bots come in anew", reason=why)


async def _until(ended: asyncio.Future[str]) -> None:
    await asyncio.wait([ended])


def _read(descriptor: int, stop: asyncio.Event) -> None:
    """The server says nothing more; when it ends, so does the pipe."""
    with contextlib.suppress(BlockingIOError):
        if not os.read(descriptor, 4096):
            stop.set()
