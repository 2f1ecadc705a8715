"""A reader of server-sent events (HTML, section 9.2), as a script would write it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from msgspec import Struct

from tests.support.raw import PATIENCE, Obj

from .conftest import API, Program


class Told(Struct):
    """One event of a stream."""

    type: str
    id: str
    data: Obj


class Stream:
    """What a stream tells. `last`: the id with which to come back."""

    def __init__(self, answer: aiohttp.ClientResponse, last: str = "") -> None:
        self.answer = answer
        self.last = last
        self.comments = 0

    async def next(self, type: str = "message") -> Told:
        """The next event of this type. Raises EOFError at the stream's end."""
        async with asyncio.timeout(PATIENCE):
            while (told := await self._block()).type != type:
                pass
            return told

    async def seqs(self, count: int) -> list[int]:
        """The numbers of the next events."""
        return [(await self.next()).data["seq"] for _ in range(count)]

    async def rest(self) -> list[int]:
        """The numbers of all that still comes before the stream ends."""
        found = []
        try:
            while True:
                found.append((await self.next()).data["seq"])
        except (EOFError, aiohttp.ClientError, ConnectionError):
            return found

    async def _block(self) -> Told:
        fields: dict[str, str] = {}
        while line := await self._line():
            if line.startswith(":"):
                self.comments += 1
                continue
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        self.last = fields.get("id", self.last)
        data = json.loads(fields["data"]) if "data" in fields else {}
        return Told(fields.get("event", "message") if data else "", self.last, data)

    async def _line(self) -> str:
        line = await self.answer.content.readline()
        if not line:
            raise EOFError
        return line.decode().rstrip("\n")


@asynccontextmanager
async def following(program: Program, last: str = "", **query: Any) -> AsyncIterator[Stream]:
    """Follow rooms until the block ends."""
    headers = {"Authorization": f"Bearer {program.token}"} | ({"Last-Event-ID": last} if last else {})
    pairs = [(k, v) for k, vs in query.items() for v in (vs if isinstance(vs, list) else [vs])]
    async with program.http.get(program.base + API + "/events", params=pairs, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        stream = Stream(answer, last)
        await stream.next("")  # where one is
        yield stream
