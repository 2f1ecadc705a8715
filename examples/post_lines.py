"""Post the lines of standard input.  tail -f app.log | python examples/post_lines.py [ADDRESS]"""

import asyncio
import sys

from roomful.client import Client


async def main(*address: str) -> None:
    async with Client(*address, nick="lines", patient=True) as client:
        await client.join("#lobby")
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                await client.post("#lobby", line.rstrip("\n"), style="notice")  # returns when it is recorded
        await client.bye()


asyncio.run(main(*sys.argv[1:]))
