"""What goes wrong with a source."""

from roomful.errors import RoomfulError


class SourceError(RoomfulError):
    """A source cannot be read. The message is a sentence; it holds no secret."""

    code = "source_error"
    summary = "A source of proxies cannot be read."
