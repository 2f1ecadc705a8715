"""Lists of accounts: whatever a file holds, it is read or refused with a sentence."""

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.names import skeleton
from roomful.registry.failures import RegistryError
from roomful.registry.lists import Wanted, read_list

cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | cells,
    lambda inner: st.lists(inner) | st.dictionaries(cells, inner),
    max_leaves=8,
)


def read(content: bytes) -> list[Wanted] | str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(content)
        try:
            return read_list(path)
        except RegistryError as why:
            return str(why)


def check(found: list[Wanted] | str) -> None:
    assert found
    if isinstance(found, list):
        assert len({skeleton(one.name.text) for one in found}) == len(found), "two that look alike"


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    check(read(content))


@given(st.lists(st.lists(cells, max_size=4), max_size=8), st.sampled_from(",;"))
def test_any_table(rows: list[list[str]], delimiter: str) -> None:
    lines = [delimiter.join(("name", "bot", "form")), *(delimiter.join(row) for row in rows)]
    check(read("\n".join(lines).encode()))


@given(st.lists(values | st.fixed_dictionaries({"name": cells}, optional={"bot": values, "owner": values}), max_size=6))
def test_any_json(items: list[object]) -> None:
    check(read(json.dumps(items).encode()))
