"""The local proxy: real clients go through it, through real proxies, to a real server; what dies is replaced."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
import trustme
from aiohttp import web

from roomful.egress import Proxy, Result
from roomful.egress.pool import Pool, Rotator
from roomful.egress.pool.serving import local_url
from tests.support.proxies import Double, Listening

PASSWORD = "of the tests"


class Stage:
    """A target, a pool, and the local proxy before it."""

    def __init__(self, pool: Pool, stack: AsyncExitStack) -> None:
        self.pool, self._stack = pool, stack
        self.rotator = Rotator(pool, PASSWORD)
        self.authority = trustme.CA()
        self.asked: list[web.Request] = []

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{what:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert("127.0.0.1").configure_cert(context)
        for tls in (None, context):
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.http, self.https = (address[1] for address in runner.addresses)
        self.local = await self.rotator.listen()
        self._stack.push_async_callback(self.rotator.close)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.Response(body=b"you said " + await request.read())

    def client(self, session: str = "", *, socks: bool = False, password: str = PASSWORD) -> httpx2.AsyncClient:
        url = local_url(self.local, password, session)
        trust = ssl.create_default_context()
        self.authority.configure_trust(trust)
        return httpx2.AsyncClient(
            proxy=url.replace("http://", "socks5h://") if socks else url, verify=trust, timeout=10
        )


async def joined(stage: Stage, stack: AsyncExitStack, one: Listening, *protocols: str) -> Proxy:
    """A proxy that comes into the pool as one that works."""
    await stack.enter_async_context(one)
    address = one.at()
    names = protocols or ("http", "https")
    stage.pool.checked(
        Result(
            address,
            names,
            working=True,
            via=names[-1],
            latency=0.1,
            tries=3,
            successes=3,
            checked_at=stage.pool.clock(),
        )
    )
    return address


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack, asyncio.timeout(20):
        yield stack


@pytest.fixture
async def stage(tmp_path: Path, stack: AsyncExitStack) -> Stage:
    pool = (await Pool.open(tmp_path / "proxies.db")).seeded(3)
    stack.push_async_callback(pool.close)
    stage = Stage(pool, stack)
    await stage.start()
    return stage


@pytest.mark.parametrize("protocol", ["https", "socks4", "socks5", "socks5h"])
@pytest.mark.parametrize("socks", [False, True], ids=["by http", "by socks"])
async def test_an_encrypted_page_comes_through_whatever_the_proxy_speaks(
    stage: Stage, stack: AsyncExitStack, protocol: str, socks: bool
) -> None:
    double = Double({protocol, protocol.removesuffix("h")})
    await joined(stage, stack, double, protocol)
    async with stage.client(socks=socks) as client:
        response = await client.post(f"https://127.0.0.1:{stage.https}/chat", content=b"x" * 200_000)
    assert response.content == b"you said " + b"x" * 200_000
    assert double.served == 1


async def test_plain_pages_are_handed_over_whole_without_our_password(stage: Stage, stack: AsyncExitStack) -> None:
    await joined(stage, stack, Double(("http",)), "http")
    async with stage.client() as client:
        response = await client.get(f"http://127.0.0.1:{stage.http}/page?of=mine", headers={"X-Mine": "1"})
    assert response.content == b"you said "
    (asked,) = stage.asked
    assert (asked.path_qs, asked.headers["X-Mine"]) == ("/page?of=mine", "1")
    assert "Proxy-Authorization" not in asked.headers


class Keeping(Listening):
    """A proxy that answers each request, never closes, and remembers all that it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = b""
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.heard += data
            if self.heard.endswith(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        self.ended.set()


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"", b""),
        (b"Content-Length: 6\r\n", b"ab\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"3;x=1\r\nabc\r\n0\r\nT: u\r\n\r\n"),
    ],
    ids=["no content", "a length", "chunks"],
)
async def test_a_second_request_is_not_handed_to_the_proxy_of_the_first(
    stage: Stage, stack: AsyncExitStack, head: bytes, content: bytes
) -> None:
    proxy = Keeping()
    await joined(stage, stack, proxy, "http")
    login = base64.b64encode(b"session:" + PASSWORD.encode())
    asked = (
        b"POST http://one.example/ HTTP/1.1\r\nProxy-Authorization: Basic " + login + b"\r\n" + head + b"\r\n" + content
    )
    reader, writer = await asyncio.open_connection(*stage.local)
    writer.write(asked)
    assert (await reader.readexactly(40)).endswith(b"ok")
    writer.write(asked.replace(b"one.example", b"two.example"))
    await proxy.ended.wait()
    assert proxy.heard.endswith(b"\r\n\r\n" + content)
    assert login not in proxy.heard
    assert b"two.example" not in proxy.heard
    writer.close()


