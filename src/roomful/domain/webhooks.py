"""Webhooks: addresses under which programs post into a room, and addresses that are told of what is said there.

What goes out is signed as Standard Webhooks 1.0 says: an HMAC over id, time and body, under a secret that both sides have.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Annotated, get_args

from msgspec import Meta, Struct

from roomful.domain.events import Event, KnownBody, Sender

KIND = "webhook"  # of the senders that webhooks are, in a room's log
SPEAKER = "webhooks"  # the nick of the server's own notices about those that go out
SECRET_BYTES = 32
OUT_PREFIX = "whsec_"

EVENT_TYPES: tuple[str, ...] = tuple(str(body.__struct_config__.tag) for body in get_args(KnownBody))

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}\Z", re.ASCII)


class InHook(Struct, frozen=True, gc=False):
    """A secret address that posts into a room. Its id is that of the participant as which it does."""

    id: str
    room: str  # id
    name: str  # the participant's nick
    by: Sender  # who made it
    created: int  # ms
    digest: bytes  # SHA-256 of the secret


class OutHook(Struct, frozen=True, gc=False):
    """An address that is told of a room's events, in order, each at least once."""

    id: str
    room: str  # id
    url: str
    by: Sender  # who made it
    created: int  # ms
    secret: str  # `whsec_…`: what is sent is signed with it
    events: tuple[str, ...] = ()  # types of bodies; empty: all
    cursor: int = 0  # the newest event that was taken there, or passed over
    failing: int = 0  # ms, since when it takes nothing; 0: it does
    tries: int = 0  # how often it was tried since
    due: int = 0  # ms, before which it is not tried again
    reason: str = ""  # why it did not take the last one; of one that is off: why it is
    off: bool = False

    def wants(self, event: Event) -> bool:
        """Whether it is told of this event: of its kind, and not of a text that is gone."""
        body = event.body
        if getattr(body, "redacted", None) is not None:
            return False
        kind = getattr(type(body).__struct_config__, "tag", None) or getattr(body, "type", "")
        return not self.events or kind in self.events


Hook = InHook | OutHook


class WebhookInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A webhook in a list."""

    webhook: Annotated[str, Meta(description="Its id.")]
    way: Annotated[str, Meta(description="`in`: programs post by it; `out`: it is told of events.")]
    by: Annotated[Sender, Meta(description="Who made it.")]
    created: Annotated[str, Meta(description="When: RFC 3339, UTC.")]
    name: Annotated[str, Meta(description="Of one that comes in: its nick.")] = ""
    url: Annotated[
        str, Meta(description="Of one that goes out: the address; for those who may not make such, only its beginning.")
    ] = ""
    events: Annotated[tuple[str, ...], Meta(description="Which it is told of; none: all.")] = ()
    state: Annotated[
        str, Meta(description="`on`; `failing`: it is tried again; `off`. Take another word for `off`.")
    ] = "on"
    behind: Annotated[int, Meta(description="How many events it was not told of yet.")] = 0
    since: Annotated[str, Meta(description="When it began to fail: RFC 3339, UTC.")] = ""
    due: Annotated[str, Meta(description="When it is tried again: RFC 3339, UTC.")] = ""
    reason: Annotated[str, Meta(description="Why it fails, or is off.")] = ""


def new_secret(entropy: bytes) -> str:
    """The last part of a secret address, from 32 random bytes: 43 characters that need no quoting."""
    return base64.urlsafe_b64encode(entropy).rstrip(b"=").decode()


def secret_digest(secret: str) -> bytes | None:
    """The SHA-256 under which a secret address is kept; None if it is none."""
    return hashlib.sha256(secret.encode()).digest() if _SECRET.match(secret) else None


def new_signing_secret(entropy: bytes) -> str:
    """A secret to sign with: `whsec_` and base64."""
    return OUT_PREFIX + base64.b64encode(entropy).decode()


def signature(secret: str, id: str, seconds: int, body: bytes) -> str:
    """What the header `webhook-signature` says of a body sent at this time (s since 1970). Raises ValueError: no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(OUT_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("The secret is no base64 behind whsec_.") from None
    signed = hmac.digest(key, f"{id}.{seconds}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(signed).decode()


def said_id(epoch: str, hook: str, seq: int) -> str:
    """What an event is called to a hook, at every try. A restored log has another epoch: its numbers begin to mean others."""
    return f"{epoch[:8]}-{hook}-{seq}".replace(".", "_")
