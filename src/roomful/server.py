"""The composition root: builds the parts, starts and stops them. The only file that knows every adapter."""

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
import termios
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from roomful import hooks
from roomful.bots import launch
from roomful.bus.local import Exchange
from roomful.client.local import forget_addresses, note_addresses, program
from roomful.config import Config
from roomful.errors import RoomfulError, StoreUnavailable
from roomful.files import Folder
from roomful.gateways.tcp import TcpGateway
from roomful.hub.hub import Hub, Settings
from roomful.hub.limits import is_loopback
from roomful.hub.previewing import FEATURE
from roomful.log import Log
from roomful.previews import Desk
from roomful.protocol.trace import Tracer
from roomful.registry import hosting, owner
from roomful.registry.failures import RegistryError
from roomful.registry.making import Registry
from roomful.search import Index
from roomful.search.sqlite import SqliteIndex
from roomful.starting import certificates, lan, loops, private, sockets
from roomful.starting.failures import StartError as StartError  # it is what `run` raises
from roomful.starting.greeting import Lan, greeting
from roomful.starting.leaving import ways_out
from roomful.starting.locking import Lock as Lock  # for commands that must be alone with the data
from roomful.starting.locking import Running as Running
from roomful.starting.supervising import Supervised
from roomful.store import Store
from roomful.store.sqlite import SqliteStore, copies, examining
from roomful.voice import Booth, Setup

COMMIT_WITHIN = 3.0  # s, when stopping, for what is pending: with the store's own time it all ends within 5
CLIENT = Path(__file__).parent / "gateways" / "http" / "static" / "index.html"  # there is none where it was not built
DATABASE = "roomful.db"
FILES = "files"  # folder of what was uploaded
INDEX = "search.db"  # made anew if it is lost
LAN_CODE = "lan-code"  # file in the data folder, while `--lan` runs
SWITCH = 0.0005  # s; the store's writer thread gets its turn sooner than by CPython's default of 5 ms


class Wishes(Struct, frozen=True):
    """What the command line adds to the configuration."""

    movable: frozenset[str] = frozenset()  # listeners whose address is a default: 'tcp', 'http'
    tracer: Tracer | None = None
    greet: Callable[[str], object] | None = None  # writes the greeting, when somebody is there to read it
    private_addresses: Callable[[], list[str]] = lan.own_addresses  # for `--lan`


class Started(Struct, frozen=True):
    """What runs, and how one comes in."""

    addresses: dict[str, str]  # by listener
    fingerprint: str  # of a self-signed certificate; empty: there is none
    lan: Lan | None
    nobody: str  # why nobody from elsewhere can come in, if so


def run(config: Config, wishes: Wishes, log: Log) -> None:
    """Run a server until SIGTERM or SIGINT. Raises StartError."""
    sys.setswitchinterval(SWITCH)
    private.from_now_on()
    with Lock(config.data), asyncio.Runner(loop_factory=loops.factory(config.server.loop, log)) as runner:
        runner.run(_serve(config, wishes, log))


async def _serve(config: Config, wishes: Wishes, log: Log) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        started = await _start(config, wishes, log, stack, stop)
        addresses = started.addresses
        sys.stdout.write("ready " + " ".join(f"{name}={address}" for name, address in addresses.items()) + "\n")
        sys.stdout.flush()
        log.info("ready", **addresses, data=str(config.data))
        if wishes.greet is not None:
            wishes.greet(
                greeting(
                    config.data,
                    addresses,
                    fingerprint=started.fingerprint,
                    lan=started.lan,
                    nobody=started.nobody,
                    page=CLIENT.exists(),
                )
            )
        await stop.wait()
        log.info("stopping")
    log.info("stopped")


