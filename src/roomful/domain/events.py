"""Events: the facts in a room's log, as they are stored and sent for ever.

An event's body is JSON with a `type`; fields that have their default are left out. A reader that meets a type it does
not know gets `Unknown`: it counts the event's number and shows a stub.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from roomful.domain.files import Attachment

# What later releases may add to is a string here, so that a reader of today takes tomorrow's words.
Kind = Annotated[
    str,
    Meta(
        description="`person` (has an account), `guest` (has none), `bot`, `webhook` or `service`; take another word for "
        "`person`. "
        "Marked by the server, never by the participant."
    ),
]
Role = Annotated[
    str,
    Meta(description="`owner`, `moderator`, `member`, `guest` or `bot`; take another word for `member`."),
]
Style = Annotated[
    Literal["text", "action", "notice", "voice"],
    Meta(
        description="`text`: said; `action`: done, as /me sends it; `notice`: by a program, which no program should answer; "
        "`voice`: spoken, a clip that is the one attachment, of which the server makes the text."
    ),
]
Seq = Annotated[int, Meta(ge=1, description="An event's number in its room: 1, 2, 3 … without gaps.")]


Target = Annotated[int, Meta(ge=1, description="The number of the message that this is about.")]
Reason = Annotated[str, Meta(description="Why, in words; empty: not said.")]
Until = Annotated[str, Meta(description="When it ends: RFC 3339, UTC; absent: when it is lifted.")] | None
RedactedBy = Annotated[int, Meta(ge=0, description="The number of the redaction; 0: erased by age.")] | None


class Sender(Struct, frozen=True, gc=False):
    """Who an event is from, as known when it was recorded."""

    id: Annotated[str, Meta(description="The participant's opaque id: for programs.")]
    nick: Annotated[str, Meta(description="The participant's nick at that time: for eyes.")]
    kind: Kind


class Named(Struct, frozen=True, gc=False):
    """Somebody to whom something is done."""

    id: Annotated[str, Meta(description="The participant's opaque id: for programs.")]
    nick: Annotated[str, Meta(description="The participant's nick at that time: for eyes.")]


Affected = Annotated[Named, Meta(description="To whom it is done.")]


class Body(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag=str.lower):
    """What an event says. One subclass per type."""


class Message(Body, frozen=True):
    """Somebody said something in the room."""

    text: Annotated[
        str,
        Meta(
            description="1 to `max_text` bytes of UTF-8, no U+0000; may hold line feeds. Empty once it is `redacted`, "
            "and where `attachments` say it all."
        ),
    ] = ""
    style: Annotated[str, Meta(description="As in `post`; take another word for `text`.")] = "text"
    reply_to: (
        Annotated[int, Meta(ge=1, description="The number of the event of this room that is answered.")] | None
    ) = None
    thread: (
        Annotated[int, Meta(ge=1, description="The number of the message whose thread this one belongs to.")] | None
    ) = None
    mentions: Annotated[
        tuple[str, ...], Meta(description="Ids of the members whose @nick stands in the text, found by the server.")
    ] = ()
    everybody: Annotated[bool, Meta(description="@room stands in the text, and the sender may call everybody.")] = False
    origin: Annotated[str, Meta(description="Of an imported message: where it comes from.")] = ""
    redacted: RedactedBy = None
    causes: Annotated[
        tuple[int, ...], Meta(description="Of a bot's message: the numbers of the lines that woke it.")
    ] = ()
    bounce: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Of a bot's message, from the server: how many more answers of bots may hang on it. "
                "At 0 it wakes no bot; so it is with a webhook's.",
            ),
        ]
        | None
    ) = None
    conversation: (
        Annotated[int, Meta(ge=1, description="The number of the `conversation` in which a bot says this.")] | None
    ) = None
    cut: Annotated[
        str, Meta(description="Why a bot's answer is not whole: `stopped` or `failed`; take another word for `failed`.")
    ] = ""
    attachments: Annotated[tuple[Attachment, ...], Meta(description="Files: `/files/ID/NAME` over HTTP has them.")] = ()
    heard: Annotated[
        str,
        Meta(description="Of `voice`: who made the text of the clip that is attached, as `this machine` or a host."),
    ] = ""


class Edit(Body, frozen=True):
    """The sender gave a message of its own another text."""

    target: Target
    text: Annotated[str, Meta(description="The new text. Empty once it is `redacted`.")] = ""
    mentions: Annotated[tuple[str, ...], Meta(description="As in a message, of the new text.")] = ()
    redacted: RedactedBy = None


class Redaction(Body, frozen=True):
    """The texts of a message and of its edits are gone: from the log, the index, and what is exported from now on."""

    target: Target
    reason: Reason = ""


class Reaction(Body, frozen=True):
    """The sender reacted to a message, or took it back. The same reaction twice counts once."""

    target: Target
    emoji: Annotated[str, Meta(description="1 to 32 bytes of UTF-8.")]
    on: Annotated[bool, Meta(description="False: taken back.")] = True


class Pin(Body, frozen=True):
    """A message was pinned in the room, or unpinned."""

    target: Target
    on: Annotated[bool, Meta(description="False: unpinned.")] = True


class Join(Body, frozen=True):
    """The sender became a member of the room."""

    role: Role = "member"


class Leave(Body, frozen=True):
    """The sender's membership ended."""

    reason: Annotated[
        str,
        Meta(
            description="Empty: asked to; `bye`: left the server; `expired`: a guest that stayed away; "
            "`banned`: a ban that names no account; `deleted`: its account was."
        ),
    ] = ""


