"""Lines as a model reads them: who said what stands in a tag that nobody can forge by writing it.

<line seq="12" from="ada" kind="person" at="2026-11-20T10:00Z">hi</line>
"""

import re

from msgspec import Struct

from roomful.domain.events import Sender, timestamp

OURS = ("line", "summary", "recalled", "memory", "turn", "result")  # the tags that mean something in a prompt


class ContextLine(Struct, frozen=True, gc=False):
    """A message of the log, as it stands now: edits applied, nothing redacted."""

    seq: int
    at: int  # ms since 1970 UTC
    sender: Sender
    text: str
    reply_to: int | None = None
    action: bool = False  # done, not said: /me


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few: tokenisers differ, and none is needed for this."""
    wide = len(text.encode("utf-16-le", "surrogatepass")) // 2 if not text.isascii() else 0
    if not wide:
        return len(text) // 4 + 1
    ascii_ = sum(map(str.isascii, text))
    return ascii_ // 4 + (wide - ascii_) + 1


def cost(line: ContextLine) -> int:
    """About how many tokens a line takes, with its tag."""
    return tokens(line.text) + 25


def wrap(line: ContextLine) -> str:
    """A line by somebody else, in its tag."""
    who, kind = attribute(line.sender.nick), attribute(line.sender.kind)
    at = timestamp(line.at)[:16] + "Z"
    reply = f' reply_to="{line.reply_to}"' if line.reply_to is not None else ""
    text = escape(line.text)
    if line.action:
        text = f"* {attribute(line.sender.nick)} {text}"
    return f'<line seq="{line.seq}" from="{who}" kind="{kind}" at="{at}"{reply}>{text}</line>'


def escape(text: str) -> str:
    """A text in which no tag of ours can be found, closed or half written; all else stays as it is.

    Spaces, dots and invisible characters between the letters do not hide one, nor do capitals.
    """
    return _TAG.sub("&lt;", text) if "<" in text else text


def attribute(text: str) -> str:
    """A value between quotes."""
    for plain, safe in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(plain, safe)
    return " ".join(text.split())


def _spread(word: str) -> str:
    return r"[^\w<]{0,3}".join(word)


# What may stand between is bounded: a text of many '<' must not take the square of its length.
_TAG = re.compile(rf"<(?=[^\w<]{{0,8}}(?:{'|'.join(map(_spread, OURS))}))", re.IGNORECASE)
