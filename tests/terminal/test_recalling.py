"""What is kept of what was typed."""

from pathlib import Path

import pytest
from prompt_toolkit.history import FileHistory

from roomful.terminal.recalling import KEPT, SPARE, history


async def kept(path: Path) -> list[str]:
    """What ↑ would recall, the newest first."""
    return [text async for text in FileHistory(path).load()]


async def test_only_the_newest_entries_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "history"
    typed = history(path)
    for number in range(KEPT + SPARE + 1):
        typed.append_string(f"line {number}\n# no comment\n\n# nor this")
    history(path)
    found = await kept(path)
    assert len(found) == KEPT
    assert found[0].startswith(f"line {KEPT + SPARE}\n# no comment")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["history"]


async def test_some_more_than_those_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history"
    typed = history(path)
    for number in range(KEPT + SPARE):
        typed.append_string(f"line {number}")
    before = path.read_bytes()
    history(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["/login ada four lamps", "/PASSWORD four lamps", "/register x y", "/unregister four"])
async def test_what_may_be_a_password_is_not_kept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "history"
    typed = history(path)
    typed.append_string(text)
    typed.append_string("/register")
    typed.append_string("hello /login me")
    assert await kept(path) == ["hello /login me", "/register"]
    assert text not in typed.get_strings()