class Kick(Body, frozen=True):
    """The target's membership was ended by the sender. It may come back."""

    target: Affected
    reason: Reason = ""


class Ban(Body, frozen=True):
    """Whoever this fits is no member any more, and may not become one until then. One of `target`, `mask`, `address`."""

    target: Annotated[Named, Meta(description="The participant.")] | None = None
    mask: Annotated[str, Meta(description="A pattern of nicks: `*` stands for any characters, `?` for one.")] = ""
    address: Annotated[
        str, Meta(description="`hidden` if it is an address or a network: `bans` tells moderators which.")
    ] = ""
    until: Until = None
    reason: Reason = ""


class Unban(Body, frozen=True):
    """A ban was lifted."""

    ban: Annotated[int, Meta(ge=1, description="The number of the ban.")]
    target: Annotated[Named, Meta(description="The participant.")] | None = None
    mask: Annotated[str, Meta(description="As in the ban.")] = ""


class Mute(Body, frozen=True):
    """The target may read, and say nothing until then."""

    target: Affected
    until: Until = None
    reason: Reason = ""


class Unmute(Body, frozen=True):
    """The target may speak again."""

    target: Affected


class Promoted(Body, frozen=True, tag="role"):
    """The target has another role from here on."""

    target: Affected
    role: Role = "member"


class Invite(Body, frozen=True):
    """The target may enter the private room."""

    target: Affected


class Nick(Body, frozen=True):
    """The sender, who still bears the old nick in `sender`, is called `nick` from here on."""

    nick: Annotated[str, Meta(description="The new nick.")]


class Topic(Body, frozen=True):
    """The room's topic was set."""

    text: Annotated[str, Meta(description="The new topic; empty: none.")]


class Renamed(Body, frozen=True):
    """The room has another name from here on. The old one is refused with `moved`."""

    name: Annotated[str, Meta(description="The new `#name`.")]
    old: Annotated[str, Meta(description="The name it had.")] = ""


