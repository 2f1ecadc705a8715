"""docs/configuration.md and examples/roomful.toml, from the settings' types in config.py."""

import inspect as source
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, inspect

from roomful.config import FILE, PREFIX, Config

from .tables import cell, json_text, type_text

INTRODUCTION = f"""# Configuration

Every setting has a default, and a server needs none of them set. What is set comes from these places, and later wins:

1. `{FILE}` in the folder where the server starts, or the file given with `--config`;
2. `.env` in the same folder;
3. the environment, by the names below;
4. flags, which `roomful serve --help` lists.

A key that does not exist, or a value that does not fit, is refused at the start with its place and what would be right.
[`examples/roomful.toml`](../examples/roomful.toml) is this page as a file to start from.
"""


class Setting(NamedTuple):
    """One key of one table."""

    key: str
    type: str
    default: str  # as TOML and as JSON, which agree on all that is used here
    description: str
    variable: str


class Section(NamedTuple):
    """One table of the file."""

    name: str
    about: str
    settings: list[Setting]


def sections() -> Iterator[Section]:
    """The configuration's tables. Raises ValueError for a setting that nobody has described."""
    for field in _fields(Config):
        table = field.type
        assert isinstance(table, inspect.StructType), f"[{field.name}] is not a table"
        about = source.getdoc(table.cls) or ""
        settings = [_setting(field.name, one) for one in table.fields]
        yield Section(field.name, about.removeprefix(f"`[{field.name}]`: ").strip(), settings)


def _fields(kind: type[Struct]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _setting(section: str, field: inspect.Field) -> Setting:
    type_, description = type_text(field.type)
    if not description:
        raise ValueError(f"config: [{section}] {field.name} has no description")
    variable = f"{PREFIX}{section.upper()}__{field.name.upper()}"
    return Setting(field.name, type_, json_text(field.default), description, variable)


def manual() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, *(_chapter(section) for section in sections())])


def _chapter(section: Section) -> str:
    rows = [
        f"| `{one.key}` | {cell(one.type)} | `{one.default}` | {cell(one.description)} | `{one.variable}` |"
        for one in section.settings
    ]
    head = ["| key | type | default | meaning | environment |", "|---|---|---|---|---|"]
    return "\n".join([f"## `[{section.name}]`", "", _sentence(section.about), "", *head, *rows, ""])


def example() -> str:
    """The file, with every setting at its default and commented out."""
    parts = [f"# Roomful's settings, each with its default. Remove the '#' before those you change.\n# {FILE} here, or"]
    parts[0] += " `roomful serve --config FILE`. docs/configuration.md says more.\n"
    for section in sections():
        parts.append(f"\n# {_sentence(section.about)}\n[{section.name}]\n")
        parts += [f"\n# {one.description}\n#{one.key} = {one.default}\n" for one in section.settings]
    return "".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
