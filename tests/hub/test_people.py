"""Who people are: logins, nicks, resumes, presence, and what ends by time."""

import asyncio

import pytest

from roomful.hub.limits import Limits
from roomful.hub.work import Expire
from roomful.testing.memory import MemoryLog
from tests.support.failing_store import FailingStore
from tests.support.held_store import HeldStore
from tests.support.raw import RawClient

from .conftest import Node, World


async def until_told(world: World, who: RawClient, what: str, id: str) -> None:
    """Let seconds go by until presence tells this of somebody."""
    for _ in range(20):
        await who.ok("ping")
        told = [o["body"].get(what, ()) for o in who.waiting if o["type"] == "signal"]
        if any(id in ids for ids in told):
            return
        await world.pass_time(1)
    raise AssertionError(f"{id} was not told as {what}")


async def test_requests_before_hello_and_login_are_refused_and_the_connection_stays(node: Node) -> None:
    client = await node.raw()
    assert await client.error("login", nick="alice") == "hello_required"
    await client.ok("ping")
    await client.ok("hello", protocol=1)
    assert await client.error("join", room="#r") == "login_required"
    await client.ok("login", nick="alice")
    assert await client.error("login", nick="bob") == "logged_in"
    await client.ok("join", room="#r")


async def test_a_nick_has_one_bearer(node: Node) -> None:
    await node.client("Alice")
    other = await node.raw()
    await other.ok("hello", protocol=1)
    assert await other.error("login", nick="aLICE") == "nick_taken"
    assert await other.error("login", nick="not a nick") == "bad_name"
    assert await other.error("login") == "bad_request"
    assert (await other.ok("login", nick="bob"))["participant"]["kind"] == "guest"


async def test_two_who_want_a_nick_at_once_get_one_bearer(node: Node) -> None:
    clients = [await node.raw() for _ in range(5)]
    for client in clients:
        await client.ok("hello", protocol=1)
    replies = await asyncio.gather(*(client.ask("login", nick="zoe") for client in clients))
    assert sorted(r.get("code", "ok") for r in replies) == ["nick_taken"] * 4 + ["ok"]


async def test_a_new_nick_shows_in_all_rooms(node: Node) -> None:
    alice, bob = await node.client("alice", "#a"), await node.client("bob", "#a")
    await alice.ok("join", room="#b")
    await bob.ok("join", room="#b")
    assert (await alice.ok("nick", nick="Alicia"))["nick"] == "Alicia"
    renames = [await bob.next(lambda o: o["type"] == "event" and o["body"]["type"] == "nick") for _ in range(2)]
    assert {e["room"] for e in renames} == {"#a", "#b"}
    assert all(e["sender"]["nick"] == "alice" and e["body"]["nick"] == "Alicia" for e in renames)
    await alice.post("#a", "it is me")
    assert (await bob.event())["sender"]["nick"] == "Alicia"
    assert (await node.client("alice")).me["nick"] == "alice", "the old nick is free"
    assert await alice.error("nick", nick="bob") == "nick_taken"


async def test_resume_gives_the_same_participant_and_replaces_the_old_connection(node: Node) -> None:
    old = await node.client("alice", "#r")
    new = await node.resume(old.resume)
    assert new.me == old.me
    goodbye = await old.goodbye()
    assert (goodbye["code"], goodbye["retry_after"]) == ("replaced", None)
    assert (await new.post("#r", "still a member"))["type"] == "ok"


async def test_beside_another_connection_a_guest_has_several(node: Node) -> None:
    first = await node.client("alice", "#r")
    second = await node.resume(first.resume, beside=True)
    assert second.me == first.me
    assert second.resume != first.resume
    await second.ok("join", room="#r")
    await second.ok("post", room="#r", nonce="n", text="both hear it")
    assert await first.texts(1) == await second.texts(1) == ["both hear it"]
    again = await node.resume(second.resume)
    assert (await second.goodbye())["code"] == "replaced", "each comes back for itself"
    await first.ok("ping")
    assert again.me == first.me


async def test_beside_another_connection_a_device_has_several(node: Node) -> None:
    first = await node.account("alice")
    second = await node.resume(first.resume, beside=True)
    await first.ok("ping")
    assert second.resume != first.resume
    assert len((await second.ok("devices"))["devices"]) == 1
    await first.ok("logout")
    assert (await second.goodbye())["code"] == "account_gone"
    ended = await node.raw()
    await ended.ok("hello", protocol=1)
    assert await ended.error("login", resume=first.resume, beside=True) == "bad_resume"


async def test_resume_works_after_a_restart_and_a_forged_one_never(world: World) -> None:
    first = await world.start()
    alice = await first.client("alice", "#r")
    await world.stop(first)
    second = await world.start()
    back = await second.resume(alice.resume)
    assert back.me == alice.me
    forger = await second.raw()
    await forger.ok("hello", protocol=1)
    forged = alice.resume[:-2] + ("AA" if not alice.resume.endswith("AA") else "BB")
    assert await forger.error("login", resume=forged) == "bad_resume"
    assert await forger.error("login", resume="é.ü.ö") == "bad_resume"


