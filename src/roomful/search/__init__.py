"""Search: the contract of an index over what was said, and what is asked of it.

An index is made from the log and can be made again: it has cursors, as readers have, and an index that is lost or belongs to
another history is begun anew. It finds numbers; what a hit shows is read from the store.

text.py      texts as terms, snippets
query.py     the query language
entries.py   from events to what an index does
sqlite/      the adapter on SQLite's FTS5
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from roomful.domain.events import Event, Sender

from .query import Query, parse
from .text import Phrase, Snippet, snippet

__all__ = ["Ask", "Found", "Hit", "Hits", "Index", "Phrase", "Query", "Scope", "Snippet", "parse", "snippet"]


class Scope(Struct, frozen=True):
    """What the asker may read."""

    first: Mapping[str, int]  # by room's id: the number of the first event that may be read
    names: Mapping[str, str] = {}  # folded name, with its '#' -> id, for `room:`


class Ask(Struct, frozen=True):
    """A query whose names are resolved."""

    query: Query
    first: Mapping[str, int]  # rooms to look in, and from which number on
    people: Mapping[str, str] = {}  # folded nick -> id of the participant that has it now
    limit: int = 20
    offset: int = 0


class Found(Struct, frozen=True):
    """A message that fits. `said` is the number of the event whose text was looked at: an edit, or the message itself."""

    room: str
    seq: int
    said: int
    score: float


class Hit(Struct, frozen=True):
    """A message that fits, as the store has it now."""

    room: str  # its id
    seq: int
    at: int  # ms
    sender: Sender
    snippet: str
    matches: tuple[tuple[int, int], ...]  # in the snippet: begin and end, in code points
    score: float
    thread: int | None = None


class Hits(Struct, frozen=True):
    """What a search found, the best (or the newest) first."""

    hits: Sequence[Hit]
    more: bool = False  # there are more: ask with an offset
    behind: bool = False  # the index is being made, and not all is found yet


class Index(Protocol):
    """Finds messages by what they say. Each method raises TryLater when it cannot; see `cursors` again after that."""

    async def feed(self, events: Sequence[Event]) -> bool:
        """Take in events, of each room in order and without a gap after its cursor. What was taken in before is passed over.

        Entries and cursors move together. Returns whether a text was taken out: see `purge`.
        """

    async def cursors(self) -> dict[str, int]:
        """By room: the number up to which its log was taken in."""

    async def oldest(self, room: str, limit: int = 100) -> list[int]:
        """The numbers of the oldest messages of a room that it holds."""

    async def remove(self, room: str, seqs: Sequence[int]) -> None:
        """Take out these messages, if they are there."""

    async def forget(self, room: str) -> None:
        """Take out a room, and its cursor."""

    async def purge(self) -> None:
        """See that what was taken out is in no file any more."""

    async def search(self, ask: Ask) -> tuple[list[Found], bool]:
        """Messages that fit, and whether there are more. Raises BadQuery: it takes too long."""

    async def close(self) -> None:
        """Let go of everything."""
