"""What whoever owns the server does to accounts and rooms of others, and is told of them; over a real connection."""

from pathlib import Path
from typing import Any

import pytest

from roomful.domain.answers import AccountInfo, LimitInfo, ServerRoomInfo
from roomful.hub.limits import Limits
from roomful.store import Change, NewAccount, SetAccount
from tests.support.raw import Obj, RawClient

from .conftest import Node, World
from .hosting import Host

OWNERS_ONLY: dict[str, dict[str, Any]] = {
    "accounts": {},
    "account_set": {"account": "bob", "owner": True},
    "account_drop": {"account": "bob"},
    "server_rooms": {},
    "limits": {},
}


async def owner(node: Node, name: str = "ada", room: str | None = None) -> RawClient:
    """Somebody who owns the server."""
    client = await node.account(name)
    await node.hub.store.append([Change((), (SetAccount(client.me["id"], owner=True),))])
    again = await node.device(name)
    if room is not None:
        await again.ok("join", room=room)
    return again


async def listed(client: RawClient, **fields: Any) -> list[str]:
    return [one["account"] for one in (await client.ok("accounts", **fields))["accounts"]]


# -- accounts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", OWNERS_ONLY)
async def test_nobody_else_is_told_or_may(node: Node, type: str) -> None:
    await node.account("bob")
    eve, guest = await node.account("eve"), await node.client("zoe")
    host = await Host.start(node)
    eliza = await host.bot("eliza")
    for client in (eve, guest, host.client, eliza):
        assert await client.error(type, **OWNERS_ONLY[type]) == "forbidden"
    assert await node.hub.store.account_named("bob") is not None


async def test_accounts_are_listed_a_page_at_a_time_and_found_by_name_or_nick(both_worlds: World) -> None:
    node = await both_worlds.start()
    ada = await owner(node)
    for name in ("Bob", "cleo", "dan"):
        await node.account(name)
    zoe = await node.account("Zoé", "#r")
    await zoe.ok("create", room="#s", nonce="s", kind="private")
    await zoe.ok("join", room="@cleo")
    await zoe.ok("nick", nick="Fiona")
    page = await ada.ok("accounts", limit=2)
    assert ([one["account"] for one in page["accounts"]], page["more"]) == (["ada", "Bob"], True)
    assert await listed(ada, after="BOB") == ["cleo", "dan", "Zoé"]
    assert await listed(ada, like="O") == ["Bob", "cleo", "Zoé"], "the last one by its nick"
    assert await listed(ada, like="ZOÉ") == ["Zoé"]
    [found] = (await ada.ok("accounts", like="zo"))["accounts"]
    assert found == {
        "id": zoe.me["id"],
        "account": "Zoé",
        "nick": "Fiona",
        "kind": "person",
        "online": True,
        "created": found["created"],
        "devices": 1,
        "rooms": 2,
    }
    assert set(found) <= set(AccountInfo.__struct_fields__)
    [me] = (await ada.ok("accounts", like="ada"))["accounts"]
    assert (me["owner"], me["devices"]) == (True, 2)


async def test_another_owner_is_made_at_once_and_the_last_one_stays(node: Node) -> None:
    ada, bob = await owner(node), await node.account("bob")
    assert await ada.error("account_set", account="ada", owner=False) == "forbidden"
    assert await ada.error("account_set", account="bob", owner=False) == "nothing_to_do"
    assert await ada.error("account_set", account="nobody", owner=True) == "no_such_nick"
    assert await ada.error("account_set", account="no body", owner=True) == "bad_name"
    await ada.ok("account_set", account="BOB", owner=True)
    assert await listed(bob) == ["ada", "bob"]
    await bob.ok("account_set", account="ada", owner=False)
    assert await ada.error("accounts") == "forbidden"
    assert await ada.error("account_set", account="ada", owner=True) == "forbidden"
    assert await bob.error("account_set", account="bob", owner=False) == "forbidden"


async def test_two_owners_who_depose_each_other_at_once_leave_one(node: Node) -> None:
    ada, bob = await owner(node), await owner(node, "bob")
    asked = [ada.send("account_set", account="bob", owner=False), bob.send("account_set", account="ada", owner=False)]
    replies = [await ada.reply(asked[0]), await bob.reply(asked[1])]
    assert sorted(reply.get("code", "ok") for reply in replies) == ["forbidden", "ok"]
    assert sum(one.owner for one in await node.hub.store.accounts()) == 1


