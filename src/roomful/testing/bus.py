"""A bus that cannot be trusted."""

import random
from collections.abc import AsyncIterator

from roomful.bus import Bus, Wake


class LossyBus:
    """Wraps a bus: of what that one hears, some is lost, some repeated, some late and out of order."""

    def __init__(self, bus: Bus, rng: random.Random) -> None:
        self._bus = bus
        self._rng = rng

    def publish(self, wakes: list[Wake]) -> None:
        """Send truly: it is the hearing that is bad."""
        self._bus.publish(wakes)

    async def listen(self) -> AsyncIterator[Wake]:
        """What others publish, after a fashion."""
        held: list[Wake] = []
        async for wake in self._bus.listen():
            held += [wake] * self._rng.choice((0, 1, 1, 2))
            self._rng.shuffle(held)
            while held and self._rng.random() < 0.8:
                yield held.pop()

    async def close(self) -> None:
        """Stop listening."""
        await self._bus.close()
