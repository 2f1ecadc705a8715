"""Files that are attached to messages: what is told of them, and what they may be called."""

import unicodedata
from typing import Annotated

from msgspec import Meta, Struct

MOST_ATTACHED = 10  # to one message
LONGEST_NAME = 150  # bytes of UTF-8: with what browsers add to it, it fits every file system
WITHOUT_NAME = "file"

# Shown where a link leads; all others are handed over to be kept. None of them can run anything.
INERT = frozenset(
    (
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/wav",
        "audio/ogg",
        "audio/webm",
        "text/plain",
    )
)

# What a browser could run as a page: such a file is handed over as bytes.
MARKUP = frozenset(("text/html", "image/svg+xml", "application/xml"))

_UNSAFE = frozenset('<>:"|?*\\/')
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, half characters, and what turns a text around
_DEVICES = frozenset(  # what names a device on Windows, whatever its ending
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
_RESERVED = "thumb"  # `/files/ID/thumb` is the small picture


class Attachment(Struct, frozen=True, gc=False, omit_defaults=True):
    """A file that is attached to a message, or is about to be."""

    id: Annotated[str, Meta(description="Its id, for `/files/ID/NAME`; empty: it is not on this server.")]
    name: Annotated[str, Meta(description="What it is called: one line, no path.")]
    type: Annotated[str, Meta(description="Its media type, told by what it holds (RFC 6838).")]
    size: Annotated[int, Meta(ge=0, description="Bytes.")]
    width: Annotated[int, Meta(ge=1, description="Of an image: pixels, as it is shown.")] | None = None
    height: Annotated[int, Meta(ge=1, description="Of an image: pixels, as it is shown.")] | None = None


def safe_name(wanted: str) -> str:
    """What a file is called here, whatever whoever sends it calls it: one line without a path that every system takes."""
    name = unicodedata.normalize("NFC", wanted.encode(errors="ignore").decode()).replace("\\", "/").rpartition("/")[2]
    name = "".join("_" if c in _UNSAFE else c for c in name if unicodedata.category(c) not in _NOT_SHOWN)
    name = _shortened(name.strip().strip(".").strip()) or WITHOUT_NAME
    stem = name.partition(".")[0].rstrip().casefold()
    if stem in _DEVICES or name.casefold() == _RESERVED:
        name = f"_{name}"
    return name


def _shortened(name: str) -> str:
    """At most LONGEST_NAME bytes, the ending kept, which says what opens it."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > LONGEST_NAME // 4:
        stem, ending = name, ""
    tail = dot + ending if ending else ""
    room = LONGEST_NAME - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + tail
