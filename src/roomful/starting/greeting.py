"""What somebody reads who started the server in a terminal: at most eight lines, and with `--lan` a code to scan."""

import shlex
import socket
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from roomful.client.credentials import OWNER, owner_code
from roomful.client.local import DEFAULT_TCP, data_folder, program

from .sockets import written

BLACK_ON_WHITE, PLAIN = "\x1b[30;107m", "\x1b[0m"  # cameras want dark on light, whatever the terminal's colours are
MARGIN = 4  # light modules around a QR code (ISO/IEC 18004)
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}  # two rows of modules in one line


class Lan(Struct, frozen=True):
    """How guests come in from this machine's network."""

    hosts: tuple[str, ...]  # without loopback, the likeliest first
    code: str


def greeting(
    data: Path,
    addresses: Mapping[str, str],
    *,
    fingerprint: str = "",
    lan: Lan | None = None,
    nobody: str = "",
    page: bool = False,
) -> str:
    """The greeting.

    Args:
        addresses: by listener.
        fingerprint: of a self-signed certificate; empty: there is none.
        lan: None: nobody is let in from there.
        nobody: why nobody can come in, if so.
        page: the web client is there.
    """
    tcp, tls, http = (addresses.get(name, "") for name in ("tcp", "tls", "http"))
    where = "" if tcp == DEFAULT_TCP else f" {tcp}"
    lines = ["Roomful is running.", ""]
    if http and page:
        lines.append(f"  browser    {_page(http)}")
    if tcp:
        lines.append(f"  talk       {program()} chat{where}   (in another terminal; two make a conversation)")
    if lan:
        lines.append(
            f"  others     {program()} chat {_there(lan, tcp)} --code {lan.code}" if tcp else f"  code       {lan.code}"
        )
    if tls:
        lines.append(f"  encrypted  {program()} chat tls://{_named(tls)}{' --pin' if fingerprint else ''}")
    if fingerprint:
        lines.append(f"             {fingerprint}")
    if http and not page:
        lines.append(f"  look       {_page(http)}")
    if code := owner_code(data):
        typed = f"{program()} chat{where} --account NAME{_code(data)}"
        way = f"{_page(http)}#owner={code}" if http and page else typed
        lines.append(f"  owner      {way}   (makes the server yours)")
    if nobody:
        lines.append(f"  attention  {nobody}")
    lines.append(f"  data       {data}   (stop: Ctrl-C)")
    scanned = qr(link(lan, http)) if lan and http else ""
    return "\n".join(lines) + "\n" + scanned


def _page(http: str) -> str:
    """Where a browser on this machine finds the page: a browser's name for every address is none."""
    host, _, port = http.rpartition(":")
    return f"http://127.0.0.1:{port}/" if host in ("0.0.0.0", "[::]") else f"http://{http}/"  # noqa: S104


def link(lan: Lan, http: str) -> str:
    """What a phone scans."""
    return f"http://{_there(lan, http)}/?code={lan.code}"


def qr(text: str) -> str:
    """A QR code of half blocks, for a terminal."""
    import segno

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=MARGIN)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    lines = (
        "".join(_HALVES[min(upper, 1), min(lower, 1)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    )
    return "".join(f"  {BLACK_ON_WHITE}{line}{PLAIN}\n" for line in lines)


def _code(data: Path) -> str:
    """How the first owner's code is given: the client finds it by itself, unless it is elsewhere than it looks."""
    return "" if data == data_folder() else f' --invite "$(cat {shlex.quote(str(data / OWNER))})"'


def _named(address: str) -> str:
    """An address that somebody can type: where it is every one of this machine's, the machine's name."""
    host, _, port = address.rpartition(":")
    return f"{socket.gethostname()}:{port}" if host in ("0.0.0.0", "[::]") else address  # noqa: S104


def _there(lan: Lan, address: str) -> str:
    return written(lan.hosts[0], int(address.rpartition(":")[2]))
