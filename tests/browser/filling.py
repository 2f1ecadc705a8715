"""Lines of somebody else, over the native protocol."""

import asyncio
from collections.abc import Sequence

from tests.support.raw import RawClient
from tests.support.server import Server

AT_ONCE = 50


async def post(server: Server, room: str, texts: Sequence[str], nick: str = "filler") -> None:
    """Say all this in a room, in this order."""
    client = await RawClient.login(server.tcp, nick)
    await client.ask("join", room=room, signals=False)
    for begin in range(0, len(texts), AT_ONCE):
        batch = texts[begin : begin + AT_ONCE]
        asked = [client.send("post", room=room, nonce=f"n{begin + at}", text=text) for at, text in enumerate(batch)]
        async with asyncio.timeout(20):
            for re in asked:
                reply = await client.reply(re)
                assert reply["type"] == "ok", reply
    await client.close()
