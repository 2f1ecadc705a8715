"""Files in the terminal: how they look in a line, and how one is named in what is typed."""

import os
from pathlib import Path
from urllib.parse import quote

from roomful.domain.files import Attachment, safe_name

_QUOTES = ("'", '"')
_MOST = 200  # ways in which a path may go on
_UNITS = ("bytes", "kB", "MB", "GB")


def described(file: Attachment, base: str) -> str:
    """'plan.pdf (application/pdf, 1.2 MB) http://127.0.0.1:5003/files/…'. `base`: where the server's HTTP is; empty: nowhere."""
    where = f" {base}/files/{file.id}/{quote(file.name, safe='')}" if base and file.id else ""
    pixels = f", {file.width} x {file.height}" if file.width and file.height else ""
    return f"{file.name} ({file.type}{pixels}, {spoken(file.size)}){where}"


def spoken(size: float) -> str:
    """'12 bytes', '1.2 MB'."""
    unit = 0
    while size >= 1_000 and unit < len(_UNITS) - 1:
        size, unit = size / 1_000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {_UNITS[unit]}"


def path_and_rest(text: str) -> tuple[Path | None, str]:
    """The path that stands first, in quotes if there are spaces in it, and what follows; None: there is none."""
    text = text.strip()
    quotes = text[:1]
    if quotes in _QUOTES and quotes in text[1:]:
        path, _, rest = text[1:].partition(quotes)
    else:
        path, rest = [*text.split(maxsplit=1), "", ""][:2]
    return (Path(path).expanduser() if path else None), rest.strip()


def paths(begun: str, *, folders: bool = False) -> list[str]:
    """How a path that is being typed may go on, as it would be typed: in quotes where it has spaces, folders with a slash.

    The quotes of a file are closed, those of a folder are not, since it may go on. `folders`: only those. Where nothing can be
    read, there is nothing.
    """
    quotes = begun[:1] if begun[:1] in _QUOTES else ""
    head, slash, tail = begun[len(quotes) :].rpartition("/")
    try:
        with os.scandir(Path(head + slash).expanduser()) as entries:
            there = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(tail))
    except (OSError, RuntimeError):  # of somebody whose home is not known, too
        return []
    shown = [(name, is_dir) for name, is_dir in there if name.isprintable() and (tail or not name.startswith("."))]
    return [_typed(head + slash + name, quotes, is_dir) for name, is_dir in shown if is_dir or not folders][:_MOST]


def _typed(path: str, quotes: str, is_dir: bool) -> str:
    if not quotes and (" " in path or path[:1] in _QUOTES):
        quotes = "'" if '"' in path else '"'
    return f"{quotes}{path}/" if is_dir else f"{quotes}{path}{quotes}"


def unused(folder: Path, name: str) -> Path:
    """A path in the folder for a file of this name that is not there yet: `plan.pdf`, `plan-2.pdf` …"""
    wanted = folder / safe_name(name)
    number = 2
    path = wanted
    while path.exists():
        path = wanted.with_stem(f"{wanted.stem}-{number}")
        number += 1
    return path
