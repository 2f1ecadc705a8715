"""A talk: two people on one link, from the introduction to the last word."""

import asyncio
from collections.abc import AsyncIterator

from roomful.errors import RoomfulError
from roomful.terminal.front import OutputGone
from roomful.terminal.pair.link import Link, Over
from roomful.terminal.pair.screens import Screen
from roomful.terminal.pair.texts import portions
from roomful.terminal.pair.wire import Ending

LEAVING = 2.0  # seconds that a peer gets to answer when one interrupts


async def introduce(
    link: Link, running: asyncio.Task[Ending], interrupted: asyncio.Event, patience: float
) -> Ending | None:
    """Let both ends introduce themselves; how it ended if they did not. Raises NotAPair."""
    meeting, leaving = asyncio.create_task(link.meet()), asyncio.create_task(interrupted.wait())
    try:
        await asyncio.wait((meeting, leaving), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            return Ending("left")
        if not meeting.done():
            return Ending("refused", f"It did not introduce itself within {patience:g} seconds.")
        meeting.result()
    except Over:
        return await running
    except RoomfulError as why:
        return Ending("refused", why.message)
    finally:
        meeting.cancel()
        leaving.cancel()
    return None


async def talk(link: Link, running: asyncio.Task[Ending], screen: Screen, interrupted: asyncio.Event) -> Ending:
    """Carry what is typed and what is said, until one of the two leaves or the connection ends."""
    try:
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(_hear(link, screen))
            speaking = group.create_task(_speak(link, screen))
            leaving = group.create_task(_leave_when(interrupted, link, speaking))
            await asyncio.shield(running)
            speaking.cancel()
            await link.texts.join()  # what came is shown, however the connection ended
            hearing.cancel()
            leaving.cancel()
    except* OutputGone:  # nobody reads what is said here: this end leaves
        await _leave(link)
    return await running


async def _hear(link: Link, screen: Screen) -> None:
    while True:
        request, text = await link.texts.get()
        await screen.said(link.peer_nick, text)
        link.shown(request)
        link.texts.task_done()


async def _speak(link: Link, screen: Screen) -> None:
    try:
        async for text in _typed(link, screen):
            await screen.echo(link.nick, text)
            for part in portions(text):
                await link.say(part)
        await link.all_shown()
        await link.leave()
    except Over:
        return  # `talk` sees it too, and knows how


async def _typed(link: Link, screen: Screen) -> AsyncIterator[str]:
    """What is typed, until the input ends; or until it pauses, when the peer is leaving."""
    peer_leaves = asyncio.create_task(link.peer_leaves.wait())
    try:
        while True:
            reading = asyncio.create_task(screen.read())
            try:
                await asyncio.wait((reading, peer_leaves), return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    await asyncio.wait((reading,), timeout=screen.grace)
                if not reading.done() or not (text := reading.result()):
                    return
            finally:
                reading.cancel()
            yield text
    finally:
        peer_leaves.cancel()


async def _leave_when(interrupted: asyncio.Event, link: Link, speaking: asyncio.Task[None]) -> None:
    await interrupted.wait()
    speaking.cancel()
    await _leave(link)


async def _leave(link: Link) -> None:
    """Say bye and do not wait long."""
    try:
        async with asyncio.timeout(LEAVING):
            await link.leave()
            await link.over.wait()
    except (TimeoutError, Over):
        link.hang_up()
