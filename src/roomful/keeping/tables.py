"""A room as CSV (RFC 4180), for spreadsheets.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end gets a `'` in front: a spreadsheet would take it for a formula,
and compute what strangers said. The file begins with a byte order mark, or Excel would take it for Latin-1.
"""

import csv
import io
from collections.abc import Iterable

from roomful.domain.events import timestamp

from .folding import Line

COLUMNS = (
    "seq",
    "at",
    "nick",
    "kind",
    "type",
    "text",
    "reply_to",
    "thread",
    "edited",
    "redacted",
    "reactions",
    "files",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def begun() -> bytes:
    """The first line."""
    return b"\xef\xbb\xbf" + _rows([COLUMNS])


def written(lines: Iterable[Line]) -> bytes:
    """The rows of some lines."""
    return _rows(_cells(line) for line in lines)


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet computes it."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _cells(line: Line) -> tuple[object, ...]:
    kind = line.type if line.style == "text" else line.style
    return (
        line.seq,
        timestamp(line.at),
        guarded(line.sender.nick),
        guarded(line.sender.kind),
        guarded(kind),
        guarded(line.text),
        line.reply_to or "",
        line.thread or "",
        "yes" if line.edited else "",
        "yes" if line.redacted else "",
        guarded(" ".join(f"{emoji} {count}" for emoji, count in line.reactions.items())),
        guarded(", ".join(file.name for file in line.files)),
    )


def _rows(rows: Iterable[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
