"""What moderators do: kick, ban, mute, roles; who may, and what comes of it."""

from itertools import count
from typing import Any

import pytest

from roomful.hub.limits import Limits
from tests.support.raw import Obj, RawClient

from .conftest import Node, World

nonces = map("m-{}".format, count(1))


async def act(client: RawClient, type: str, room: str = "#r", **fields: Any) -> Obj:
    """Ask for something upon a room; the reply, whatever it is."""
    return await client.ask(type, room=room, nonce=next(nonces), **fields)


async def done(client: RawClient, type: str, room: str = "#r", **fields: Any) -> int:
    """Do something upon a room; the number of its event."""
    reply = await act(client, type, room, **fields)
    assert reply["type"] == "ok", reply
    return int(reply["seq"])


async def refused(client: RawClient, type: str, room: str = "#r", **fields: Any) -> str:
    """Be refused something upon a room; the code."""
    reply = await act(client, type, room, **fields)
    assert reply["type"] == "error", reply
    return str(reply["code"])


async def told(client: RawClient, type: str) -> Obj:
    """The next event of this type."""
    return await client.next(lambda o: o["type"] == "event" and o["body"]["type"] == type)


async def signal(client: RawClient, type: str) -> Obj:
    """The next signal of this type."""
    return await client.signal(type)


@pytest.fixture
def world(both_worlds: World) -> World:
    return both_worlds


@pytest.fixture
async def owner(node: Node) -> RawClient:
    return await node.account("olga", "#r")


