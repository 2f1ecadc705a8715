"""The native protocol, version 1: JSON objects. docs/protocol.md is its specification.

This module turns payloads into requests on the server's side, and into replies, events and signals on the client's, and
back. It knows nothing of frames or sockets: over TCP a payload travels in a frame, over WebSocket in a text message.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any, TypeVar, cast, get_args

import msgspec
from msgspec import Meta, Raw, Struct

from roomful.domain.answers import Answer, Page
from roomful.domain.commands import AnyRequest, Request
from roomful.domain.events import Event, KnownBody, Sender, Unknown, decode_body, parse_timestamp, timestamp
from roomful.domain.signals import KnownSignal, Signal
from roomful.errors import BadRequest, Ended, NotJson, RoomfulError, UnknownType

VERSION = 1
LONGEST_REASON = 200  # characters of why a request does not fit
T = TypeVar("T")

encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode
_decode_request: Callable[[bytes], Request] = msgspec.json.Decoder(AnyRequest).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode

REQUEST_TYPES: tuple[str, ...] = tuple(t.__struct_config__.tag for t in get_args(AnyRequest))


# -- what the server sends ---------------------------------------------------------------------


class Pushed(Struct, frozen=True, gc=False, tag_field="type", tag=str.lower):
    """One object from the server."""


class Ok(Pushed, frozen=True):
    """The reply to a request that was done; the fields of its answer stand beside these."""

    re: Annotated[int, Meta(description="The request's `id`.")]


class Error(Pushed, frozen=True, omit_defaults=True):
    """The reply to a request that was refused. Nothing changed, unless `code` is `store_unavailable`."""

    re: Annotated[int, Meta(description="The request's `id`; null where none could be read.")] | None
    code: Annotated[str, Meta(description="From the table of codes: for programs.")]
    message: Annotated[str, Meta(description="What was wrong and what would be right: for people.")]
    retry_after: Annotated[float, Meta(description="When to try again, seconds from now.")] | None = None
    field: Annotated[str, Meta(description="The request's field at fault.")] | None = None


class EventFrame(Pushed, frozen=True, tag="event"):
    """A fact in a room's log."""

    room: Annotated[str, Meta(description="`#name` or `!id`.")]
    seq: Annotated[int, Meta(ge=1, description="Its number in the room: 1, 2, 3 … without gaps.")]
    at: Annotated[str, Meta(description="When it was recorded, by the server's clock: RFC 3339, UTC, milliseconds.")]
    sender: Annotated[Sender, Meta(description="Who did it.")]
    nonce: Annotated[str, Meta(description="The nonce of the command; empty where it had none.")]
    body: Annotated[Raw, Meta(description="What happened, told by its `type`.")]


class SignalFrame(Pushed, frozen=True, tag="signal"):
    """Something told and not logged."""

    room: Annotated[str, Meta(description="`#name` or `!id`.")]
    sender: Annotated[Sender | None, Meta(description="Null where it is the server that tells.")]
    body: Annotated[Raw, Meta(description="What is told, by its `type`.")]


class Goodbye(Pushed, frozen=True):
    """The last object of a connection: why it ends."""

    code: Annotated[str, Meta(description="From the table of codes: for programs.")]
    message: Annotated[str, Meta(description="Why, and what would be right: for people.")]
    retry_after: Annotated[
        float | None, Meta(description="Come back after so many seconds; null: do not come back by yourself.")
    ]


def encode_event(room: str, event: Event) -> bytes:
    """An event's payload, under the room's present name. The body's bytes are taken as they were stored."""
    return encode(EventFrame(room, event.seq, timestamp(event.at), event.sender, event.nonce, Raw(event.data)))


def encode_events(room: str, events: Iterable[Event]) -> list[bytes]:
    """The payloads of several events."""
    return [encode_event(room, event) for event in events]


def encode_signal(room: str, sender: Sender | None, signal: Signal) -> bytes:
    """A signal's payload."""
    return encode(SignalFrame(room, sender, Raw(encode(signal))))


def encode_receipt(re: int, room: str, seq: int) -> bytes:
    """The reply to a post: the commonest of all, so it has a way of its own."""
    return b'{"type":"ok","re":%d,"room":%b,"seq":%d}' % (re, _quoted(room), seq)


_quoted = lru_cache(maxsize=4096)(encode)


def encode_answer(re: int, answer: Answer) -> bytes:
    """The `ok` reply that bears an answer."""
    if isinstance(answer, Page):
        events = b",".join(encode_events(answer.room, answer.events))
        more = b',"more":true' if answer.more else b""
        head = b'{"type":"ok","re":%d,"room":%b,"events":[' % (re, encode(answer.room))
        changes = b",".join(encode_events(answer.room, answer.changes))
        changed = b',"changes":[%b]' % changes if changes else b""
        return head + events + b'],"head":%d%b%b}' % (answer.head, more, changed)
    fields: bytes = encode(answer)
    return b'{"type":"ok","re":%d%b%b' % (re, b"" if fields == b"{}" else b",", fields[1:])


def encode_error(re: int | None, error: RoomfulError) -> bytes:
    """The `error` reply."""
    return encode(Error(re, error.code, error.message, error.retry_after, error.field))


