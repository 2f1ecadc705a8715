"""The contract of a bus: it wakes other hubs over the same store. It may lose, repeat and reorder; the log heals that."""

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct


class Wake(Struct, frozen=True, gc=False):
    """A room has grown."""

    room: str  # id
    head: int


class Bus(Protocol):
    """Tells every other listener; never the publisher itself."""

    def publish(self, wakes: list[Wake]) -> None:
        """Send without waiting. A bus that cannot keep up drops."""

    def listen(self) -> AsyncIterator[Wake]:
        """What others publish, from now on, until the bus is closed."""

    async def close(self) -> None:
        """Stop listening."""
