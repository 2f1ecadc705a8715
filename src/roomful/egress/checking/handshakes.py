"""How a proxy is asked for a way to somewhere: SOCKS4, SOCKS4a, SOCKS5 (RFC 1928, 1929), CONNECT (RFC 9110, 9.3.6).

Each function says it over a fresh connection and returns when the way is open, or raises Failed with the reason. They are
ours, and no library's, because a library says that a handshake failed, where a checker has to say why.
"""

import base64
import ipaddress
from collections.abc import Awaitable, Callable

from ..proxy import Proxy
from .http import read_head
from .wire import Failed, Stream

_SOCKS5_SAYS = {
    1: "target_unreachable",  # "general failure": what most servers say of anything
    2: "rejected",
    3: "target_unreachable",
    4: "target_unreachable",
    5: "target_unreachable",
    6: "target_unreachable",
    7: "unsupported",
    8: "unsupported",
}
_NO_LOGIN, _PASSWORD, _NONE_FITS = 0, 2, 0xFF


async def connect(stream: Stream, proxy: Proxy, host: str, port: int) -> None:
    """Ask an HTTP proxy for a tunnel. Raises Failed."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    stream.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{authorization(proxy)}\r\n".encode())
    head = await read_head(stream)
    if not 200 <= head.status < 300:
        raise Failed(refusal(head.status, proxy))
    if head.fields.get("content-length", "0") != "0":
        raise Failed("wrong_page")  # a tunnel's answer has no content: this is a page of its own


def authorization(proxy: Proxy) -> str:
    """The header line that carries user and password (RFC 7617), or ""."""
    if not proxy.user and not proxy.password:
        return ""
    return f"Proxy-Authorization: Basic {base64.b64encode(f'{proxy.user}:{proxy.password}'.encode()).decode()}\r\n"


def refusal(status: int, proxy: Proxy) -> str:
    """Why an HTTP proxy says no with this status."""
    if status in (401, 407):  # tinyproxy says 401 to a wrong password
        return "auth_failed" if proxy.user else "auth_required"
    if status in (502, 503, 504):
        return "target_unreachable"
    if status in (405, 501):
        return "unsupported"
    return "wrong_page" if 200 <= status < 400 else "rejected"


async def socks5(stream: Stream, proxy: Proxy, host: str, port: int) -> None:
    """Ask for a connection to a host by its name or its address. With a password both ways to log in are offered."""
    login = bool(proxy.user or proxy.password)
    stream.write(b"\x05\x02\x00\x02" if login else b"\x05\x01\x00")
    await _first_byte(stream, b"\x05")
    (method,) = await stream.exactly(1)
    if method == _PASSWORD and login:
        await _log_in(stream, proxy)
    elif method in (_NONE_FITS, _PASSWORD):
        raise Failed("rejected" if login else "auth_required")
    elif method != _NO_LOGIN:
        raise Failed("garbage")
    stream.write(b"\x05\x01\x00" + _place(host) + port.to_bytes(2, "big"))
    await _first_byte(stream, b"\x05")
    says, _, kind = await stream.exactly(3)
    if says:
        raise Failed(_SOCKS5_SAYS.get(says, "rejected"))
    size = {1: 4, 4: 16}.get(kind) or (await stream.exactly(1))[0]
    await stream.exactly(size + 2)


async def _log_in(stream: Stream, proxy: Proxy) -> None:
    user, password = proxy.user.encode(), proxy.password.encode()
    if len(user) > 255 or len(password) > 255:
        raise Failed("unsupported")  # RFC 1929 has one byte for their lengths
    stream.write(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
    _, status = await stream.exactly(2)
    if status:
        raise Failed("auth_failed")


def _place(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("idna") if not host.isascii() else host.encode()
        return b"\x03" + bytes([len(name)]) + name
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed


async def socks4(stream: Stream, proxy: Proxy, host: str, port: int) -> None:
    """Ask for a connection to an IPv4 address, or, as SOCKS4a, to a name. There is a user, and never a password."""
    try:
        address, name = ipaddress.IPv4Address(host).packed, b""
    except ValueError:
        if ":" in host:
            raise Failed("unsupported") from None
        address, name = b"\x00\x00\x00\x01", host.encode() + b"\x00"
    stream.write(b"\x04\x01" + port.to_bytes(2, "big") + address + proxy.user.encode() + b"\x00" + name)
    await _first_byte(stream, b"\x00\x04")  # it should be 0; some servers repeat the version
    (says, *_) = await stream.exactly(7)
    if says in (92, 93):
        raise Failed("auth_failed" if proxy.user else "auth_required")
    if says != 90:
        raise Failed("rejected" if says == 91 else "garbage")


async def _first_byte(stream: Stream, right: bytes) -> None:
    """What begins otherwise is another protocol: waiting for the rest of it would only take time."""
    if await stream.exactly(1) not in [right[at : at + 1] for at in range(len(right))]:
        raise Failed("garbage")


HANDSHAKES: dict[str, Callable[[Stream, Proxy, str, int], Awaitable[None]]] = {
    "https": connect,
    "socks4": socks4,
    "socks4a": socks4,
    "socks5": socks5,
    "socks5h": socks5,
}
"""How to get a tunnel by each protocol that makes one."""

BY_ADDRESS = frozenset(("socks4", "socks5"))  # these are told an address that was resolved here
