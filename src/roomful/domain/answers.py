"""Answers: what a request's `ok` reply says, besides `type` and `re`."""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.events import Event, Kind, Role, Sender


class Answer(Struct, frozen=True, gc=False, omit_defaults=True):
    """The fields of an `ok` reply."""


class Done(Answer):
    """Nothing more to say. Answers `logout`, `leave`, `typing`, `ping`, `bye`."""


class Welcome(Answer):
    """Answers `hello`."""

    server: Annotated[str, Meta(description="The server's name and release.")]
    protocol: Annotated[int, Meta(description="The version spoken from here on.")]
    epoch: Annotated[str, Meta(description="Names the history that cursors belong to.")]
    features: Annotated[tuple[str, ...], Meta(description="What this server can do beyond version 1.")]
    max_frame: Annotated[int, Meta(description="The largest payload either side may send, bytes.")]
    max_text: Annotated[int, Meta(description="The largest text of a post, bytes of UTF-8.")]
    max_in_flight: Annotated[int, Meta(description="With so many unanswered requests the server stops reading.")]
    idle: Annotated[float, Meta(description="Send something at least this often, seconds.")]


class Me(Struct, frozen=True, gc=False):
    """The participant one is."""

    id: str
    nick: str
    kind: Kind
    account: Annotated[str, Meta(description="The account's name; null for a guest.")] | None = None


class LoggedIn(Answer):
    """Answers `login`."""

    participant: Me
    resume: Annotated[str, Meta(description="Keep it secret; `login` with it continues as this participant.")]


class Joined(Answer):
    """Answers `join`. Replayed events follow, then one `state` signal, then live events."""

    room: Annotated[str, Meta(description="`#name` or `!id`: use this from here on.")]
    head: Annotated[int, Meta(description="The room's newest event when the join took effect.")]
    count: Annotated[int, Meta(description="How many members the room has.")]
    members: Annotated[tuple[Sender, ...], Meta(description="At most 100 of them; `members` lists all.")] = ()
    topic: str = ""
    welcome: Annotated[str, Meta(description="The room's word of greeting.")] = ""
    peer: Annotated[Sender, Meta(description="In a direct room: the other participant.")] | None = None


class Receipt(Answer):
    """Answers `post` and `topic`: recorded, under this number."""

    room: str
    seq: int


class Renamed(Answer):
    """Answers `nick`."""

    nick: Annotated[str, Meta(description="The nick as it was taken.")]


class Page(Answer):
    """Answers `history`: events in the log's order."""

    room: str
    events: tuple[Event, ...]
    head: Annotated[int, Meta(description="The room's newest event.")]
    more: Annotated[bool, Meta(description="There are more in the direction asked for.")] = False


class RoomInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A room in a list."""

    room: str
    count: Annotated[int, Meta(description="How many members.")]
    head: Annotated[int, Meta(description="Its newest event.")]
    topic: str = ""
    peer: Annotated[Sender, Meta(description="In a direct room: the other participant.")] | None = None


class RoomList(Answer):
    """Answers `rooms`."""

    rooms: tuple[RoomInfo, ...]
    more: bool = False


class MemberInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A member in a list."""

    id: str
    nick: str
    kind: Kind
    role: Role = "member"
    online: Annotated[bool, Meta(description="Connected now.")] = False


class MemberList(Answer):
    """Answers `members`."""

    room: str
    count: int
    members: tuple[MemberInfo, ...]
    more: bool = False


AnyAnswer = Done | Welcome | LoggedIn | Joined | Receipt | Renamed | Page | RoomList | MemberList
