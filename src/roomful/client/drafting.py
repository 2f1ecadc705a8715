"""An answer while it is being written: shown to the room as it grows, not oftener than eyes can follow, and posted at the end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from roomful.client.failures import ConnectionLost, delay
from roomful.client.outbox import Outbox, Resend
from roomful.client.visit import Sleep
from roomful.domain import commands
from roomful.domain.answers import Done, Receipt
from roomful.errors import BadRequest, Refused, TryLater

EVERY = 0.04  # s between two parts


class Drafting:
    """What a bot is about to say.

    async with client.draft("#lobby") as draft:
        async for text in answer:
            draft.add(text)
        await draft.post(causes=(41,))

    What was not posted when the block is left is dropped, and readers forget what they were shown. Nothing hangs on the parts:
    the message that comes at the end is whole, whatever became of them.
    """

    def __init__(
        self,
        room: str,
        id: str,
        outbox: Outbox,
        post: Callable[..., Awaitable[Receipt]],
        sleep: Sleep,
        every: float = EVERY,
    ) -> None:
        self.room = room
        self.id = id  # the nonce of the post to come
        self.text = ""  # all of it so far
        self._outbox = outbox
        self._post = post
        self._sleep = sleep
        self._every = every
        self._shown = 0  # code points that the server has
        self._begun = False  # a part was sent
        self._over = False  # nothing more is shown
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drop()

    def add(self, text: str) -> None:
        """Some more. The first part is shown at once; what comes soon after one is shown with the next."""
        self.text += text
        if self._task is None and not self._over:
            self._task = asyncio.get_running_loop().create_task(self._show())

    async def post(self, text: str | None = None, **how: Any) -> Receipt:
        """Say it, which ends the draft. Takes and raises what `Client.post` does.

        Args:
            text: what is said, if it is not what was added so far.
        """
        await self._halt()
        receipt = await self._post(self.room, self.text if text is None else text, nonce=self.id, **how)
        self._begun = False  # the message has taken its place
        return receipt

    async def drop(self) -> None:
        """Nothing comes of it; after a post, this does nothing."""
        await self._halt()
        if not self._begun:
            return
        self._begun = False
        dropped = commands.Draft(0, self.room, self.id, dropped=True)
        with contextlib.suppress(Refused, ConnectionLost):  # then the server has forgotten it by itself
            await self._outbox.ask_first(dropped, Done).answer

    async def _halt(self) -> None:
        """Show nothing more. Raises what went wrong in showing, if it was a fault."""
        self._over = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    async def _show(self) -> None:
        while self._shown < len(self.text) and not self._over:
            at, part = self._shown, self.text[self._shown :]
            self._begun = True
            try:
                await self._outbox.ask(commands.Draft(0, self.room, self.id, at, part), Done, Resend.NEVER).answer
                self._shown = at + len(part)
            except TryLater as why:
                await self._sleep(delay(why))
            except (ConnectionLost, BadRequest) as why:
                # On another connection the draft begins again: the server has forgotten it.
                self._shown, self._over = 0, isinstance(why, BadRequest) and at == 0
            except Refused:
                self._over = True  # whoever reads will see the whole message
            await self._sleep(self._every)
        self._task = None
