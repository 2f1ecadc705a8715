"""Proxies for the demonstration: small, on the loopback, each with one habit that a checker should notice.

They connect to this machine only, whatever they are asked: a demonstration is no open proxy.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator

from msgspec import Struct

from ..checking.http import MAX_HEAD
from ..pool.front import BadRequest, Request, read_socks5, request_of, socks5_reply
from ..pool.pool import Pick
from ..pool.relaying import ended, everything, relay
from ..proxy import Proxy

HOST = "127.0.0.1"
_PAGE = b"<!doctype html><title>Log in</title><p>Please log in.</p>"
LOGIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)


class Habit(Struct, frozen=True):
    """What a proxy is like."""

    name: str
    socks: bool = False  # SOCKS5; else HTTP and CONNECT
    fields: str = ""  # header lines that it adds to plain requests; {client} is whoever asked
    slow: float = 0.0  # s before it does anything
    says: bytes = b""  # its answer to everything; nothing is passed on
    listens: bool = True


HABITS = (
    Habit("tells nothing", slow=0.002),
    Habit("says that it is a proxy", fields="Via: 1.1 demonstration\r\n", slow=0.005),
    Habit("tells who asked", fields="X-Forwarded-For: {client}\r\n", slow=0.003),
    Habit("speaks SOCKS5", socks=True, slow=0.001),
    Habit("is slow", socks=True, slow=0.15),
    Habit("shows a login page", says=LOGIN),
    Habit("closes at once", says=b"\x00"),
    Habit("is gone", listens=False),
)


class Standing(Struct, frozen=True):
    """A proxy of the demonstration, and what it is like."""

    proxy: Proxy
    habit: Habit


@contextlib.asynccontextmanager
async def standing() -> AsyncIterator[list[Standing]]:
    """All of them, listening. Raises OSError."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_one(habit)) for habit in HABITS]


@contextlib.asynccontextmanager
async def _one(habit: Habit) -> AsyncIterator[Standing]:
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(_serve(habit, reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, HOST, 0, limit=MAX_HEAD)
    port = int(server.sockets[0].getsockname()[1])
    if not habit.listens:
        server.close()  # its port was free a moment ago, so nobody has it now
    try:
        yield Standing(Proxy(HOST, port), habit)
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(habit: Habit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.sleep(habit.slow)
        if habit.says:
            await reader.read(MAX_HEAD)
            writer.write(habit.says)
            return
        first = await reader.readexactly(1)
        if habit.socks != (first == b"\x05"):
            return
        request = await read_socks5(reader, writer, None) if habit.socks else await _http(first, reader)
        if request is not None:
            await _pass_on(habit, request, reader, writer)
    except BadRequest as why:
        writer.write(why.answer())
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        pass  # whoever connected wanted something else, or is gone
    finally:
        await ended(writer)


async def _http(first: bytes, reader: asyncio.StreamReader) -> Request:
    return request_of(first + await reader.readuntil(b"\r\n\r\n"))


async def _pass_on(habit: Habit, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if not _here(request.host):
        writer.write(socks5_reply(2) if request.socks else BadRequest(403, "Only this machine.").answer())
        return
    far_reader, far_writer = await asyncio.open_connection(request.host, request.port)
    try:
        if request.use == "forward":
            client = writer.get_extra_info("peername")[0]
            head = request.head(Pick(Proxy(request.host, request.port), "direct"))
            first, _, rest = head.partition(b"\r\n")
            far_writer.write(first + b"\r\n" + habit.fields.format(client=client).encode() + rest)
        else:
            writer.write(socks5_reply(0) if request.socks else b"HTTP/1.1 200 Connection established\r\n\r\n")
        await relay(everything(reader), writer, far_reader, far_writer)
    finally:
        await ended(far_writer)


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
