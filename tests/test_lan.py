"""`roomful serve --lan`: listens in this machine's own network, and shows whoever started it how others come in."""

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from roomful import server
from roomful.client import Client
from roomful.config import Config, Http, Tcp
from roomful.config import Server as ServerSettings
from roomful.errors import CodeRequired
from roomful.log import Log
from roomful.starting import lan
from roomful.starting.failures import StartError
from tests.support.raw import RawClient
from tests.support.server import serve
from tests.test_server import run

PRIVATE = lan.own_addresses()
networked = pytest.mark.skipif(not PRIVATE, reason="this machine has no private address")


@contextlib.asynccontextmanager
async def started(data: Path, private: list[str], logged: list[str]) -> AsyncIterator[server.Started]:
    """A server in this process, on a machine that has these addresses."""
    settings = Config(server=ServerSettings(data=str(data), lan=True), tcp=Tcp("127.0.0.1:0"), http=Http("127.0.0.1:0"))
    wishes = server.Wishes(private_addresses=lambda: private)
    data.mkdir(exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        yield await server._start(settings, wishes, Log(logged.append), stack, asyncio.Event())


async def test_every_private_address_is_listened_on_beside_this_machines_own(tmp_path: Path) -> None:
    logged: list[str] = []
    async with started(tmp_path / "data", ["127.0.0.2", "127.0.0.3"], logged) as running:
        port = running.addresses["tcp"].rpartition(":")[2]
        assert running.addresses["lan"] == "127.0.0.2,127.0.0.3"
        assert running.lan is not None
        for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            client = await RawClient.login(f"{host}:{port}", f"from-{host[-1]}")
            await client.close()
        note = tmp_path / "data" / server.LAN_CODE
        assert note.read_text().strip() == running.lan.code
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        page = "http://127.0.0.2:" + running.addresses["http"].rpartition(":")[2]
        async with aiohttp.ClientSession() as http, http.get(page, params={"code": running.lan.code}) as answer:
            assert "<title>Roomful</title>" in await answer.text()
        assert not any(running.lan.code in line for line in logged)
    assert not note.exists(), "the code holds as long as the server runs"


async def test_a_machine_without_a_network_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no private address"):
        async with started(tmp_path / "data", [], []):
            pass


async def test_a_code_for_guests_that_are_not_let_in_is_a_contradiction(tmp_path: Path) -> None:
    code, _, err = await run(tmp_path, "serve", "--lan", ROOMFUL_ACCOUNTS__GUESTS="off")
    assert code == 1
    assert "guests" in err
    assert len(err.splitlines()) == 1


@networked
async def test_others_come_in_by_the_code_and_by_nothing_else(tmp_path: Path) -> None:
    async with serve(tmp_path, "--lan") as running:
        port = running.tcp.rpartition(":")[2]
        there = f"[{PRIVATE[0]}]:{port}" if ":" in PRIVATE[0] else f"{PRIVATE[0]}:{port}"
        code = (running.data / server.LAN_CODE).read_text().strip()
        with pytest.raises(CodeRequired):
            await Client(there, nick="alice").connect()
        async with Client(there, nick="alice", code=code) as alice, Client(running.tcp, nick="teacher") as teacher:
            assert {alice.me.nick, teacher.me.nick} == {"alice", "teacher"}
        figures = f"http://{there.rpartition(':')[0]}:{running.http.rpartition(':')[2]}/metrics"
        async with aiohttp.ClientSession() as http:
            async with http.get(figures) as answer:
                assert answer.status == 403
            async with http.get(f"http://{running.http}/metrics") as answer:
                assert answer.status == 200
        out, _ = await chat(tmp_path, there, "--nick", "bob", "--code", code)
        assert "Connected" in out
        _, err = await chat(tmp_path, there, "--nick", "bob")
        assert "roomful chat --code 123456" in err
        assert code not in running.log()


async def chat(home: Path, *words: str) -> tuple[str, str]:
    """Run `roomful chat` in a pipe that ends at once."""
    _, out, err = await run(home, "chat", *words)
    return out, err
