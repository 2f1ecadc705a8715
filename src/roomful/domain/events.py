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

# What later releases may add to is a string here, so that a reader of today takes tomorrow's words.
Kind = Annotated[
    str,
    Meta(
        description="`person`, `bot` or `service`; take another word for `person`. "
        "Marked by the server, never by the participant."
    ),
]
Role = Annotated[
    str,
    Meta(description="`owner` (it created the room) or `member`; take another word for `member`."),
]
Style = Annotated[
    Literal["text", "action", "notice"],
    Meta(
        description="`text`: said; `action`: done, as /me sends it; `notice`: by a program, which no program should answer."
    ),
]
Seq = Annotated[int, Meta(ge=1, description="An event's number in its room: 1, 2, 3 … without gaps.")]


class Sender(Struct, frozen=True, gc=False):
    """Who an event is from, as known when it was recorded."""

    id: Annotated[str, Meta(description="The participant's opaque id: for programs.")]
    nick: Annotated[str, Meta(description="The participant's nick at that time: for eyes.")]
    kind: Kind


class Body(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag=str.lower):
    """What an event says. One subclass per type."""


class Message(Body, frozen=True):
    """Somebody said something in the room."""

    text: Annotated[str, Meta(description="1 to `max_text` bytes of UTF-8, no U+0000; may hold line feeds.")]
    style: Annotated[str, Meta(description="As in `post`; take another word for `text`.")] = "text"
    reply_to: (
        Annotated[int, Meta(ge=1, description="The number of the event of this room that is answered.")] | None
    ) = None
    mentions: Annotated[
        tuple[str, ...], Meta(description="Ids of the members whose @nick stands in the text, found by the server.")
    ] = ()


class Join(Body, frozen=True):
    """The sender became a member of the room."""

    role: Role = "member"


class Leave(Body, frozen=True):
    """The sender's membership ended."""

    reason: Annotated[
        Literal["", "bye", "expired"],
        Meta(description="Empty: asked to; `bye`: left the server; `expired`: a guest that stayed away."),
    ] = ""


class Nick(Body, frozen=True):
    """The sender, who still bears the old nick in `sender`, is called `nick` from here on."""

    nick: Annotated[str, Meta(description="The new nick.")]


class Topic(Body, frozen=True):
    """The room's topic was set."""

    text: Annotated[str, Meta(description="The new topic; empty: none.")]


class Unknown(Struct, frozen=True, gc=False):
    """An event of a type that came after this release."""

    type: str
    fields: dict[str, Any]


KnownBody = Message | Join | Leave | Nick | Topic

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
