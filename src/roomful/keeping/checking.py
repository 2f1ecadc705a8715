"""Is everything as it should be? One line for each thing looked at."""

import shlex
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

LITTLE = 500 * 1024 * 1024  # bytes free on the disk, below which it is worth a word
SOON = 14  # days until a certificate ends


class Finding(Struct, frozen=True):
    """What was found, and what to do about it; nothing to do: it is well."""

    what: str
    do: str = ""

    @property
    def well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.do

    def __str__(self) -> str:
        return f"ok       {self.what}" if self.well else f"problem  {self.what}: {self.do}"


def findings(said: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """What an adapter says, as findings."""
    return (Finding(what, do) for what, do in said)


def check_folder(folder: Path) -> Iterator[Finding]:
    """Who may look into the data folder, and how much space there is."""
    if not folder.exists():
        yield Finding(f"the data folder {folder} is not there yet: the first start makes it")
        return
    if not folder.is_dir():
        yield Finding(f"{folder} is no folder", "choose another: --data FOLDER")
        return
    exposed = [path for path in sorted(folder.iterdir()) if path.is_file() and _is_exposed(path)]
    for path in exposed:
        yield Finding(f"others may open {path}", f"chmod 600 {shlex.quote(str(path))}")
    if not exposed:
        yield Finding(f"data folder {folder}: its files are for their owner only")
    free = shutil.disk_usage(folder).free
    much = f"{free / 1024**3:.1f} GiB free on its disk"
    yield Finding(much, "make space: a full disk stops the chat" if free < LITTLE else "")


def _is_exposed(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def check_certificate(certificate: Path, key: Path | None, now: float) -> Iterator[Finding]:
    """Whether the TLS certificate can be read, for how long it is good, and who may read its key; `now` in s since 1970."""
    from cryptography import x509  # only here: 50 ms

    secret = key or certificate
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        if _is_exposed(secret):
            yield Finding(f"others may read the key in {secret}", f"chmod 600 {shlex.quote(str(secret))}")
    except (OSError, ValueError) as why:
        yield Finding(f"the certificate {certificate} cannot be used: {why}", "see [tls] certificate and key")
        return
    end = min(one.not_valid_after_utc for one in chain)
    days = (end.timestamp() - now) / 86_400
    day = f"{end:%Y-%m-%d}"
    if days < 0:
        yield Finding(f"the certificate {certificate} ended on {day}", "renew it, then send the server SIGHUP")
    elif days < SOON:
        yield Finding(f"the certificate {certificate} ends on {day}", "renew it, then send the server SIGHUP")
    else:
        yield Finding(f"certificate {certificate}: good until {day}")
