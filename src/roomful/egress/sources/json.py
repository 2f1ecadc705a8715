"""JSON: rows by the path of a list, fields by paths within each item."""

from typing import Any

import msgspec

from ..source import Source
from . import paths
from .cells import Bad, Cells, Page
from .columns import cells_of, guessed, known
from .kind import Fetched


class JsonSource(Fetched):
    """An answer in JSON. Without paths, fields are known by their usual names, and an item may be a text."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._rows, self._next = paths.parse(source.rows), paths.parse(source.next) if source.next else None
        self._spots = {name: (paths.parse(spot.where), spot) for name, spot in self.spots().items()}

    def read(self, text: str, url: str) -> Page:
        """Raises ValueError: it is no JSON, or there is nothing at the path of the rows."""
        try:
            whole = msgspec.json.decode(text)
        except msgspec.DecodeError as why:
            raise ValueError(f"this is no JSON: {why}") from None
        there = list(paths.found(whole, self._rows)) if self._rows else listed(whole)
        if not there and self._rows:
            raise ValueError(f"there is nothing at {self.source.rows!r}")
        link = paths.text_at(whole, self._next) if self._next is not None else ""
        return Page([self._cells(item, number) for number, item in enumerate(items(there), 1)], link)

    def _cells(self, item: Any, number: int) -> Cells | Bad:
        place = f"item {number}"
        if not self._spots:
            return item_cells(item, place)
        try:
            return Cells(
                place, **{name: spot.decoded(paths.text_at(item, path)) for name, (path, spot) in self._spots.items()}
            )
        except ValueError as why:
            return Bad(place, str(why))


def items(there: list[Any]) -> list[Any]:
    """A path may lead to one list, or with a * to its items."""
    return there[0] if len(there) == 1 and isinstance(there[0], list) else there


def listed(value: Any) -> list[Any]:
    """The items of a whole: it is a list, or an object with one list in it. Raises ValueError."""
    lists = [one for one in value.values() if isinstance(one, list)] if isinstance(value, dict) else [value]
    if len(lists) != 1 or not isinstance(lists[0], list):
        raise ValueError("in JSON there is one list of proxies: a path in `rows` says which")
    return lists[0]


def item_cells(item: Any, place: str) -> Cells | Bad:
    """A text, or an object whose fields have usual names."""
    if isinstance(item, str):
        return Cells(place, item)
    columns = guessed(item) if isinstance(item, dict) else {}
    if not known(columns):
        return Bad(place, "A proxy in JSON is a text, or an object with `address`, or with `host` and `port`.")
    return cells_of(place, columns, {name: paths.text_at(item, (name,)) for name in columns.values()})
