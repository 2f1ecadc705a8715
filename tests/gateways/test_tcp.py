"""The TCP door: whatever strangers send, the answer is a code, and nobody else notices."""

import asyncio
import json
import struct

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomful.errors import codes
from roomful.hub.limits import Limits
from roomful.protocol.native import REQUEST_TYPES
from tests.hub.conftest import Node, World
from tests.support.raw import RawClient

CODES = {error.code for error in codes()}
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def framed(payload: bytes) -> bytes:
    """A payload in its frame."""
    return struct.pack("!I", len(payload)) + payload


async def everything(client: RawClient) -> list[dict[str, object]]:
    """All objects until the connection ends."""
    found = []
    try:
        while True:
            found.append(await client.receive())
    except (asyncio.IncompleteReadError, ConnectionError):
        return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    ["id", "type", "room", "nonce", "text", "nick", "after", "last", "limit", "around", "before", "resume", "reply_to"]
)
TYPES = st.sampled_from([*REQUEST_TYPES, "dance"])


@MANY
@given(st.lists(st.binary(max_size=200), max_size=5))
async def test_garbage_never_gets_more_than_a_code(node: Node, chunks: list[bytes]) -> None:
    client = await RawClient.connect(node.address)
    for chunk in chunks:
        client.writer.write(chunk)
    client.writer.write_eof()
    for obj in await everything(client):
        assert obj["type"] in ("ok", "error", "goodbye")
        assert obj.get("code", "ok") in CODES | {"ok"}
        assert obj.get("code") != "internal"
    await client.close()


@MANY
@given(st.lists(st.tuples(TYPES, st.dictionaries(FIELDS, JSON, max_size=6)), min_size=1, max_size=8))
async def test_wrongly_typed_requests_are_refused_one_by_one(
    node: Node, requests: list[tuple[str, dict[str, object]]]
) -> None:
    client = await RawClient.connect(node.address)
    for number, (type, fields) in enumerate(requests):
        client.write(json.dumps({"id": number, **fields, "type": type}).encode())
    marker = client.send("ping")
    del marker
    client.writer.write_eof()
    for obj in await everything(client):
        assert obj.get("code") != "internal", obj
        if obj["type"] == "error":
            assert obj["code"] in CODES
            assert obj["message"]
    await client.close()


@MANY
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
async def test_frames_may_be_cut_anywhere(node: Node, cuts: list[int]) -> None:
    client = await RawClient.connect(node.address)
    data = framed(b'{"type":"hello","id":1,"protocol":1}') + framed(b'{"type":"ping","id":2}') * 3
    at = 0
    for cut in cuts:
        client.writer.write(data[at : at + cut])
        await client.writer.drain()
        at += cut
    client.writer.write(data[at:])
    assert [(await client.receive())["re"] for _ in range(4)] == [1, 2, 2, 2]
    await client.close()


async def test_slowloris_is_ended_by_the_login_timeout(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, login_timeout=10))
    slow = await node.raw()
    data = framed(b'{"type":"hello","id":1,"protocol":1}')
    for byte in data[:10]:
        slow.writer.write(bytes([byte]))
        await slow.writer.drain()
        await world.pass_time(0.5)
    await world.pass_time(6)
    await world.pass_time(1)
    assert (await slow.goodbye())["code"] == "login_timeout"


async def test_an_announced_frame_that_is_too_large_is_refused_before_it_comes(node: Node) -> None:
    client = await node.raw()
    client.writer.write(framed(b'{"type":"hello","id":1,"protocol":1}') + struct.pack("!I", 1_000_000))
    assert (await client.receive())["re"] == 1
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["retry_after"]) == ("frame_too_large", None)


async def test_a_half_frame_that_never_ends_costs_its_bytes_only(node: Node) -> None:
    client = await node.raw()
    client.writer.write(struct.pack("!I", 60_000) + b"x" * 59_999)
    alice = await node.client("alice", "#r")
    assert (await alice.post("#r", "unharmed"))["type"] == "ok"
    client.writer.write(b"x")
    assert (await client.goodbye())["code"] == "not_json"
