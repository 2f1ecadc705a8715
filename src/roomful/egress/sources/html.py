"""Static HTML: rows and cells by CSS selectors."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from ..source import Source
from .cells import Bad, Cells, Page, Spot
from .kind import Fetched

FIRST_CELLS = {"host": "td:nth-child(1)", "port": "td:nth-child(2)"}  # what most lists have
_NTH = re.compile(r"(td|th)?:nth-child\((\d+)\)\Z")

Take = Callable[[LexborNode, list[LexborNode]], str]  # a row and its own cells -> what stands there


class HtmlSource(Fetched):
    """A page whose rows are there without JavaScript."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        spots = self.spots()
        if not spots.keys() & {"address", "host", "port"}:
            spots |= {name: Spot(where) for name, where in FIRST_CELLS.items()}
        self._takes = {name: _taking(spot) for name, spot in spots.items()}
        self._rows = source.rows or "tr"
        try_out([self._rows, source.next, *(spot.where for spot in spots.values())])

    def read(self, text: str, url: str) -> Page:
        """Rows without any of the cells, as heads of tables, are left out."""
        tree = LexborHTMLParser(text)
        rows = [cells for number, row in enumerate(tree.css(self._rows), 1) if (cells := self._cells(row, number))]
        link = tree.css_first(self.source.next) if self.source.next else None
        return Page(rows, (link.attributes.get("href") or "") if link is not None else "")

    def _cells(self, row: LexborNode, number: int) -> Cells | Bad | None:
        children = list(row.iter())
        place = f"row {number}"
        try:
            cells = Cells(place, **{name: take(row, children) for name, take in self._takes.items()})
        except ValueError as why:
            return Bad(place, str(why))
        return None if cells.empty else cells


def _taking(spot: Spot) -> Take:
    """How a field is taken from a row. `td:nth-child(3)` is the row's own third cell, and quick."""
    nth = _NTH.match(spot.where)
    column, tag = (int(nth[2]) - 1, nth[1]) if nth else (-1, None)

    def find(row: LexborNode, children: list[LexborNode]) -> LexborNode | None:
        if column >= 0:
            cell = children[column] if column < len(children) else None
            return cell if cell is not None and tag in (None, cell.tag) else None
        return row.css_first(spot.where) if spot.where else row

    def take(row: LexborNode, children: list[LexborNode]) -> str:
        node = find(row, children)
        if node is None:
            return ""
        text = (node.attributes.get(spot.attribute) or "") if spot.attribute else node.text()
        return spot.decoded(text.strip()) if spot.decoders else text.strip()

    return take


def try_out(selectors: list[str]) -> None:
    """Raises ValueError where a selector is none."""
    tree = LexborHTMLParser("<p>")
    for selector in selectors:
        try:
            if selector:
                tree.css(selector)
        except (SelectolaxError, ValueError):
            raise ValueError(f"{selector!r} is no CSS selector") from None