async def test_programs_do_not_own_a_server_and_its_own_are_left_alone(node: Node) -> None:
    ada = await owner(node)
    host = await Host.start(node)
    eliza = await host.bot("eliza")
    await eliza.post("#r", "it stays")
    for name in ("eliza", "bots"):
        for fields in ({"owner": True}, {"code": True}, {"logout": True}):
            assert await ada.error("account_set", account=name, **fields) == "forbidden"
        assert await ada.error("account_drop", account=name, erase=True) == "forbidden"
    found = (await ada.ok("accounts"))["accounts"]
    assert [one["account"] for one in found if one.get("hosted")] == ["eliza"]
    await ada.ok("join", room="#r")
    assert "it stays" in str(await ada.ok("history", room="#r"))
    await node.hub.store.append([Change((), (NewAccount("pwx", "weather", "weather", "vveather", "bot", 1),))])
    for fields in ({"owner": True}, {"code": True}):
        assert await ada.error("account_set", account="weather", **fields) == "forbidden"
    await ada.ok("account_set", account="weather", logout=True)
    await ada.ok("account_drop", account="weather")


async def test_an_account_is_logged_out_everywhere_and_gets_a_code_for_another_password(node: Node) -> None:
    ada, bob = await owner(node), await node.account("bob")
    token = (await bob.ok("token", name="a program"))["token"]
    made = await ada.ok("account_set", account="bob", logout=True, code=True)
    assert (await bob.goodbye())["code"] == "account_gone"
    stranger = await node.raw()
    await stranger.ok("hello", protocol=1)
    assert await stranger.error("login", token=token) == "bad_credentials"
    assert await stranger.error("login", resume=bob.resume) == "bad_resume"
    second = await ada.ok("account_set", account="bob", code=True)
    fields = {"account": "bob", "password": "another four small words"}
    assert await stranger.error("register", invite=made["code"], **fields) == "bad_invite", "it ended with the second"
    me = await stranger.ok("register", invite=second["code"], **fields)
    assert me["participant"]["id"] == bob.me["id"]


async def test_an_account_is_removed_with_its_sessions_and_its_name_is_free(both_worlds: World) -> None:
    node = await both_worlds.start()
    ada, bob = await owner(node, room="#r"), await node.account("bob", "#r")
    second = await node.device("bob")
    await second.ok("join", room="#r")
    await bob.post("#r", "what I said stays")
    await ada.ok("account_drop", account="bob")
    for client in (bob, second):
        assert (await client.goodbye())["code"] == "account_gone"
    members = (await ada.ok("members", room="#r"))["members"]
    assert [one["nick"] for one in members] == ["ada"]
    bodies = [event["body"] for event in (await ada.ok("history", room="#r"))["events"]]
    assert bodies[-1] == {"type": "leave", "reason": "deleted"}
    assert {"type": "message", "text": "what I said stays"} in bodies
    assert await listed(ada) == ["ada"]
    assert await ada.error("account_drop", account="bob") == "no_such_nick"
    again = await node.account("bob")
    assert again.me["id"] != bob.me["id"]
    assert await ada.error("account_drop", account="ada") == "forbidden"


async def test_what_a_removed_account_said_is_erased_if_that_is_asked_for(node: Node) -> None:
    ada, bob = await owner(node, room="#r"), await node.account("bob", "#r")
    await bob.post("#r", "gone with me")
    await ada.post("#r", "mine")
    await bob.ok("create", room="#s", nonce="s", kind="private")
    await bob.post("#s", "this too")
    await ada.ok("account_drop", account="bob", erase=True)
    assert (await bob.goodbye())["code"] == "account_gone"
    while (event := await ada.event())["body"]["type"] != "redaction":
        assert event["room"] == "#r"
    texts = [event["body"].get("text") for event in (await ada.ok("history", room="#r"))["events"]]
    assert "gone with me" not in texts
    assert "mine" in texts
    await ada.ok("join", room="#s")
    assert "this too" not in str(await ada.ok("history", room="#s"))


async def test_who_acts_beside_the_server_is_seen_by_it(both_worlds: World) -> None:
    """A second hub over the same data: what an owner does at one is true at the other."""
    here, there = await both_worlds.start(), await both_worlds.start()
    ada, bob = await owner(here), await here.account("bob")
    elsewhere = await there.device("bob")
    await ada.ok("account_set", account="bob", owner=True)
    while not there.hub.participants[bob.me["id"]].owner:
        await elsewhere.ok("whois", who="bob")
    await ada.ok("account_drop", account="bob")
    assert (await elsewhere.goodbye())["code"] == "account_gone"


# -- rooms -----------------------------------------------------------------------------------------------


def rooms_of(reply: Obj) -> dict[str, Obj]:
    return {one["room"]: one for one in reply["rooms"]}


