"""Lists of accounts to make: a class, a team. All of a list is looked at before anything of it is made.

CSV has a header with `name`, and perhaps `bot` and `owner` (yes or no); JSON is a list of names, or of objects with these keys.
Other columns are left alone, and come back in what is printed: an address, a form.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from roomful.domain.names import Nick, parse_nick, skeleton
from roomful.errors import BadName

from .failures import RegistryError

MAX_BYTES = 4 * 1024 * 1024
MAX_SHOWN = 20  # bad lines in one message
_YES = frozenset(("yes", "y", "true", "1", "x", "ja", "oui", "si", "sí"))
_NO = frozenset(("", "no", "n", "false", "0", "nein", "non"))
_OURS = frozenset(("name", "bot", "owner"))


class Wanted(Struct, frozen=True):
    """An account that somebody wants."""

    name: Nick
    bot: bool = False
    owner: bool = False
    line: int = 0  # of the file, 1 for the first; of JSON, which of the list
    others: dict[str, str] = {}  # what else was said of it
    kind: str = ""  # `service`: a program that serves the server itself; empty: as `bot` says


def read_list(path: Path) -> list[Wanted]:
    """The accounts that a file names. Raises RegistryError, which names every bad line."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RegistryError(f"{path} is larger than {MAX_BYTES // 1024**2} MiB: that is no list of names.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as why:
        raise RegistryError(f"{path} cannot be read: {why.strerror}.") from None
    except UnicodeDecodeError:
        raise RegistryError(f"{path} is not UTF-8: save it as CSV in UTF-8.") from None
    rows = list(_json(path, text) if text.lstrip()[:1] in ("[", "{") else _csv(path, text))
    wanted, bad = _checked(rows)
    if bad:
        more = f"\n  and {len(bad) - MAX_SHOWN} more" if len(bad) > MAX_SHOWN else ""
        listed = "\n  ".join(bad[:MAX_SHOWN])
        raise RegistryError(f"Nothing was made. In {path} must be mended:\n  {listed}{more}")
    if not wanted:
        raise RegistryError(f"{path} names nobody.")
    return wanted


def _csv(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a CSV file with their lines. Commas or semicolons, as spreadsheets of many countries write them."""
    header = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    names = [name.strip().casefold() for name in reader.fieldnames or ()]
    if "name" not in names:
        raise RegistryError(f"{path}, line 1: there is no column `name`. The first line names the columns: name,email")
    reader.fieldnames = names
    try:
        for row in reader:
            if any(value for value in row.values()):
                yield reader.line_num, {key: value for key, value in row.items() if key}
    except csv.Error as why:
        raise RegistryError(f"{path}, line {reader.line_num}: {why}.") from None


def _json(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as why:
        raise RegistryError(f"{path}, line {why.lineno}: this is not JSON ({why.msg}).") from None
    except RecursionError:
        raise RegistryError(f"{path} is no list of names.") from None
    if not isinstance(found, list):
        raise RegistryError(f'{path} is no list: ["ann", "bob"], or [{{"name": "ann"}}, …].')
    for number, item in enumerate(found, 1):
        yield number, item if isinstance(item, dict) else {"name": item}


def _checked(rows: Iterable[tuple[int, dict[str, Any]]]) -> tuple[list[Wanted], list[str]]:
    """The accounts, and what is wrong with the lines that are none."""
    wanted: list[Wanted] = []
    bad: list[str] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        try:
            one = _wanted(line, row)
        except (RegistryError, BadName) as why:
            bad.append(f"line {line}: {why}")
            continue
        looks = skeleton(one.name.text)
        if (before := seen.get(one.name.folded) or seen.get(looks)) is not None:
            bad.append(f"line {line}: {one.name.text} is the name of line {before}, or looks like it.")
        else:
            wanted.append(one)
        seen.setdefault(one.name.folded, line)
        seen.setdefault(looks, line)
    return wanted, bad


def _wanted(line: int, row: dict[str, Any]) -> Wanted:
    """Raises RegistryError, BadName."""
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RegistryError("there is no name.")
    others = {_plain(key): "" if value is None else _plain(value) for key, value in row.items() if key not in _OURS}
    return Wanted(parse_nick(name.strip()), _flag(row, "bot"), _flag(row, "owner"), line, others)


def _plain(value: object) -> str:
    """As it can be printed: JSON may hold halves of surrogate pairs."""
    return str(value).encode("utf-8", "replace").decode()


def _flag(row: dict[str, Any], key: str) -> bool:
    value = row.get(key)
    word = "" if value is None else str(value).strip().casefold()
    if word not in _YES | _NO:
        raise RegistryError(f"`{key}` is yes or no, not {word!r:.40}.")
    return word in _YES