def encode_goodbye(ended: Ended) -> bytes:
    """The last payload of a connection."""
    return encode(Goodbye(ended.code, ended.message, ended.retry_after))


# -- what the server reads ---------------------------------------------------------------------


class Unreadable(Exception):
    """A request that is answered with an error; `re` is its id where one could be read."""

    def __init__(self, re: int | None, error: BadRequest) -> None:
        super().__init__(error.message)
        self.re = re
        self.error = error


def decode_request(payload: bytes) -> Request:
    """The request in a payload.

    Raises:
        NotJson: it is not one JSON object in UTF-8; the connection must end.
        Unreadable: it is one, but no valid request; the connection goes on.
    """
    try:
        return _decode_request(payload)
    except msgspec.ValidationError as why:
        raise _explain(payload, str(why)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise NotJson(f"A payload is one JSON object in UTF-8; this is not ({why}).") from None


def _explain(payload: bytes, why: str) -> Exception:
    """The error for a payload that is JSON, but no valid request."""
    try:
        fields = _decode_object(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NotJson("A payload is one JSON object in UTF-8; this is not.")
    number = fields.get("id")
    re = number if type(number) is int and 0 <= number < 2**53 else None
    kind = fields.get("type")
    if kind not in REQUEST_TYPES:
        known = " ".join(REQUEST_TYPES)
        return Unreadable(
            re, UnknownType(f"There is no request of type {kind!r:.40}; there are: {known}.", field="type")
        )
    message, _, path = why.rpartition(" - at `$.") if " - at `$." in why else (why, "", "")
    if len(message) > LONGEST_REASON:  # it quotes what was sent, which may fill a frame
        message = message[:LONGEST_REASON] + "…"
    field = path.rstrip("`") or (message.split("`")[1] if "missing required field" in message else None)
    return Unreadable(
        re,
        BadRequest(
            f"{message.replace('Object missing', 'Missing')}{f' (field {field})' if path else ''}.", field=field
        ),
    )


# -- what a client reads ------------------------------------------------------------------------


class Reply(Struct, frozen=True, gc=False):
    """The `ok` or `error` to a request."""

    re: int | None
    error: Error | None
    payload: bytes  # of an ok: decode it with `decode_answer`


class Told(Struct, frozen=True, gc=False):
    """An event, with the room's name as it was told."""

    room: str
    seq: int
    at: int  # ms since 1970 UTC
    sender: Sender
    nonce: str
    body: KnownBody | Unknown


class Signalled(Struct, frozen=True, gc=False):
    """A signal; `body` is None for a type this release does not know."""

    room: str
    sender: Sender | None
    body: KnownSignal | None


class _Head(Struct, gc=False):
    type: str
    re: int | None = None


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_error = msgspec.json.Decoder(Error).decode
_decode_event = msgspec.json.Decoder(EventFrame).decode
_decode_signal = msgspec.json.Decoder(SignalFrame).decode
_decode_goodbye = msgspec.json.Decoder(Goodbye).decode
_decode_signal_body: Callable[[Raw], KnownSignal] = msgspec.json.Decoder(KnownSignal).decode


def decode_pushed(payload: bytes) -> Reply | Told | Signalled | Goodbye | None:
    """What the server said; None for a type this release does not know.

    Raises NotJson: what came is not of this protocol.
    """
    try:
        head = _decode_head(payload)
        match head.type:
            case "event":
                return told(_decode_event(payload))
            case "ok":
                return Reply(head.re, None, payload)
            case "error":
                return Reply(head.re, _decode_error(payload), payload)
            case "signal":
                frame = _decode_signal(payload)
                return Signalled(frame.room, frame.sender, _known_signal(frame.body))
            case "goodbye":
                return _decode_goodbye(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as why:
        raise NotJson(f"The server sent what is not of this protocol ({why}).") from None
    return None


def told(frame: EventFrame) -> Told:
    """The event in a frame."""
    return Told(frame.room, frame.seq, parse_timestamp(frame.at), frame.sender, frame.nonce, decode_body(frame.body))


def _known_signal(body: Raw) -> KnownSignal | None:
    try:
        return _decode_signal_body(body)
    except msgspec.ValidationError:
        return None


class WirePage(Struct, frozen=True, gc=False):
    """A history page as a client reads it."""

    room: str
    events: Sequence[EventFrame]
    head: int
    more: bool = False
    changes: Sequence[EventFrame] = ()


@lru_cache(maxsize=32)
def _answer_decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind))


def decode_answer(payload: bytes, kind: type[T]) -> T:
    """The answer in an `ok` reply, as a class of `domain.answers` or `WirePage`."""
    decoder: msgspec.json.Decoder[T] = _answer_decoder(cast("Hashable", kind))
    return decoder.decode(payload)


def encode_request(request: Request) -> bytes:
    """A request's payload; fields that have their default are left out."""
    fields = {
        k: v for k in request.__struct_fields__ if (v := getattr(request, k)) != _DEFAULTS[type(request)].get(k, ...)
    }
    return encode({"type": type(request).__struct_config__.tag, **fields})


_DEFAULTS = {
    t: dict(
        zip(
            t.__struct_fields__[len(t.__struct_fields__) - len(t.__struct_defaults__) :],
            t.__struct_defaults__,
            strict=True,
        )
    )
    for t in get_args(AnyRequest)
}