async def _start(
    config: Config, wishes: Wishes, log: Log, stack: contextlib.AsyncExitStack, stop: asyncio.Event
) -> Started:
    """Start everything; the stack stops it again, in reverse. Raises StartError."""
    near = _lan(config, wishes, stack)
    bound = sockets.bind(_wanted(config, wishes, near))
    stack.callback(sockets.close, bound)
    if near is None and not config.server.open:
        sockets.refuse_plain_text(bound)
    bots = _bots(config, log, stack)
    certificate = _certificate(config, log) if "tls" in bound else None
    store = await _store(config, stack)
    hub = Hub(
        store,
        Exchange().bus(),
        _settings(config, near),
        log,
        clock=lambda: time.time_ns() // 1_000_000,
        monotonic=time.monotonic,
        entropy=os.urandom,
        index=await _index(config, store, log),
        folder=Folder(config.data / FILES),
        ears=_booth(config, log),
    )
    await hub.start()
    await _first_owner(hub, config.data)
    loops.calm_collector()
    stack.push_async_callback(_close_in_time, hub, log)
    await _reach_out(hub, config, log, stack)
    gateway = await _listen_tcp(hub, bound, certificate, wishes, stack)
    addresses = {name: sockets.spoken(several[0]) for name, several in bound.items()}
    hub.hooks.reached_at = f"http://{addresses['http']}" if "http" in addresses else ""
    http = partial(_http, gateway, config, wishes, addresses.get("tcp", ""))
    _listen_http(http, bound.get("http", ()), stack, log)
    if near is not None:
        addresses["lan"] = ",".join(near.hosts)
    note_addresses(config.data, addresses)
    stack.callback(forget_addresses, config.data)
    if bots is not None:
        stack.push_async_callback(bots.close)  # before the gateways, so that it may take its leave
        await _let_in(bots, hub, config, addresses, certificate, log)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _hung_up, config, gateway, wishes, log, stop)
    fingerprint = certificate.fingerprint if certificate and certificate.self_signed else ""
    return Started(addresses, fingerprint, near, await _nobody(config, bound, near, store, log))


async def _listen_tcp(
    hub: Hub,
    bound: sockets.Sockets,
    certificate: certificates.Certificate | None,
    wishes: Wishes,
    stack: contextlib.AsyncExitStack,
) -> TcpGateway:
    gateway = TcpGateway(hub, wishes.tracer)
    gateway.certificate = certificate.context if certificate else None
    for name in ("tcp", "tls"):
        for one in bound.get(name, ()):
            await gateway.listen(one, tls=name == "tls")
    stack.push_async_callback(gateway.close)
    return gateway


def _bots(config: Config, log: Log, stack: contextlib.AsyncExitStack) -> Supervised | None:
    """The process in which bots run; it loads from here on. None: it is not wanted."""
    if not config.server.bots:
        return None
    bots = Supervised("bot host", (sys.executable, "-m", "roomful.bots"), log, final=frozenset((launch.TAKEN_OVER,)))
    stack.push_async_callback(bots.close)
    bots.begin()
    return bots


async def _reach_out(hub: Hub, config: Config, log: Log, stack: contextlib.AsyncExitStack) -> None:
    """What the server itself asks of others: webhooks, and previews of links. Raises StartError."""
    wanted = {"webhooks": config.webhooks.proxy, "previews": config.previews.way}
    ways = await ways_out(config.egress, wanted, config.data, log.warning, stack)
    stack.push_async_callback(hooks.follow(hub, proxy=ways["webhooks"]).close)
    if config.previews.enabled:
        hub.previewing.previewer = await stack.enter_async_context(Desk.of(config.previews, ways["previews"]))


def _booth(config: Config, log: Log) -> Booth | None:
    """Who listens and speaks; None: nobody is to."""
    if not config.speech.listen and not config.speech.speak:
        return None
    return Booth(Setup(config.speech, config.providers, config.egress, str(config.data)), log)


