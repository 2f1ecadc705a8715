"""A server in memory, for an experiment: the hub and the gateway of `serve`, and nothing of it is left behind.

It listens on a port of this machine, where only those come in who have its tokens.
"""

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable

from msgspec import Struct

from roomful.bus.local import Exchange
from roomful.domain.names import parse_nick
from roomful.gateways.tcp import TcpGateway
from roomful.hub.hub import Hub, Settings
from roomful.hub.limits import Limits
from roomful.log import Log
from roomful.registry import hosting
from roomful.registry.lists import Wanted
from roomful.registry.making import Registry
from roomful.testing.memory import MemoryLog, MemoryStore

WATCHER = "stage"  # the nick of whoever lets the bots talk, and looks on
LONG = 1e9  # s: time may leap, and nobody is sent away for it
LIMITS = Limits(enabled=False, login_timeout=LONG, idle=LONG, slow_reader=LONG)


class Stage(Struct, frozen=True):
    """Where it is, and what lets one in."""

    address: str
    host_token: str  # of a bot host
    watcher_token: str  # of a person

    def __repr__(self) -> str:
        return f"Stage({self.address!r})"  # no token: a trace may show this


@contextlib.asynccontextmanager
async def rehearsed(utc: Callable[[], int], monotonic: Callable[[], float], log: Log) -> AsyncIterator[Stage]:
    """Run a server, by clocks of one's own.

    Args:
        utc: ms since 1970.
        monotonic: s.
    """
    async with contextlib.AsyncExitStack() as stack:
        store = MemoryStore(MemoryLog(os.urandom(8).hex(), os.urandom(32).hex()))
        stack.push_async_callback(store.close)
        bus = Exchange().bus()
        stack.push_async_callback(bus.close)
        settings = Settings(limits=LIMITS, guests="off", registration="closed")
        hub = Hub(store, bus, settings, log, clock=utc, monotonic=monotonic, entropy=os.urandom)
        await hub.start()
        stack.push_async_callback(hub.close)
        gateway = TcpGateway(hub)
        stack.push_async_callback(gateway.close)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        await gateway.listen(listener)
        host, port = listener.getsockname()
        registry = Registry(store, clock=utc, entropy=os.urandom)
        await registry.add([Wanted(parse_nick(WATCHER))])
        watcher = await registry.token(await registry.find(WATCHER), "rehearsal", 1)
        yield Stage(f"tcp://{host}:{port}", await hosting.host_token(registry, "rehearsal"), watcher)
