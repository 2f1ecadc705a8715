"""What is left of an event whose text is erased: the same for every store."""

from msgspec.structs import replace

from roomful.domain.events import Edit, KnownBody, Message, Unknown


def blanked(body: KnownBody | Unknown, redacted: int) -> Message | Edit | None:
    """The body that takes this one's place: see `Blank`. None: it has no text, or none any more."""
    if not isinstance(body, Message | Edit) or body.redacted is not None:
        return None
    if isinstance(body, Edit):
        return replace(body, text="", mentions=(), redacted=redacted)
    return replace(body, text="", mentions=(), everybody=False, origin="", attachments=(), redacted=redacted)
