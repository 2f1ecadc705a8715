"""The protocol's types as TypeScript: all of them, and as the server has them."""

import re

from roomful.domain.rights import RIGHTS
from tools import typescript
from tools.catalogue import ANSWERS, BODIES, REQUESTS, SIGNALS
from tools.tables import own_codes


def rows(name: str) -> dict[str, str]:
    """The fields of an interface: their names and types."""
    block = re.search(rf"^export interface {name} {{\n(.*?)^}}", typescript.types(), re.MULTILINE | re.DOTALL)
    assert block is not None, name
    return dict(re.findall(r"^    (\w+\??): (.+)$", block[1], re.MULTILINE))


def test_every_type_has_its_place_and_every_place_its_type() -> None:
    for name, table in (("Requests", REQUESTS), ("Answers", ANSWERS), ("Bodies", BODIES), ("Signals", SIGNALS)):
        found = rows(name)
        assert found.keys() == table.keys(), name
        for kind in found.values():
            assert re.search(rf"^export (interface|type) {kind}\b", typescript.types(), re.MULTILINE), kind


def test_no_two_types_bear_one_name() -> None:
    declared = re.findall(r"^export (?:interface|type) (\w+)", typescript.types(), re.MULTILINE)
    assert len(declared) == len(set(declared))


def test_what_has_a_default_may_be_left_out() -> None:
    post = rows("PostRequest")
    assert post["nonce"] == "string"
    assert post["text?"] == "string"
    assert "'notice'" in post["style?"].split(" | ")
    assert post["reply_to?"] == "number | null"
    assert post["causes?"] == "readonly number[]"
    assert "id" not in post, "the connection numbers requests"


def test_bodies_are_told_apart_by_their_type() -> None:
    assert rows("MessageBody")["type"] == "'message'"
    assert rows("EventFrame")["body"] == "Body"
    assert rows("Page")["events"] == "readonly EventFrame[]"
    assert rows("Found")["matches?"] == "readonly (readonly [number, number])[]"


def test_tables_are_those_of_the_server() -> None:
    tables, words = typescript.tables(), typescript.words()
    assert '"post"' in tables
    assert '"history"' not in tables, "a question has no nonce"
    assert all(f"    {action}: {{" in tables for action in RIGHTS)
    assert all(f'"{error.code}": ' in words for error in own_codes())
