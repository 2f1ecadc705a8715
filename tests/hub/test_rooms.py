"""What people do in rooms: join, talk, read back, leave."""

import asyncio
import json

from .conftest import Node, World


async def test_an_event_reaches_everybody_as_the_same_bytes_and_its_receipt_comes_first(node: Node) -> None:
    alice, bob = await node.client("alice", "#lobby"), await node.client("bob", "#lobby")
    receipt = await alice.post("#lobby", "hello", nonce="a-1")
    assert {k: receipt[k] for k in ("type", "room", "seq")} == {"type": "ok", "room": "#lobby", "seq": 3}
    assert not [o for o in alice.waiting if o["type"] == "event" and o["seq"] == 3], "told before its receipt"
    mine, theirs = await alice.event("#lobby"), await bob.event("#lobby")
    while mine["seq"] < 3:
        mine = await alice.event()
    assert mine == theirs
    assert mine["sender"] == {"id": alice.me["id"], "nick": "alice", "kind": "guest"}
    assert mine["nonce"] == "a-1"
    assert mine["body"] == {"type": "message", "text": "hello"}


async def test_a_room_begins_with_its_first_member_who_owns_it(node: Node) -> None:
    alice = await node.client("alice")
    joined = await alice.ok("join", room="#Garden", after=0)
    assert (joined["room"], joined["head"], joined["count"]) == ("#Garden", 1, 1)
    assert (await alice.event())["body"] == {"type": "join", "role": "owner"}
    bob = await node.client("bob")
    assert (await bob.ok("join", room="#garden"))["room"] == "#Garden", "names are compared folded"
    members = (await bob.ok("members", room="#garden"))["members"]
    assert [(m["nick"], m.get("role", "member"), m["online"]) for m in members] == [
        ("alice", "owner", True),
        ("bob", "guest", True),
    ]


async def test_join_replays_after_a_number_or_the_last_few_then_one_state_then_live(node: Node) -> None:
    alice = await node.client("alice", "#r")
    for n in range(10):
        await alice.post("#r", f"line {n}")
    bob = await node.client("bob")
    joined = await bob.ok("join", room="#r", after=4)
    assert joined["head"] == 12  # ten lines and two joins
    seen = []
    while (obj := await bob.receive())["type"] == "event":
        seen.append(obj["seq"])
    assert seen == list(range(5, 13))
    assert obj["body"]["type"] == "state"
    assert [s["nick"] for s in obj["body"]["here"]] == ["alice", "bob"]
    assert (await bob.ok("join", room="#r", last=3))["head"] == 12
    assert [(await bob.event())["seq"] for _ in range(3)] == [10, 11, 12]
    await alice.post("#r", "now")
    assert (await bob.event())["seq"] == 13


async def test_live_only_gives_nothing_from_before(node: Node) -> None:
    alice = await node.client("alice", "#r")
    await alice.post("#r", "before")
    bob = await node.client("bob", "#r")
    await alice.post("#r", "after")
    assert await bob.texts(1) == ["after"]


async def test_cursors_that_cannot_be_are_refused(node: Node) -> None:
    alice = await node.client("alice", "#r")
    assert await alice.error("join", room="#r", after=99) == "cursor_ahead"
    assert await alice.error("join", room="#new", after=5) == "cursor_ahead"
    assert await alice.error("join", room="#r", after=1, last=1) == "bad_request"
    assert await alice.error("join", room="#r", after=0, epoch="another") == "epoch_changed"
    listed = [room["room"] for room in (await alice.ok("rooms"))["rooms"]]
    assert listed == ["#r"], "a refused join makes no room"


async def test_a_nonce_that_comes_twice_gives_the_first_receipt(node: Node) -> None:
    alice = await node.client("alice", "#r")
    first = await alice.post("#r", "once", nonce="n")
    again = await alice.post("#r", "once", nonce="n")
    assert first["seq"] == again["seq"]
    pair = [alice.send("post", room="#r", nonce="m", text="twice at once") for _ in range(2)]
    assert (await alice.reply(pair[0]))["seq"] == (await alice.reply(pair[1]))["seq"]
    page = await alice.ok("history", room="#r")
    assert [e["body"].get("text") for e in page["events"]] == [None, "once", "twice at once"]


async def test_a_nonce_is_found_after_a_restart_when_sent_again(world: World) -> None:
    first = await world.start()
    alice = await first.client("alice", "#r")
    receipt = await alice.post("#r", "once", nonce="n")
    await world.stop(first)
    second = await world.start()
    back = await second.resume(alice.resume)
    again = await back.post("#r", "once", nonce="n", again=True)
    assert again["seq"] == receipt["seq"]
    assert (await back.ok("history", room="#r"))["head"] == receipt["seq"]


async def test_mentions_are_resolved_to_ids_of_members(node: Node) -> None:
    alice, bob = await node.client("alice", "#r"), await node.client("Bob", "#r")
    await alice.post("#r", "@bob, and @carol, mail a@bob.example")
    event = await bob.next(lambda o: o["type"] == "event" and o["body"]["type"] == "message")
    assert event["body"]["mentions"] == [bob.me["id"]]


async def test_replies_and_styles_are_kept(node: Node) -> None:
    alice = await node.client("alice", "#r")
    await alice.post("#r", "waves", style="action", reply_to=1)
    event = await alice.next(lambda o: o["type"] == "event" and o["body"]["type"] == "message")
    assert event["body"] == {"type": "message", "text": "waves", "style": "action", "reply_to": 1}
    assert (await alice.post("#r", "x", reply_to=77))["code"] == "no_such_event"


