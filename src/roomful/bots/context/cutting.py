"""Cutting an answer that begins to write other people's lines, while it grows.

Models that are shown a conversation like to go on with it. What they add after their own line is thrown away: nobody else
speaks through a bot's mouth.
"""

import re
from collections.abc import Iterable

_OPEN = re.compile(r"<\s*/?\s*(?:line|summary|recalled|memory|turn)(?=\W)", re.IGNORECASE)
_OPEN_AT_END = re.compile(r"<\s*/?\s*(?:line|summary|recalled|memory|turn)(?!\w)", re.IGNORECASE)
_OWN_TAG = re.compile(r"\s*<\s*line\b[^>\n]{0,200}>", re.IGNORECASE)
_TAG_STARTS = (
    "<line",
    "</line",
    "<summary",
    "</summary",
    "<recalled",
    "</recalled",
    "<memory",
    "</memory",
    "<turn",
    "</turn",
)
LONGEST_TAG = 240  # characters held back while an answer may begin with its own tag


class Cutter:
    """Takes an answer in pieces, gives back what may be shown.

    Args:
        nick: of the bot. `nick:` at the very beginning, or the bot's own tag, is left out.
        others: nicks of those who spoke of late. A line that begins with one of them and a colon is theirs, and ends the
            answer; in the answer's first line it does not, since that may address somebody.
    """

    def __init__(self, nick: str, others: Iterable[str] = ()) -> None:
        self.cut = False  # the answer began to write somebody else's line: it may be ended
        self._prefix = re.compile(rf"\s*\**{re.escape(nick)}\**\s*:\**[ \t]*", re.IGNORECASE)
        names = sorted({other for other in others if other.lower() != nick.lower()}, key=len, reverse=True)
        self._heads = tuple(f"{name.lower()}:" for name in names)
        self._nick = nick.lower()
        self._text = ""  # what is not given back yet
        self._begun = False
        self._first_line = self._at_start = True  # of the answer; of a line

    def feed(self, piece: str) -> str:
        """More of the answer. Returns what may be shown by now."""
        if self.cut:
            return ""
        self._text += piece
        if not self._begun and not self._begin(final=False):
            return ""
        return self._give(final=False)

    def finish(self) -> str:
        """The answer is over. Returns the rest of it."""
        if self.cut:
            return ""
        if not self._begun:
            self._begin(final=True)
        return self._give(final=True).rstrip()

    def _begin(self, *, final: bool) -> bool:
        """Leave out the bot's own name or tag in front. False: it cannot be told yet."""
        text = self._text.lstrip()
        if not final and (not text or _may_become_tag(text) or self._naming(text)):
            return False
        match = _OWN_TAG.match(self._text) or self._prefix.match(self._text)
        self._text = (self._text[match.end() :] if match else self._text).lstrip()
        self._begun = True
        return True

    def _naming(self, text: str) -> bool:
        """Whether this may become the bot's own name with a colon."""
        plain = text.lstrip("*").lower()
        return any(f"{self._nick}{colon}".startswith(plain) for colon in (":", " :", "**:", ":**"))

    def _give(self, *, final: bool) -> str:
        end = self._foreign(_OPEN_AT_END if final else _OPEN)
        if end is not None:
            out, self._text, self.cut = self._text[:end].rstrip(), "", True
            return out
        keep = len(self._text) if final else self._safe()
        out, self._text = self._text[:keep], self._text[keep:]
        self._first_line = self._first_line and "\n" not in out
        self._at_start = out.endswith("\n") if out else self._at_start
        return out

    def _foreign(self, tag: re.Pattern[str]) -> int | None:
        """Where somebody else's line begins."""
        match = tag.search(self._text)
        ends = [match.start()] if match else []
        folded = self._text.lower() if self._heads else ""
        start = 0 if self._at_start and not self._first_line else folded.find("\n") + 1 or len(folded)
        while start < len(folded) == len(self._text):  # else folding has moved what is behind it
            if folded.startswith(self._heads, start):
                ends.append(start)
                break
            start = folded.find("\n", start) + 1 or len(folded)
        return min(ends, default=None)

    def _safe(self) -> int:
        """How much may be given: not a line that may turn out to be somebody else's, nor half a tag."""
        text = self._text
        last = text.rfind("\n") + 1
        line = text[last:].lower()
        begins = last > 0 or (self._at_start and not self._first_line)
        if begins and any(head.startswith(line) for head in self._heads):
            return len(text[:last].rstrip())  # the line feed too: the answer may end here
        opened = text.rfind("<")
        if opened >= 0 and len(text) - opened < 16 and _may_be_tag(text[opened:]):
            return opened
        return len(text)


def _may_be_tag(text: str) -> bool:
    """Whether a text that begins with '<' may become a tag of ours."""
    plain = "".join(text.split()).lower()
    return any(tag.startswith(plain) for tag in _TAG_STARTS)


def _may_become_tag(text: str) -> bool:
    return (
        text.startswith("<")
        and ">" not in text
        and len(text) < LONGEST_TAG
        and (_may_be_tag(text[:16]) or _OPEN.match(text) is not None)
    )
