"""Texts that are older than a room keeps them: nobody reads them any more, and no file holds them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.hub.limits import Limits
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from tests.support.raw import Obj, RawClient

from .conftest import Node, World

DAY = 86_400.0  # s
PATIENT = Limits(enabled=False, idle=1e9)  # nobody is sent away for being silent for days
SECRET = "the-word-of-the-day"


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[World]:
    """Hubs over one database on the disk."""

    async def new_store() -> Store:
        return await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store)
    yield world
    await world.end()


def found(folder: Path) -> list[str]:
    """The files that hold the secret."""
    return [path.name for path in folder.iterdir() if SECRET.encode() in path.read_bytes()]


async def messages(node: Node, nick: str, room: str) -> list[Obj]:
    """The bodies of a room's messages, as somebody reads them who comes now."""
    client = await node.client(nick)
    head = (await client.ok("join", room=room, after=0))["head"]
    events = [await client.event(room) for _ in range(head)]
    assert [event["seq"] for event in events] == list(range(1, head + 1)), "numbers without gaps"
    return [event["body"] for event in events if event["body"]["type"] == "message"]


async def keeping(node: Node, room: str, days: int) -> RawClient:
    """An owner whose room keeps texts so long."""
    owner = await node.account("owner", room)
    if days:
        await owner.ok("set", room=room, nonce="set", retention=days)
    return owner


async def test_old_texts_go_and_their_places_stay(disk: World, tmp_path: Path) -> None:
    node = await disk.start(limits=PATIENT, registration="open")
    owner = await keeping(node, "#r", 2)
    await owner.post("#r", SECRET)
    await owner.ok("edit", room="#r", nonce="e", seq=3, text=f"{SECRET}, edited")
    await disk.pass_time(DAY)
    await owner.post("#r", "younger")
    await disk.pass_time(DAY - 120)
    assert [body.get("text") for body in await messages(node, "bob", "#r")] == [SECRET, "younger"]
    await disk.pass_time(240)
    assert await messages(node, "carol", "#r") == [
        {"type": "message", "redacted": 0},
        {"type": "message", "text": "younger"},
    ]
    await disk.pass_time(60)
    assert found(tmp_path) == []


async def test_rooms_that_say_nothing_keep_texts_as_the_server_does(disk: World) -> None:
    node = await disk.start(retention=10, limits=PATIENT, registration="open")
    owner = await keeping(node, "#short", 2)
    await owner.ok("join", room="#usual")
    for room in ("#short", "#usual"):
        await owner.post(room, "hello")
    for days, expected in ((1, ("hello", "hello")), (2, (None, "hello")), (8, (None, None))):
        await disk.pass_time(days * DAY)
        for room, text in zip(("#short", "#usual"), expected, strict=True):
            assert (await messages(node, f"nick{days}{room[1:]}", room))[0].get("text") == text


async def test_what_was_redacted_is_in_no_file_within_a_minute(disk: World, tmp_path: Path) -> None:
    node = await disk.start(limits=PATIENT, registration="open")
    owner = await keeping(node, "#r", 0)
    await disk.pass_time(61)
    seq = (await owner.post("#r", SECRET))["seq"]
    assert found(tmp_path), "the test would find it"
    await owner.ok("redact", room="#r", nonce="r", seq=seq, reason="not for here")
    for _ in range(3):
        await disk.pass_time(20)
    assert found(tmp_path) == []


async def test_without_a_retention_everything_stays(disk: World) -> None:
    node = await disk.start(limits=PATIENT, registration="open")
    owner = await keeping(node, "#r", 0)
    await owner.post("#r", SECRET)
    await disk.pass_time(3650 * DAY)
    assert [body.get("text") for body in await messages(node, "bob", "#r")] == [SECRET]