async def _let_in(
    bots: Supervised,
    hub: Hub,
    config: Config,
    addresses: dict[str, str],
    certificate: certificates.Certificate | None,
    log: Log,
) -> None:
    """Tell the bot host where it may come in, and as whom. The chat goes on without it, if that cannot be."""
    address, pin = launch.way_in(addresses, certificate.fingerprint if certificate else "")
    if not address:
        log.warning("no bots", note="a bot host comes in by [tcp] or [tls], and both are off")
        await bots.close()
        return
    try:
        token = await hosting.host_token(Registry(hub.store, clock=hub.clock, entropy=hub.entropy), "with the server")
    except (RegistryError, StoreUnavailable) as why:
        log.error("no bots", reason=str(why))
        await bots.close()
        return
    bots.tell(launch.encode(launch.of(config, address, token, pin, log.form, log.least)))


def _lan(config: Config, wishes: Wishes, stack: contextlib.ExitStack | contextlib.AsyncExitStack) -> Lan | None:
    """How guests from this machine's network come in; None: they do not. Raises StartError."""
    if not config.server.lan:
        return None
    if config.accounts.guests == "off":
        raise StartError('--lan lets guests in by a code, and [accounts] guests = "off" lets none in. Choose one')
    hosts = lan.listening_hosts(wishes.private_addresses())[1:]
    near = Lan(hosts, lan.new_code())
    note = config.data / LAN_CODE
    private.write(note, near.code + "\n")  # for whoever started the server without a terminal
    stack.callback(note.unlink, missing_ok=True)
    return near


def _wanted(config: Config, wishes: Wishes, near: Lan | None) -> list[sockets.Wanted]:
    everywhere = (lan.LOOPBACK, *near.hosts) if near else ()
    return [
        sockets.Wanted("tcp", config.tcp.listen, "tcp" in wishes.movable, everywhere),
        sockets.Wanted("tls", config.tls.listen),
        sockets.Wanted("http", config.http.listen, "http" in wishes.movable, everywhere),
    ]


def _settings(config: Config, near: Lan | None) -> Settings:
    """What the hub is told. Whoever comes by `--lan` is a guest with a code; a class may share one address."""
    return Settings(
        limits=structs.replace(config.limits, by_address=False) if near else config.limits,
        guests="on" if near else config.accounts.guests,
        registration=config.accounts.registration,
        code=near.code if near else "",
        welcome=config.server.welcome,
        features=(FEATURE,) if config.previews.enabled else (),
        retention=config.store.retention_days,
        webhooks=config.webhooks,
        files=config.files,
        speech_budget=config.budget,
        budget=config.budget,
    )


async def _store(config: Config, stack: contextlib.AsyncExitStack) -> Store:
    try:
        private.make(config.data)
        store = await SqliteStore.open(config.data / DATABASE)
    except (StoreUnavailable, OSError) as why:
        raise StartError(f"The database in {config.data} cannot be opened: {why}") from None
    stack.push_async_callback(store.close)
    return store


async def _index(config: Config, store: Store, log: Log) -> Index | None:
    """The search index; None: it is off, or cannot be opened, and the chat goes on without it."""
    if not config.search.enabled:
        return None
    try:
        return await SqliteIndex.open(config.data / INDEX, await store.meta("epoch"))
    except RoomfulError as why:
        log.error("the search index cannot be opened", reason=why.message, note="nothing is found until it can")
        return None


async def _first_owner(hub: Hub, folder: Path) -> None:
    """While nobody owns the server, offer it to the system user who started it. Raises StartError."""
    hub.accounts.owner_found = partial(owner.retire, folder)
    try:
        await owner.offer(hub.store, folder, hub.clock(), hub.entropy, private.write)
    except (StoreUnavailable, OSError) as why:
        raise StartError(f"The code for the first owner cannot be kept in {folder}: {why}") from None


def _certificate(config: Config, log: Log) -> certificates.Certificate:
    """The TLS listener's certificate. Raises StartError."""
    tls = config.tls
    found = certificates.load(tls.certificate, tls.key, config.data, socket.gethostname())
    if readable := certificates.exposed(tls.certificate, tls.key):
        log.warning("others may read the key of the certificate", file=readable, note="chmod 600")
    return found


