"""Memory, and the wall around it: it belongs to a bot and a room. A direct room is a room of its own, for two.

A turn reads what its own bot remembers of its own room, and nothing else: what was said in private stays there, and what one
room was told is not told to another.
"""

from collections.abc import Iterable

from msgspec import Struct

from roomful.domain.verdicts import Memory

MOST = 30  # notes that a turn is given, the newest
LONGEST = 600  # characters of each


class Shelved(Struct, frozen=True):
    """A memory, and the room that it is of."""

    room: str  # the room's id
    memory: Memory


def for_turn(bot: str, room: str, shelf: Iterable[Shelved]) -> list[Memory]:
    """The notes that a bot may have before it in a room, oldest first. Notes without a source are none."""
    notes = [
        one.memory
        for one in shelf
        if one.room == room and one.memory.bot == bot and one.memory.kind == "note" and one.memory.seq > 0
    ]
    return sorted(notes, key=lambda note: note.seq)[-MOST:]


def summary_for(room: str, shelf: Iterable[Shelved]) -> Memory | None:
    """The newest summary of a room."""
    found = [one.memory for one in shelf if one.room == room and one.memory.kind == "summary"]
    return max(found, key=lambda memory: memory.seq, default=None)


def without_line(shelf: Iterable[Shelved], room: str, target: int) -> list[Shelved]:
    """What is left when a line is redacted: nothing that comes from it, and no summary that may speak of it."""

    def stays(one: Shelved) -> bool:
        if one.room != room:
            return True
        return one.memory.seq < target if one.memory.kind == "summary" else one.memory.seq != target

    return [one for one in shelf if stays(one)]
