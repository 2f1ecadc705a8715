"""The SDK and accounts: entering in each way, coming back after a loss, and what one does about one's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.client import Client, Ended
from roomful.errors import AccountTaken, BadCredentials, BadPassword, NoSuchDevice, NotAllowed, RegistrationClosed
from tests.registry.programs import done
from tests.support.server import Server, serve

PASSWORD = "four lamps for a cellar"
OTHER = "seven stairs to the roof"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serve(tmp_path, environment={"ROOMFUL_ACCOUNTS__REGISTRATION": "open"}) as server:
        yield server


async def test_an_account_is_made_left_and_entered_again(server: Server) -> None:
    async with Client(server.tcp, account="Alice", password=PASSWORD, register=True) as alice:
        assert (alice.me.nick, alice.me.account, alice.me.kind) == ("Alice", "Alice", "person")
        assert alice.token == ""
        assert alice.device
    async with Client(server.tcp, account="alice", password=PASSWORD, remember=True) as alice:
        token = alice.token
    async with Client(server.tcp, token=token) as alice:
        assert alice.me.nick == "Alice"
        await alice.logout()
    with pytest.raises(BadCredentials):
        await Client(server.tcp, token=token).connect()
    with pytest.raises(BadCredentials):
        await Client(server.tcp, account="alice", password=OTHER).connect()
    with pytest.raises(AccountTaken):
        await Client(server.tcp, account="alice", password=OTHER, register=True).connect()
    with pytest.raises(BadPassword):
        await Client(server.tcp, account="bob", password="short", register=True).connect()


async def test_a_guest_becomes_an_account_and_stays_who_it_is(server: Server) -> None:
    async with Client(server.tcp, nick="bob") as guest:
        await guest.join("#r")
        before = guest.me
        me = await guest.register("bob", PASSWORD)
        assert (me.id, me.account, guest.me) == (before.id, "bob", me)
        await guest.post("#r", "still here")
        with pytest.raises(NotAllowed):
            await guest.make_code()


async def test_an_account_comes_back_after_the_server_was_killed(server: Server) -> None:
    async with Client(server.tcp, account="alice", password=PASSWORD, register=True) as alice:
        await alice.join("#r")
        me, device = alice.me, alice.device
        await server.kill9()
        await server.restart()
        await alice.post("#r", "back")
        assert (alice.me, alice.device) == (me, device)


async def test_devices_are_listed_and_a_client_that_was_logged_out_does_not_come_back(server: Server) -> None:
    async with Client(server.tcp, account="alice", password=PASSWORD, register=True, agent="laptop") as laptop:
        phone = Client(server.tcp, account="alice", password=PASSWORD, remember=True, agent="phone")
        await phone.connect()
        assert {(one.name, one.online, one.this) for one in await laptop.devices()} == {
            ("laptop", True, True),
            ("phone", True, False),
        }
        with pytest.raises(NoSuchDevice):
            await laptop.revoke("d-none")
        await laptop.revoke(phone.device)
        last = [item async for item in phone.events()][-1]
        assert isinstance(last, Ended)
        assert last.code == "account_gone"
        await phone.close()
        await laptop.set_password(PASSWORD, OTHER)
        script = await laptop.make_token("script", days=1)
        async with Client(server.tcp, token=script.token) as program:
            assert program.device == script.device
        await laptop.unregister(OTHER, erase=True)
    with pytest.raises(BadCredentials):
        await Client(server.tcp, account="alice", password=OTHER).connect()


async def test_an_owner_lets_people_in_with_codes(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await done(server.folder, "add", "root", "--owner", "--password-stdin", said=PASSWORD)
        with pytest.raises(RegistrationClosed):
            await Client(server.tcp, account="bob", password=PASSWORD, register=True).connect()
        async with Client(server.tcp, account="root", password=PASSWORD) as root:
            assert root.owner
            code = (await root.make_code()).code
        async with Client(server.tcp, account="bob", password=PASSWORD, invite=code) as bob:
            assert not bob.owner


def test_half_a_way_in_is_refused() -> None:
    for half in ({"account": "a"}, {"password": "p"}, {"token": "t", "account": "a"}, {"nick": "n", "invite": "x"}):
        with pytest.raises(ValueError, match="account"):
            Client("127.0.0.1:1", **half)  # type: ignore[arg-type]
