"""The kinds of sources by name: ours, and those of installed packages."""

import functools
import importlib
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ..source import Source
from .kind import Kind
from .manners import EXTRA

GROUP = "roomful.egress.sources"
OURS = {  # loaded when a row wants one: a browser is not loaded for a text
    "html": "html:HtmlSource",
    "json": "json:JsonSource",
    "text": "text:TextSource",
    "csv": "csv:CsvSource",
    "browser": "browser:BrowserSource",
    "file": "files:FileSource",
}


def kind_of(source: Source) -> Kind:
    """A source, ready to be read. Raises ValueError: there is no such kind, or its row lacks something."""
    kind = source.kind
    if kind in OURS:
        module, _, name = OURS[kind].partition(":")
        try:
            made = getattr(importlib.import_module(f".{module}", __package__), name)
        except ImportError as why:
            raise ValueError(f"sources of kind {kind!r} need {why.name}: {EXTRA}") from None
    elif kind in (others := _others()):
        made = _loaded(others[kind])
    else:
        raise ValueError(f"there is no kind {kind!r} of sources; there are {', '.join((*OURS, *others))}")
    found: Kind = made(source)
    return found


def _loaded(there: EntryPoint) -> Any:
    """What a package brings. Raises ValueError."""
    try:
        return there.load()
    except (ImportError, AttributeError) as why:
        raise ValueError(f"the package that brings {there.name!r} cannot be loaded: {why}") from None


@functools.cache
def _others() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}
