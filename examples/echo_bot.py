"""A bot that repeats what is said to it.  python examples/echo_bot.py [ADDRESS]"""

import asyncio
import sys

from roomful.client import Client, Message, Told


async def main(*address: str) -> None:
    async with Client(*address, nick="echo", patient=True) as bot:
        await bot.join("#lobby")
        async for item in bot.events():
            match item:
                # A notice is by a program, and not answered: two bots would never stop.
                case Told(body=Message(text=text, style="text", mentions=those)) if bot.me.id in those:
                    answer = f"@{item.sender.nick} said: {text}"
                    await bot.post(item.room, answer[:1000], style="notice", reply_to=item.seq)


asyncio.run(main(*sys.argv[1:]))
