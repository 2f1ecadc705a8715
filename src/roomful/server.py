"""The composition root: builds the parts, starts and stops them. The only file that knows every adapter."""

import asyncio
import contextlib
import errno
import fcntl
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from msgspec import Struct

from roomful.bus.local import Exchange
from roomful.client.local import DEFAULT_TCP, forget_addresses, note_addresses, noted_addresses, program
from roomful.config import Config
from roomful.errors import StoreUnavailable
from roomful.gateways.tcp import TcpGateway
from roomful.hub.hub import Hub, Settings, is_loopback
from roomful.log import Log
from roomful.protocol.trace import Tracer
from roomful.store.sqlite import SqliteStore

COMMIT_WITHIN = 3.0  # s, when stopping, for what is pending: with the store's own time it all ends within 5
DATABASE = "roomful.db"
NEXT_PORTS = 20  # how many ports a default that is taken gives way to
SWITCH = 0.0005  # s; the store's writer thread gets its turn sooner than by CPython's default of 5 ms


class StartError(Exception):
    """The server cannot start. The message is one sentence and the next thing to type."""


class Wishes(Struct, frozen=True):
    """What the command line adds to the configuration."""

    movable: frozenset[str] = frozenset()  # listeners whose address is a default: 'tcp', 'http'
    tracer: Tracer | None = None
    greet: Callable[[str], object] | None = None  # writes the greeting, when somebody is there to read it


class Lock:
    """One server to a data folder: the second one is told where the first one runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = (self._folder / "lock").open("a")
        except OSError as why:
            raise StartError(
                f"The data folder {self._folder} cannot be used: {why.strerror}. Choose one: --data FOLDER"
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            noted = noted_addresses(self._folder) or {}
            where = f" at {noted['tcp']}" if noted.get("tcp") else ""
            hint = f"Talk there: roomful chat{' ' + noted['tcp'] if where else ''}"
            raise StartError(
                f"A Roomful already runs{where} on the data in {self._folder}. {hint}, or choose other data: --data FOLDER"
            ) from None

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        self._file.close()


def run(config: Config, wishes: Wishes, log: Log) -> None:
    """Run a server until SIGTERM or SIGINT. Raises StartError."""
    sys.setswitchinterval(SWITCH)
    with Lock(config.data), asyncio.Runner(loop_factory=_loop_factory(config.server.loop, log)) as runner:
        runner.run(_serve(config, wishes, log))


def _loop_factory(name: str, log: Log) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == "select":
        log.warning(
            "loop=select", note="select.select() serves descriptors below 1024 only: fewer than 1,000 connections"
        )
        return lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())
    if name == "uvloop":
        try:
            import uvloop
        except ImportError:
            log.warning("uvloop is not installed", note="using asyncio, which is slower")
        else:
            return uvloop.new_event_loop
    return asyncio.SelectorEventLoop


async def _serve(config: Config, wishes: Wishes, log: Log) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        addresses = await _start(config, wishes, log, stack)
        sys.stdout.write("ready " + " ".join(f"{name}={address}" for name, address in addresses.items()) + "\n")
        sys.stdout.flush()
        log.info("ready", **addresses, data=str(config.data))
        if wishes.greet is not None:
            wishes.greet(greeting(config, addresses))
        await stop.wait()
        log.info("stopping")
    log.info("stopped")


async def _start(config: Config, wishes: Wishes, log: Log, stack: contextlib.AsyncExitStack) -> dict[str, str]:
    """Start everything; the stack stops it again, in reverse. Returns the addresses by listener."""
    sockets = _bind(config, wishes)
    for listener in sockets.values():
        stack.callback(listener.close)
    _refuse_strangers(config, sockets)
    try:
        store = await SqliteStore.open(config.data / DATABASE)
    except StoreUnavailable as why:
        raise StartError(f"The database in {config.data} cannot be opened: {why.message}") from None
    stack.push_async_callback(store.close)
    hub = Hub(
        store,
        Exchange().bus(),
        Settings(limits=config.limits, guests=config.accounts.guests, welcome=config.server.welcome),
        log,
        clock=lambda: time.time_ns() // 1_000_000,
        monotonic=time.monotonic,
        entropy=os.urandom,
    )
    await hub.start()
    _calm_collector()
    stack.push_async_callback(_close_in_time, hub, log)
    addresses = {name: _address(listener) for name, listener in sockets.items()}
    if "tcp" in sockets:
        tcp = TcpGateway(hub, wishes.tracer)
        await tcp.listen(sockets["tcp"])
        stack.push_async_callback(tcp.close)
    if "http" in sockets:
        sockets["http"].listen(128)  # accepts from here on; answers once aiohttp is imported, a moment later
        starting = asyncio.create_task(_start_http(hub, sockets["http"], addresses.get("tcp", ""), stack, log))
        stack.push_async_callback(_cancelled, starting)
    note_addresses(config.data, addresses)
    stack.callback(forget_addresses, config.data)
    return addresses


def _calm_collector() -> None:
    """Let the cycle collector look seldom: nothing on a message's way makes cycles, and a full look holds up every reader."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


