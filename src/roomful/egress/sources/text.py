"""Plain text: a proxy a line, or whatever a regular expression finds."""

import re

from ..source import Source
from .cells import FIELDS, Bad, Cells, Page
from .kind import Fetched


class TextSource(Fetched):
    """Text. Without a pattern a proxy a line, as in files."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._pattern = _compiled(source.pattern) if source.pattern else None

    def read(self, text: str, url: str) -> Page:
        """With a pattern, all that it finds; else what is on the lines."""
        if self._pattern is None:
            return Page(lines(text))
        names = [name for name in self._pattern.groupindex if name in FIELDS]
        rows: list[Cells | Bad] = []
        line, at = 1, 0
        for match in self._pattern.finditer(text):
            line, at = line + text.count("\n", at, match.start()), match.start()
            rows.append(Cells(f"line {line}", **{name: match[name] or "" for name in names}))
        return Page(rows)


def lines(text: str) -> list[Cells | Bad]:
    """A proxy a line. Empty lines are left out, and what is behind a #."""
    numbered = ((number, line.partition("#")[0].strip()) for number, line in enumerate(text.splitlines(), 1))
    return [Cells(f"line {number}", line) for number, line in numbered if line]


def _compiled(pattern: str) -> re.Pattern[str]:
    """Raises ValueError."""
    try:
        compiled = re.compile(pattern, re.MULTILINE)
    except re.error as why:
        raise ValueError(f"the pattern {pattern!r} is no regular expression: {why}") from None
    names = compiled.groupindex.keys()
    if "address" not in names and not {"host", "port"} <= names:
        raise ValueError(f"the pattern {pattern!r} needs a group named address, or groups named host and port")
    return compiled
