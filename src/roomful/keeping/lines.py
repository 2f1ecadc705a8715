"""The lines of a file, numbered, whatever it is encoded in."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from .failures import KeepingError

LONGEST = 16 * 1024 * 1024  # bytes of one line: a file without line ends is no log, and must not fill the memory


class Bad(Struct, frozen=True):
    """A line that cannot be understood."""

    number: int
    text: str
    expected: str  # what would be right


def numbered(path: Path, *, strict: bool = False) -> Iterator[tuple[int, str]]:
    """Each line with its number from 1, without its end: UTF-8, or where a line is not, Latin-1, which takes every byte.

    `strict`: what is not UTF-8 is kept as half surrogates, which no text may hold (PEP 383).

    Raises KeepingError.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST + 1):
                number += 1
                if len(line) > LONGEST:
                    raise KeepingError(f"{path}, line {number} is longer than {LONGEST >> 20} MiB: this is no log.")
                yield number, _decoded(line, strict).rstrip("\r\n")
    except OSError as why:
        raise KeepingError(f"{path} cannot be read: {why.strerror}.") from None


def _decoded(line: bytes, strict: bool) -> str:
    try:
        return line.decode("utf-8-sig")  # a byte order mark is no character of the first line
    except UnicodeDecodeError:
        return line.decode("utf-8", "surrogateescape") if strict else line.decode("latin-1")
