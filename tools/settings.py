"""docs/configuration.md and examples/roomful.toml, from the settings' types in config.py."""

import inspect as source
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, inspect

from roomful.config import FILE, PREFIX, Config

from .tables import cell, default_of, json_text, type_text

INTRODUCTION = f"""# Configuration

Every setting has a default, and a server needs none of them set. What is set comes from these places, and later wins:

1. `{FILE}` in the folder where the server starts, or the file given with `--config`;
2. `.env` in the same folder;
3. the environment, by the names below;
4. flags, which `roomful serve --help` lists.

Tables of which there may be several, `[[bots]]`, `[[conversations]]`, `[providers.NAME]`, `[[mcp]]`, `[tools.NAME]`
and `[[egress.sources]]`, stand in the file only.

A key that does not exist, or a value that does not fit, is refused at the start with its place and what would be right.
[`examples/roomful.toml`](../examples/roomful.toml) is this page as a file to start from.
"""


class Setting(NamedTuple):
    """One key of one table."""

    key: str
    type: str
    default: str  # as TOML and as JSON, which agree on all that is used here; empty: it has none
    description: str
    variable: str  # empty: it stands in the file only


class Section(NamedTuple):
    """One table of the file."""

    name: str
    head: str  # as it stands in the file
    about: str
    settings: list[Setting]

    @property
    def several(self) -> bool:
        """Whether there may be as many as one likes, or none."""
        return self.head != f"[{self.name}]"


def sections() -> Iterator[Section]:
    """The configuration's tables. Raises ValueError for a setting that nobody has described."""
    for field in _fields(Config):
        table, head = _table(field)
        about = source.getdoc(table.cls) or ""
        within = {one.name: inner for one in table.fields if (inner := _rows_within(one)) is not None}
        own = [one for one in table.fields if one.name not in within]
        settings = [_setting(field.name, one, several=head != f"[{field.name}]") for one in own]
        yield Section(field.name, head, about.removeprefix(f"`{head}`: ").strip(), settings)
        for name, inner in within.items():
            head = f"[[{field.name}.{name}]]"
            about = (source.getdoc(inner.cls) or "").removeprefix(f"`{head}`: ").strip()
            rows = [_setting(name, one, several=True) for one in inner.fields]
            yield Section(f"{field.name}.{name}", head, about, rows)


def _rows_within(field: inspect.Field) -> inspect.StructType | None:
    """The type of the rows, where a key of a table is a list of tables: `[[egress.sources]]`."""
    match field.type:
        case inspect.VarTupleType(item_type=inspect.StructType() as row):
            return row
    return None


def _table(field: inspect.Field) -> tuple[inspect.StructType, str]:
    """The type of a table, and how its head is written: `[store]`, `[[bots]]`, `[providers.NAME]`."""
    options = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
    for option in options:
        match option:
            case inspect.StructType():
                return option, f"[{field.name}]"
            case inspect.VarTupleType(item_type=inspect.StructType() as one):
                return one, f"[[{field.name}]]"
            case inspect.DictType(value_type=inspect.StructType() as one):
                return one, f"[{field.name}.NAME]"
    raise ValueError(f"config: [{field.name}] is not a table")


def _fields(kind: type[Struct]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _setting(section: str, field: inspect.Field, *, several: bool) -> Setting:
    type_, description = type_text(field.type)
    if not description:
        raise ValueError(f"config: [{section}] {field.name} has no description")
    variable = "" if several else f"{PREFIX}{section.upper()}__{field.name.upper()}"
    default = None if field.required else default_of(field)
    return Setting(field.name, type_, "" if default is None else json_text(default), description, variable)


def manual() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, *(_chapter(section) for section in sections())])


def _chapter(section: Section) -> str:
    rows = [
        [f"`{one.key}`", cell(one.type), f"`{one.default}`" if one.default else "–", cell(one.description)]
        + ([] if section.several else [f"`{one.variable}`"])
        for one in section.settings
    ]
    head = ["key", "type", "default", "meaning"] + ([] if section.several else ["environment"])
    table = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    table.insert(1, "|---" * len(head) + "|")
    return "\n".join([f"## `{section.head}`", "", _sentence(section.about), "", *table, ""])


def example() -> str:
    """The file, with every setting at its default and commented out."""
    parts = [f"# Roomful's settings, each with its default. Remove the '#' before those you change.\n# {FILE} here, or"]
    parts[0] += " `roomful serve --config FILE`. docs/configuration.md says more.\n"
    for section in sections():
        if section.several:
            parts.append(f"\n# {_sentence(section.about)}\n# {section.head}\n")
            parts += [f"#\n#   {one.description}\n# {one.key} = {one.default or '…'}\n" for one in section.settings]
            continue
        parts.append(f"\n# {_sentence(section.about)}\n{section.head}\n")
        parts += [f"\n# {one.description}\n#{one.key} = {one.default}\n" for one in section.settings]
    return "".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
