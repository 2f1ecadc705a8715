"""`chat tls://…`: by which certificate the server is recognised, when nobody vouches for it."""

import ipaddress

from roomful.client import BadAddress, parse_address
from roomful.client.pins import Pins
from roomful.client.trust import shown_by
from roomful.terminal.front import Front
from roomful.terminal.view import View


async def pin_for(address: str, first_use: bool, front: Front, pins: Pins) -> str | None:
    """The fingerprint that the server's certificate must have; None: the system's roots decide.

    What was kept holds for ever. With `first_use`, what a server shows that was never met is kept, and shown to its person.
    Raises BadAddress: nothing is pinned without TLS. OSError: the server, or the file of pins, is not to be had. TimeoutError.
    """
    server = parse_address(address)
    if not server.tls:
        if first_use:
            raise BadAddress(f"--pin is for encrypted connections: roomful chat tls://{server.where} --pin")
        return None
    if known := pins.of(server):
        return known
    if not first_use:
        return None
    shown = await shown_by(server)
    pins.keep(server, shown)
    front.show(
        [
            View("").notice(f"{server} shows {shown}."),
            View("").notice("It is kept. Its operator must see the same in the greeting."),
        ]
    )
    return shown


def read_on_the_way(address: str) -> bool:
    """Whether others may read what is sent there: it is neither encrypted nor on this machine. Raises BadAddress."""
    server = parse_address(address)
    if server.tls or server.host.lower() == "localhost":
        return False
    try:
        return not ipaddress.ip_address(server.host.partition("%")[0]).is_loopback
    except ValueError:
        return True
