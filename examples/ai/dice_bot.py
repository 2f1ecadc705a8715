"""A bot without a model, that rolls dice: @dice 2d6.  ROOMFUL_TOKEN=… python examples/ai/dice_bot.py [ADDRESS]"""

import asyncio
import os
import random
import re
import sys

from roomful.client import Client, Message, Told
from roomful.domain.verdicts import Verdict


async def answer(bot: Client, line: Told, text: str) -> None:
    asked = re.search(r"\b([1-9]\d?)d([1-9]\d?)\b", text)
    if asked is None:
        words = f"{bot.me.nick} kept silent: it rolls dice, as in 2d6, and knows nothing else (0 tokens)"
        why = Verdict(bot.me.id, line.seq, line.seq, "passed", "no_dice", words)
        await bot.decide(line.room, [why], tell=[line.sender.id])
        return
    async with bot.draft(line.room, f"a{line.seq}") as draft:  # its nonce: no line is answered twice
        rolled = [random.randint(1, int(asked[2])) for _ in range(int(asked[1]))]
        for number in rolled:
            draft.add(f"{number} ")  # everybody sees it grow
        said = await draft.post(f"{draft.text}= {sum(rolled)}", causes=(line.seq,))
    words = f"{bot.me.nick} answered: {line.sender.nick} named it (0 tokens)"
    await bot.decide(line.room, [Verdict(bot.me.id, line.seq, line.seq, "answered", "mention", words, said.seq)])


async def main(*address: str) -> None:
    async with Client(*address, token=os.environ["ROOMFUL_TOKEN"], patient=True) as bot:
        await bot.join("#lobby")
        async for item in bot.events():
            match item:
                case Told(body=Message(style="text", bounce=left) as said) if bot.me.id in said.mentions and left != 0:
                    await answer(bot, item, said.text)


asyncio.run(main(*sys.argv[1:]))