async def test_where_one_gives_no_way_the_next_one_does_and_nobody_notices(stage: Stage, stack: AsyncExitStack) -> None:
    async with AsyncExitStack() as short:
        dead = await joined(stage, short, Double(("https",)), "https")
    refuses = await joined(stage, stack, Double(("https",), blocked=(stage.https,)), "https")
    works = await joined(stage, stack, Double(("https",)), "https")
    for number in range(6):
        async with stage.client() as client:
            assert (await client.get(f"https://127.0.0.1:{stage.https}/{number}")).status_code == 200
    records = stage.pool.records
    assert records[works.key].good > 3
    assert {records[dead.key].reason, records[refuses.key].reason} <= {"refused", "target_unreachable", "rejected", ""}
    assert records[dead.key].bad + records[refuses.key].bad > 0


async def test_one_that_dies_in_the_evening_is_replaced_for_its_session(stage: Stage, stack: AsyncExitStack) -> None:
    first, second = Double(("https",)), Double(("https",))
    async with AsyncExitStack() as short:
        await joined(stage, short, first, "https")
        async with stage.client("gpt") as client:
            assert (await client.get(f"https://127.0.0.1:{stage.https}/one")).status_code == 200
        await joined(stage, stack, second, "https")
        async with stage.client("gpt") as client:
            assert (await client.get(f"https://127.0.0.1:{stage.https}/two")).status_code == 200
        assert (first.served, second.served) == (2, 0)
    async with stage.client("gpt") as client:
        assert (await client.get(f"https://127.0.0.1:{stage.https}/three")).status_code == 200
    assert (first.served, second.served) == (2, 1)


async def test_without_the_password_nothing_is_passed_on(stage: Stage, stack: AsyncExitStack) -> None:
    double = Double()
    await joined(stage, stack, double)
    async with stage.client(password="wrong") as client:
        assert (await client.get(f"http://127.0.0.1:{stage.http}/")).status_code == 407
        with pytest.raises(httpx2.ProxyError, match="407"):
            await client.get(f"https://127.0.0.1:{stage.https}/")
    reader, writer = await asyncio.open_connection(*stage.local)
    writer.write(b"\x05\x01\x02" + b"\x01\x01u\x05wrong" + b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50")
    assert await reader.read() == b"\x05\x02" + b"\x01\x01"  # and closed
    writer.close()
    await writer.wait_closed()
    assert double.served == 0
    assert not stage.asked


async def test_an_empty_pool_and_one_of_the_dead_say_what_is_wrong(stage: Stage, stack: AsyncExitStack) -> None:
    async with stage.client() as client:
        empty = await client.get(f"http://127.0.0.1:{stage.http}/")
    assert (empty.status_code, "No proxy of the pool may be used now" in empty.text) == (503, True)
    async with AsyncExitStack() as short:
        await joined(stage, short, Double(("http",)), "http")
    async with stage.client() as client:
        dead = await client.get(f"http://127.0.0.1:{stage.http}/")
    assert (dead.status_code, "Nothing listens at its port" in dead.text) == (502, True)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 400"),
        (b"CONNECT nowhere HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
        (b"hello there\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://x/ HTTP/1.1\r\nA : b\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://x:99999/ HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://[::1/ HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://x/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST http://x/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST http://x/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://x/ HTTP/1.1\r\nA: " + b"b" * 40_000, b"HTTP/1.1 431"),
        (b"\x05\x01\x09", b"\x05\xff"),
    ],
)
async def test_what_is_no_request_is_answered_as_such(stage: Stage, said: bytes, status: bytes) -> None:
    reader, writer = await asyncio.open_connection(*stage.local)
    writer.write(said)
    assert (await reader.read(100)).startswith(status)
    writer.close()
    await writer.wait_closed()
