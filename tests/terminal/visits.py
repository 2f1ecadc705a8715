"""People in the rooms of a real server, each with a front end whose both sides are in the test's hands."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from roomful.terminal.chat import ChatOptions, Visit
from roomful.terminal.view import Line, text_of

if TYPE_CHECKING:
    from roomful.terminal.desk import Desk

PATIENCE = 20.0  # s: a safety net, not a measure


class Table:
    """A front end: what is typed into it comes from the test, what it shows is kept."""

    def __init__(self, *, live: bool, asks: bool, answers: Sequence[str]) -> None:
        self.live = live
        self.asks = asks
        self.shown: list[str] = []
        self.asked: list[str] = []
        self.given_back: list[str] = []
        self.desk: Desk | None = None
        self._answers = list(answers)
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        self._changed = asyncio.Event()

    def show(self, lines: Sequence[Line]) -> None:
        self.shown += [text_of(line) for line in lines]
        self._changed.set()

    def refresh(self) -> None:
        self._changed.set()

    def give_back(self, text: str) -> None:
        self.given_back.append(text)

    async def ask(self, question: str, *, secret: bool = False) -> str:
        self.asked.append(question)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)

    async def lines(self, desk: "Desk") -> AsyncIterator[str]:
        self.desk = desk
        self._changed.set()
        while (line := await self._typed.get()) is not None:
            yield line

    async def close(self) -> None:
        pass

    # -- the test's side ------------------------------------------------------------------------

    def type(self, *lines: str) -> None:
        for line in lines:
            self._typed.put_nowait(line)

    def end(self) -> None:
        self._typed.put_nowait(None)

    async def sees(self, *texts: str, since: int = 0) -> str:
        """Wait for a line that holds one of the texts."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [line for line in self.shown[since:] if any(text in line for text in texts)]):
                await self._change()
        return found[-1]

    async def toolbar_has(self, text: str) -> None:
        """Wait for the toolbar to say something."""
        async with asyncio.timeout(PATIENCE):
            while self.desk is None or text not in text_of(self.desk.toolbar()):
                await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class Person:
    """Somebody who chats."""

    def __init__(self, visit: Visit, table: Table, leaving: asyncio.Event) -> None:
        self.visit = visit
        self.table = table
        self.leaving = leaving
        self.sees = table.sees
        self.run = asyncio.create_task(visit.run())

    async def does(self, line: str, then: str) -> str:
        """Type a line, and wait for what it brings."""
        before = len(self.table.shown)
        self.table.type(line)
        return await self.table.sees(then, since=before)

    @property
    def lines(self) -> list[str]:
        """What was shown, without times."""
        return [re.sub(r"^\d\d:\d\d ", "", line) for line in self.table.shown]

    async def leaves(self, by: str | None = "/exit") -> int:
        """Type /exit, or end the input; the exit code."""
        self.table.type(by) if by else self.table.end()
        async with asyncio.timeout(PATIENCE):
            return await self.run


@asynccontextmanager
async def chatting(
    address: str,
    nick: str | None,
    *,
    room: str = "#lobby",
    live: bool = False,
    asks: bool = False,
    answers: Sequence[str] = (),
    account: str | None = None,
) -> AsyncIterator[Person]:
    """Somebody in a room, who has seen what is said on entering it."""
    table, leaving = Table(live=live, asks=asks, answers=answers), asyncio.Event()
    person = Person(Visit(ChatOptions(address, nick, room, account=account), table, leaving), table, leaving)
    try:
        await table.sees("Here: ", "Only you are here")
        await table.toolbar_has("")  # it is there once lines are read
        yield person
    finally:
        leaving.set()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(person.run, return_exceptions=True)
