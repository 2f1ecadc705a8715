"""What `Client.events` gives: events, signals, and what becomes of the connection."""

from collections.abc import Sequence

from msgspec import Struct

from roomful.domain.answers import Me
from roomful.protocol.native import Signalled, Told, WirePage, told


class Lost(Struct, frozen=True):
    """The connection is lost; told again after each attempt that failed."""

    reason: str  # for people, without a full stop
    retry_in: float  # seconds until the next attempt


class Resumed(Struct, frozen=True):
    """The connection is back, one is logged in, and all rooms are followed again. What was missed comes next.

    `me` is the same participant as before, unless the server had forgotten that one; its nick may have been given away.
    """

    rooms: dict[str, int]  # each room's head when it was joined again
    me: Me


class HistoryReplaced(Struct, frozen=True):
    """The server's history is another one: numbers of events known so far mean nothing any more. The rooms go on live."""

    reason: str


class RoomLost(Struct, frozen=True):
    """A room is not followed any more.

    `code` is `left` (on another device), `kicked`, `banned` or `deleted`; or that of the refusal where it could not be joined
    again, such as `invite_only`.
    """

    room: str
    code: str
    message: str  # a sentence for people


class RoomRenamed(Struct, frozen=True):
    """A room is followed under another name from here on. Told before anything that bears the new one."""

    old: str
    room: str


class Ended(Struct, frozen=True):
    """The server said goodbye for good, or does not let one in again. Nothing follows."""

    code: str
    message: str


Status = Lost | Resumed | HistoryReplaced | RoomLost | RoomRenamed | Ended
Item = Told | Signalled | Status


class History(Struct, frozen=True):
    """Events of a room: a part of its log, a thread, what was done to a message, the pinned messages, the moderation log."""

    room: str
    events: list[Told]  # of a log in the order of their numbers, without gaps
    head: int  # the room's newest event
    more: bool  # there are more in the direction asked for
    changes: Sequence[Told] = ()  # what was done to these messages, where it is not among the events; for a `Timeline`

    @classmethod
    def of(cls, page: WirePage) -> "History":
        """What a page holds."""
        return cls(page.room, [told(frame) for frame in page.events], page.head, page.more, [*map(told, page.changes)])
