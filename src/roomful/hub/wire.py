"""The contract of a wire format: how a gateway writes what the hub tells. Events are encoded once for each wire."""

from collections.abc import Sequence
from typing import Protocol

from roomful.domain.answers import Answer
from roomful.domain.events import Event, Sender
from roomful.domain.signals import Signal
from roomful.errors import Ended, RoomfulError


class Wire(Protocol):
    """Objects to bytes, ready for the socket. One object of it serves all sessions that speak it."""

    def events(self, room: str, events: Sequence[Event]) -> list[bytes]:
        """Each event of the room as it goes out; a reader may get any run of them."""

    def receipt(self, re: int, room: str, seq: int) -> bytes:
        """The answer to a post."""

    def answer(self, re: int, answer: Answer) -> bytes:
        """Any answer."""

    def error(self, re: int | None, error: RoomfulError) -> bytes:
        """A refusal."""

    def signal(self, room: str, sender: Sender | None, signal: Signal) -> bytes:
        """Something told and not logged."""

    def goodbye(self, ended: Ended) -> bytes:
        """Why the connection ends."""