class Changed(Body, frozen=True):
    """Settings of the room are others from here on. Absent: as before."""

    description: Annotated[str, Meta(description="What the room is for.")] | None = None
    kind: Annotated[str, Meta(description="`public` or `private`.")] | None = None
    history: (
        Annotated[str, Meta(description="`all`: members may read all of it; `joined`: from their joining on.")] | None
    ) = None
    slow: Annotated[int, Meta(description="Seconds between two messages of one member; 0: none.")] | None = None
    retention: Annotated[int, Meta(description="Days after which texts are erased; 0: never.")] | None = None
    archived: Annotated[bool, Meta(description="True: it may be read, and nobody may write.")] | None = None
    models: (
        Annotated[str, Meta(description="`any`, or `local`: no line goes to a model on another machine.")] | None
    ) = None


class Conversation(Body, frozen=True):
    """The sender lets bots talk with each other: so many lines, so long, for so many tokens, and no more."""

    bots: Annotated[tuple[Named, ...], Meta(description="Who talks.")]
    topic: Annotated[str, Meta(description="About what.")] = ""
    turns: Annotated[int, Meta(description="How many lines, of all bots together.")] = 12
    seconds: Annotated[int, Meta(description="For how long, s.")] = 600
    tokens: Annotated[int, Meta(description="For how many tokens, in and out, of all bots together; 0: not said.")] = 0


class Concluded(Body, frozen=True):
    """A conversation of bots has come to its end by itself."""

    conversation: Annotated[int, Meta(ge=1, description="Its number.")]
    how: Annotated[
        str,
        Meta(
            description="`settled`: they had said what there was; `turns`, `time`, `tokens`: it had as many as it was given; "
            "`failed`: a bot could not answer. Take another word for `failed`."
        ),
    ]
    turns: Annotated[int, Meta(description="How many lines it had.")] = 0


class Stopped(Body, frozen=True):
    """The sender told the bots to be quiet: answers under way end, and so does a conversation."""


class Continued(Body, frozen=True):
    """The sender let the bots go on, after as many lines in a row as they may have without a person."""


class Unknown(Struct, frozen=True, gc=False):
    """An event of a type that came after this release."""

    type: str
    fields: dict[str, Any]


KnownBody = (
    Message
    | Edit
    | Redaction
    | Reaction
    | Pin
    | Join
    | Leave
    | Kick
    | Ban
    | Unban
    | Mute
    | Unmute
    | Promoted
    | Invite
    | Nick
    | Topic
    | Renamed
    | Changed
    | Conversation
    | Concluded
    | Stopped
    | Continued
)

# Acts upon others or upon the room: what the moderation log lists.
ACTS: tuple[type[Body], ...] = (
    Redaction,
    Kick,
    Ban,
    Unban,
    Mute,
    Unmute,
    Promoted,
    Invite,
    Pin,
    Renamed,
    Changed,
)

_decode_known: Callable[[bytes], "KnownBody"] = msgspec.json.Decoder(KnownBody).decode
_decode_any = msgspec.json.Decoder(dict[str, Any]).decode
encode_body = msgspec.json.Encoder().encode


def decode_body(data: bytes) -> KnownBody | Unknown:
    """The body behind its JSON form. Never fails on what another release may have written."""
    try:
        return _decode_known(data)
    except msgspec.ValidationError:
        fields = _decode_any(data)
        return Unknown(str(fields.pop("type", "")), fields)


class Event(Struct, frozen=True, gc=False):
    """One fact in a room's log."""

    room: str  # the room's id, which never changes (its name may)
    seq: int
    at: int  # ms since 1970 UTC by the server's clock; never less than the event's before it
    sender: Sender
    nonce: str
    data: bytes  # the body as JSON, encoded once: these bytes are stored and sent

    @property
    def body(self) -> KnownBody | Unknown:
        """What the event says, decoded anew at each look."""
        return decode_body(self.data)


@lru_cache(maxsize=64)
def timestamp(ms: int) -> str:
    """Milliseconds since 1970 UTC as RFC 3339 text: 2026-11-20T10:00:00.123Z."""
    seconds, rest = divmod(ms, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def parse_timestamp(text: str) -> int:
    """The inverse of `timestamp`. Raises ValueError on other text."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
