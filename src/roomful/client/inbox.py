"""What has come and was not read yet: bounded, because the log holds the rest.

Counted are bytes, as they came. Above SOFT the connection should not be read from; above HARD nothing more is taken in,
and the rooms concerned are read on from the log when there is room again.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from roomful.client.items import Item

SOFT = 256 * 1024
HARD = 8 * 1024 * 1024
OVERHEAD = 256  # bytes an item takes beyond those of its frame


class Inbox:
    """A queue of items for `Client.events`. `drained` is called when a queue above SOFT has come down to half of it."""

    def __init__(self, drained: Callable[[], None]) -> None:
        self._drained = drained
        self._items: deque[tuple[Item, int]] = deque()
        self._held: deque[tuple[Item, int]] | None = None
        self._size = 0
        self._pressed = False  # it was full, and has not drained since
        self._over = False
        self._fault: BaseException | None = None
        self._some = asyncio.Event()  # there is an item, or the end

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return self._size

    @property
    def full(self) -> bool:
        """Whether there is enough to read."""
        return self._size >= SOFT

    @property
    def overfull(self) -> bool:
        """Whether nothing more may be put in."""
        return self._size >= HARD

    def put(self, item: Item, size: int = 0) -> None:
        """Add an item whose frame had so many bytes."""
        self._add(item, size, self._items if self._held is None else self._held)

    def announce(self, item: Item) -> None:
        """Add an item before those that are kept apart."""
        self._add(item, 0, self._items)

    def _add(self, item: Item, size: int, queue: deque[tuple[Item, int]]) -> None:
        if self._over:
            return
        size += OVERHEAD
        queue.append((item, size))
        self._size += size
        self._pressed = self._pressed or self._size >= SOFT
        if queue is self._items:
            self._some.set()

    def hold(self) -> None:
        """Keep what comes from here on apart, until it is known what must be told before it."""
        if self._held is None:
            self._held = deque()

    def drop_held(self) -> None:
        """Forget what was kept apart."""
        if self._held is not None:
            self._size -= sum(size for _, size in self._held)
            self._held.clear()

    def release(self) -> None:
        """Add what was kept apart."""
        held, self._held = self._held, None
        if held:
            self._items.extend(held)
            self._some.set()

    def end(self, fault: BaseException | None = None, *, at_once: bool = False) -> None:
        """Nothing comes any more. With `at_once`, what is still there is not given out either."""
        if self._over:
            return
        self.release()
        if at_once:
            self._items.clear()
        self._over, self._fault = True, fault
        self._some.set()

    async def get(self) -> Item:
        """The next item. Raises StopAsyncIteration behind the last one, or the fault that ended it."""
        while not self._items:
            if self._over:
                raise self._fault or StopAsyncIteration
            self._some.clear()
            await self._some.wait()
        item, size = self._items.popleft()
        self._size -= size
        if self._pressed and self._size <= SOFT // 2:
            self._pressed = False
            self._drained()
        return item


class Items:
    """The iterator over an inbox. A cancelled wait loses nothing; several iterators share the items among them."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def __aiter__(self) -> "Items":
        return self

    async def __anext__(self) -> Item:
        return await self._inbox.get()
