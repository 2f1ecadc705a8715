"""TLS from the outside: a server process, clients that check whom they talk to, a certificate that is replaced."""

import asyncio
import os
import signal
import ssl
from pathlib import Path

import pytest

from roomful.client import Client, ConnectFailed, ConnectionLost, Ended
from roomful.client.addresses import parse_address
from roomful.client.trust import shown_by
from roomful.protocol.trace import tracer
from roomful.starting import certificates
from tests.client.reading import next_of, texts
from tests.support.raw import PATIENCE, RawClient
from tests.support.server import Server, serve
from tests.support.tls import Authority

TLS = ("--tls", "127.0.0.1:0")


def tls_address(server: Server) -> str:
    return f"tls://{server.tls}"


def own_fingerprint(server: Server) -> str:
    """Of the certificate that the server made itself."""
    return certificates.load("", "", server.data, "").fingerprint


async def logged(server: Server, words: str) -> None:
    """Wait until the server has logged this."""
    async with asyncio.timeout(PATIENCE):
        while words not in server.log():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)


async def hung_up(server: Server, answer: str) -> None:
    """Send SIGHUP, and wait for what it brings."""
    os.kill(server.pid, signal.SIGHUP)
    await logged(server, answer)


async def test_a_conversation_over_tls_and_beside_it(tmp_path: Path) -> None:
    authority = Authority()
    certificate, key = authority.files(tmp_path, "localhost")
    settings = {"ROOMFUL_TLS__CERTIFICATE": str(certificate), "ROOMFUL_TLS__KEY": str(key)}
    shown: list[str] = []
    async with serve(tmp_path, *TLS, "--trace", "status", environment=settings) as server:
        port = server.tls.rpartition(":")[2]
        secure = Client(
            f"tls://localhost:{port}",
            nick="alice",
            ssl=authority.client(),
            trace=tracer("status", shown.append, lambda: 0),
        )
        async with secure as alice, Client(server.tcp, nick="bob") as bob:
            await alice.join("#r")
            await bob.join("#r")
            await bob.post("#r", "hello")
            await alice.post("#r", "x" * 16_000)
            assert await texts(alice, 2) == ["hello", "x" * 16_000]
        assert any("connected TLSv1.3 TLS_" in line for line in shown)
        assert "TLSv1.3 TLS_" in server.log()


async def test_a_server_that_nobody_vouches_for_is_refused_with_its_fingerprint(tmp_path: Path) -> None:
    async with serve(tmp_path, *TLS) as server:
        client = Client(tls_address(server), nick="alice")
        with pytest.raises(ConnectFailed) as failed:
            await client.connect()
        assert failed.value.cause == "untrusted"
        assert own_fingerprint(server) in failed.value.message
        assert "--pin" in failed.value.message


async def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    authority = Authority()
    certificate, key = authority.files(tmp_path, "chat.example.org")
    settings = {"ROOMFUL_TLS__CERTIFICATE": str(certificate), "ROOMFUL_TLS__KEY": str(key)}
    async with serve(tmp_path, *TLS, environment=settings) as server:
        with pytest.raises(ConnectFailed, match=r"127\.0\.0\.1"):
            await Client(tls_address(server), nick="alice", ssl=authority.client()).connect()


async def test_the_pinned_certificate_is_the_only_one_that_will_do(tmp_path: Path) -> None:
    async with serve(tmp_path, *TLS) as server:
        pin = own_fingerprint(server)
        assert await shown_by(parse_address(tls_address(server))) == pin
        async with Client(tls_address(server), nick="alice", pin=pin.upper()) as alice:
            assert alice.me.nick == "alice"
        other = "sha256:" + 64 * "0"
        with pytest.raises(ConnectFailed) as failed:
            await Client(tls_address(server), nick="alice", pin=other).connect()
        assert failed.value.cause == "untrusted"
        assert pin in failed.value.message
        assert other in failed.value.message
        assert server.log().count(" login ") == 1, "nothing was said to a server that is not the one"


async def test_another_certificate_ends_a_client_that_would_come_back(tmp_path: Path) -> None:
    async with serve(tmp_path, *TLS) as server:
        pin = own_fingerprint(server)
        async with Client(tls_address(server), nick="alice", pin=pin, random=lambda: 0.0) as alice:
            for name in (certificates.CERTIFICATE, certificates.KEY):
                (server.data / name).unlink()
            await hung_up(server, "certificate read again")
            alice._keeper._break("cut by the test")
            ended = await next_of(alice, Ended)
            assert ended.code == "untrusted"
            with pytest.raises(ConnectionLost):
                await alice.ping()


async def test_sighup_brings_a_new_certificate_and_drops_nobody(tmp_path: Path) -> None:
    authority = Authority()
    certificate, key = authority.files(tmp_path)
    settings = {"ROOMFUL_TLS__CERTIFICATE": str(certificate), "ROOMFUL_TLS__KEY": str(key)}
    async with serve(tmp_path, *TLS, environment=settings) as server:
        address = parse_address(tls_address(server))
        old = await RawClient.login(tls_address(server), "old")
        await old.ok("join", room="#r")
        before = await shown_by(address)
        authority.files(tmp_path)
        await hung_up(server, "certificate read again")
        after = await shown_by(address)
        assert after != before
        certificate.write_text("not a certificate")
        await hung_up(server, "the old certificate stays")
        assert await shown_by(address) == after
        new = await RawClient.login(tls_address(server), "new")
        await new.ok("join", room="#r")
        await new.post("#r", "hello")
        assert await old.texts(1) == ["hello"]
        await old.close()
        await new.close()
        assert server.running


async def test_sighup_without_tls_changes_nothing(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await hung_up(server, "nothing to read again")
        client = await RawClient.login(server.tcp, "alice")
        await client.close()


async def test_the_goodbye_of_a_server_that_stops_arrives(tmp_path: Path) -> None:
    async with serve(tmp_path, *TLS) as server:
        alice = await RawClient.login(tls_address(server), "alice")
        os.kill(server.pid, signal.SIGTERM)
        assert (await alice.goodbye())["code"] == "shutting_down"
        assert await server.ended() == 0
        await alice.close()


@pytest.mark.parametrize("loop", ["asyncio", "select", "uvloop"])
async def test_every_loop_speaks_tls(tmp_path: Path, loop: str) -> None:
    async with serve(tmp_path, *TLS, "--loop", loop) as server:
        context = ssl.create_default_context(cafile=server.data / certificates.CERTIFICATE)
        context.check_hostname = False
        async with Client(tls_address(server), nick="alice", ssl=context) as alice:
            await alice.join("#r")
            assert (await alice.post("#r", "hello")).seq == 2


async def test_a_client_of_the_wrong_kind_is_told(tmp_path: Path) -> None:
    async with serve(tmp_path, *TLS) as server:
        with pytest.raises(Exception, match="tls://"):
            await Client(server.tls, nick="alice").connect()
        with pytest.raises(ConnectFailed) as failed:
            await Client(f"tls://{server.tcp}", nick="alice").connect()
        assert failed.value.cause == "not_roomful"