async def test_texts_that_do_not_fit_are_refused_and_say_so(node: Node) -> None:
    alice = await node.client("alice", "#r")
    for text in ("", "nul \0", "é" * 8001):
        assert (await alice.post("#r", text))["code"] == "bad_text"
    assert (await alice.post("#r", "\x01" * 10_500))["code"] == "bad_text"
    assert (await alice.post("#r", "é" * 8000))["type"] == "ok"
    assert (await alice.post("#nowhere", "x"))["code"] == "no_such_room"
    bob = await node.client("bob")
    assert (await bob.post("#r", "x"))["code"] == "not_member"


async def test_topic_is_an_event_and_stays(world: World) -> None:
    node = await world.start()
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await alice.ok("topic", room="#r", nonce="t", text="Roses")
    assert (await bob.next(lambda o: o["type"] == "event"))["body"] == {"type": "topic", "text": "Roses"}
    await world.stop(node)
    carol = await (await world.start()).client("carol")
    assert (await carol.ok("join", room="#r"))["topic"] == "Roses"
    assert (await carol.ok("rooms"))["rooms"][0]["topic"] == "Roses"


async def test_leave_ends_the_membership_and_the_flow_of_events(node: Node) -> None:
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await bob.ok("leave", room="#r")
    left = await alice.next(lambda o: o["type"] == "event" and o["body"]["type"] == "leave")
    assert left["sender"]["nick"] == "bob"
    await alice.post("#r", "alone")
    assert await bob.error("history", room="#r") == "not_member"
    assert not [o for o in bob.waiting if o["type"] == "event" and o["seq"] > left["seq"]]


async def test_history_pages_in_all_directions(node: Node) -> None:
    alice = await node.client("alice", "#r")
    for n in range(2, 31):
        await alice.post("#r", f"line {n}")
    ask = alice.ok

    async def seqs(**fields: int) -> tuple[list[int], bool]:
        page = await ask("history", room="#r", **fields)
        assert page["head"] == 30
        return [e["seq"] for e in page["events"]], page.get("more", False)

    assert await seqs(limit=3) == ([28, 29, 30], True)
    assert await seqs(before=4) == ([1, 2, 3], False)
    assert await seqs(after=27) == ([28, 29, 30], False)
    assert await seqs(after=0, limit=2) == ([1, 2], True)
    assert await seqs(around=10, limit=4) == ([8, 9, 10, 11], True)
    assert await alice.error("history", room="#r", before=3, after=1) == "bad_request"
    assert await alice.error("history", room="#none") == "no_such_room"


async def test_no_frame_exceeds_max_frame(node: Node) -> None:
    alice = await node.client("alice", "#r")
    for n in range(12):
        await alice.post("#r", '"' * 16_000, nonce=f"q{n}")
    page = await alice.ok("history", room="#r", limit=500)
    assert len(json.dumps(page)) < 65_536
    assert page["more"]
    assert page["events"][-1]["seq"] == page["head"] == 13
    seen = {e["seq"] for e in page["events"]}
    while page.get("more"):
        page = await alice.ok("history", room="#r", before=min(seen), limit=500)
        seen |= {e["seq"] for e in page["events"]}
    assert seen == set(range(1, 14))


async def test_many_requests_at_once_are_answered_in_order(node: Node) -> None:
    alice = await node.client("alice", "#r")
    ids = [alice.send("post", room="#r", nonce=f"p{n}", text=str(n)) for n in range(500)]
    replies: list[dict[str, object]] = []
    while len(replies) < len(ids):
        obj = await alice.receive()
        if "re" in obj:
            replies.append(obj)
        else:
            alice.waiting.append(obj)
    assert [o["re"] for o in replies] == ids
    assert [o["seq"] for o in replies] == list(range(2, 502))
    assert await alice.texts(500) == [str(n) for n in range(500)]


async def test_pipelined_join_and_post_need_no_waiting(node: Node) -> None:
    alice = await node.raw()
    alice.send("hello", protocol=1)
    alice.send("login", nick="alice")
    alice.send("join", room="#r")
    last = alice.send("post", room="#r", nonce="n", text="in one go")
    assert (await alice.reply(last))["seq"] == 2
    assert await alice.texts(1) == ["in one go"]


async def test_two_connections_that_create_a_room_at_once_get_the_same_room(node: Node) -> None:
    alice, bob = await node.client("alice"), await node.client("bob")
    joined = await asyncio.gather(alice.ok("join", room="#same"), bob.ok("join", room="#same"))
    assert sorted(j["head"] for j in joined) == [1, 2]


async def test_a_second_join_in_one_write_with_a_post_keeps_order_and_repeats_nothing(node: Node) -> None:
    alice = await node.client("alice", "#r")
    for n in range(3):
        await alice.post("#r", f"line {n}")
    assert await alice.texts(3) == ["line 0", "line 1", "line 2"]
    alice.send("join", room="#r", after=1)
    alice.send("post", room="#r", nonce="n", text="now")
    assert [(await alice.event())["seq"] for _ in range(4)] == [2, 3, 4, 5]
    alice.send("leave", room="#r")
    alice.send("join", room="#r", after=5)
    last = alice.send("post", room="#r", nonce="m", text="back")
    await alice.reply(last)
    assert [(await alice.event())["seq"] for _ in range(3)] == [6, 7, 8]
