"""A bus within one process: for one hub (nobody listens), and for several hubs in a test."""

import asyncio
from collections.abc import AsyncIterator

from roomful.bus import Wake


class Exchange:
    """Connects the buses that are made from it."""

    def __init__(self) -> None:
        self.buses: list[LocalBus] = []

    def bus(self) -> "LocalBus":
        """A new bus that hears what the others of this exchange publish."""
        bus = LocalBus(self)
        self.buses.append(bus)
        return bus


class LocalBus:
    """One listener's end."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._heard: asyncio.Queue[Wake | None] = asyncio.Queue()

    def publish(self, wakes: list[Wake]) -> None:
        """Hand the wakes to every other bus of the exchange."""
        for bus in self._exchange.buses:
            if bus is not self:
                bus.hear(wakes)

    def hear(self, wakes: list[Wake]) -> None:
        """Take wakes in, for `listen` to give out."""
        for wake in wakes:
            self._heard.put_nowait(wake)

    async def listen(self) -> AsyncIterator[Wake]:
        """What others publish, until `close`."""
        while (wake := await self._heard.get()) is not None:
            yield wake

    async def close(self) -> None:
        """End `listen` and leave the exchange."""
        self._exchange.buses.remove(self)
        self._heard.put_nowait(None)
