"""What strangers, and those who were let in, try at the HTTP door, on a real database: it takes no text that is none."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.domain.commands import History, Ping
from roomful.gateways.calls import MOST_ASKED, Credential
from roomful.hooks import Poster
from roomful.hub.limits import Limits
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from tests.gateways.api.conftest import Api, api
from tests.gateways.doors import opened
from tests.hub.conftest import PASSWORD, World

__all__ = ["api"]

SECRET = b"THE-SECRET"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """No hub yet."""

    async def new_store() -> Store:
        return await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store, files=tmp_path / "files")
    yield world
    await world.end()


async def told(api: Api, request: bytes) -> bytes:
    """What is answered to bytes that no library would send."""
    host, _, port = api.served.where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def request(line: bytes, *heads: bytes, body: bytes = b"") -> bytes:
    """A request, as it is sent."""
    length = b"Content-Length: %d" % len(body)
    fields = (b"Host: x", b"Connection: close", b"Content-Type: application/json", length, *filter(None, heads))
    return b"\r\n".join((line + b" HTTP/1.1", *fields, b"", body))


@pytest.mark.parametrize(
    "host",
    ["①②⑦.0.0.1", "127。0。0。1", "１２７.0.0.1", "🯱🯲🯷.0.0.1", "ⓛⓞⓒⓐⓛhost", "127.1", "2130706433", "localhost."],
)
@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:9"], ids=["directly", "by a proxy"])
async def test_however_an_address_is_written_no_webhook_reaches_this_machine(api: Api, host: str, proxy: str) -> None:
    poster = Poster(proxy=proxy)
    try:
        outcome = await poster.post(f"http://{host}:{api.served.where.rpartition(':')[2]}/healthz", {}, b"{}")
    finally:
        await poster.close()
    assert outcome.status == 0, outcome
    assert "open internet" in outcome.reason


@pytest.mark.parametrize(
    "said",
    [
        b"POST /hooks/" + SECRET + b"\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization: Bearer " + SECRET + b"\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: roomful=" + SECRET + b"; " + b"a" * 20_000 + b"\r\n\r\n",
    ],
    ids=["address", "token", "cookie"],
)
async def test_what_cannot_be_read_leaves_no_secret_in_the_log(api: Api, said: bytes) -> None:
    assert (await told(api, said)).startswith(b"HTTP/1.0 400")
    (line,) = [line for line in api.served.node.logged if "no request" in line]
    assert SECRET.decode() not in line


@pytest.mark.parametrize(
    "head",
    [
        b"Authorization: Bearer a.b.\xff\xfe",
        b"Cookie: roomful=a.b.\xff",
        b"Origin: http://\xff",
        b"User-Agent: \xff\xfe",
        b"X-Forwarded-For: \xff",
        b"Idempotency-Key: \xff",
        b"Last-Event-ID: \xff/\xfe:3",
    ],
)
async def test_a_header_that_is_no_text_is_no_fault_of_ours(api: Api, head: bytes) -> None:
    ann = await api.account("ann", "lobby")
    known = b"" if b"roomful=" in head or b"Bearer" in head else b"Authorization: Bearer " + ann.token.encode()
    cookie = b"Cookie: roomful=" + ann.token.encode()
    login = json.dumps({"account": "ann", "password": PASSWORD, "bearer": True}).encode()
    for asked in (
        request(b"GET /api/v1/me", known, head),
        request(b"GET /files/x", cookie, head),
        request(b"POST /api/v1/login", head, body=login),
        request(b"GET /api/v1/me/devices", known, head),
        request(b"POST /api/v1/rooms/lobby/events", known, head, body=b'{"text":"hi"}'),
        request(b"POST /hooks/none", head, body=b'{"text":"hi"}'),
        request(b"GET /api/v1/events?room=nowhere", known, head),
    ):
        answer = await told(api, asked)
        assert answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.0 4")), (asked, answer)
    assert not [line for line in api.served.node.logged if "fault" in line]


@pytest.mark.parametrize("cursor", ["9" * 19, "9" * 400, "-7"])
async def test_a_cursor_that_no_stream_had_begins_none(api: Api, cursor: str) -> None:
    ann = await api.guest("ann", "lobby")
    hub = api.served.node.hub
    room = await hub.load_room("#lobby")
    assert room is not None
    last = f"{hub.epoch}/{room.state.id}:{cursor}"
    answer = await ann.ask("GET", "/events", room="lobby", headers={"Last-Event-ID": last})
    assert answer.status in (400, 409)


async def test_nobody_holds_connections_without_end_by_calls_that_wait(world: World) -> None:
    node = await world.start(limits=Limits(questions_burst=1_000))
    async with opened(node) as served:
        ann = await served.client("ann", "#lobby")
        calls, who = served.gateway.door.calls, Credential(ann.resume, "127.0.0.1")
        await calls.session(who)
        asked = [calls.ask(who, History(0, "#lobby")) for _ in range(MOST_ASKED + 10)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum("may wait" in str(answer) for answer in answers) == 10
        assert await calls.ask(who, Ping(0)) == b"{}"
