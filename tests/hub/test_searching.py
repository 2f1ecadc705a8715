"""`search`, asked over the wire: whoever may read a line finds it, and nobody else does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.search import Index
from roomful.search.sqlite import SqliteIndex
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from tests.support.raw import Obj, RawClient

from .conftest import Node, World


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    """One hub that searches, over a folder."""
    monkeypatch.setattr("roomful.hub.indexing.SETTLE", 30.0)  # however busy the machine
    monkeypatch.setattr("roomful.hub.indexing.LINGER", 0.0)

    async def new_store() -> Store:
        return await SqliteStore.open(tmp_path / "roomful.db")

    async def new_index(epoch: str) -> Index:
        return await SqliteIndex.open(tmp_path / "search.db", epoch)

    world = World(new_store, new_index)
    node = await world.start()
    assert node.hub.indexer is not None
    await node.hub.indexer.level()
    yield node
    await world.end()


async def hits(client: RawClient, query: str, **fields: object) -> list[Obj]:
    """What a search finds."""
    found: list[Obj] = (await client.ok("search", query=query, **fields))["hits"]
    return found


async def seqs(client: RawClient, query: str, **fields: object) -> set[tuple[str, int]]:
    """Rooms and numbers of what a search finds."""
    return {(hit["room"], hit["seq"]) for hit in await hits(client, query, **fields)}


async def test_a_member_finds_what_was_said(node: Node) -> None:
    alice = await node.client("Alice", "#tea")
    await alice.post("#tea", "Green tea is  best")
    bob = await node.client("bob", "#tea")
    (hit,) = await hits(bob, '"green tea"')
    assert (hit["room"], hit["seq"], hit["sender"]["nick"]) == ("#tea", 2, "Alice")
    assert [hit["snippet"][a:b] for a, b in hit["matches"]] == ["Green tea"]
    assert await seqs(bob, "tea", room="#tea") == {("#tea", 2)}
    assert await hits(bob, "tea from:bob") == []


async def test_others_do_not_find_it(node: Node) -> None:
    alice = await node.account("Alice")
    await alice.ok("create", room="#secret", nonce="c", kind="private")
    await alice.post("#secret", "the plan")
    bob = await node.client("bob", "#tea")
    assert await hits(bob, "plan") == []
    assert (await bob.ask("search", query="plan room:#secret"))["code"] == "bad_query"
    assert (await bob.ask("search", query="plan", room="#secret"))["code"] in ("not_member", "no_such_room")
    await alice.ok("invite", room="#secret", nonce="i", who="bob")
    assert await hits(bob, "plan") == [], "invited is not yet in it"
    await bob.ok("join", room="#secret")
    assert await seqs(bob, "plan") == {("#secret", 2)}
    await bob.ok("leave", room="#secret")
    assert await hits(bob, "plan") == []


async def test_history_from_joining_on_is_searched_from_there_on(node: Node) -> None:
    alice = await node.account("Alice", "#tea")
    await alice.ok("set", room="#tea", nonce="h", history="joined")
    await alice.post("#tea", "tea, the first")
    bob = await node.client("bob", "#tea")
    await alice.post("#tea", "tea, the second")
    assert len(await hits(alice, "tea")) == 2
    assert [hit["snippet"] for hit in await hits(bob, "tea")] == ["tea, the second"]


async def test_a_direct_room_is_searched_by_its_two(node: Node) -> None:
    alice, bob, carol = [await node.client(nick) for nick in ("Alice", "bob", "carol")]
    room = (await alice.ok("join", room="@bob"))["room"]
    await alice.post(room, "between us")
    found = await seqs(alice, "between")
    assert {where for where, _ in found} == {room}
    assert await seqs(bob, "between") == found
    assert await hits(carol, "between") == []


async def test_pages(node: Node) -> None:
    alice = await node.client("Alice", "#tea")
    for n in range(5):
        await alice.post("#tea", f"tea {n}")
    first = await alice.ok("search", query="tea sort:new", limit=3)
    second = await alice.ok("search", query="tea sort:new", limit=3, offset=3)
    assert [hit["seq"] for hit in first["hits"] + second["hits"]] == [6, 5, 4, 3, 2]
    assert first["more"] is True
    assert not second.get("more")


async def test_what_cannot_be_understood_is_refused(node: Node) -> None:
    alice = await node.client("Alice", "#tea")
    for query in ("?!", "ab*", "x before:soon", "-x"):
        refused = await alice.ask("search", query=query)
        assert (refused["code"], refused["field"]) == ("bad_query", "query")