def _hung_up(config: Config, gateway: TcpGateway, wishes: Wishes, log: Log, stop: asyncio.Event) -> None:
    """SIGHUP: read the certificate again, and nothing else; but a server whose terminal was closed ends."""
    if wishes.greet is not None and not _on_terminal():
        stop.set()
        return
    if gateway.certificate is None:
        log.info("nothing to read again", note="SIGHUP reads the certificate of TLS, which is off")
        return
    try:
        found = _certificate(config, log)
    except StartError as why:
        log.error("the old certificate stays", reason=str(why))
    else:
        gateway.certificate = found.context
        log.info("certificate read again", fingerprint=found.fingerprint)


def _on_terminal() -> bool:
    try:
        termios.tcgetattr(sys.stderr)
    except termios.error:
        return False
    return True


async def _nobody(config: Config, bound: sockets.Sockets, near: Lan | None, store: Store, log: Log) -> str:
    """Why nobody from elsewhere can come in although they can connect; empty: somebody can."""
    outside = any(not is_loopback(one.getsockname()[0]) for name in ("tcp", "tls") for one in bound.get(name, ()))
    strangers = config.accounts.guests == "on" or config.accounts.registration == "open"
    people = (one for one in await store.accounts() if one.kind == "person")
    if not outside or near is not None or strangers or any(people):
        return ""
    log.warning(
        "nobody from elsewhere can log in", note="guests come from this machine only, and there are no accounts"
    )
    return f"others can connect, and none of them can log in yet: {program()} accounts add NAME"


def _listen_http(
    make: Callable[[], Awaitable[Any]], listeners: Sequence[socket.socket], stack: contextlib.AsyncExitStack, log: Log
) -> None:
    """Accept from here on; answer once aiohttp is imported, a moment later."""
    if not listeners:
        return
    for one in listeners:
        one.listen(1024)
    stack.push_async_callback(_cancelled, asyncio.create_task(_start_http(make, listeners, stack, log)))


async def _start_http(
    make: Callable[[], Awaitable[Any]], listeners: Sequence[socket.socket], stack: contextlib.AsyncExitStack, log: Log
) -> None:
    try:
        gateway = await make()
        stack.push_async_callback(gateway.close)
        for one in listeners:
            await gateway.listen(one)
    except Exception:
        # The chat goes on without it, whatever is wrong; whoever calls is not to wait for an answer.
        sockets.close({"http": list(listeners)})
        log.exception("http cannot be served")
    else:
        log.info("http answers")


async def _http(beside: TcpGateway, config: Config, wishes: Wishes, tcp: str) -> Any:
    """The HTTP gateway, with WebSockets. aiohttp is imported beside the chat, which does not wait for it."""
    websocket = await asyncio.to_thread(importlib.import_module, "roomful.gateways.websocket")
    http = await asyncio.to_thread(importlib.import_module, "roomful.gateways.http")
    sockets = websocket.WebSocketGateway(beside.hub, beside.admission, wishes.tracer)
    origins, proxies = tuple(config.http.origins.split()), tuple(config.http.proxies.split())
    gateway = http.HttpGateway(beside.hub, tcp, sockets=sockets, origins=origins, proxies=proxies)
    exporting = await asyncio.to_thread(importlib.import_module, "roomful.keeping.exporting")
    gateway.door.exporting = exporting.exported
    return gateway


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _close_in_time(hub: Hub, log: Log) -> None:
    if not await hub.close(within=COMMIT_WITHIN):
        log.error("the store did not finish in time", note="what was acknowledged is safe")


# -- the data, for commands beside a server ---------------------------------------------------------------

copy_database, restore_database, uploaded_files = copies.copy, copies.restore, copies.uploaded
examine_database, examine_index = examining.examine, examining.examine_index


async def open_store(folder: Path, *, must_exist: bool = True) -> Store:
    """The store in a data folder, beside a server or without one. Raises StartError, StoreUnavailable."""
    path = folder / DATABASE
    if must_exist and not path.exists():
        raise StartError(f"There are no data in {folder} yet. Name the server's folder: --data FOLDER")
    private.from_now_on()  # as the server does: what SQLite creates beside the database, too
    return await SqliteStore.open(path)
