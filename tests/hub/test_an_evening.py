"""An evening in a private room, from its opening to what is kept of it: every right, and what redaction promises."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.search.sqlite import SqliteIndex
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from tests.support.raw import RawClient

from .conftest import PASSWORD, Node, World
from .test_moderation import act, done, refused, signal

SECRET = "the combination is 4711-xyzzy"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async def new_store() -> Store:
        return await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store)
    world.new_index = lambda epoch: SqliteIndex.open(tmp_path / "search.db", epoch)
    yield world
    await world.end()


async def register(node: Node, name: str, origin: str) -> RawClient:
    """Somebody who makes an account, from an address of their own."""
    client = await RawClient.connect(node.address, origin)
    node.clients.append(client)
    await client.ask("hello", protocol=1)
    client.me = (await client.ok("register", account=name, password=PASSWORD))["participant"]
    return client


async def guest(node: Node, nick: str, origin: str) -> RawClient:
    """Somebody without an account."""
    client = await RawClient.connect(node.address, origin)
    node.clients.append(client)
    await client.ask("hello", protocol=1)
    await client.ok("login", nick=nick)
    return client


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_an_evening(world: World, tmp_path: Path) -> None:
    node = await world.start(trust_loopback=False)
    olga = await register(node, "olga", "127.0.0.10")
    mona, tom = await register(node, "mona", "127.0.0.11"), await register(node, "tom", "127.0.0.66")

    # The owner opens a private room and invites; a stranger is refused.
    await done(olga, "create", "#den", kind="private", description="for the three of us")
    await olga.ok("join", room="#den")
    for who in ("mona", "tom"):
        await done(olga, "invite", "#den", who=who)
    await mona.ok("join", room="#den")
    await tom.ok("join", room="#den")
    await done(olga, "role", "#den", who="mona", role="moderator")
    stranger = await guest(node, "stranger", "127.0.0.99")
    assert (await stranger.ask("join", room="#den"))["code"] == "invite_only"
    assert (await stranger.ask("history", room="#den"))["code"] == "not_member"

    # A troublemaker is muted, then banned by account, and comes back as a guest from the same place.
    await done(tom, "post", "#den", text="LOUD")
    await done(mona, "mute", "#den", who="tom", seconds=600, reason="too loud")
    assert await refused(tom, "post", "#den", text="LOUDER") == "muted"
    slip = await done(olga, "post", "#den", text=SECRET)
    await done(mona, "ban", "#den", who="tom", seconds=3600, reason="copied it")
    assert (await signal(tom, "removed"))["body"]["reason"] == "banned"
    assert (await tom.ask("join", room="#den"))["code"] == "banned"
    await done(olga, "set", "#den", kind="public")
    back = await guest(node, "innocent", "127.0.0.66")
    assert (await back.ask("join", room="#den"))["code"] == "banned"
    await (await guest(node, "neighbour", "127.0.0.67")).ok("join", room="#den")
    await done(olga, "set", "#den", kind="private")

    # A moderator does not stand above the owner; the owner redacts.
    assert await refused(mona, "redact", "#den", seq=slip) == "forbidden"
    other = await done(mona, "post", "#den", text="did he say 4711-xyzzy?")
    await done(mona, "edit", "#den", seq=other, text="did he say 4711-xyzzy? he did")
    await done(olga, "redact", "#den", seq=slip, reason="private")
    await done(olga, "redact", "#den", seq=other)

    # A member logs in on a second device, and sees exactly what is unread.
    await mona.ok("mark", room="#den", seq=other)
    for n in range(3):
        await done(olga, "post", "#den", text=f"news {n} for @mona" if n == 2 else f"news {n}")
    phone = await RawClient.connect(node.address, "127.0.0.12")
    node.clients.append(phone)
    await phone.ask("hello", protocol=1)
    await phone.ok("login", account="mona", password=PASSWORD)
    missed = (await phone.ok("unread"))["rooms"]
    assert [(m["room"], m["read"], m["unread"], m["mentions"]) for m in missed] == [("#den", other, 3, 1)]
    head = (await phone.ok("join", room="#den", after=other))["head"]
    unread = [e for e in [await phone.event() for _ in range(head - other)] if e["body"]["type"] == "message"]
    assert [e["body"]["text"] for e in unread] == ["news 0", "news 1", "news 2 for @mona"]

    # What was said is found by whoever may read it; what was redacted is found by nobody.
    hits = (await phone.ok("search", query="news"))["hits"]
    assert sorted(hit["seq"] for hit in hits) == [event["seq"] for event in unread]
    assert (await phone.ok("search", query="4711"))["hits"] == []
    assert (await stranger.ok("search", query="news"))["hits"] == []

    # The moderation log holds who did what; the history holds the truth and no more.
    log = (await phone.ok("acts", room="#den", limit=50))["events"]
    assert [e["body"]["type"] for e in reversed(log)] == [
        "invite", "invite", "role", "mute", "ban", "changed", "changed", "redaction",
    ]  # fmt: skip
    history = (await phone.ok("history", room="#den", after=0, limit=500))["events"]
    assert [e["seq"] for e in history] == list(range(1, head + 1))
    assert "4711" not in json.dumps(history)
    assert next(e["body"] for e in history if e["seq"] == slip)["redacted"]

    # Soon the text is in no file.
    await world.pass_time(30)
    await world.pass_time(30)
    assert b"4711-xyzzy" not in bytes_of(tmp_path)
    assert b"news 0" in bytes_of(tmp_path), "the test looks where texts are"
    assert (await act(tom, "post", "#den", text="?"))["code"] in ("not_member", "no_such_room")
