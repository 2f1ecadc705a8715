"""A room as Markdown, for reading: days as headings, a line for each message, threads set in."""

import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from roomful.domain.files import Attachment

from .dump import Header
from .folding import Line

_MARKS = re.compile(
    r"([\\`*_{}\[\]<>|~]|(?<![\w&])&(?=\w+;))"
)  # what Markdown, or HTML in it, would read as more than text
_AT_START = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s|$)", re.MULTILINE)


class Page:
    """Writes one room; it remembers the day."""

    def __init__(self, zone: tzinfo | None) -> None:
        self._zone = zone  # None: this machine's
        self._day: date | None = None

    def begun(self, first: Header) -> bytes:
        """The title and what there is to say of the room."""
        parts = [f"# {plain(first.name)}"]
        if first.topic:
            parts.append(f"Topic: {plain(first.topic)}")
        parts.append(f"Exported {first.exported_at}: events 1 to {first.head}.")
        return ("\n\n".join(parts) + "\n").encode()

    def written(self, lines: Iterable[Line]) -> bytes:
        """Some lines."""
        return "".join(map(self._line, lines)).encode()

    def _line(self, line: Line) -> str:
        when = datetime.fromtimestamp(line.at / 1000, self._zone).astimezone(self._zone)
        heading = ""
        if when.date() != self._day:
            self._day = when.date()
            heading = f"\n## {self._day:%A}, {self._day.day} {self._day:%B %Y}\n\n"
        indent = "  " if line.thread else ""
        said = _said(line).replace("\n", f"  \n{indent}  ")  # two spaces: a line break in Markdown
        return f"{heading}{indent}- `{when:%H:%M}` {said}\n"


def plain(text: str) -> str:
    """A text so that Markdown shows it as it is."""
    return _AT_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text))


def _file(file: Attachment) -> str:
    return f"[{file.name}, {file.type}, {file.size:,} bytes]"


def _said(line: Line) -> str:
    nick, text = plain(line.sender.nick), "\n".join([*([line.text] if line.text else []), *map(_file, line.files)])
    text = plain(text)
    if line.redacted:
        text = "*(redacted)*"
    if line.type != "message":
        return f"*{nick} {text}*"
    said = f"*{nick}* {text}" if line.style == "action" else f"**{nick}**: {text}"
    if line.reply_to:
        said = f"(to {line.reply_to}) {said}"
    if line.edited:
        said += " *(edited)*"
    return said + "".join(f" {plain(emoji)} {count}" for emoji, count in line.reactions.items())
