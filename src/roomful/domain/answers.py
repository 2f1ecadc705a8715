"""Answers: what a request's `ok` reply says, besides `type` and `re`."""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.events import Event, Kind, Role, Sender

Address = Annotated[str, Meta(description="`#name` or `!id`.")]


class Answer(Struct, frozen=True, gc=False, omit_defaults=True):
    """The fields of an `ok` reply."""


class Done(Answer, frozen=True):
    """Nothing more to say. Answers `logout`, `leave`, `typing`, `ping`, `bye`."""


class Welcome(Answer, frozen=True):
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

    id: Annotated[str, Meta(description="The participant's opaque id, which never changes.")]
    nick: Annotated[str, Meta(description="The nick as it was taken.")]
    kind: Kind
    account: Annotated[str | None, Meta(description="The account's name; null for a guest.")] = None


class LoggedIn(Answer, frozen=True):
    """Answers `login`."""

    participant: Annotated[Me, Meta(description="Who this connection is from here on.")]
    resume: Annotated[str, Meta(description="Keep it secret; `login` with it continues as this participant.")]


class Joined(Answer, frozen=True):
    """Answers `join`. Replayed events follow, then one `state` signal, then live events."""

    room: Annotated[str, Meta(description="`#name` or `!id`: use this from here on.")]
    head: Annotated[int, Meta(description="The room's newest event when the join took effect.")]
    count: Annotated[int, Meta(description="How many members the room has.")]
    members: Annotated[tuple[Sender, ...], Meta(description="At most 100 of them; `members` lists all.")] = ()
    topic: Annotated[str, Meta(description="The room's topic; empty: none.")] = ""
    welcome: Annotated[str, Meta(description="The room's word of greeting.")] = ""
    peer: Annotated[Sender | None, Meta(description="In a direct room: the other participant.")] = None


class Receipt(Answer, frozen=True):
    """Answers `post` and `topic`: recorded, under this number."""

    room: Address
    seq: Annotated[int, Meta(ge=1, description="The event's number in the room.")]


class Renamed(Answer, frozen=True):
    """Answers `nick`."""

    nick: Annotated[str, Meta(description="The nick as it was taken.")]


class Page(Answer, frozen=True):
    """Answers `history`: events in the log's order."""

    room: Address
    events: Annotated[tuple[Event, ...], Meta(description="In the order of their numbers, without gaps.")]
    head: Annotated[int, Meta(description="The room's newest event.")]
    more: Annotated[bool, Meta(description="There are more in the direction asked for; with `around`: newer ones.")] = (
        False
    )


class RoomInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A room in a list."""

    room: Address
    count: Annotated[int, Meta(description="How many members.")]
    head: Annotated[int, Meta(description="Its newest event.")]
    topic: Annotated[str, Meta(description="Its topic; empty: none.")] = ""
    peer: Annotated[Sender | None, Meta(description="In a direct room: the other participant.")] = None


class RoomList(Answer, frozen=True):
    """Answers `rooms`."""

    rooms: Annotated[tuple[RoomInfo, ...], Meta(description="In the order of their names without regard to case.")]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `room`.")] = False


class MemberInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A member in a list."""

    id: Annotated[str, Meta(description="The participant's opaque id.")]
    nick: Annotated[str, Meta(description="Its nick now.")]
    kind: Kind
    role: Role = "member"
    online: Annotated[bool, Meta(description="Connected now.")] = False


class MemberList(Answer, frozen=True):
    """Answers `members`."""

    room: Address
    count: Annotated[int, Meta(description="How many members the room has.")]
    members: Annotated[tuple[MemberInfo, ...], Meta(description="In the order of their nicks without regard to case.")]
    more: Annotated[bool, Meta(description="There are more: ask `after` the last `nick`.")] = False


AnyAnswer = Done | Welcome | LoggedIn | Joined | Receipt | Renamed | Page | RoomList | MemberList
