"""What `roomful check` finds: each fault is told with what to do, and what is well is not called a fault."""

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from roomful.keeping.checking import Finding, check_certificate, check_folder, findings
from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from roomful.store.sqlite.examining import examine, examine_index
from tests.conformance.changes import ALICE, begin, enter, made, posts

NOW = time.time()


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A sound database."""
    path = tmp_path / "roomful.db"
    store = await SqliteStore.open(path)
    await made(store, *begin("r", "s"), *enter("r", ALICE), *posts("r", 1, 20), *posts("s", 1, 3), Change())
    await store.close()
    return path


def problems(found: list[Finding]) -> list[str]:
    return [str(one) for one in found if not one.well]


async def test_a_sound_database_has_no_problems(database: Path) -> None:
    found = list(findings(examine(database)))
    assert problems(found) == []
    assert "2 rooms, 23 events" in str(found[0])


BROKEN: dict[str, tuple[str, str]] = {
    "a gap": ("DELETE FROM events WHERE key = (1 << 32) + 7", "room !r has a gap: events 1 to 20, 19 in all"),
    "a lost beginning": ("DELETE FROM events WHERE key = (2 << 32) + 1", "room !s has a gap"),
    "a lost room": ("DELETE FROM rooms WHERE no = 2", "3 events of a room that does not exist"),
    "a stray member": ("INSERT INTO members (room, participant, role) VALUES (9, 'p', 'member')", "members of rooms"),
    "a stray memory": (
        "INSERT INTO memories (room, id, bot, at, kind, seq, author, text) VALUES (9, 'm', 'b', 0, 'note', 0, '', '')",
        "memories of rooms",
    ),
    "a bot without an account": (
        "INSERT INTO bots VALUES ('b', 'offline:echo', '', 0, '{}')",
        "bots without an account",
    ),
    "a lost participant": ("DELETE FROM participants", "members who are no participants"),
    "no epoch": ("DELETE FROM meta WHERE key = 'epoch'", "no epoch"),
    "an unfinished import": (
        "INSERT INTO rooms (id, key, name, kind, created) VALUES ('i', 'importing #tea', '#tea', 'private', 0)",
        "an import of #tea was not finished",
    ),
    "a newer release": ("PRAGMA user_version = 999", "newer release"),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_fault_is_found_and_nothing_is_changed(database: Path, how: str) -> None:
    sql, expected = BROKEN[how]
    with contextlib.closing(apsw.Connection(str(database))) as connection:
        connection.execute(sql)
    before = database.read_bytes()
    told = problems(list(findings(examine(database))))
    assert any(expected in line for line in told), told
    assert database.read_bytes() == before


async def test_a_damaged_file_is_found(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    database.write_bytes(data)
    assert any("restore a backup" in line for line in problems(list(findings(examine(database)))))
    database.write_bytes(b"no database at all " * 1000)
    assert any("restore a backup" in line for line in problems(list(findings(examine(database)))))


def test_a_search_index_can_be_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    assert problems(list(findings(examine_index(path)))) == []
    with contextlib.closing(apsw.Connection(str(path))) as index:
        index.execute("CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('tea')")
    assert problems(list(findings(examine_index(path)))) == []
    path.write_bytes(b"no database at all " * 1000)
    (told,) = problems(list(findings(examine_index(path))))
    assert "makes it anew" in told


async def test_files_that_others_may_open_are_named(database: Path) -> None:
    assert problems(list(check_folder(database.parent))) == []
    (database.parent / "owner.token").write_text("secret")
    (database.parent / "owner.token").chmod(0o640)
    assert [line for line in problems(list(check_folder(database.parent))) if "owner.token" in line]


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[float], Path]:
    """Writes a certificate, with its key in the same file, that ends in so many days."""

    def write(days: float) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "chat.example")])
        end = datetime.fromtimestamp(NOW, UTC) + timedelta(days=days)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(end - timedelta(days=100))
            .not_valid_after(end)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = tmp_path / "chat.pem"
        path.write_bytes(made.public_bytes(pem) + secret)
        path.chmod(0o600)
        return path

    return write


@pytest.mark.parametrize(("days", "expected"), [(60, ""), (5, "ends on"), (-1, "ended on")])
def test_a_certificate_that_ends_is_told_in_time(
    certificate: Callable[[float], Path], days: float, expected: str
) -> None:
    told = problems(list(check_certificate(certificate(days), None, NOW)))
    assert len(told) == bool(expected)
    assert all(expected in line and "SIGHUP" in line for line in told)


def test_a_certificate_that_is_none_and_a_key_that_others_read(
    certificate: Callable[[float], Path], tmp_path: Path
) -> None:
    assert "cannot be used" in str(next(check_certificate(tmp_path / "nothing.pem", None, NOW)))
    path = certificate(60)
    path.chmod(0o644)
    assert "others may read the key" in str(next(check_certificate(path, None, NOW)))
    path.write_text("not PEM")
    assert "cannot be used" in str(next(check_certificate(path, None, NOW)))
