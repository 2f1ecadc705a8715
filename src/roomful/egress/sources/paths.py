"""Paths into JSON: `data.proxies[*].ip`, `[0]`, `*.port`; a name with a dot in it stands in quotes: `"a.b".c`."""

import re
from collections.abc import Iterator
from typing import Any

_STEP = re.compile(r'"([^"]*)"|\[(\d+|\*)\]|([^.\[\]"]+)')

Path = tuple[str | int | None, ...]  # names, numbers from 0; None: all of them


def parse(text: str) -> Path:
    """Read a path; "" and "." are the whole. Raises ValueError."""
    steps: list[str | int | None] = []
    at = 1 if text.startswith((".", "$.")) or text == "$" else 0
    at += text.startswith("$.")
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise ValueError(f"{text!r} is no path: one would be data.items[*].ip")
        quoted, number, name = step.groups()
        word = quoted if quoted is not None else name if name is not None else None
        steps.append(None if number == "*" or name == "*" else word if word is not None else int(number))
        at = step.end()
        at += text[at : at + 1] == "." and at + 1 < len(text)
    return tuple(steps)


def found(value: Any, path: Path) -> Iterator[Any]:
    """What there is at a path: nothing, one, or many."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step is None:
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from found(one, rest)
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from found(value[step], rest)
    elif isinstance(value, dict) and step in value:
        yield from found(value[step], rest)


def text_at(value: Any, path: Path) -> str:
    """What stands at a path as text; several with spaces between; "" where there is nothing."""
    return " ".join(_text(one) for one in found(value, path))


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
