"""The notebook's cells, run in their order against a real server with its bots, as a notebook runs them: with `await` outside
of functions. (The program that shows notebooks is 100 MB of packages, and adds nothing to that.)"""

import ast
import asyncio
import contextlib
import inspect
import io
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from roomful.client import Client
from tests.support.server import Server, serve

NOTEBOOK = Path(__file__).parents[2] / "examples/notebook/roomful.ipynb"
PATIENCE = 60.0  # s: a safety net, not a measure


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as users start it."""
    async with serve(tmp_path, bots=True) as server:
        await server.bots_are_in()
        yield server


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


async def run(source: str, names: dict[str, Any]) -> None:
    """Run a cell; it may await."""
    code = compile(source, "a cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    came = eval(code, names)
    if inspect.iscoroutine(came):
        await came


def test_it_is_kept_without_what_it_printed() -> None:
    for cell in cells():
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.filterwarnings("default")  # of packages that are not ours
async def test_its_cells_do_what_they_say(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ROOMFUL_ADDRESS", server.tcp)
    monkeypatch.setitem(os.environ, "MPLBACKEND", "agg")
    async with Client(server.tcp, nick="ada") as ada:
        await ada.join("#lobby")
        await ada.post("#lobby", "good morning")
        names: dict[str, Any] = {"__name__": "__main__"}
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            async with asyncio.timeout(PATIENCE):
                for cell in cells():
                    if cell["cell_type"] == "code":
                        await run("".join(cell["source"]), names)
    text = printed.getvalue()
    assert "#lobby has " in text
    assert "eliza: " in text
    assert "not_addressed" in text or "answered" in text, "what the bots did is counted"
    assert names["said"][-1].sender.kind == "bot"
    assert set(names["table"]["nick"]) >= {"ada", "notebook", "eliza"}
    assert [bar.get_text() for bar in names["axes"].get_yticklabels()], "who talks is drawn"