async def test_a_kick_ends_a_membership_on_all_devices_and_lets_come_back(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    again = await node.device("bob")
    await again.ok("join", room="#r")
    assert await refused(bob, "kick", who="olga") == "forbidden"
    seq = await done(owner, "kick", who="bob", reason="too loud")
    event = await told(owner, "kick")
    assert event["seq"] == seq
    assert event["body"] == {"type": "kick", "target": {"id": bob.me["id"], "nick": "bob"}, "reason": "too loud"}
    assert (await signal(again, "removed"))["body"] == {"type": "removed", "reason": "kicked"}
    assert await refused(again, "post", text="still here?") == "not_member"
    assert (await again.ok("join", room="#r")).get("role", "member") == "member"


async def test_a_ban_keeps_out_until_it_ends_or_is_lifted(node: Node, world: World, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    seq = await done(owner, "ban", who="bob", seconds=60, reason="spam")
    assert (await signal(bob, "removed"))["body"]["reason"] == "banned"
    reply = await bob.ask("join", room="#r")
    assert (reply["code"], reply["retry_after"]) == ("banned", 60)
    assert "spam" in reply["message"]
    listed = (await owner.ok("bans", room="#r"))["bans"]
    assert [(b["seq"], b["what"], b["nick"], b["reason"]) for b in listed] == [(seq, "ban", "bob", "spam")]
    world.clock.advance(60_001)
    assert (await bob.ok("join", room="#r")).get("role", "member") == "member"
    seq = await done(owner, "ban", who="bob")
    assert "retry_after" not in await bob.ask("join", room="#r")
    assert await refused(bob, "unban", ban=seq) == "not_member"
    await done(owner, "unban", ban=seq)
    await bob.ok("join", room="#r")
    assert await refused(owner, "unban", ban=seq) == "nothing_to_do"


async def test_a_ban_outlives_the_hub(world: World, node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    await done(owner, "ban", who="bob")
    other = await world.start()
    again = await other.resume(bob.resume)
    assert (await again.ask("join", room="#r"))["code"] == "banned"


async def test_a_mask_bans_who_is_there_and_who_comes(node: Node, owner: RawClient) -> None:
    spam = await node.client("SpamBot1", "#r")
    assert await refused(owner, "ban", mask="*") == "bad_name"
    assert await refused(owner, "ban", mask="spam*", who="SpamBot1") == "bad_request"
    await done(owner, "ban", mask="Spam*")
    assert (await signal(spam, "removed"))["body"]["reason"] == "banned"
    assert (await told(owner, "leave"))["body"]["reason"] == "banned"
    late = await node.client("spammer")
    assert (await late.ask("join", room="#r"))["code"] == "banned"
    await node.client("sparrow", "#r")


async def test_a_ban_covers_guests_from_the_same_address_and_no_accounts(world: World) -> None:
    node = await world.start(trust_loopback=False)
    olga = await node.account("olga", "#r")
    bob = await node.account("bob")
    bob_at = await node.client("elsewhere")  # all of these come from 127.0.0.1
    await bob.ok("join", room="#r")
    await done(olga, "ban", who="bob", seconds=60)
    assert (await bob.ask("join", room="#r"))["code"] == "banned"
    assert (await bob_at.ask("join", room="#r"))["code"] == "banned", "a guest from bob's address"
    carol = await node.account("carol")
    await carol.ok("join", room="#r")
    assert "127.0.0.1" not in str(await carol.ok("history", room="#r")), "addresses are not for the room"
    world.clock.advance(61_000)
    await bob_at.ok("join", room="#r")


async def test_an_address_is_banned_without_being_told(world: World) -> None:
    node = await world.start(trust_loopback=False)
    olga = await node.account("olga", "#r")
    guest = await node.client("guest", "#r")
    assert await refused(olga, "ban", address="not an address") == "bad_request"
    await done(olga, "ban", address="127.0.0.0/8")
    assert (await told(olga, "ban"))["body"] == {"type": "ban", "address": "hidden"}
    assert (await signal(guest, "removed"))["body"]["reason"] == "banned"
    assert (await olga.ok("bans", room="#r"))["bans"][0]["address"] == "127.0.0.0/8"


async def test_who_is_muted_reads_and_says_nothing(node: Node, world: World, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    seq = await done(bob, "post", text="hm")
    await done(owner, "mute", who="bob", seconds=10, reason="hush")
    for type, fields in (
        ("post", {"text": "x"}),
        ("edit", {"seq": seq, "text": "x"}),
        ("react", {"seq": seq, "emoji": "x"}),
    ):
        reply = await act(bob, type, **fields)
        assert (reply["code"], reply["retry_after"]) == ("muted", 10), reply
    await done(owner, "post", text="heard?")
    assert (await told(bob, "mute"))["body"]["reason"] == "hush"
    await done(owner, "unmute", who="bob")
    await done(bob, "post", text="thanks")
    await done(owner, "mute", who="bob", seconds=10)
    world.clock.advance(10_001)
    await done(bob, "post", text="it has ended")
    assert await refused(owner, "unmute", who="olga") == "nothing_to_do"


async def test_a_mute_is_not_lost_by_leaving(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    await done(owner, "mute", who="bob")
    await bob.ok("leave", room="#r")
    await bob.ok("join", room="#r")
    assert await refused(bob, "post", text="back") == "muted"


async def test_roles_are_given_by_owners_and_a_room_keeps_one(node: Node, owner: RawClient) -> None:
    bob, guest = await node.account("bob", "#r"), await node.client("gus", "#r")
    assert await refused(bob, "role", who="bob", role="owner") == "forbidden"
    assert await refused(owner, "role", who="gus", role="moderator") == "account_required"
    assert await refused(owner, "role", who="olga", role="member") == "forbidden", "the room would have no owner"
    await done(owner, "role", who="bob", role="moderator")
    assert (await told(bob, "role"))["body"]["role"] == "moderator"
    await done(bob, "kick", who="gus")
    assert (await signal(guest, "removed"))["body"]["reason"] == "kicked"
    assert await refused(bob, "kick", who="olga") == "forbidden", "a moderator does not stand above an owner"
    await done(owner, "role", who="bob", role="owner")
    await done(bob, "role", who="olga", role="member")
    assert await refused(owner, "set", slow=3) == "forbidden"


async def test_the_moderation_log_says_who_did_what(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    said = await done(bob, "post", text="a rude word")
    await done(owner, "mute", who="bob", seconds=60, reason="rude")
    await done(owner, "redact", seq=said, reason="rude")
    await done(owner, "set", slow=5)
    acts = (await bob.ok("acts", room="#r"))["events"]
    assert [(e["body"]["type"], e["sender"]["nick"]) for e in acts] == [
        ("changed", "olga"),
        ("redaction", "olga"),
        ("mute", "olga"),
    ]
    older = (await bob.ok("acts", room="#r", before=acts[0]["seq"], limit=1))["events"]
    assert [e["body"]["type"] for e in older] == ["redaction"]
    assert not [e for e in acts if "a rude word" in str(e)]


async def test_slow_mode_holds_members_and_not_moderators(node: Node, world: World, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    await done(owner, "set", slow=5)
    await done(bob, "post", text="one")
    reply = await act(bob, "post", text="two")
    assert (reply["code"], reply["retry_after"]) == ("slow_mode", 5)
    await done(owner, "post", text="one")
    await done(owner, "post", text="two")
    world.clock.advance(5_000)
    await done(bob, "post", text="two")


async def test_a_command_sent_twice_acts_once(node: Node, owner: RawClient) -> None:
    await node.account("bob", "#r")
    first = await owner.ok("mute", room="#r", nonce="same", who="bob")
    again = await owner.ok("mute", room="#r", nonce="same", who="bob", again=True)
    assert first["seq"] == again["seq"]
    history = (await owner.ok("history", room="#r"))["events"]
    assert [e["body"]["type"] for e in history].count("mute") == 1


async def test_other_hubs_put_out_who_is_kicked_or_banned(world: World, node: Node, owner: RawClient) -> None:
    other = await world.start()
    bob, carol = await other.client("bob", "#r"), await other.client("carol", "#r")
    await done(owner, "kick", who="bob")
    assert (await signal(bob, "removed"))["body"]["reason"] == "kicked"
    await done(owner, "ban", who="carol")
    assert (await signal(carol, "removed"))["body"]["reason"] == "banned"
    assert await refused(bob, "post", text="?") == "not_member"
    assert (await carol.ask("join", room="#r"))["code"] == "banned"


async def test_where_a_class_shares_an_address_a_ban_is_for_one_of_them(world: World) -> None:
    node = await world.start(trust_loopback=False, limits=Limits(enabled=False, by_address=False))
    olga = await node.account("olga", "#r")
    bob = await node.client("bob", "#r")
    await done(olga, "ban", who="bob")
    assert (await bob.ask("join", room="#r"))["code"] == "banned"
    await node.client("carol", "#r")
