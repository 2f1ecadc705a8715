"""Fields by the names that lists give them, where no row of the configuration says which is which."""

from collections.abc import Iterable, Mapping

from .cells import Cells

NAMES = {
    "address": ("url", "proxy", "address", "addr", "hostport", "ip_port", "ip:port"),
    "host": ("host", "ip", "ip_address", "ipaddress", "ip address", "server", "hostname"),
    "port": ("port",),
    "protocol": ("protocol", "protocols", "scheme", "type", "types", "via"),
    "user": ("user", "username", "login"),
    "password": ("password", "pass"),
}


def guessed(names: Iterable[str]) -> dict[str, str]:
    """Which of these names is which field; the first name of a field wins."""
    there = {name.strip().lower(): name for name in names}
    chosen = {field: next((there[name] for name in known if name in there), "") for field, known in NAMES.items()}
    return {field: name for field, name in chosen.items() if name}


def known(columns: Mapping[str, str]) -> bool:
    """Whether a proxy can be made of these fields."""
    return "address" in columns or {"host", "port"} <= columns.keys()


def cells_of(place: str, columns: Mapping[str, str], values: Mapping[str, str]) -> Cells:
    """The fields of a row; where there is an address, it has user and password in it."""
    taken = {field: values.get(name, "") for field, name in columns.items()}
    if taken.get("address"):
        taken = {name: taken.get(name, "") for name in ("address", "protocol")}
    return Cells(place, **taken)