async def test_a_guests_nick_is_kept_for_ten_minutes_and_its_membership_ends_then(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, idle=10_000, login_timeout=10_000))
    bob, alice = await node.client("bob", "#r"), await node.client("alice", "#r")
    other = await node.raw()
    await other.ok("hello", protocol=1)
    await alice.close()
    await until_told(world, bob, "reconnecting", alice.me["id"])
    await world.pass_time(9 * 60)
    assert await other.error("login", nick="alice") == "nick_taken"
    await world.pass_time(61)
    await world.pass_time(61)
    left = await bob.next(lambda o: bool(o["type"] == "event" and o["body"]["type"] == "leave"))
    assert (left["sender"]["nick"], left["body"]["reason"]) == ("alice", "expired")
    await other.ok("login", nick="alice")


async def test_who_comes_back_within_ten_minutes_is_still_a_member(world: World) -> None:
    node = await world.start()
    bob, alice = await node.client("bob", "#r"), await node.client("alice", "#r")
    await alice.close()
    for _ in range(9):
        await world.pass_time(60)
        await bob.ok("ping")
    back = await node.resume(alice.resume)
    head = (await back.ok("join", room="#r"))["head"]
    assert head == 2, "no leave and no second join were recorded"


async def test_bye_ends_membership_and_frees_the_nick_at_once(node: Node) -> None:
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await alice.ok("bye")
    assert (await alice.goodbye())["code"] == "bye"
    left = await bob.next(lambda o: o["type"] == "event")
    assert left["body"] == {"type": "leave", "reason": "bye"}
    assert (await node.client("alice")).me["id"] != alice.me["id"]


async def test_bye_before_a_login_just_ends(node: Node) -> None:
    stranger = await node.raw()
    await stranger.ok("hello", protocol=1)
    await stranger.ok("bye")
    assert (await stranger.goodbye())["code"] == "bye"


async def test_logout_keeps_the_connection_for_another_login(node: Node) -> None:
    alice = await node.client("alice", "#r")
    await alice.ok("logout")
    assert await alice.error("post", room="#r", nonce="n", text="x") == "login_required"
    assert (await alice.ok("login", nick="bob"))["participant"]["nick"] == "bob"


async def test_presence_is_told_once_a_second_as_one_list(world: World) -> None:
    node = await world.start()
    alice = await node.client("alice", "#r")
    await alice.signal("state")
    await world.pass_time(1)
    await alice.signal("presence")
    others = [await node.client(f"guest{n}", "#r") for n in range(3)]
    await world.pass_time(1)
    came = await alice.signal("presence")
    assert [s["nick"] for s in came["body"]["online"]] == ["guest0", "guest1", "guest2"]
    assert came["body"]["count"] == 4
    await others[0].close()
    await until_told(world, alice, "reconnecting", others[0].me["id"])
    await world.pass_time(16)
    await until_told(world, alice, "gone", others[0].me["id"])


async def test_typing_is_told_to_others_and_not_too_often(world: World) -> None:
    node = await world.start()
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    for _ in range(5):
        await alice.ok("typing", room="#r")
    await alice.post("#r", "done")
    seen = []
    while (obj := await bob.receive())["type"] != "event":
        seen.append(obj["body"]["type"])
    assert seen.count("typing") == 1
    await world.pass_time(4)
    await alice.ok("typing", room="#r")
    await bob.signal("typing")
    for _ in range(5):
        await alice.ok("typing", room="#r", on=False)
    await alice.post("#r", "after all")
    seen = []
    while (obj := await bob.receive())["type"] != "event":
        seen.append(obj["body"])
    assert seen == [{"type": "typing", "on": False}]
    await world.pass_time(4)
    await alice.ok("typing", room="#r")
    typing = await node.client("carol", "#r")
    assert (await typing.signal("state"))["body"]["typing"] == [alice.me["id"]]
    await alice.post("#r", "said")
    late = await node.client("dave", "#r")
    assert "typing" not in (await late.signal("state"))["body"]
    assert await alice.error("typing", room="#elsewhere") == "not_member"


async def test_readers_that_want_no_signals_get_none(world: World) -> None:
    node = await world.start()
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r", signals=False)
    await alice.ok("typing", room="#r")
    await world.pass_time(2)
    await alice.post("#r", "x")
    assert (await bob.receive())["type"] == "event"


