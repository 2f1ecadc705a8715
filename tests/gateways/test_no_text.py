"""Text that is none, such as half of a surrogate pair, which no database takes: it is refused at every door, by a code, and who
speaks in the same moment does not notice. (A batch in which one row cannot be written is refused as a whole.)"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest
from msgspec import inspect
from yarl import URL

from roomful.domain.commands import AnyRequest
from roomful.gateways.http.api.parts import parts
from roomful.gateways.http.api.routes import BASE, IN_PATHS, ROUTES, Route
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from tests.gateways.doors import Served, opened
from tests.hub.conftest import PASSWORD, World
from tests.support.raw import Obj, RawClient

HALF = '"half \\ud800 of a pair"'  # as JSON has it
BYTES = b'"bytes \xed\xa0\x80 of none"'
REFUSED = ("bad_request", "bad_name", "bad_text", "not_json", "wrong_media")


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A server on a real database."""

    async def new_store() -> Store:
        return await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store, files=tmp_path / "files")
    async with opened(await world.start(registration="open")) as served:
        yield served
    await world.end()


@asynccontextmanager
async def speaking(served: Served) -> AsyncIterator[RawClient]:
    """Somebody who speaks all the while, and is heard each time."""
    ann = await served.node.account("ann", "#r")
    over = asyncio.Event()

    async def speak() -> int:
        count = 0
        while not over.is_set() or count < 10:
            await ann.ok("post", room="#r", nonce=f"n{count}", text="still here")
            count += 1
        return count

    task = asyncio.create_task(speak())
    yield await served.node.device("ann")
    over.set()
    await task
    assert not [line for line in served.node.logged if "store unavailable" in line or "fault" in line]


def with_text(kind: inspect.Type) -> bool:
    """Whether a text may stand there, however deep."""
    match kind:
        case inspect.StrType() | inspect.RawType() | inspect.AnyType():
            return True
        case inspect.Metadata(type=inner):
            return with_text(inner)
        case inspect.UnionType(types=types):
            return any(map(with_text, types))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return with_text(item)
        case inspect.DictType(key_type=key, value_type=value):
            return with_text(key) or with_text(value)
        case _:
            return False


def requests() -> Iterator[str]:
    """Each request of the protocol with a text that is none in one field; what stands for it is `TEXT`."""
    for request in get_args(AnyRequest):
        told = inspect.type_info(request)
        assert isinstance(told, inspect.StructType)
        for field in told.fields:
            if with_text(field.type):
                yield json.dumps({"type": told.tag, "id": 1, "room": "#r", field.name: "TEXT"})


def test_there_are_many_fields_of_text() -> None:
    assert len(list(requests())) > 80


@pytest.mark.parametrize("text", [HALF.encode(), BYTES], ids=["half", "bytes"])
async def test_over_tcp(served: Served, text: bytes) -> None:
    async with speaking(served) as ann:
        for request in requests():
            client = await served.node.raw()
            await client.ok("hello", protocol=1)
            await client.ok("login", resume=ann.resume, beside=True)
            client.write(request.encode().replace(b'"TEXT"', text))
            said = await client.next(lambda o: o["type"] in ("error", "goodbye"))
            assert said["code"] in REFUSED, (request, said)
            client.writer.close()


async def test_over_websocket(served: Served) -> None:
    async with speaking(served) as ann:
        for request in list(requests())[::4]:
            client = await served.client(None, resume=ann.resume, beside=True)
            client.write(request.encode().replace(b'"TEXT"', HALF.encode()))
            said = await client.next(lambda o: o["type"] in ("error", "goodbye"))
            assert said["code"] in REFUSED, (request, said)


def asked(route: Route) -> Iterator[tuple[str, bytes]]:
    """A route with a text that is none in one place: the path, the query, or the body."""
    there = parts(route)
    names = {name: str(IN_PATHS.get(name, "x")).replace("👍", "x") for name in there.path}
    path = BASE + route.path.format(**names)
    for name in there.path:
        yield BASE + route.path.format(**{**names, name: "a%ED%A0%80"}), json.dumps(route.example).encode()
    for name, field in there.query.items():
        if with_text(inspect.type_info(field.type)):
            yield f"{path}?{name}=a%ED%A0%80", b""
    for name, field in there.body.items():
        if with_text(inspect.type_info(field.type)):
            yield path, json.dumps({**route.example, name: "TEXT"}).encode().replace(b'"TEXT"', HALF.encode())


async def test_over_http(served: Served) -> None:
    async with speaking(served) as ann, aiohttp.ClientSession() as http:
        login = {"account": "ann", "password": PASSWORD, "bearer": True}
        async with http.post(f"{served.http}{BASE}/login", json=login, headers={"User-Agent": "a program"}) as answer:
            token = (await answer.json())["token"]
        count = 0
        for route in ROUTES:
            for path, body in asked(route):
                code = await refused(http, route.method, served.http + path, body, token)
                assert code in REFUSED, (route.name, path, body, code)
                count += 1
        assert count > 120
        assert ann.me["nick"] == "ann"


async def refused(http: aiohttp.ClientSession, method: str, url: str, body: bytes, token: str = "", **more: Any) -> str:
    """The code with which something is refused."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {}), **more}
    async with http.request(method, URL(url, encoded=True), data=body, headers=headers) as answer:
        assert answer.status in (400, 415), (method, url, body, answer.status, await answer.text())
        return str((await answer.json(content_type=None))["code"])


BODIES = [
    ("application/json", b'{"text":' + HALF.encode() + b"}"),
    ("application/json", b'{"text":' + BYTES + b"}"),
    ("application/json", b'{"attachments":[{"fallback":' + HALF.encode() + b"}]}"),
    ("application/json", b'{"style":' + HALF.encode() + b',"text":"x"}'),
    ("text/plain", BYTES),
    ("application/x-www-form-urlencoded", b"text=%ED%A0%80"),
    ("application/x-www-form-urlencoded", b'payload={"text":' + HALF.encode() + b"}"),
]


async def test_by_a_webhook(served: Served) -> None:
    async with speaking(served) as ann, aiohttp.ClientSession() as http:
        made: Obj = await ann.ok("webhook_in", room="#r", name="ci")
        url = f"{served.http}/hooks/{made['secret']}"
        for kind, body in BODIES:
            code = await refused(http, "POST", url, body, **{"Content-Type": kind})
            assert code in REFUSED, (kind, body)