async def _start_http(hub: Hub, listener: socket.socket, tcp: str, stack: contextlib.AsyncExitStack, log: Log) -> None:
    """Import aiohttp beside the chat, which does not wait for it, and serve."""
    try:
        module = await asyncio.to_thread(importlib.import_module, "roomful.gateways.http")
        gateway = module.HttpGateway(hub, tcp)
        stack.push_async_callback(gateway.close)
        await gateway.listen(listener)
    except Exception:
        # The chat goes on without it, whatever is wrong.
        log.exception("http cannot be served")
    else:
        log.info("http answers")


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _close_in_time(hub: Hub, log: Log) -> None:
    if not await hub.close(within=COMMIT_WITHIN):
        log.error("the store did not finish in time", note="what was acknowledged is safe")


# -- addresses -----------------------------------------------------------------------------------------


def _bind(config: Config, wishes: Wishes) -> dict[str, socket.socket]:
    """The listening sockets by listener. Raises StartError."""
    sockets: dict[str, socket.socket] = {}
    for name, wanted in (("tcp", config.tcp.listen), ("http", config.http.listen)):
        if wanted:
            taken = {listener.getsockname()[1] for listener in sockets.values()}
            sockets[name] = _bind_one(name, wanted, taken, movable=name in wishes.movable)
    if not sockets:
        raise StartError("Every listener is switched off. Give one: --tcp 127.0.0.1:5002")
    return sockets


def _bind_one(name: str, wanted: str, taken: set[int], *, movable: bool) -> socket.socket:
    host, port = _parse(name, wanted)
    for offset in range(NEXT_PORTS if movable else 1):
        if port and port + offset in taken:
            reason = "one of our own listeners has it"  # SO_REUSEADDR lets two bind it, of which one then cannot listen
            continue
        try:
            return _listener(host, port + offset)
        except OSError as why:
            reason = str(why.strerror)
            if why.errno != errno.EADDRINUSE:
                break
    raise StartError(f"{wanted} cannot be listened on: {reason}. Choose another: --{name} {host}:0 takes a free port")


def _parse(name: str, wanted: str) -> tuple[str, int]:
    host, colon, port = wanted.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise StartError(f"--{name} {wanted} is not HOST:PORT. An example: --{name} 127.0.0.1:5002")
    return host.strip("[]"), int(port)


def _listener(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host or "127.0.0.1", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, _, _, address = found[0]
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _refuse_strangers(config: Config, sockets: dict[str, socket.socket]) -> None:
    """Beyond this machine there must be somebody who may log in. Raises StartError."""
    outside = [name for name, listener in sockets.items() if not is_loopback(listener.getsockname()[0])]
    if "tcp" in outside and config.accounts.guests == "loopback":
        raise StartError(
            "Others could connect, but guests are let in from this machine only. "
            "Let them in: ROOMFUL_ACCOUNTS__GUESTS=on (plain text: use it in networks you trust), or listen on 127.0.0.1"
        )


def greeting(config: Config, addresses: dict[str, str]) -> str:
    """What somebody who started the server in a terminal reads: at most eight lines."""
    lines = ["Roomful is running.", ""]
    if tcp := addresses.get("tcp"):
        where = "" if tcp == DEFAULT_TCP else f" {tcp}"
        lines.append(f"  talk       {program()} chat{where}   (in another terminal; two make a conversation)")
    if "http" in addresses:
        lines.append(f"  look       http://{addresses['http']}/")
    lines += [f"  data       {config.data}", "  stop       Ctrl-C"]
    return "\n".join(lines) + "\n"
