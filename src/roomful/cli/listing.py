"""Lists for people and for programs: as a table, CSV or JSON, on standard output or in a file."""

import csv
import io
import json
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from .common import failed

Form = Literal["table", "csv", "json", "jsonl"]


def tabled(names: Sequence[str], rows: Sequence[Mapping[str, str]], form: Form) -> str:
    """The rows, with the columns `names`. In a table, columns that are empty throughout are left out."""
    if form == "json":
        return (
            json.dumps([{name: row.get(name, "") for name in names} for row in rows], indent=1, ensure_ascii=False)
            + "\n"
        )
    if form == "jsonl":
        lines = ({name: row.get(name, "") for name in names} for row in rows)
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
        writer.writerows([names, *([_no_formula(row.get(name, "")) for name in names] for row in rows)])
        return text.getvalue()
    shown = [name for name in names if any(row.get(name) for row in rows)] or list(names[:1])
    cells = [shown, *([row.get(name, "") for name in shown] for row in rows)]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(shown))]
    return "".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in cells
    )


def write_out(text: str, out: Path | None) -> int:
    """Write to standard output, or into a new file that only its owner can read. Returns the exit code."""
    if out is None:
        sys.stdout.write(text)
        return 0
    try:
        with os.fdopen(
            os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(text)
    except FileExistsError:
        return failed(f"{out} is there already: name another file.\n{text}")  # what is secret is shown only once
    except OSError as why:
        return failed(f"{out} cannot be written: {why.strerror}.\n{text}")
    return 0


def _no_formula(cell: str) -> str:
    """A cell that no spreadsheet computes: an account may be called '=1+1'."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _width(text: str) -> int:
    """How many columns a terminal needs for it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
