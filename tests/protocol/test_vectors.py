"""The conformance vectors, played against a real server; and the player, which must notice what is wrong."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from roomful.protocol import native
from roomful.registry.hosting import host_token
from roomful.registry.making import Registry
from roomful.store.sqlite import SqliteStore
from tests.support.server import Server, serve
from tests.support.vectors import FILES, Mismatch, Player, steps_of
from tools.vectors import refreshed

OPEN = {"ROOMFUL_LIMITS__ENABLED": "false", "ROOMFUL_ACCOUNTS__REGISTRATION": "open"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(folder: Path) -> str:
    """The token of a bot host, whose account is there when the server starts."""
    (folder / "data").mkdir()
    store = await SqliteStore.open(folder / "data" / "roomful.db")
    try:
        registry = Registry(store, clock=lambda: time.time_ns() // 1_000_000, entropy=os.urandom)
        return await host_token(registry, "the vectors")
    finally:
        await store.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(folder: Path, host: str) -> AsyncIterator[Server]:
    async with serve(folder, environment=OPEN) as server:
        yield server


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_the_server_conforms(server: Server, host: str, path: Path) -> None:
    await Player(server.tcp, host=host).play(steps_of(path))


HELLO = {"to": "a", "send": {"type": "hello", "id": 1, "protocol": 1}}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([HELLO, {"from": "a", "expect": {"type": "ok", "re": 2}}], r"\.re: 2 is expected, not 1"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "re": True}}], r"\.re: True is expected"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "colour": "*"}}], r"\.colour is missing"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "re": "*absent"}}], r"\.re should not be there"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "features": ["x"]}}], r"\.features: an array of 1"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "max_frame": "$n", "re": "$n"}}], r"\.re: \$n is 65536"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "epoch": "*time"}}], r"\.epoch: .* is not \*time"),
        ([HELLO, {"from": "a", "expect": {"type": "ok", "re": {"x": 1}}}], r"\.re: an object is expected"),
        (
            [HELLO, {"to": "a", "bytes": "0000000021", "note": "nothing"}, {"from": "a", "end": True}],
            "nothing more may come",
        ),
    ],
)
async def test_the_player_notices(server: Server, steps: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Mismatch, match=said):
        await Player(server.tcp).play([{"connect": "a"}, *steps])


def sent() -> list[dict[str, Any]]:
    return [step["send"] for path in FILES for step in steps_of(path) if "send" in step]


def expected() -> list[dict[str, Any]]:
    return [step["expect"] for path in FILES for step in steps_of(path) if "expect" in step]


def test_every_request_and_every_kind_of_object_is_shown() -> None:
    assert {obj.get("type") for obj in sent()} >= set(native.REQUEST_TYPES)
    assert {obj["type"] for obj in expected()} == {"ok", "error", "event", "signal", "goodbye"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_bytes_are_those_of_the_objects(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert refreshed(text) == text
