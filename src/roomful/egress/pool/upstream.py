"""A way to somewhere through one proxy of the pool, and through the next where that one gives none."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ..checking.handshakes import BY_ADDRESS, HANDSHAKES
from ..checking.wire import Attempt, Connection, Failed, open_connection
from ..proxy import Proxy
from ..result import main_reason
from .pool import Pick, Pool, Use

TRIES = 4
PATIENCE = 10.0  # s for one proxy to give a way


class Way(NamedTuple):
    """An open connection, through `pick`."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    pick: Pick


class NoWay(Exception):
    """No proxy gave a way. `code` is one of `egress.REASONS`, or empty: the pool has none that may be chosen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Dial = Callable[[Pick, str, int], Awaitable[Way]]


async def way(pool: Pool, host: str, port: int, *, session: str = "", use: Use = "tunnel") -> Way:
    """A way to a host; nothing was sent to it yet, so trying the next proxy harms nobody. Raises NoWay."""
    tried: list[str] = []
    reasons: list[str] = []
    for _ in range(TRIES):
        pick = pool.pick(use, session=session, without=tried)
        if pick is None:
            break
        began = pool.clock()
        try:
            async with asyncio.timeout(PATIENCE):
                found = await dial(pick, host, port)
        except Failed as why:
            code = why.code
        except TimeoutError:
            code = "timeout"
        else:
            pool.succeeded(pick, pool.clock() - began)
            return found
        reasons.append(code)
        tried.append(pick.proxy.key)
        pool.failed(pick, code)
    raise NoWay(main_reason(reasons))


async def dial(pick: Pick, host: str, port: int) -> Way:
    """Connect to a proxy and have it connect to a host. Raises Failed."""
    attempt = Attempt()
    connection = await open_connection(attempt, pick.proxy.host, pick.proxy.port)
    try:
        if pick.protocol in HANDSHAKES:
            await _shake(pick.protocol, connection, pick.proxy, host, port)
    except BaseException:
        connection.close()
        raise
    return Way(*streams(connection), pick)


async def _shake(protocol: str, connection: Connection, proxy: Proxy, host: str, port: int) -> None:
    if protocol in BY_ADDRESS:
        host = await resolved(host, port)
    await HANDSHAKES[protocol](connection, proxy, host, port)


async def resolved(host: str, port: int) -> str:
    """An address of a host, for protocols that take no names: IPv4 first, which all of them take. Raises Failed."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    except OSError:
        raise Failed("target_unresolved") from None
    return str(min(found, key=lambda one: one[0])[4][0])


def streams(connection: Connection) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection whose handshake is done, as streams. What had come already is read first."""
    loop = asyncio.get_running_loop()
    transport = connection.transport
    assert transport is not None
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    if connection.buffer:
        reader.feed_data(bytes(connection.buffer))
    with contextlib.suppress(RuntimeError):  # it was not paused
        transport.resume_reading()
    if connection.ended:
        reader.feed_eof()
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