async def test_every_named_room_is_listed_and_nothing_of_what_is_said(both_worlds: World) -> None:
    node = await both_worlds.start()
    ada, bob = await owner(node), await node.account("bob")
    guest = await node.client("zoe", "#open")
    await bob.ok("create", room="#Secret", nonce="c", kind="private", description="nobody knows")
    await bob.ok("topic", room="#Secret", nonce="t", text="the plan")
    await bob.ok("join", room="@ada")
    reply = await ada.ok("server_rooms")
    assert reply["direct"] == 1
    found = rooms_of(reply)
    secret = found.pop("#Secret")
    assert set(secret) <= set(ServerRoomInfo.__struct_fields__)
    assert {key: secret[key] for key in ("kind", "count", "head", "owners")} == {
        "kind": "private",
        "count": 1,
        "head": 2,
        "owners": ["bob"],
    }
    assert secret["at"] >= secret["created"]
    assert "plan" not in str(reply)
    assert "nobody knows" not in str(reply)
    assert found["#open"]["owners"] == ["zoe"]
    await guest.ok("leave", room="#open")
    page = await ada.ok("server_rooms", limit=1)
    assert (list(rooms_of(page)), page["more"]) == (["#open"], True)
    assert "owners" not in page["rooms"][0], "nobody owns it any more"
    assert list(rooms_of(await ada.ok("server_rooms", after="#open"))) == ["#Secret"]


async def test_an_owner_archives_and_deletes_a_room_from_outside_and_reads_nothing(node: Node) -> None:
    ada, bob = await owner(node), await node.account("bob")
    await bob.ok("create", room="#secret", nonce="c", kind="private")
    await bob.ok("join", room="#secret")
    await ada.ok("set", room="#secret", nonce="a", archived=True)
    event = await bob.event()
    assert (event["sender"]["nick"], event["body"]) == ("ada", {"type": "changed", "archived": True})
    assert await bob.error("post", room="#secret", nonce="x", text="hi") == "archived"
    for fields in ({"kind": "public"}, {"archived": False, "history": "all"}):
        assert await ada.error("set", room="#secret", nonce="b", **fields) == "not_member"
    assert await ada.error("rename", room="#secret", nonce="b", name="#other") == "not_member"
    for question in ("history", "members", "acts", "bots"):
        assert await ada.error(question, room="#secret") == "not_member"
    assert (await ada.ok("rooms", mine=True))["rooms"] == []
    direct = (await bob.ok("join", room="@ada"))["room"]
    eve = await owner(node, "eve")
    assert await eve.error("set", room=direct, nonce="d", archived=True) == "no_such_room"
    assert await eve.error("delete", room=direct, nonce="d") == "no_such_room"
    await ada.ok("delete", room="#secret", nonce="d")
    signal = await bob.signal("removed")
    assert signal["body"]["reason"] == "deleted"
    assert await node.hub.store.rooms_by_key(["#secret"]) == []


async def test_a_room_without_an_owner_gets_one(node: Node) -> None:
    ada, bob = await owner(node), await node.account("bob", "#r")
    cleo = await node.account("cleo", "#r")
    await bob.ok("leave", room="#r")
    assert await cleo.error("set", room="#r", nonce="x", slow=5) == "forbidden"
    assert await ada.error("role", room="#r", nonce="r", who="bob", role="owner") == "no_such_nick"
    await ada.ok("role", room="#r", nonce="r", who="cleo", role="owner")
    await cleo.ok("set", room="#r", nonce="x", slow=5)


# -- limits ----------------------------------------------------------------------------------------------


def limits_of(reply: Obj) -> dict[str, Obj]:
    return {one["name"]: one for one in reply["limits"]}


async def test_limits_are_told_with_what_is_used_of_them(world: World, tmp_path: Path) -> None:
    world.files = tmp_path
    node = await world.start(limits=Limits(max_connections=500), retention=30)
    ada = await owner(node)
    host = await Host.start(node)
    reply = await ada.ok("limits")
    found = limits_of(reply)
    assert set(found["limits.max_frame"]) <= set(LimitInfo.__struct_fields__)
    connections = found["limits.max_connections"]
    assert (connections["value"], connections["used"]) == (500.0, len(node.hub.sessions))
    assert connections["about"] == "Connections in all."
    assert found["limits.messages_per_second"]["unit"] == "per second"
    assert "lifted" not in found["limits.messages_per_second"]
    assert (found["store.retention_days"]["value"], found["store.retention_days"]["unit"]) == (30.0, "days")
    assert found["files.max_size"] == {
        "name": "files.max_size",
        "value": 25_000_000.0,
        "unit": "bytes",
        "about": "The largest file, bytes.",
    }
    assert found["devices"]["fixed"]
    assert (reply["accounts"], reply["free"] > 0) == (2, True)
    assert host.client.me["nick"] == "bots"


async def test_limits_that_are_lifted_are_said_to_be(node: Node) -> None:
    found = limits_of(await (await owner(node)).ok("limits"))
    assert found["limits.messages_per_second"]["lifted"]
    assert found["limits.max_connections"]["lifted"]
    assert "lifted" not in found["limits.max_frame"], "sizes hold in any case"
    assert found["store.retention_days"]["lifted"]
