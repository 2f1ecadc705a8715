"""Print what an account has missed, and mark it as read.  ROOMFUL_TOKEN=… python examples/unread_digest.py [ADDRESS]"""

import asyncio
import os
import sys

from roomful.client import Client, Timeline


async def main(*address: str) -> None:
    async with Client(*address, token=os.environ["ROOMFUL_TOKEN"]) as client:
        for room in await client.unread():
            if room.unread:
                print(f"{room.room}: {room.unread} unread, {room.mentions} for you")
                missed = await client.history(room.room, after=room.read, limit=500)
                for line in Timeline(missed.events).lines():
                    print(f"  {line.sender.nick}: {line.text}")
                await client.mark(room.room, missed.events[-1].seq)


asyncio.run(main(*sys.argv[1:]))
