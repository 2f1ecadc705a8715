"""In which country an address is, by a database on this machine in MaxMind's format (.mmdb). Nothing is asked of anybody."""

import ipaddress
from pathlib import Path
from typing import Any, Protocol

from msgspec import structs

from .result import Result


class _Reader(Protocol):
    def get(self, ip_address: str) -> Any: ...
    def close(self) -> None: ...


class Countries:
    """A database, open."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError: it cannot be read, or what reads it is not installed."""
        try:
            import maxminddb
        except ImportError:
            raise ValueError("A database of countries needs maxminddb: pip install 'roomful[proxies]'.") from None
        try:
            self._reader: _Reader = maxminddb.open_database(path.expanduser())
        except OSError as why:
            raise ValueError(f"{path} cannot be read: {why.strerror}.") from None
        except maxminddb.InvalidDatabaseError:
            raise ValueError(f"{path} is no database in MaxMind's format (.mmdb).") from None

    def of(self, address: str) -> str:
        """The country's ISO 3166 code in lower case; "": not known, or no address."""
        try:
            ipaddress.ip_address(address)
            found = self._reader.get(address)
        except ValueError:
            return ""
        entry = found.get("country") if isinstance(found, dict) else None
        code = entry.get("iso_code") if isinstance(entry, dict) else entry  # some databases have no more than the code
        return code.lower() if isinstance(code, str) else ""

    def placed(self, result: Result) -> Result:
        """The result with its country: of where it comes out, as far as a judge saw that, else of its own address."""
        country = self.of(result.exit) or self.of(result.proxy.host)
        return structs.replace(result, country=country) if country else result

    def close(self) -> None:
        """Close it."""
        self._reader.close()
