"""A hub behind its HTTP door, and programs that ask."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack as Stack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import pytest

from roomful.gateways.http.api.openapi import document
from roomful.keeping.exporting import exported
from roomful.search import Index
from roomful.search.sqlite import SqliteIndex
from roomful.store import Store
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.gateways.doors import Served, opened
from tests.hub.conftest import PASSWORD, World
from tests.support.raw import Obj

from .schemas import checked

__all__ = ["Stack"]

API = "/api/v1"


@dataclass
class Answer:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Obj:
        """The body as an object."""
        found: Obj = json.loads(self.body)
        return found

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        code: str = self.json["code"]
        return code


@dataclass
class Program:
    """A program that asks over HTTP. Whatever it is answered must be what the OpenAPI document promises."""

    base: str
    http: aiohttp.ClientSession
    token: str = ""
    me: Obj = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)  # names of operations that were done

    @classmethod
    async def open(cls, base: str, stack: Stack) -> Self:
        """One that is nobody yet."""
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        return cls(base, http)

    async def ask(self, method: str, path: str, body: Any = None, /, **fields: Any) -> Answer:
        """One request; names in the path come from the fields, what is left is the query."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= fields.pop("headers", {})
        operation = document()["paths"].get(path, {}).get(method.lower())
        url = path
        for name in [name for name in fields if f"{{{name}}}" in path]:
            url = url.replace(f"{{{name}}}", quote(str(fields.pop(name)), safe=""))
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        query = [(k, v) for k, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs])]
        async with self.http.request(method, self.base + API + url, data=data, headers=headers, params=query) as got:
            answer = Answer(got.status, got.headers, await got.read())
        if operation is not None:
            checked(operation, answer.status, answer.headers, answer.body)
            if answer.status < 300:
                self.asked.add(operation["operationId"])
        return answer

    async def ok(self, method: str, path: str, body: Any = None, /, **fields: Any) -> Obj:
        """What must be done."""
        answer = await self.ask(method, path, body, **fields)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.json if answer.body else {}

    async def login(self, **fields: Any) -> Self:
        """Become somebody."""
        told = await self.ok("POST", "/login", {**fields, "bearer": True})
        self.token, self.me = told["token"], told["participant"]
        return self

    async def register(self, name: str) -> Self:
        """Make an account."""
        told = await self.ok("POST", "/register", {"account": name, "password": PASSWORD, "bearer": True})
        self.token, self.me = told["token"], told["participant"]
        return self

    async def join(self, room: str = "lobby") -> Self:
        """Become a member."""
        await self.ok("PUT", "/rooms/{room}/membership", room=room)
        return self

    async def post(self, text: str, room: str = "lobby") -> int:
        """Say something; its number."""
        said = await self.ok("POST", "/rooms/{room}/events", {"text": text}, room=room)
        return int(said["seq"])

    async def texts(self, room: str = "lobby") -> list[str]:
        """What was said."""
        page = await self.ok("GET", "/rooms/{room}/events", room=room, limit=500)
        return [event["body"]["text"] for event in page["events"] if event["body"]["type"] == "message"]


@dataclass
class Api:
    """A door, and programs in front of it."""

    world: World
    served: Served
    stack: Stack

    async def nobody(self) -> Program:
        """A program that has not logged in."""
        return await Program.open(self.served.http, self.stack)

    async def guest(self, nick: str, room: str | None = None) -> Program:
        """A guest, in a room if named."""
        program = await (await self.nobody()).login(nick=nick)
        return await program.join(room) if room else program

    async def account(self, name: str, room: str | None = None) -> Program:
        """An account, in a room if named."""
        program = await (await self.nobody()).register(name)
        return await program.join(room) if room else program


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """No hub yet."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log)

    async def new_index(epoch: str) -> Index:
        return await SqliteIndex.open(tmp_path / "search.db", epoch)

    world = World(new_store, new_index, files=tmp_path / "files")
    yield world
    await world.end()


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    """A server over HTTP."""
    async with Stack() as stack, opened(await world.start()) as served:
        served.gateway.door.exporting = exported
        yield Api(world, served, stack)
