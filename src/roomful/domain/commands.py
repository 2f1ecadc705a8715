"""What a participant may ask of the server: commands, which change something, and questions.

Field texts here are the field tables of docs/protocol.md, and the constraints are checked while decoding, so that a
handler sees only what fits.
"""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.events import Style

Id = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Chosen by the client; the reply bears it as `re`.")]
RoomRef = Annotated[str, Meta(min_length=1, max_length=65, description="`#name`, or `!id` for a direct room.")]
Nonce = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="Chosen by the sender, new for each command. The same nonce in the same room gives the first receipt again.",
    ),
]
Again = Annotated[bool, Meta(description="This may have been sent before: look for its receipt in the store too.")]
Cursor = Annotated[int, Meta(ge=0, description="An event's number; 0 is before the first.")]
Limit = Annotated[int, Meta(ge=1, le=500, description="How many at most; fewer come if the frame is full.")]


class Request(Struct, frozen=True, gc=False, tag_field="type", tag=str.lower):
    """One request. Each gets exactly one reply."""

    id: Id


class Login(Request, frozen=True):
    """Become a participant on this connection: a new guest, or, with `resume`, the one that was."""

    nick: (
        Annotated[str, Meta(max_length=64, description="The nick wanted. With `resume` it may be left out.")] | None
    ) = None
    resume: (
        Annotated[str, Meta(max_length=256, description="From an earlier login's reply: continue as that participant.")]
        | None
    ) = None


class Logout(Request, frozen=True):
    """Stop being a participant on this connection, which stays open for another `login`."""


class Join(Request, frozen=True):
    """Become a member of the room, unless one is already, and follow its events on this connection."""

    room: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=65,
            description="`#name` (created if there is none), `!id`, or `@nick` for the direct room with somebody.",
        ),
    ]
    after: Annotated[int, Meta(ge=0, description="Replay every event after this number.")] | None = None
    last: Annotated[int, Meta(ge=0, le=500, description="Replay the newest so many. Neither: live only.")] | None = None
    signals: Annotated[bool, Meta(description="False: events only, no signals.")] = True
    epoch: (
        Annotated[
            str,
            Meta(
                max_length=64,
                description="The epoch `after` belongs to; refused as `epoch_changed` if it is not the server's.",
            ),
        ]
        | None
    ) = None


class Leave(Request, frozen=True):
    """Stop being a member of the room. In a direct room: only stop following it."""

    room: RoomRef


class Post(Request, frozen=True):
    """Say something in a room."""

    room: RoomRef
    nonce: Nonce
    text: Annotated[str, Meta(description="1 to `max_text` bytes of UTF-8, no U+0000.")]
    style: Style = "text"
    reply_to: Annotated[int, Meta(ge=1, description="The number of an event of this room.")] | None = None
    again: Again = False


class Nick(Request, frozen=True):
    """Take another nick, in all rooms at once."""

    nick: Annotated[str, Meta(max_length=64, description="The new nick.")]


class Topic(Request, frozen=True):
    """Set the room's topic."""

    room: RoomRef
    nonce: Nonce
    text: Annotated[str, Meta(description="At most 1,000 bytes of UTF-8, no control characters; empty: none.")]
    again: Again = False


class Typing(Request, frozen=True):
    """Tell the room that you type, or stopped. Told at most once in 3 seconds; what is over that is dropped."""

    room: RoomRef
    on: Annotated[bool, Meta(description="False: stopped without sending.")] = True


class History(Request, frozen=True):
    """Read the room's log. With none of `before`, `after`, `around`: its newest events."""

    room: RoomRef
    before: Annotated[int, Meta(ge=1, description="Events up to, not including, this number.")] | None = None
    after: Annotated[int, Meta(ge=0, description="Events from after this number.")] | None = None
    around: Annotated[int, Meta(ge=1, description="Events on both sides of this number, itself included.")] | None = (
        None
    )
    limit: Limit = 50


class Rooms(Request, frozen=True):
    """List rooms: those that anybody may join, or one's own."""

    mine: Annotated[bool, Meta(description="Only rooms one is a member of, direct ones included.")] = False
    after: Annotated[str, Meta(max_length=65, description="The last room of the page before.")] | None = None
    limit: Limit = 100


class Members(Request, frozen=True):
    """List a room's members, by nick."""

    room: RoomRef
    after: Annotated[str, Meta(max_length=64, description="The last nick of the page before.")] | None = None
    limit: Limit = 100


class Bye(Request, frozen=True):
    """End the visit: a guest's nick is free at once and its memberships end. After the reply comes `goodbye`."""


class Ping(Request, frozen=True):
    """Show that the connection lives."""


class Hello(Request, frozen=True):
    """The first request of a connection."""

    protocol: Annotated[int, Meta(ge=1, description="The version the client speaks: 1.")]
    agent: Annotated[str, Meta(max_length=100, description="Which program: for the server's log.")] = ""


Question = History | Rooms | Members
Command = Login | Logout | Join | Leave | Post | Nick | Topic | Bye
AnyRequest = (
    Hello | Login | Logout | Join | Leave | Post | Nick | Topic | Typing | History | Rooms | Members | Ping | Bye
)
