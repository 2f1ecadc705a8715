"""What may be said: sizes and characters of texts."""

import unicodedata

from roomful.errors import BadText

MAX_TEXT = 16_000  # bytes of UTF-8
MAX_TOPIC = 1_000  # bytes of UTF-8
MAX_REASON = 500
MAX_EMOJI = 32  # bytes of UTF-8


def check_text(text: str, limit: int, field: str = "text") -> None:
    """Raises BadText on U+0000, a lone surrogate, or more than `limit` bytes of UTF-8."""
    if "\0" in text:
        raise BadText("The text holds U+0000, which no text may.", field=field)
    if not text.isascii() or len(text) > limit:
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise BadText("The text holds half of a surrogate pair, which is no character.", field=field) from None
        if size > limit:
            raise BadText(f"The text has {size:,} bytes; at most {limit:,} are allowed.", field=field)


def check_line(text: str, limit: int, what: str, field: str = "text") -> None:
    """Raises BadText on what is no text, or not one line of it. `what`: what it is to be, such as 'topic'."""
    check_text(text, limit, field)
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text):
        raise BadText(f"A {what} is one line, without control characters.", field=field)


def check_emoji(text: str) -> None:
    """Raises BadText unless it can stand beside a message: short, without spaces or control characters."""
    check_line(text, MAX_EMOJI, "reaction", "emoji")
    if not text or any(c.isspace() or unicodedata.category(c) in ("Cn", "Cs", "Co") for c in text):
        raise BadText("A reaction is an emoji or a short word, without spaces.", field="emoji")
