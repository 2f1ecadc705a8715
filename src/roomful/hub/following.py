"""Followers: readers of the log inside the server, each with cursors of its own, and never on the way of a message."""

from collections.abc import Mapping
from typing import Protocol


class Follower(Protocol):
    """What the hub tells a follower; what it misses, it finds in the log."""

    def news(self, heads: Mapping[str, int]) -> None:
        """These rooms (ids) have moved on, up to these numbers. Called after telling, so it only notes that."""

    def look_again(self) -> None:
        """Something else may be otherwise: rows that it goes by, or what another process has written."""
