"""CSV: fields by the names of columns, or by their place."""

import csv
import io
from collections.abc import Mapping

from ..source import Source
from .cells import Bad, Cells, Page, Spot
from .columns import cells_of, guessed, known
from .kind import Fetched

DELIMITERS = ",;\t"


class CsvSource(Fetched):
    """A table as text. Columns are named by its first line, or numbered from 1 where the row names numbers."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._spots = self.spots()

    def read(self, text: str, url: str) -> Page:
        """Raises ValueError: a column is not there."""
        return Page(rows(text, self._spots))


def rows(text: str, spots: Mapping[str, Spot] | None = None) -> list[Cells | Bad]:
    """The rows of a table; `spots`: which column is which field, where that is not plain. Raises ValueError."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    wanted = {field: spot.where for field, spot in (spots or {}).items()}
    names: list[str] | None = None
    columns: dict[str, str] = {}
    made: list[Cells | Bad] = []
    for cells in reader:
        if not any(cells) or cells[0].startswith("#"):
            continue
        if names is None:
            names, columns = _head(cells, wanted)
            if names == cells:
                continue
        made.append(_row(f"line {reader.line_num}", cells, names, columns, spots or {}))
    return made


def _head(cells: list[str], wanted: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The names of the columns, and which is which field. Without a head, columns are called 1, 2, 3."""
    numbers = [str(number) for number in range(1, len(cells) + 1)]
    if wanted:
        columns = wanted
        names = numbers if all(name.isdigit() for name in wanted.values()) else cells
        if missing := [name for name in columns.values() if name not in names]:
            raise ValueError(f"there is no column {missing[0]!r}; there are {', '.join(names)}")
        return names, columns
    columns = guessed(cells)
    return (cells, columns) if known(columns) else (numbers, {})


def _row(
    place: str, cells: list[str], names: list[str], columns: dict[str, str], spots: Mapping[str, Spot]
) -> Cells | Bad:
    if not columns:  # HOST,PORT,USER,PASSWORD, or whatever one cell says
        return Cells(place, ":".join(cell.strip() for cell in cells if cell.strip()))
    values = {name: _unguarded(cell) for name, cell in zip(names, cells, strict=False)}
    try:
        for field, spot in spots.items():
            values[columns[field]] = spot.decoded(values.get(columns[field], ""))
    except ValueError as why:
        return Bad(place, str(why))
    return cells_of(place, columns, values)


def _unguarded(cell: str) -> str:
    """A cell without the ' that keeps a spreadsheet from computing it."""
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell
