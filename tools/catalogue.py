"""Every type that travels in the native protocol, under the name the documents use for it."""

from typing import Any, get_args

from msgspec import Struct

from roomful.domain import answers, commands, events, signals
from roomful.protocol import native

StructType = type[Struct]


def tag(kind: StructType) -> str:
    """The `type` of an object of this class on the wire."""
    return str(kind.__struct_config__.tag)


def _by_tag(union: Any) -> dict[str, StructType]:
    return {tag(kind): kind for kind in get_args(union)}


REQUESTS = _by_tag(commands.AnyRequest)
BODIES = _by_tag(events.KnownBody)
SIGNALS = _by_tag(signals.KnownSignal)

# By the request they answer.
ANSWERS: dict[str, StructType] = {
    "hello": answers.Welcome,
    "login": answers.LoggedIn,
    "logout": answers.Done,
    "join": answers.Joined,
    "leave": answers.Done,
    "post": answers.Receipt,
    "nick": answers.Renamed,
    "topic": answers.Receipt,
    "typing": answers.Done,
    "history": answers.Page,
    "rooms": answers.RoomList,
    "members": answers.MemberList,
    "ping": answers.Done,
    "bye": answers.Done,
}

# What the server sends by itself, and the two kinds of reply.
PUSHED: dict[str, StructType] = {
    "ok": native.Ok,
    "error": native.Error,
    "event": native.EventFrame,
    "signal": native.SignalFrame,
    "goodbye": native.Goodbye,
}

# Objects inside others.
OBJECTS: dict[str, StructType] = {
    "sender": events.Sender,
    "me": answers.Me,
    "room-info": answers.RoomInfo,
    "member-info": answers.MemberInfo,
    "open-draft": signals.OpenDraft,
}

assert ANSWERS.keys() == REQUESTS.keys(), "a request without an answer, or an answer without a request"
