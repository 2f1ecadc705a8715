"""How script files are written: statements, and what belongs to them, further in by four spaces each.

    key remember 5                      a statement
        * i remember *                  what belongs to it
            Do you often think of {3}?  and what belongs to that

`#` begins a comment, at the beginning of a line or after two spaces. Empty lines are for the eye.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

STEP = 4  # spaces a level
DEEPEST = 2
_COMMENT = re.compile(r"^\s*#.*|\s{2,}#.*")


class BadScript(ValueError):
    """A script cannot be read. The message names the file, the line, what is wrong, and what would be right."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}, line {line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class Entry(Struct, frozen=True):
    """One line of a script, with the lines that belong to it."""

    line: int
    text: str
    below: "tuple[Entry, ...]" = ()


def read(text: str, file: str) -> tuple[Entry, ...]:
    """The statements of a script. Raises BadScript: where a line is indented in a way that says nothing."""
    rows = list(_rows(text, file))
    for (_, above, _), (line, depth, _) in pairwise([(0, -1, ""), *rows]):
        if depth > above + 1:
            raise BadScript(file, line, "This line is further in than what it could belong to: go in by four spaces.")
    return _gather(rows, 0)


def _rows(text: str, file: str) -> Iterator[tuple[int, int, str]]:
    for line, written in enumerate(text.splitlines(), 1):
        row = _COMMENT.sub("", written).rstrip()
        if not row:
            continue
        content = row.lstrip()
        indent = row[: len(row) - len(content)]
        if indent.strip(" "):
            raise BadScript(file, line, "This line begins with a tab: write four spaces for each level.")
        depth, rest = divmod(len(indent), STEP)
        if rest or depth > DEEPEST:
            raise BadScript(file, line, f"This line is {len(indent)} spaces in: it would be 0, 4 or 8.")
        yield line, depth, content


def _gather(rows: list[tuple[int, int, str]], depth: int) -> tuple[Entry, ...]:
    found: list[Entry] = []
    heads = [at for at, row in enumerate(rows) if row[1] == depth]
    for at, end in pairwise([*heads, len(rows)]):
        line, _, content = rows[at]
        found.append(Entry(line, content, _gather(rows[at + 1 : end], depth + 1)))
    return tuple(found)


Made = TypeVar("Made")
Statement = Callable[[Made, Entry, str], None]


def follow(text: str, file: str, statements: Mapping[str, Statement[Made]], made: Made) -> Made:
    """Do what each statement of a script says to `made`. Raises BadScript."""
    for entry in read(text, file):
        word, _, rest = entry.text.partition(" ")
        statement = statements.get(word)
        if statement is None:
            raise BadScript(file, entry.line, f"There is no statement {word!r}; there are {', '.join(statements)}.")
        try:
            statement(made, entry, rest.strip())
        except BadScript:
            raise
        except ValueError as why:
            raise BadScript(file, entry.line, str(why)) from None
    return made
