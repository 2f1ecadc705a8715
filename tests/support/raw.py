"""A client of the native protocol with nothing clever in it: frames out, objects in."""

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any, Self

from tests.support import tls

Obj = dict[str, Any]

PATIENCE = 10.0  # s: a safety net, not a measure


class RawClient:
    """One connection. What is pushed while a reply is awaited is kept, in order, for `pushed` and `event`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.waiting: list[Obj] = []
        self.me: Obj = {}
        self.resume = ""
        self._id = 0

    @classmethod
    async def connect(cls, address: str, origin: str | None = None, *, deaf: bool = False) -> Self:
        """Connect, and say nothing yet. `origin`: the address to come from. `deaf`: take next to nothing unless it is read."""
        if address.startswith("tls://"):
            host, _, port = address.removeprefix("tls://").rpartition(":")
            return cls(*await tls.connect(host, int(port), deaf=deaf))
        host, _, port = address.rpartition(":")
        if deaf:
            return cls(*await asyncio.open_connection(sock=await tls.deaf_socket(host, int(port)), limit=4096))
        local = (origin, 0) if origin else None
        return cls(*await asyncio.open_connection(host, int(port), local_addr=local))

    @classmethod
    async def login(cls, address: str, nick: str | None, **fields: Any) -> Self:
        """Connect, say hello, log in."""
        client = await cls.connect(address)
        await client.ask("hello", protocol=1)
        reply = await client.ask("login", **({"nick": nick} if nick else {}), **fields)
        assert reply["type"] == "ok", reply
        client.me, client.resume = reply["participant"], reply["resume"]
        return client

    def send(self, type: str, **fields: Any) -> int:
        """Send a request; returns its id."""
        self._id += 1
        self.write(json.dumps({"type": type, "id": self._id, **fields}).encode())
        return self._id

    def write(self, payload: bytes) -> None:
        """Send a payload in a frame."""
        self.writer.write(struct.pack("!I", len(payload)) + payload)

    async def receive(self) -> Obj:
        """The next object from the connection. Raises asyncio.IncompleteReadError at its end."""
        async with asyncio.timeout(PATIENCE):
            (size,) = struct.unpack("!I", await self.reader.readexactly(4))
            obj: Obj = json.loads(await self.reader.readexactly(size))
            return obj

    async def reply(self, re: int) -> Obj:
        """The reply to a request; what is pushed before it is kept."""
        while True:
            obj = await self.receive()
            if obj.get("re") == re:
                return obj
            self.waiting.append(obj)

    async def ask(self, type: str, **fields: Any) -> Obj:
        """Send a request and await its reply."""
        return await self.reply(self.send(type, **fields))

    async def ok(self, type: str, **fields: Any) -> Obj:
        """Send a request that must be done."""
        reply = await self.ask(type, **fields)
        assert reply["type"] == "ok", reply
        return reply

    async def error(self, type: str, **fields: Any) -> str:
        """Send a request that must be refused; returns the code."""
        reply = await self.ask(type, **fields)
        assert reply["type"] == "error", reply
        assert reply["message"]
        code: str = reply["code"]
        return code

    async def next(self, wanted: Callable[[Obj], bool]) -> Obj:
        """The next pushed object that is wanted; others before it are dropped."""
        while True:
            obj = self.waiting.pop(0) if self.waiting else await self.receive()
            if wanted(obj):
                return obj

    async def event(self, room: str | None = None) -> Obj:
        """The next event, of one room if named."""
        return await self.next(lambda o: o["type"] == "event" and room in (None, o["room"]))

    async def texts(self, count: int) -> list[str]:
        """The texts of the next messages."""
        found: list[str] = []
        while len(found) < count:
            event = await self.event()
            if event["body"]["type"] == "message":
                found.append(event["body"]["text"])
        return found

    async def signal(self, type: str) -> Obj:
        """The next signal of this type."""
        return await self.next(lambda o: o["type"] == "signal" and o["body"]["type"] == type)

    async def goodbye(self) -> Obj:
        """The goodbye; the connection must end behind it."""
        goodbye = await self.next(lambda o: o["type"] == "goodbye")
        assert await self.reader.read() == b""
        return goodbye

    async def post(self, room: str, text: str, nonce: str | None = None, **fields: Any) -> Obj:
        """Post, and await the reply."""
        return await self.ask("post", room=room, nonce=nonce or f"n{self._id}", text=text, **fields)

    async def close(self) -> None:
        """Close the connection without a word."""
        self.writer.close()
        await self.writer.wait_closed()
