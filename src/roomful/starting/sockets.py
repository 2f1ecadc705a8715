"""Addresses to listen on: parsed, bound, and refused where strangers could read along."""

import errno
import socket
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from roomful.hub.limits import is_loopback

from .failures import StartError

NEXT_PORTS = 20  # how many ports a default that is taken gives way to

Sockets = Mapping[str, Sequence[socket.socket]]  # by listener: 'tcp', 'tls', 'http'


class Wanted(Struct, frozen=True):
    """Where a listener shall listen."""

    name: str
    listen: str  # HOST:PORT
    movable: bool = False  # a default, which gives way when its port is taken
    hosts: tuple[str, ...] = ()  # on these addresses instead of HOST, all with one port


def bind(listeners: Sequence[Wanted]) -> dict[str, list[socket.socket]]:
    """The listening sockets by listener; nothing is accepted yet. Raises StartError, and then none is left open."""
    sockets: dict[str, list[socket.socket]] = {}
    try:
        for wanted in listeners:
            if wanted.listen:
                taken = {one.getsockname()[1] for several in sockets.values() for one in several}
                sockets[wanted.name] = _bound(wanted, taken)
    except BaseException:
        close(sockets)
        raise
    if not sockets:
        raise StartError("Every listener is switched off. Give one: --tcp 127.0.0.1:5002")
    return sockets


def close(sockets: Sockets) -> None:
    """Close them all."""
    for several in sockets.values():
        for one in several:
            one.close()


def refuse_plain_text(sockets: Sockets) -> None:
    """Refuse to be reached from elsewhere than this machine without encryption. Raises StartError."""
    for name, several in sockets.items():
        for one in several:
            if name != "tls" and not is_loopback(one.getsockname()[0]):
                port = one.getsockname()[1]
                raise StartError(
                    f"--{name} {spoken(one)} would be reached by others, and read by whoever is on the way: it is not encrypted. "
                    f"Encrypt: --tls 0.0.0.0:5004 and --{name} 127.0.0.1:{port}; or, in a network you trust, --lan or --open"
                )


def spoken(listener: socket.socket) -> str:
    """A bound socket's address, as people write it."""
    return written(*listener.getsockname()[:2])


def written(host: str, port: int) -> str:
    """HOST:PORT; an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bound(wanted: Wanted, taken: Collection[int]) -> list[socket.socket]:
    host, port = _parsed(wanted)
    hosts = wanted.hosts or (host,)
    for offset in range(NEXT_PORTS if wanted.movable else 1):
        if port and port + offset in taken:
            reason = "one of our own listeners has it"  # SO_REUSEADDR lets two bind it, of which one then cannot listen
            continue
        try:
            return _all_bound(hosts, port and port + offset)
        except OSError as why:
            reason = str(why.strerror)
            if why.errno != errno.EADDRINUSE:
                break
    raise StartError(
        f"{wanted.listen} cannot be listened on: {reason}. Choose another: --{wanted.name} {host}:0 takes a free port"
    )


def _all_bound(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """One socket for each host, all with one port; where any may do, with the one that the first gets."""
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            sockets.append(_listener(host, port or (sockets[0].getsockname()[1] if sockets else 0)))
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


def _parsed(wanted: Wanted) -> tuple[str, int]:
    host, colon, port = wanted.listen.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise StartError(
            f"--{wanted.name} {wanted.listen} is not HOST:PORT. An example: --{wanted.name} 127.0.0.1:5002"
        )
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
