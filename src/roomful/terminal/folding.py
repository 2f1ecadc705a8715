"""Long lines, broken between words, and indented where they go on. Pure: the width of text is passed in."""

import re
from collections.abc import Callable

from roomful.terminal.text import ISOLATE
from roomful.terminal.view import Fragment, Line

SAID = ("class:text", "class:mention")  # styles of what somebody said: it goes on below its beginning
INDENT = 2  # columns, for everything else

_PIECE = re.compile(" *[^ ]+| +")  # a word with the spaces before it: a line may be broken in front of it


def folded(line: Line, width: int, columns: Callable[[str], int]) -> list[Line]:
    """The line in rows of at most `width` columns; a word longer than a row is left to the terminal, to be copied whole.

    Args:
        columns: how many a text takes on the screen.
    """
    text = "".join(text for _, text in line)
    if columns(text) <= width or ISOLATE in text:  # a direction begins and ends on one line
        return [line]
    indent = _indent(line, width, columns)
    rows: list[list[Fragment]] = [[]]
    used = 0
    for style, text in line:
        for piece in _PIECE.findall(text):
            word = piece
            if piece[0] == " " and used > indent and used + columns(piece) > width:
                rows.append([("", " " * indent)])
                used, word = indent, piece.lstrip(" ")
            rows[-1].append((style, word))
            used += columns(word)
            used = used if used <= width else used % width  # the terminal breaks a word that is longer than a row
    return [tuple(row) for row in rows]


def _indent(line: Line, width: int, columns: Callable[[str], int]) -> int:
    *head, (style, _) = line
    return min(sum(columns(text) for _, text in head), width // 3) if style in SAID else INDENT
