"""People who speak: clips of five seconds, one every five seconds, as nobody speaks faster than that.

As a program it keeps so many people speaking until its standard input ends:

    python -m bench.driver.talking 10 HOST:PORT
        says `talking` once everybody was heard, and at the end how many clips were
"""

import asyncio
import itertools
import os
import sys
import time

from roomful.client import Client
from roomful.speech.audio import Clip, Pcm, decoded, settled, wave_file
from roomful.speech.offline.espeak import Espeak

SECONDS = 5.0
SPEECH = "[speech]\nlisten = 'offline'\nspeak = 'offline'\ngrammar = '{grammar}'\n"
GRAMMAR = "#JSGF V1.0; grammar bench; public <what> = ((open | close) the (door | window))+;"
SAID = "open the window close the door open the door close the window open the window close the door"


async def clip(text: str = SAID, seconds: float = SECONDS) -> bytes:
    """So many seconds of somebody speaking."""
    pcm = decoded(Clip(settled(b"".join([chunk async for chunk in Espeak().speak(text)]))))
    whole = int(seconds * pcm.rate) * 2
    return wave_file(Pcm((pcm.samples * (whole // len(pcm.samples) + 1))[:whole], pcm.rate))


class Talker:
    """Somebody in a room of their own."""

    def __init__(self, address: str, number: int) -> None:
        self.number = number
        self.room = f"#talk{number}"
        self._client = Client(address, nick=f"talker{number}", patient=True)
        self._numbers = itertools.count(1)
        self.heard: list[float] = []  # s from the end of a clip to its line, for each

    async def come(self) -> None:
        await self._client.connect()
        await self._client.join(self.room)

    async def go(self) -> None:
        await self._client.close()

    async def say(self, sound: bytes) -> None:
        """Say one clip; the line is recorded when this returns."""
        began = time.perf_counter()
        await self._client.say_clip(self.room, sound, f"clip{next(self._numbers)}.wav")
        self.heard.append(time.perf_counter() - began)

    async def keep_talking(self, sound: bytes) -> None:
        await asyncio.sleep(self.number * SECONDS / 10)  # not all of them end in the same instant
        while True:
            began = asyncio.get_running_loop().time()
            await self.say(sound)
            await asyncio.sleep(max(0.0, began + SECONDS - asyncio.get_running_loop().time()))


async def _main(count: int, address: str) -> None:
    if hasattr(os, "SCHED_IDLE"):  # they stand for machines elsewhere: what they take is not the server's
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    sound = await clip()
    talkers = [Talker(address, number) for number in range(count)]
    for talker in talkers:
        await talker.come()
        await talker.say(sound)
    work = [asyncio.create_task(talker.keep_talking(sound)) for talker in talkers]
    print("talking", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    print(sum(len(talker.heard) - 1 for talker in talkers), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2]))
