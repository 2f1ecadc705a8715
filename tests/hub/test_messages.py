"""What is done to messages: edits, redactions, reactions, threads, pins; and what one has missed."""

import pytest

from tests.support.raw import Obj, RawClient

from .conftest import Node, World
from .test_moderation import done, refused, signal, told


@pytest.fixture
def world(both_worlds: World) -> World:
    return both_worlds


@pytest.fixture
async def owner(node: Node) -> RawClient:
    return await node.account("olga", "#r")


async def line(client: RawClient, seq: int) -> Obj:
    """The body of an event as the history has it."""
    found = (await client.ok("history", room="#r", around=seq, limit=2))["events"]
    body: Obj = next(e["body"] for e in found if e["seq"] == seq)
    return body


async def test_an_edit_is_its_authors_and_resolves_mentions_anew(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    seq = await done(bob, "post", text="helo")
    assert await refused(owner, "edit", seq=seq, text="mine") == "forbidden"
    assert await refused(bob, "edit", seq=seq, text="") == "bad_text"
    assert await refused(bob, "edit", seq=999, text="x") == "no_such_event"
    await done(bob, "edit", seq=seq, text="hello @olga")
    assert (await told(owner, "edit"))["body"] == {
        "type": "edit",
        "target": seq,
        "text": "hello @olga",
        "mentions": [owner.me["id"]],
    }
    changes = (await owner.ok("changes", room="#r", seq=seq))["events"]
    assert [e["body"]["text"] for e in changes] == ["hello @olga"]


async def test_a_page_of_history_tells_what_was_done_to_its_lines_behind_it(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    first, second = [await done(bob, "post", text=text) for text in ("helo", "wrld")]
    root = await done(bob, "post", text="far")
    reply = await done(bob, "post", text="a reply", thread=root)
    for text in ("hello", "hello!"):
        await done(bob, "edit", seq=first, text=text)
    await done(owner, "pin", seq=second)
    await done(owner, "react", seq=second, emoji="👍")
    await done(bob, "edit", seq=reply, text="another")
    await done(bob, "post", text="the newest")

    async def changes(type: str = "history", **part: int) -> list[Obj]:
        found = (await owner.ok(type, room="#r", **part)).get("changes", [])
        return [{k: one["body"].get(k) for k in ("type", "target", "text") if k in one["body"]} for one in found]

    edited = {"type": "edit", "target": first, "text": "hello!"}
    assert await changes(around=first, limit=2) == [edited], "the newest of them"
    both = [edited, {"type": "pin", "target": second}, {"type": "reaction", "target": second}]
    assert await changes(before=root, limit=2) == both
    assert await changes(after=first - 1, limit=2) == both
    assert await changes(limit=50) == [], "what is among the events is told once"
    assert await changes("thread", seq=root) == [{"type": "edit", "target": reply, "text": "another"}]
    await done(bob, "edit", seq=second, text="world")
    assert {"type": "edit", "target": second, "text": "world"} in await changes("pins")


async def test_changes_take_no_more_than_their_share_of_a_frame(node: Node, owner: RawClient) -> None:
    lines = [await done(owner, "post", text=str(n)) for n in range(6)]
    for line in lines:
        await done(owner, "edit", seq=line, text="x" * 16_000)
    page = await owner.ok("history", room="#r", around=lines[2], limit=4)
    assert lines[2] in [event["seq"] for event in page["events"]]
    assert 0 < len(page["changes"]) < 4, "as many as fit"


async def test_what_is_redacted_is_gone_from_history_and_from_replay(
    node: Node, world: World, owner: RawClient
) -> None:
    bob = await node.account("bob", "#r")
    seq = await done(bob, "post", text="a secret")
    await done(bob, "edit", seq=seq, text="a secret, edited")
    assert await refused(await node.client("gus", "#r"), "redact", seq=seq) == "forbidden"
    redaction = await done(owner, "redact", seq=seq, reason="private")
    assert (await told(bob, "redaction"))["body"] == {"type": "redaction", "target": seq, "reason": "private"}
    assert await line(bob, seq) == {"type": "message", "redacted": redaction}
    late = await node.client("late")
    head = (await late.ok("join", room="#r", after=0))["head"]
    replay = [await late.event() for _ in range(head)]
    assert "secret" not in str(replay), "neither from the tail nor from the store"
    assert [e["seq"] for e in replay] == list(range(1, head + 1)), "its place stays"
    for type, fields in (("edit", {"text": "x"}), ("react", {"emoji": "x"}), ("redact", {}), ("pin", {})):
        assert await refused(bob if type == "edit" else owner, type, seq=seq, **fields) == "no_such_event"


async def test_reactions(node: Node, owner: RawClient) -> None:
    bob = await node.client("bob", "#r")
    seq = await done(owner, "post", text="tea?")
    await done(bob, "react", seq=seq, emoji="👍")
    assert (await told(owner, "reaction"))["body"] == {"type": "reaction", "target": seq, "emoji": "👍"}
    await done(bob, "react", seq=seq, emoji="👍", on=False)
    assert await refused(bob, "react", seq=seq, emoji="a b") == "bad_text"
    assert await refused(bob, "react", seq=1, emoji="x") == "no_such_event", "a join is no message"
    changes = (await owner.ok("changes", room="#r", seq=seq))["events"]
    assert [e["body"].get("on", True) for e in changes] == [True, False]


async def test_threads_hang_on_one_message_and_have_their_own_unread_count(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    root = await done(owner, "post", text="where to?")
    first = await done(bob, "post", text="the sea", thread=root)
    assert await refused(bob, "post", text="deeper", thread=first) == "no_such_event", "threads have no threads"
    assert await refused(bob, "post", text="?", thread=1) == "no_such_event"
    await done(bob, "post", text="or the hills", thread=root)
    thread = (await owner.ok("thread", room="#r", seq=root))["events"]
    assert [e["body"]["text"] for e in thread] == ["the sea", "or the hills"]
    await owner.ok("mark", room="#r", seq=root)
    room = (await owner.ok("unread"))["rooms"][0]
    assert (room["room"], room.get("unread", 0), room["threads"]) == (
        "#r",
        0,
        [{"thread": root, "unread": 2}],
    )
    await owner.ok("mark", room="#r", seq=first, thread=root)
    assert (await owner.ok("unread"))["rooms"][0]["threads"] == [{"thread": root, "unread": 1, "read": first}]


async def test_pins(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    one, two = await done(bob, "post", text="one"), await done(bob, "post", text="two")
    assert await refused(bob, "pin", seq=one) == "forbidden"
    await done(owner, "pin", seq=one)
    await done(owner, "pin", seq=two)
    assert await refused(owner, "pin", seq=two) == "nothing_to_do"
    pins = (await bob.ok("pins", room="#r"))["events"]
    assert [e["body"]["text"] for e in pins] == ["two", "one"]
    await done(owner, "pin", seq=two, on=False)
    assert [e["seq"] for e in (await bob.ok("pins", room="#r"))["events"]] == [one]
    assert await refused(owner, "pin", seq=two, on=False) == "nothing_to_do"


async def test_everybody_is_called_by_those_who_may(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    await done(bob, "post", text="@room wake up")
    assert "everybody" not in (await told(owner, "message"))["body"]
    await owner.ok("mark", room="#r", seq=100)
    await done(owner, "post", text="@room wake up")
    assert (await bob.ok("unread"))["rooms"][0]["mentions"] == 1
    await done(owner, "post", text="@bob you too")
    assert (await bob.ok("unread"))["rooms"][0]["mentions"] == 2


async def test_read_markers_are_told_to_ones_other_devices_and_do_not_go_back(node: Node, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    phone = await node.device("bob")
    for n in range(3):
        last = await done(owner, "post", text=f"line {n}")
    assert (await bob.ok("unread"))["rooms"][0]["unread"] == 3
    await bob.ok("mark", room="#r", seq=last - 1)
    assert (await signal(phone, "marked")) == {
        "type": "signal",
        "room": "#r",
        "sender": None,
        "body": {"type": "marked", "seq": last - 1},
    }
    assert (await phone.ok("unread"))["rooms"][0]["unread"] == 1
    await phone.ok("mark", room="#r", seq=1)
    assert (await phone.ok("unread"))["rooms"][0]["read"] == last - 1
    assert not (await owner.ok("unread"))["rooms"][0].get("unread"), "one's own lines are read"


async def test_how_people_are_there_is_told_and_listed(node: Node, world: World, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    await world.pass_time(1)
    await bob.ok("presence", state="away", text="lunch")
    await world.pass_time(1)
    while not (body := (await signal(owner, "presence"))["body"]).get("status"):
        pass
    assert body["status"] == [{"id": bob.me["id"], "state": "away", "text": "lunch"}]
    member = next(m for m in (await owner.ok("members", room="#r"))["members"] if m["nick"] == "bob")
    assert (member["state"], member["text"]) == ("away", "lunch")
    late = await node.client("late", "#r")
    assert (await signal(late, "state"))["body"]["status"] == body["status"]
    who = await owner.ok("whois", who="bob")
    assert (who["account"], who["online"], who["state"], who["rooms"]) == ("bob", True, "away", ["#r"])
    assert (await bob.ask("presence", state="away", text="a\nb"))["code"] == "bad_text"


async def test_when_somebody_was_last_seen(node: Node, world: World, owner: RawClient) -> None:
    bob = await node.account("bob", "#r")
    bob.writer.close()
    while (await owner.ok("whois", who="bob")).get("online"):
        pass
    await owner.ok("nick", nick="olga2")  # whatever the hub had to record is recorded
    who = await owner.ok("whois", who="bob")
    assert who["seen"].startswith("20")
    assert (await owner.ask("whois", who="nobody"))["code"] == "no_such_nick"
