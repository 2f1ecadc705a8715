"""What is typed becomes the texts of posts, and those become what was typed again: joined together, they are the same.

A text that does not end in a line feed is continued by the next one. Nothing else marks where a line was cut.
"""

import codecs
from collections.abc import Iterator

# Bytes of UTF-8 in one post. A control character takes six bytes in JSON: this many of them still fit a frame.
MAX_POST = 8_000


class Decoder:
    """Bytes as they come from a pipe, as text. What is not UTF-8 becomes U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def decode(self, data: bytes) -> str:
        """The text in these bytes; a code point that is not whole yet waits for the next ones. No bytes: the end."""
        return self._decoder.decode(data, final=not data)


def portions(text: str, most: int = MAX_POST) -> Iterator[str]:
    """The text in as few parts as can be, none longer than `most` bytes of UTF-8, cut between code points.

    A part ends behind a line feed where there is one, so that short lines stay whole.
    """
    at = 0
    while at < len(text):
        stop = at + _fitting(text[at : at + most], most)
        if stop < len(text) and (line_end := text.rfind("\n", at, stop)) >= 0:
            stop = line_end + 1
        yield text[at:stop]
        at = stop


def _fitting(text: str, most: int) -> int:
    """How many code points from the front fit in so many bytes."""
    data = text.encode()
    return len(data[:most].decode("utf-8", "ignore")) if len(data) > most else len(text)
