"""The generated files: made from the source, and never wrong about it in silence."""

import re
import tomllib
from pathlib import Path

import pytest
from msgspec import structs

from roomful.config import SEVERAL, Config, load
from roomful.domain.answers import Answer
from tools import generate, settings, tables
from tools.pages import PageError, filled, hexed

KNOWN = {"one": lambda: "1\n", "two": lambda: "2"}


def test_blocks_are_filled_and_prose_is_kept() -> None:
    page = "a\n<!-- generated: one -->\nold\n<!-- end -->\nb\n<!-- generated: two -->\n<!-- end -->\nc\n"
    new = filled(page, KNOWN)
    assert new == "a\n<!-- generated: one -->\n1\n<!-- end -->\nb\n<!-- generated: two -->\n2\n<!-- end -->\nc\n"
    assert filled(new, KNOWN) == new


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<!-- generated: three -->\n<!-- end -->", "unknown marker 'three'"),
        ("<!-- generated: one -->\n", "no <!-- end -->"),
        ("<!-- generated: one -->\n<!-- generated: two -->\n<!-- end -->", "no <!-- end -->"),
        ("<!-- generated: -->\n<!-- end -->", "has no name"),
        ("<!-- generated: one -->\n<!-- end -->", "missing: <!-- generated: two -->"),
    ],
)
def test_wrong_markers_are_told(page: str, said: str) -> None:
    with pytest.raises(PageError, match=re.escape(said)):
        filled(page, KNOWN, required=["one", "two"])


def test_the_bytes_of_an_example_are_those_of_its_first_line() -> None:
    page = 'x\n```\n-> {"a":1}\n<- {}\n```\n```hex\nold\n```\ny\n'
    new = hexed(page)
    assert new == page.replace("old", f'00 00 00 07 7b 22 61 22 3a 31 7d{" " * 17}....{{"a":1}}')
    assert hexed(new) == new


def test_the_table_of_rights_says_who_may() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", tables.rights_table(), re.MULTILINE))
    assert rows["post"] == "everybody | everybody | everybody"
    assert rows["invite"] == "owner, moderator, member | owner, moderator | nobody"


def test_a_field_without_a_description_is_told() -> None:
    class Bare(Answer, frozen=True):
        secret: int

    with pytest.raises(ValueError, match=r"Bare\.secret has no description"):
        tables.field_table(Bare)


def test_every_table_can_be_made() -> None:
    for name, table in tables.tables().items():
        text = table()
        assert text.startswith(("| field |", "| code |", "| action |", "No fields")), name


def test_check_says_what_differs_and_changes_nothing(tmp_path: Path) -> None:
    said = generate.generate(tmp_path, check=True)
    assert {line.partition(":")[0] for line in said} == set(generate.FILES)
    assert not list(tmp_path.iterdir())


def test_what_was_written_does_not_differ(tmp_path: Path) -> None:
    page = tmp_path / "docs/protocol.md"
    page.parent.mkdir()
    page.write_text(
        "".join(f"<!-- generated: {name} -->\n<!-- end -->\n" for name in tables.tables()), encoding="utf-8"
    )
    assert all(line.endswith(": written") for line in generate.generate(tmp_path, check=False))
    assert generate.generate(tmp_path, check=True) == []


def test_the_example_is_all_defaults(tmp_path: Path) -> None:
    commented = settings.example()
    assert not any(tomllib.loads(commented).values()), "an example that is copied must change nothing"
    file = tmp_path / "roomful.toml"
    file.write_text(re.sub(r"^#(\w+ = )", r"\1", commented, flags=re.MULTILINE), encoding="utf-8")
    assert load(file, {}, {}) == Config()
    given = tomllib.loads(file.read_text(encoding="utf-8"))
    of_one = {name: structs.asdict(table) for name, table in structs.asdict(Config()).items() if name not in SEVERAL}
    for section, _, key in (name.partition(".") for name in SEVERAL if "." in name):
        of_one[section].pop(key)  # a list of tables within a table
    assert given == of_one, "a setting is missing in the example"


def test_the_example_shows_every_key_of_tables_of_which_there_may_be_several() -> None:
    text = settings.example()
    for name, kind in SEVERAL.items():
        part = re.split(rf"^# \[+{re.escape(name)}\b", text, maxsplit=1, flags=re.MULTILINE)[1].partition("\n\n")[0]
        assert set(re.findall(r"^# (\w+) = ", part, re.MULTILINE)) == set(kind.__struct_fields__), name


def test_the_manual_s_variables_work(tmp_path: Path) -> None:
    file = tmp_path / "roomful.toml"
    file.touch()
    variables = re.findall(r"`(ROOMFUL_\w+)`", settings.manual())
    assert "ROOMFUL_TCP__LISTEN" in variables
    config = load(file, {"ROOMFUL_TCP__LISTEN": "127.0.0.1:7"}, {})
    assert config.tcp.listen == "127.0.0.1:7"
    for section in settings.sections():
        for one in () if section.several else section.settings:
            value = str(tomllib.loads(f"value = {one.default}")["value"]).replace("True", "true")
            assert load(file, {one.variable: value}, {}) == Config(), one.variable