async def test_direct_rooms_are_the_same_for_both_and_closed_to_others(node: Node) -> None:
    alice, bob = await node.client("alice"), await node.client("bob")
    mine = await alice.ok("join", room="@Bob")
    assert mine["room"].startswith("!")
    assert mine["peer"]["nick"] == "bob"
    await alice.post(mine["room"], "psst")
    knock = await bob.signal("direct")
    assert knock["room"] == mine["room"]
    assert knock["body"]["peer"]["nick"] == "alice"
    theirs = await bob.ok("join", room="@alice", after=0)
    assert theirs["room"] == mine["room"]
    assert await bob.texts(1) == ["psst"]
    carol = await node.client("carol")
    assert await carol.error("join", room=mine["room"]) == "no_such_room"
    assert (await carol.post(mine["room"], "x"))["code"] == "no_such_room"
    assert await carol.error("history", room=mine["room"]) == "no_such_room"
    assert await carol.error("join", room="@carol") == "bad_request"
    assert await carol.error("join", room="@nobody") == "no_such_nick"
    listed = await bob.ok("rooms", mine=True)
    assert [(r["room"], r["peer"]["nick"]) for r in listed["rooms"]] == [(mine["room"], "alice")]
    assert (await carol.ok("rooms"))["rooms"] == []
    await bob.ok("leave", room=mine["room"])
    await alice.post(mine["room"], "still there?")
    assert (await bob.signal("direct"))["body"]["head"] == 4


async def test_guests_from_elsewhere_are_refused_unless_let_in(world: World) -> None:
    node = await world.start(guests="off")
    client = await node.raw()
    await client.ok("hello", protocol=1)
    assert await client.error("login", nick="alice") == "guests_off"


async def test_silence_ends_a_connection_with_a_reason(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, idle=60, login_timeout=10))
    stranger, alice = await node.raw(), await node.client("alice", "#r")
    await stranger.ok("hello", protocol=1)
    await world.pass_time(11)
    assert (await stranger.goodbye())["code"] == "login_timeout"
    await alice.ok("ping")
    await world.pass_time(61)
    goodbye = await alice.goodbye()
    assert (goodbye["code"], goodbye["retry_after"]) == ("idle", 0)


async def hello(node: Node) -> RawClient:
    """Somebody who has only said hello."""
    client = await node.raw()
    await client.ok("hello", protocol=1)
    return client


async def test_a_login_whose_connection_is_lost_before_its_answer_leaves_the_nick_free(world: World) -> None:
    store = HeldStore(MemoryLog())
    node = await world.start(store=store)
    lost, other = await hello(node), await hello(node)
    store.hold()
    lost.send("login", nick="alice")
    await asyncio.wait_for(store.reached.wait(), 10)
    await lost.close()
    await other.ok("ping")
    store.release()
    await other.ok("login", nick="bob")  # by now the other login, and what its loss brings, are recorded
    assert (await node.client("alice")).me["nick"] == "alice"


@pytest.mark.parametrize("anew", [False, True])
async def test_a_nick_whose_claim_has_an_unknown_outcome_can_be_claimed_again(world: World, anew: bool) -> None:
    store = FailingStore(MemoryLog())
    node = await world.start(store=store)
    alice, bob = await hello(node), await node.client("bob")
    store.fail = "made"
    assert await alice.error("login", nick="alice") == "store_unavailable"
    if anew:
        await alice.close()
        await bob.ok("ping")
        alice = await hello(node)
    while (reply := await alice.ask("login", nick="alice"))["type"] == "error":
        assert reply["code"] == "store_unavailable"
    assert reply["participant"]["nick"] == "alice"


async def test_bye_ends_the_visit_though_the_connection_closes_at_once(node: Node) -> None:
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    alice.send("bye")
    await alice.close()
    left = await bob.next(lambda o: o["type"] == "event" and o["body"]["type"] == "leave")
    assert left["body"]["reason"] == "bye"


async def test_who_has_come_back_to_another_hub_does_not_expire(world: World) -> None:
    here, there = await world.start(), await world.start()
    bob, alice = await here.client("bob", "#r"), await here.client("alice", "#r")
    await alice.close()
    await until_told(world, bob, "gone", alice.me["id"])
    await there.resume(alice.resume)
    here.hub.submit(Expire(alice.me["id"]))  # as if it had just been found among those who stayed away
    await bob.post("#r", "still there?")
    members = (await bob.ok("members", room="#r"))["members"]
    assert [m["nick"] for m in members] == ["alice", "bob"]


async def test_a_connection_lost_twice_is_told_as_gone_once_and_not_too_soon(world: World) -> None:
    node = await world.start()
    bob, alice = await node.client("bob", "#r"), await node.client("alice", "#r")
    await alice.close()
    await until_told(world, bob, "reconnecting", alice.me["id"])
    await world.pass_time(10)
    bob.waiting.clear()
    back = await node.resume(alice.resume)
    await back.ok("join", room="#r")
    await back.close()
    await until_told(world, bob, "reconnecting", alice.me["id"])
    bob.waiting.clear()
    await world.pass_time(10)
    await bob.ok("ping")
    assert not [o for o in bob.waiting if o["type"] == "signal"], "15 s from the second loss"
    await world.pass_time(6)
    await until_told(world, bob, "gone", alice.me["id"])
    assert alice.me["id"] not in node.hub.participants
