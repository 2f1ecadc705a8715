"""Rooms that people run: private ones, settings, names, ends."""

import pytest

from tests.support.raw import RawClient

from .conftest import Node, World
from .test_moderation import act, done, refused, signal, told


@pytest.fixture
def world(both_worlds: World) -> World:
    return both_worlds


@pytest.fixture
async def owner(node: Node) -> RawClient:
    return await node.account("olga")


async def test_a_private_room_is_for_those_invited(node: Node, owner: RawClient) -> None:
    await done(owner, "create", "#den", kind="private", description="quiet")
    joined = await owner.ok("join", room="#den")
    assert (joined["kind"], joined["role"], joined["settings"]) == ("private", "owner", {"description": "quiet"})
    bob, eve = await node.account("bob"), await node.account("eve")
    assert (await eve.ask("join", room="#den"))["code"] == "invite_only"
    assert "#den" not in str(await eve.ok("rooms")), "nobody sees it"
    await done(owner, "invite", "#den", who="bob")
    invited = await signal(bob, "invited")
    assert (invited["room"], invited["sender"]["nick"]) == ("#den", "olga")
    mine = (await bob.ok("rooms", mine=True))["rooms"]
    assert [(r["room"], r.get("invited", False)) for r in mine] == [("#den", True)]
    assert (await bob.ok("join", room="#den")).get("role", "member") == "member"
    assert await refused(bob, "invite", "#den", who="eve") == "forbidden"
    await done(owner, "kick", "#den", who="bob")
    assert (await bob.ask("join", room="#den"))["code"] == "invite_only", "an invitation is for one entry"


async def test_guests_do_not_own_private_rooms(node: Node) -> None:
    guest = await node.client("gus")
    assert await refused(guest, "create", "#den", kind="private") == "account_required"
    await done(guest, "create", "#open")
    await guest.ok("join", room="#open")
    assert await refused(guest, "set", "#open", kind="private") == "account_required"


async def test_a_name_is_taken_once(node: Node, owner: RawClient) -> None:
    await done(owner, "create", "#den")
    assert await refused(owner, "create", "#DEN") == "room_exists"
    reply = await owner.ok("create", room="#other", nonce="same")
    assert (await owner.ok("create", room="#other", nonce="same", again=True))["seq"] == reply["seq"]


async def test_members_read_from_their_joining_on_where_the_room_says_so(node: Node, owner: RawClient) -> None:
    await done(owner, "create", "#r")
    await owner.ok("join", room="#r")
    await done(owner, "set", history="joined")
    early = await done(owner, "post", text="before bob")
    bob = await node.account("bob")
    joined = await bob.ok("join", room="#r", after=0)
    assert joined["first"] == joined["head"]
    assert (await bob.event())["body"]["type"] == "join", "the first he sees is himself"
    assert "before bob" not in str(await bob.ok("history", room="#r"))
    assert "before bob" not in str(await bob.ok("history", room="#r", after=0))
    assert "before bob" not in str(await bob.ok("history", room="#r", around=early))
    assert (await bob.ask("changes", room="#r", seq=early))["code"] == "no_such_event"
    await done(owner, "pin", seq=early)
    assert (await bob.ok("pins", room="#r"))["events"] == []
    assert "before bob" in str(await owner.ok("history", room="#r"))


async def test_a_renamed_room_is_found_by_its_old_name_only_to_be_told(
    node: Node, world: World, owner: RawClient
) -> None:
    await done(owner, "create", "#old")
    await owner.ok("join", room="#old")
    bob = await node.client("bob", "#old")
    await done(owner, "post", "#old", text="one")
    await done(owner, "rename", "#old", name="#New")
    event = await told(bob, "renamed")
    assert (event["room"], event["body"]) == ("#New", {"type": "renamed", "name": "#New", "old": "#old"})
    await done(bob, "post", "#new", text="two")
    reply = await act(bob, "post", "#old", text="three")
    assert reply["code"] == "moved"
    assert "#New" in reply["message"]
    assert (await bob.ask("join", room="#old"))["code"] == "moved"
    assert (await bob.ask("history", room="#old"))["code"] == "moved"
    late = await node.client("late")
    await late.ok("join", room="#new", after=0)
    seen = [await late.event() for _ in range(6)]
    assert {e["room"] for e in seen} == {"#New"}
    other = await world.start()
    assert (await (await other.client("far")).ok("join", room="#new"))["room"] == "#New"
    await done(owner, "create", "#old")
    await late.ok("join", room="#old")


async def test_other_hubs_follow_a_new_name(world: World, node: Node, owner: RawClient) -> None:
    other = await world.start()
    await done(owner, "create", "#old")
    bob = await other.client("bob", "#old")
    await done(owner, "rename", "#old", name="#new")
    assert (await told(bob, "renamed"))["room"] == "#new"
    await done(bob, "post", "#new", text="here")
    assert await refused(bob, "post", "#old", text="there") == "moved"


async def test_an_archived_room_is_read_and_not_written(node: Node, owner: RawClient) -> None:
    await done(owner, "create", "#r")
    await owner.ok("join", room="#r")
    bob = await node.account("bob", "#r")
    seq = await done(bob, "post", text="last words")
    await done(owner, "set", archived=True)
    assert await refused(bob, "post", text="more") == "archived"
    assert await refused(owner, "post", text="more") == "archived"
    assert await refused(bob, "react", seq=seq, emoji="x") == "archived"
    assert "last words" in str(await bob.ok("history", room="#r"))
    await done(owner, "set", archived=False)
    await done(bob, "post", text="more")
    assert await refused(owner, "set", archived=False) == "nothing_to_do"


async def test_a_deleted_room_is_gone_for_everybody(world: World, node: Node, owner: RawClient) -> None:
    other = await world.start()
    await done(owner, "create", "#r")
    await owner.ok("join", room="#r")
    bob, far = await node.account("bob", "#r"), await other.client("far", "#r")
    assert await refused(bob, "delete") == "forbidden"
    await done(owner, "delete", reason="over")
    for client in (owner, bob, far):
        assert (await signal(client, "removed"))["body"] == {"type": "removed", "reason": "deleted"}
    assert await refused(bob, "post", text="?") == "no_such_room"
    assert await refused(far, "post", text="?") == "no_such_room"
    assert (await bob.ok("join", room="#r"))["head"] == 1, "a new room of that name has nothing of the old one"
    assert (await bob.ok("history", room="#r"))["head"] == 1


async def test_whoever_leaves_on_one_device_has_left_on_all(node: Node, owner: RawClient) -> None:
    await done(owner, "create", "#r")
    bob = await node.account("bob", "#r")
    again = await node.device("bob")
    await again.ok("join", room="#r")
    await bob.ok("leave", room="#r")
    assert (await signal(again, "removed"))["body"] == {"type": "removed"}
