"""Pages written by hand that hold generated blocks: `<!-- generated: NAME -->`, the block, `<!-- end -->`."""

import re
from collections.abc import Callable, Iterable

BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z0-9-]+) -->\n)(?P<old>.*?)(<!-- end -->)", re.DOTALL)
OPENING = re.compile(r"<!-- generated:")


class PageError(Exception):
    """A page's markers are wrong. The message says which, and what would be right."""


def filled(text: str, known: dict[str, Callable[[], str]], required: Iterable[str] = ()) -> str:
    """The page with every block written anew.

    Raises:
        PageError: a marker that is unknown, not closed, or missing though it is required.
    """
    found = [match["name"] for match in BLOCK.finditer(text)]
    if len(OPENING.findall(text)) != len(found):
        raise PageError("a marker has no name, or no <!-- end --> before the next")
    for name in found:
        if name not in known:
            raise PageError(f"unknown marker {name!r}; there are: {', '.join(sorted(known))}")
    if missing := sorted(set(required) - set(found)):
        raise PageError("markers are missing: " + ", ".join(f"<!-- generated: {name} -->" for name in missing))
    return BLOCK.sub(lambda match: f"{match[1]}{known[match['name']]().rstrip()}\n{match[4]}", text)
