"""The page on security names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z].+) \| (.+) \| (`.+`) \|$", re.MULTILINE)


def test_every_promise_names_a_test_that_exists() -> None:
    rows = ROW.findall(PAGE.partition("## What is promised")[2].partition("## What is not promised")[0])
    named = [test for _, _, tests in rows for test in re.findall(r"`([^`]+)`", tests)]
    assert len(rows) > 20
    missing = [
        test
        for file, _, name in (one.partition("::") for one in named)
        if not (path := TESTS / file).exists() or f"def {name}(" not in path.read_text(encoding="utf-8")
        for test in [f"{file}::{name}"]
    ]
    assert not missing


def test_every_place_that_keeps_a_promise_exists() -> None:
    source = TESTS.parent / "src" / "roomful"
    places = {place for _, where, _ in ROW.findall(PAGE) for place in re.findall(r"`([\w/]+(?:\.py|/))`", where)}
    assert places
    assert not [place for place in places if not (source / place).exists()]
