"""A hub that takes files, and its HTTP door."""

import socket
import struct
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from roomful.gateways.http import HttpGateway
from roomful.hub.files import FileSettings
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.hub.conftest import Node, World
from tests.support.raw import Obj, RawClient

SETTINGS = FileSettings(max_size=1_000_000, keep_free=0)


def png(width: int = 3, height: int = 2, *, noise: bytes = b"") -> bytes:
    """A real picture of one grey, of so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    text = chunk(b"tEXt", b"Comment\0" + noise) if noise else b""
    header = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + text + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass
class Got:
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Obj:
        """The body as an object."""
        import json

        found: Obj = json.loads(self.body)
        return found

    @property
    def code(self) -> str:
        """Of a problem."""
        code: str = self.json["code"]
        return code


@dataclass
class Served:
    """A hub with files, and where its HTTP is."""

    node: Node
    gateway: HttpGateway
    base: str
    folder: Path
    http: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    async def ask(self, method: str, path: str, who: RawClient | None, **more: Any) -> Got:
        """One request, as this participant."""
        headers = {**({"Authorization": f"Bearer {who.resume}"} if who else {}), **more.pop("headers", {})}
        async with self.http.request(method, self.base + path, headers=headers, **more) as answer:
            return Got(answer.status, answer.headers, await answer.read())

    async def upload(self, who: RawClient, data: Any, name: str = "notes.txt", room: str = "#r", **more: Any) -> Got:
        """Send a file to a room."""
        where = f"/api/v1/rooms/{quote(room, safe='')}/files"
        return await self.ask("POST", where, who, data=data, params={"name": name}, **more)

    async def put(self, who: RawClient, data: bytes, name: str = "notes.txt", room: str = "#r") -> Obj:
        """Send a file that must be taken."""
        got = await self.upload(who, data, name, room)
        assert got.status == 201, got.body
        return got.json

    async def say(self, who: RawClient, *files: Obj, text: str = "look", room: str = "#r") -> int:
        """Post a message with these files."""
        nonce = f"n{self.node.hub.clock()}-{'-'.join(file['id'] for file in files)}"[:64]
        reply = await who.ok("post", room=room, nonce=nonce, text=text, attachments=[file["id"] for file in files])
        seq: int = reply["seq"]
        return seq

    async def get(self, who: RawClient | None, file: Obj, name: str = "x", method: str = "GET", **headers: str) -> Got:
        """Fetch a file."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.ask(method, f"/files/{file['id']}/{name}", who, headers=named)

    async def sweep(self) -> None:
        """Let everything go that nobody needs."""
        assert self.node.hub.files.sweeper is not None
        await self.node.hub.files.sweeper.sweep()

    def bytes_there(self) -> list[str]:
        """What lies in the folder: bytes, and what is on its way in or out, and small pictures."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    async def stop(self) -> None:
        """Stop what is in front of the hub."""
        await self.http.close()
        await self.gateway.close()


async def serve(world: World, **settings: Any) -> Served:
    """Start a hub with files."""
    assert world.files is not None
    settings.setdefault("files", SETTINGS)
    node = await world.start(**settings)
    gateway = HttpGateway(node.hub, node.address)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    await gateway.listen(listener)
    return Served(node, gateway, f"http://127.0.0.1:{listener.getsockname()[1]}", world.files)


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """No hub yet."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log) if request.param == "memory" else await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store, files=tmp_path / "files")
    yield world
    await world.end()


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    """One hub that is served."""
    served = await serve(world)
    yield served
    await served.stop()


@pytest.fixture
async def alice(served: Served) -> RawClient:
    """Somebody in the room."""
    return await served.node.account("alice", "#r")


@pytest.fixture
async def bob(served: Served, alice: RawClient) -> RawClient:
    """Somebody else in it."""
    return await served.node.account("bob", "#r")
