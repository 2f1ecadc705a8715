"""Print all that ever happened in a room, and what happens now, as JSON lines.  python examples/room_as_json.py [ADDRESS]"""

import asyncio
import sys

import msgspec

from roomful.client import Client, Told


async def main(*address: str) -> None:
    async with Client(*address, nick="json") as client:
        await client.join("#lobby", after=0)
        async for item in client.events():
            if isinstance(item, Told):
                print(msgspec.json.encode(item).decode(), flush=True)


asyncio.run(main(*sys.argv[1:]))
