"""The row of what a service of speech was used for."""

from typing import Literal

from msgspec import Struct


class UseSpeech(Struct, frozen=True, gc=False):
    """A service has listened to a clip, or has spoken a text; the store adds it to the rest of that day (UTC)."""

    room: str
    at: int  # ms
    person: str
    what: Literal["listen", "speak"]
    model: str
    amount: float  # seconds of the clip, or characters of the text
    cost: float  # USD
