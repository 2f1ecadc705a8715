"""Copy what is said in one room to another.  python examples/copy_room.py '#lobby' '#archive' [ADDRESS]"""

import asyncio
import sys

from roomful.client import Client, Message, Told


async def main(source: str, target: str, *address: str) -> None:
    async with Client(*address, nick="copier", patient=True) as client:
        source = (await client.join(source, after=0)).room  # as the server spells it
        await client.join(target)
        async for item in client.events():
            match item:
                case Told(room=room, sender=sender, body=Message(text=text)) if room == source:
                    await client.post(target, f"{sender.nick}: {text}"[:4000], style="notice")


asyncio.run(main(*sys.argv[1:]))
