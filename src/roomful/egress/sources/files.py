"""Lists in files: .txt, .csv, .json, .jsonl. Of another name, what they hold says what they are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..source import Source
from . import csv, text
from .cells import Bad, Cells, Page
from .columns import guessed, known
from .json import item_cells, listed
from .kind import Kind
from .trouble import SourceError

if TYPE_CHECKING:
    from .web import Web

MOST = 256 * 1024 * 1024  # bytes


class FileSource(Kind):
    """A list in a file."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        if not source.path:
            raise ValueError("a source of kind 'file' needs a `path`")

    async def pages(self, web: "Web") -> AsyncIterator[Page]:
        """The file, which is one page."""
        yield Page(await asyncio.to_thread(read_file, Path(self.source.path)))


def read_file(path: Path) -> list[Cells | Bad]:
    """The rows of a list. Raises SourceError where the whole cannot be read."""
    path = path.expanduser()
    try:
        if path.stat().st_size > MOST:
            raise SourceError(f"{path} is larger than {MOST >> 20} MiB: cut it into parts.")
        data = path.read_bytes()
    except OSError as why:
        raise SourceError(f"{path} cannot be read: {why.strerror}.") from None
    try:
        return read_list(data.decode("utf-8-sig"), path.suffix)
    except UnicodeDecodeError:
        raise SourceError(f"{path} is no text in UTF-8.") from None
    except ValueError as why:
        raise SourceError(f"{path}: {why}.") from None


def read_list(whole: str, suffix: str = "") -> list[Cells | Bad]:
    """The rows of a list; `suffix` is its file's, as .csv. Raises ValueError: the whole is not what it should be."""
    match suffix.lower() if suffix.lower() in (".txt", ".csv", ".json", ".jsonl") else _looks_like(whole):
        case ".csv":
            return csv.rows(whole)
        case ".json":
            return _json(whole)
        case ".jsonl":
            return _json_lines(whole)
        case _:
            return text.lines(whole)


def _looks_like(whole: str) -> str:
    start = whole.lstrip()
    if start.startswith("[") and start[1:].lstrip()[:1] in ("{", '"', "]"):  # and not an IPv6 address
        return ".json"
    if start.startswith("{"):
        return ".jsonl" if "}\n{" in start.replace("\r", "") else ".json"
    head = start.partition("\n")[0]
    return ".csv" if any(known(guessed(head.split(mark))) for mark in csv.DELIMITERS) else ".txt"


def _json(whole: str) -> list[Cells | Bad]:
    """Raises ValueError."""
    try:
        value = msgspec.json.decode(whole)
    except msgspec.DecodeError as why:
        raise ValueError(f"this is no JSON: {why}") from None
    return [item_cells(item, f"item {number}") for number, item in enumerate(listed(value), 1)]


def _json_lines(whole: str) -> list[Cells | Bad]:
    rows: list[Cells | Bad] = []
    for number, line in enumerate(whole.splitlines(), 1):
        if line.strip():
            try:
                rows.append(item_cells(msgspec.json.decode(line), f"line {number}"))
            except msgspec.DecodeError:
                rows.append(Bad(f"line {number}", "This is no JSON."))
    return rows
