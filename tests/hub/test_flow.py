"""Flow control: a slow reader costs only itself, and so does a fast writer."""

import gc

from roomful.hub.deciding import Batch
from roomful.hub.limits import Limits
from tests.support.raw import RawClient

from .conftest import Node, World

LINE = "x" * 16_000


async def deaf(node: Node, nick: str, room: str) -> RawClient:
    """Somebody who joins, and whose socket then takes next to nothing."""
    client = await RawClient.connect(node.address, deaf=True)
    node.clients.append(client)
    await client.ok("hello", protocol=1)
    await client.ok("login", nick=nick)
    await client.ok("join", room=room)
    return client


async def test_who_does_not_read_costs_nobody_else_and_loses_nothing(node: Node) -> None:
    slow, alice = await deaf(node, "slow", "#r"), await node.client("alice", "#r")
    bob = await node.client("bob", "#r")
    for n in range(400):  # 6 MB: far more than sockets and buffers hold
        receipt = await alice.post("#r", LINE, nonce=f"n{n}")
        alice.waiting.clear()
        assert receipt["type"] == "ok"
        await bob.texts(1)
    room = node.hub.rooms.find("#r")
    assert room is not None
    paused = [s for s in node.hub.sessions if s.paused_at is not None]
    assert [s.participant.sender.nick for s in paused if s.participant] == ["slow"]
    transport = paused[0].transport
    assert transport is not None
    assert transport.get_write_buffer_size() < 1_000_000, "nothing is queued for a slow reader"
    assert paused[0] not in room.live[paused[0].wire]
    head = receipt["seq"]
    seen = 1
    while seen < head:
        event = await slow.event()
        assert event["seq"] in (seen + 1, 2, 3)
        seen = event["seq"]
    await alice.post("#r", "live again")
    assert (await slow.texts(1)) == ["live again"]


async def test_a_reader_that_stays_full_is_ended_and_resumes_complete(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, slow_reader=30, idle=1000))
    slow, alice = await deaf(node, "slow", "#r"), await node.client("alice", "#r")
    for n in range(400):
        await alice.post("#r", LINE, nonce=f"n{n}")
        alice.waiting.clear()
    session = next(s for s in node.hub.sessions if s.paused_at is not None)
    await world.pass_time(31)
    assert session.ending
    assert any("too_slow" in line for line in node.logged)
    slow.writer.transport.abort()


async def test_one_who_asks_without_reading_is_not_read_from(node: Node) -> None:
    alice = await deaf(node, "alice", "#r")
    for n in range(10):
        await alice.post("#r", LINE, nonce=f"n{n}")
        alice.waiting.clear()
    for _ in range(3000):
        alice.send("history", room="#r", limit=500)
    bob = await node.client("bob", "#r")
    await bob.post("#r", "unharmed")
    session = next(s for s in node.hub.sessions if s.participant and s.participant.sender.nick == "alice")
    assert session.in_flight <= node.hub.limits.max_in_flight
    assert session.transport is not None
    assert session.transport.get_write_buffer_size() < 300_000, "answers are not piled up either"
    got = 0
    while got < 50:  # it goes on as soon as it is read
        got += "re" in await alice.receive()


async def test_rates_are_limited_with_the_time_to_wait(world: World) -> None:
    node = await world.start(limits=Limits(messages_per_second=1, messages_burst=3))
    alice = await node.client("alice", "#r")
    replies = [await alice.post("#r", "x", nonce=f"n{n}") for n in range(4)]
    refused = [r for r in replies if r["type"] == "error"]
    assert refused
    assert refused[0]["code"] == "rate_limited"
    assert 0 < refused[0]["retry_after"] <= 1
    await world.pass_time(1)
    assert (await alice.post("#r", "again", nonce="later"))["type"] == "ok"


async def test_whoever_has_used_up_the_rate_may_still_leave(world: World) -> None:
    node = await world.start(limits=Limits(messages_per_second=1, messages_burst=3, address_burst=6))
    alice = await node.client("alice", "#r")
    for n in range(5):
        alice.send("post", room="#r", nonce=f"n{n}", text="x")
    limited = await alice.next(lambda o: o.get("code") == "rate_limited")
    assert limited["retry_after"] > 0
    await alice.ok("bye")
    assert (await alice.goodbye())["code"] == "bye"
    assert not node.hub.participants


async def test_connections_are_limited_for_each_address(world: World) -> None:
    node = await world.start(limits=Limits(max_connections_per_address=2))
    clients = [await node.raw() for _ in range(2)]
    for client in clients:
        await client.ok("hello", protocol=1)
    third = await node.raw()
    assert (await third.goodbye())["code"] == "too_many_connections"
    await clients[0].close()
    await clients[1].ok("ping")
    await world.pass_time(1)
    fourth = await node.raw()
    await fourth.ok("hello", protocol=1)


async def test_frames_that_cannot_be_end_the_connection_and_say_why(node: Node) -> None:
    for payload, code in ((b"[1,2]", "not_json"), (b"{", "not_json"), (b"\xff\xfe", "not_json")):
        client = await node.raw()
        client.write(payload)
        assert (await client.goodbye())["code"] == code
    client = await node.raw()
    client.send("hello", protocol=1)
    client.writer.write(b"GET / HTTP/1.1\r\n\r\n")
    goodbye = await client.goodbye()
    assert goodbye["code"] == "frame_too_large"
    assert "right port" in goodbye["message"]
    old = await node.raw()
    old.send("hello", protocol=2)
    assert (await old.goodbye())["code"] == "unsupported_protocol"


async def test_wrong_requests_leave_the_connection_open(node: Node) -> None:
    alice = await node.client("alice", "#r")
    assert await alice.error("dance") == "unknown_type"
    assert await alice.error("post", room="#r", nonce=7) == "bad_request"
    alice.write(b'{"type":"post","id":"seven"}')
    assert (await alice.next(lambda o: o["type"] == "error"))["re"] is None
    assert (await alice.post("#r", "still here"))["type"] == "ok"


async def test_a_sender_that_is_cut_off_has_posted_all_the_same(node: Node) -> None:
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    alice.send("post", room="#r", nonce="last", text="famous last words")
    await alice.writer.drain()
    await alice.close()
    assert await bob.texts(1) == ["famous last words"]


async def test_batches_leave_nothing_behind(node: Node) -> None:
    gc.collect()
    gc.disable()  # what is freed now is freed by counting alone, as it must be
    try:
        for n in range(20):
            client = await node.client(f"guest{n}", "#r")
            await client.post("#r", "x")
            assert await client.error("join", room="@nobody") == "no_such_nick"
            await client.ok("leave", room="#r")
            await client.ok("bye")
        await node.client("last")
        assert sum(isinstance(o, Batch) for o in gc.get_objects()) <= 1
    finally:
        gc.enable()
