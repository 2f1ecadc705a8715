"""Where a client is in each of its rooms, and what an event's number says about it. Pure.

| number          | meaning     | what follows                                      |
|-----------------|-------------|---------------------------------------------------|
| cursor + 1      | the next    | it is taken in                                    |
| up to cursor    | seen        | it is ignored                                     |
| beyond that     | a gap       | nothing is taken in; the room is read after cursor |
"""

from collections.abc import Iterator

from roomful.domain.answers import Joined
from roomful.domain.names import parse_room
from roomful.errors import BadName


class Place:
    """Where a client is in one room."""

    __slots__ = ("behind", "cursor", "head", "id", "leaving", "rejoining", "repairs", "room")

    def __init__(self, room: str, cursor: int | None, head: int = 0, id: str = "") -> None:
        self.room = room  # as it is called now
        self.id = id  # which never changes; empty: the server did not say
        self.cursor = cursor  # the newest event taken in; None: the next join says where to begin
        self.head = head  # the room's newest event at the last join: what is beyond it happens now
        self.leaving = False  # a `leave` is under way: the room is not joined again
        self.behind = False  # there was no place for an event: the room is to be read on when there is
        self.rejoining = False
        self.repairs = 0  # in a row, without an event that fitted

    @property
    def reference(self) -> str:
        """What finds the room again, also under another name."""
        return f"!{self.id}" if self.id else self.room

    def rejoined(self, head: int) -> None:
        """A join after the cursor was answered."""
        self.cursor = head if self.cursor is None else self.cursor
        self.head = head
        self.rejoining = self.behind = False


class Places:
    """The rooms that a client follows, and the history that their cursors belong to."""

    def __init__(self) -> None:
        self.epoch = ""
        self._by_room: dict[str, Place] = {}
        self._renamed: dict[str, str] = {}  # folded names that rooms had, and what these are called now
        self.get = self._by_room.get  # by the room's address as the server tells it

    def find(self, reference: str) -> Place | None:
        """The room that somebody calls by this name, in whatever case."""
        wanted = _folded(reference)
        return next((place for place in self._by_room.values() if _folded(place.room) == wanted), None)

    def joined(self, answer: Joined, cursor: int) -> None:
        """A join that somebody asked for was answered: the events after `cursor` come next."""
        self._renamed.pop(_folded(answer.room), None)
        self._by_room[answer.room] = Place(answer.room, cursor, answer.head, answer.id)

    def renamed(self, place: Place, name: str) -> None:
        """A room is called something else."""
        old = place.room
        self._by_room.pop(old, None)
        place.room = name
        self._by_room[name] = place
        self._renamed = {had: name if now == old else now for had, now in self._renamed.items()}
        self._renamed[_folded(old)] = name
        self._renamed.pop(_folded(name), None)

    def present(self, reference: str) -> str:
        """The name that a room has now which somebody calls by the one it had."""
        return self._renamed.get(_folded(reference), reference) if self._renamed else reference

    def start_over(self, epoch: str) -> None:
        """The history is another one: all numbers are forgotten. What is still told by the old ones finds no place."""
        self.epoch = epoch
        self._renamed.clear()
        for place in self.wanted():
            self._by_room[place.room] = Place(place.room, None)

    def forget(self, room: str) -> None:
        """The room is not followed any more."""
        self._by_room.pop(room, None)

    def wanted(self) -> list[Place]:
        """The rooms to join on a new connection, in the order of joining."""
        return [place for place in self._by_room.values() if not place.leaving]

    def behind(self) -> Iterator[Place]:
        """The rooms with events that there was no place for."""
        return (place for place in self.wanted() if place.behind and not place.rejoining)


def _folded(reference: str) -> str:
    try:
        return parse_room(reference).folded
    except BadName:
        return reference  # '!id', which is compared as it is; or no room at all
