"""Bots that stream: a stand-in provider that writes word after word, and people who keep asking for more.

As a program it keeps so many bots of a server streaming until its standard input ends:

    python -m bench.driver.streaming 20
        says `provider=URL`, reads the server's HOST:PORT, says `streaming`
"""

import asyncio
import contextlib
import re
import sys
import time
from typing import Any

from aiohttp import web

from roomful.client import Client, Message, Signalled, Told
from roomful.domain import signals
from tests.support.provider import KEY, Provider

WORDS = 60  # of an answer
GAP = 0.05  # s between two words: 20 tokens a second
MARK = re.compile(r"question (\w+)")

CONFIG = """
[providers.bench]
kind = "compatible"
base_url = "{address}"
key = "{key}"
"""
BOT = """
[[bots]]
nick = "bot{number}"
model = "bench:gpt-test"
rooms = ["#bots{room}"]
"""


def configuration(address: str, count: int, rooms: int) -> str:
    """The bots of a configuration, spread over so many rooms."""
    bots = (BOT.format(number=number, room=number % rooms) for number in range(count))
    return CONFIG.format(address=address, key=KEY) + "".join(bots)


class Writing(Provider):
    """Writes its answers word by word, and notes when it wrote the first word for whom."""

    def __init__(self) -> None:
        super().__init__()
        self.wrote: dict[str, float] = {}  # by question: when its first word went out, s
        self._go: asyncio.Event | None = None
        self._waiting = asyncio.Semaphore(0)

    def hold(self) -> asyncio.Event:
        """Write nothing before this is set."""
        self._go, self._waiting = asyncio.Event(), asyncio.Semaphore(0)
        return self._go

    async def all_wait(self, count: int) -> None:
        """Wait until so many are asking."""
        for _ in range(count):
            await self._waiting.acquire()

    async def _answer(self, request: web.Request, events: Any) -> web.StreamResponse:
        body = await request.json()
        question = MARK.findall(str(body["messages"]))[-1]
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        if self._go is not None:
            self._waiting.release()
            await self._go.wait()
        pieces = list(events(body["model"], " ".join(f"word{number}" for number in range(WORDS))))
        with contextlib.suppress(ConnectionError):
            for number, piece in enumerate(pieces):
                if number == 1:
                    self.wrote[question] = time.perf_counter()
                await response.write(piece)
                if 0 < number < WORDS:
                    await asyncio.sleep(GAP)
            await response.write_eof()
        return response


class Asker:
    """Somebody in a room with a bot, who asks and reads."""

    def __init__(self, address: str, number: int, rooms: int) -> None:
        self.number, self.room, self.bot = number, f"#bots{number % rooms}", f"bot{number}"
        self._client = Client(address, nick=f"asker{number}", patient=True)
        self._items = self._client.events()

    async def come(self) -> None:
        await self._client.connect()
        await self._client.join(self.room, last=100)
        await self.hear("notice")  # by which the bot says that it is there

    async def go(self) -> None:
        await self._client.close()

    async def ask(self, question: str) -> None:
        await self._client.post(self.room, f"@{self.bot} question {question}")

    async def draft(self) -> float:
        """When the first part of the answer was here."""
        async for item in self._items:
            match item:
                case Signalled(body=signals.Draft(append=text), sender=sender) if text and sender is not None:
                    if sender.nick == self.bot:
                        return time.perf_counter()
        raise ConnectionError("the server is gone")

    async def hear(self, style: str = "text") -> None:
        """Wait until the bot says something whole."""
        async for item in self._items:
            match item:
                case Told(body=Message(style=said), sender=sender) if sender.nick == self.bot and said == style:
                    return

    async def keep_asking(self) -> None:
        turn = 0
        while True:
            turn += 1
            await self.ask(f"q{self.number}x{turn}")
            await self.hear()


async def _main(count: int) -> None:
    loop = asyncio.get_running_loop()
    async with Writing() as provider:
        print(f"provider={provider.openai}", flush=True)
        address = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
        askers = [Asker(address, number, count) for number in range(count)]
        for asker in askers:
            await asker.come()
        work = [loop.create_task(asker.keep_asking()) for asker in askers]
        while len(provider.wrote) < count:  # noqa: ASYNC110 - a benchmark may look now and then
            await asyncio.sleep(0.1)
        print("streaming", flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
