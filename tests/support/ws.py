"""A client of the native protocol over WebSocket with nothing clever in it, by aiohttp's own client."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any, Self, cast

import aiohttp

from tests.support.raw import PATIENCE, Obj, RawClient


class WsClient(RawClient):
    """As `RawClient`, over a WebSocket."""

    def __init__(self, http: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse) -> None:
        transport = cast("asyncio.Transport", ws.get_extra_info("socket") and ws._response.connection.transport)  # type: ignore[union-attr]
        super().__init__(
            cast("asyncio.StreamReader", None), cast("asyncio.StreamWriter", SimpleNamespace(transport=transport))
        )
        self.http, self.ws = http, ws

    @classmethod
    async def open(cls, url: str, **options: Any) -> Self:
        """Shake hands, and say nothing yet. Raises aiohttp.WSServerHandshakeError."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        try:
            return cls(http, await http.ws_connect(url, autoping=False, autoclose=False, **options))
        except BaseException:
            await http.close()
            raise

    @classmethod
    async def enter(cls, url: str, nick: str | None, headers: dict[str, str] | None = None, **fields: Any) -> Self:
        """Shake hands, say hello, log in."""
        client = await cls.open(url, headers=headers or {})
        await client.ask("hello", protocol=1)
        reply = await client.ok("login", **({"nick": nick} if nick else {}), **fields)
        client.me, client.resume = reply["participant"], reply["resume"]
        return client

    def write(self, payload: bytes) -> None:
        """Send a payload as a message."""
        self.soon(self.ws.send_str(payload.decode()))

    def soon(self, sending: Any) -> None:
        """Begin to send; what is sent in one turn of the loop is sent in order."""
        self._sending = asyncio.ensure_future(sending)

    async def receive(self) -> Obj:
        """The next object. Raises asyncio.IncompleteReadError when the connection closes."""
        async with asyncio.timeout(PATIENCE):
            message = await self.ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise asyncio.IncompleteReadError(b"", None)
        obj: Obj = json.loads(message.data)
        return obj

    async def goodbye(self) -> Obj:
        """The goodbye, with the code of the frame behind it as `close`."""
        goodbye = await self.next(lambda o: o["type"] == "goodbye")
        async with asyncio.timeout(PATIENCE):
            message = await self.ws.receive()
        assert message.type is aiohttp.WSMsgType.CLOSE, message
        await self.ws.close()
        return {**goodbye, "close": message.data}

    async def close(self) -> None:
        """Close the connection as a browser's page does that is left."""
        await self.ws.close()
        await self.http.close()
