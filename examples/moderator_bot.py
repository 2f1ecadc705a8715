"""A moderator that mutes whoever says a word.  ROOMFUL_TOKEN=… python examples/moderator_bot.py '#room' WORD [ADDRESS]"""

import asyncio
import os
import sys

from roomful.client import Client, Message, Told
from roomful.errors import NotAllowed


async def main(room: str, word: str, *address: str) -> None:
    async with Client(*address, token=os.environ["ROOMFUL_TOKEN"], patient=True) as bot:
        await bot.join(room)
        async for item in bot.events():
            match item:
                case Told(body=Message(text=text), sender=sender) if word in text.casefold().split():
                    try:
                        await bot.redact(item.room, item.seq, "not here")
                        await bot.mute(item.room, f"!{sender.id}", seconds=60, reason=f"said {word}")
                    except NotAllowed as why:  # of those who stand as high
                        print(why.message)


asyncio.run(main(*sys.argv[1:]))
