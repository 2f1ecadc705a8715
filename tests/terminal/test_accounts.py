"""`roomful chat --account`: who is asked for what, what this device keeps, and that nothing of it is seen."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from roomful.client import Client
from roomful.client.credentials import FILE, Credential, Credentials
from roomful.terminal.accounts import Entrance, Turned, Wish, forget
from tests.registry.programs import done, roomful
from tests.support.server import Server, serve

from .visits import Table

PASSWORD = "four lamps for a cellar"
OTHER = "seven stairs to the roof"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serve(tmp_path, "--verbose") as server:
        yield server


def front(*answers: str, asks: bool = True) -> Table:
    return Table(live=False, asks=asks, answers=answers)


async def enter(server: Server, front: Table, account: str = "alice", **wish: str | bool) -> Client:
    """Somebody enters on the device whose home is the server's folder."""
    kept = Credentials(server.folder / "config")
    full = Wish(account, credentials=kept, data=server.data, **wish)  # type: ignore[arg-type]
    return await Entrance(server.tcp, full, front, partial(Client, server.tcp)).enter()


@asynccontextmanager
async def visiting(server: Server, front: Table, account: str = "alice") -> AsyncIterator[Client]:
    client = await enter(server, front, account)
    try:
        yield client
    finally:
        await client.bye()


async def test_the_first_one_owns_the_server_and_is_not_asked_again_on_this_device(server: Server) -> None:
    screen = front(PASSWORD, PASSWORD)
    async with visiting(server, screen) as alice:
        assert alice.owner
        assert alice.me.account == "alice"
    assert screen.asked == ["A new password for alice: ", "Again: "]
    assert "Nobody owns this server yet. As alice you will." in screen.shown[0]
    screen = front()
    async with visiting(server, screen, "ALICE") as alice:
        assert alice.owner
    assert screen.asked == []
    file = server.folder / "config" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert PASSWORD not in file.read_text()


async def test_a_device_that_was_logged_out_asks_for_the_password(server: Server) -> None:
    await done(server.folder, "add", "root", "--owner", "--password-stdin", said=OTHER)
    await done(server.folder, "add", "alice", "--password-stdin", said=PASSWORD)
    async with visiting(server, front(PASSWORD)):
        pass
    await done(server.folder, "passwd", "alice", "--password-stdin", said=OTHER)
    screen = front(PASSWORD, OTHER)
    async with visiting(server, screen) as alice:
        assert not alice.owner
        assert len(screen.asked) == 2
        forget(server.tcp, alice, Credentials(server.folder / "config"))
    assert Credentials(server.folder / "config").token(server.tcp, "alice") == ""


async def test_three_wrong_passwords_are_enough(server: Server) -> None:
    await done(server.folder, "add", "root", "--owner", "--password-stdin", said=OTHER)
    screen = front(*["wrong horse"] * 9)
    with pytest.raises(Turned, match="not the password"):
        await enter(server, screen)
    assert len(screen.asked) == 3
    with pytest.raises(Turned, match="--password-stdin"):
        await enter(server, front(asks=False))


async def test_a_bad_new_password_is_asked_for_again(server: Server) -> None:
    screen = front("short", "short", PASSWORD, "another one", PASSWORD, PASSWORD)
    async with visiting(server, screen) as alice:
        assert alice.owner
    assert any("at least 8" in line for line in screen.shown)
    assert any("two different" in line for line in screen.shown)


async def test_a_pupil_types_the_command_of_the_class_list(server: Server) -> None:
    home = server.folder
    await done(home, "add", "teacher", "--owner", "--password-stdin", said=OTHER)
    command = (await done(home, "add", "Pupil")).split("roomful ")[-1].split()
    ran = await roomful(home, *command, server.tcp, "--password-stdin", said=f"{PASSWORD}\nhello\n")
    assert ran.code == 0, ran.err
    assert "as Pupil" in ran.out
    assert PASSWORD not in ran.out + ran.err
    again = await roomful(
        home, "chat", "--account", "pupil", server.tcp, "--password-stdin", said=f"{PASSWORD}\n/users\n"
    )
    assert again.code == 0, again.err
    assert "Pupil" in again.out
    wrong = await roomful(home, "chat", "--account", "pupil", server.tcp, "--password-stdin", said=f"{OTHER}\n")
    assert wrong.code == 1
    assert "no such account" in wrong.err
    nobody = await roomful(home, "chat", "--account", "pupil", server.tcp, ROOMFUL_PASSWORD=PASSWORD)
    assert nobody.code == 1, "a password was taken from the environment, where others may read it"
    assert "Traceback" not in server.log()
    assert PASSWORD not in server.log()


async def test_an_invite_without_an_account_says_what_to_type(tmp_path: Path) -> None:
    ran = await roomful(tmp_path, "chat", "--invite", "x")
    assert (ran.code, "--account NAME" in ran.err) == (2, True)


def test_what_is_kept_is_for_one_account_at_one_server(tmp_path: Path) -> None:
    kept = Credentials(tmp_path)
    kept.put(Credential("a:1", "alice", "one"))
    kept.put(Credential("b:1", "alice", "two"))
    kept.put(Credential("a:1", "bob", "three"))
    kept.put(Credential("a:1", "alice", "four"))
    assert [kept.token("a:1", "alice"), kept.token("b:1", "alice"), kept.token("a:1", "bob")] == [
        "four",
        "two",
        "three",
    ]
    kept.drop("a:1", "alice")
    assert [kept.token("a:1", "alice"), kept.token("b:1", "alice")] == ["", "two"]
    (tmp_path / FILE).write_text("{broken")
    assert kept.token("b:1", "alice") == ""
    kept.put(Credential("a:1", "alice", "five"))
    assert kept.token("a:1", "alice") == "five"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
