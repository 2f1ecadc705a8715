"""What strangers send to be expensive: it costs them, and nobody else."""

import asyncio
import json
import struct

import pytest

from roomful.gateways import tcp
from roomful.hub.limits import Limits, counted_as
from roomful.testing.memory import MemoryLog
from tests.support.held_store import HeldStore
from tests.support.raw import Obj, RawClient

from .conftest import Node, World

PINGS = 2_000


def frame(**fields: object) -> bytes:
    """A request as it goes out."""
    payload = json.dumps(fields).encode()
    return struct.pack("!I", len(payload)) + payload


async def replies(client: RawClient, count: int) -> list[Obj]:
    """The next so many replies."""
    found: list[Obj] = []
    while len(found) < count:
        obj = await client.receive()
        if "re" in obj:
            found.append(obj)
    return found


async def test_thousands_of_requests_in_one_write_are_answered_and_harm_nobody(node: Node) -> None:
    bob = await node.client("bob", "#r")
    eve = await node.raw()
    pings = b"".join(frame(type="ping", id=n) for n in range(3, PINGS))
    eve.writer.write(frame(type="hello", id=1, protocol=1) + frame(type="login", id=2, nick="eve") + pings)
    assert [o["re"] for o in await replies(eve, PINGS - 1)] == list(range(1, PINGS))
    assert (await bob.post("#r", "unharmed"))["type"] == "ok"


async def test_what_waited_for_a_login_goes_before_what_was_read_after_it(node: Node) -> None:
    eve = await node.raw()
    requests = [frame(type="hello", id=1, protocol=1), frame(type="login", id=2, nick="eve")]
    requests.append(frame(type="join", id=3, room="#r"))
    for n in range(4, 200):  # far more than may be in flight, and now and then one that is answered at once
        kind = {"type": "ping"} if n % 7 == 0 else {"type": "post", "room": "#r", "nonce": f"{n}", "text": f"{n}"}
        requests.append(frame(id=n, **kind))
    eve.writer.write(b"".join(requests))
    seqs = [o["seq"] for o in sorted(await replies(eve, 199), key=lambda o: int(o["re"])) if "seq" in o]
    assert len(seqs) == 168
    assert seqs == sorted(seqs)


async def test_what_follows_a_logout_waits_for_it_though_commands_before_it_are_answered(world: World) -> None:
    store = HeldStore(MemoryLog())
    node = await world.start(store=store)
    alice = await node.client("alice", "#r")
    store.hold()
    first = alice.send("post", room="#r", nonce="1", text="as alice")
    await asyncio.wait_for(store.reached.wait(), 10)
    alice.send("logout")
    post, login = alice.send("post", room="#r", nonce="2", text="as nobody"), alice.send("login", nick="bob")
    await (await node.raw()).ok("hello", protocol=1)  # by now these have been read
    store.release()
    assert (await alice.reply(first))["type"] == "ok"
    assert (await alice.reply(post))["code"] == "login_required"
    assert (await alice.reply(login))["type"] == "ok"


@pytest.mark.parametrize("payload", [b'{"type":"ping","id":1}', b'{"type":"dance","id":1}'])
async def test_requests_before_a_login_are_counted_too_and_beyond_the_rate_less_is_read(
    world: World, payload: bytes
) -> None:
    node = await world.start(limits=Limits(address_per_second=1, address_burst=5))
    eve = await node.raw()
    for _ in range(100):
        eve.write(payload)
    answers = await replies(eve, 6)
    assert [o.get("code") == "rate_limited" for o in answers] == [False] * 5 + [True]
    session = next(iter(node.hub.sessions))
    assert session.resting
    assert (await replies(eve, 1))[0]["code"] == "rate_limited", "it is read from again a moment later"


async def test_without_rates_what_is_no_request_is_not_counted_either(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, address_per_second=1, address_burst=5))
    eve = await node.raw()
    for _ in range(20):
        eve.write(b'{"type":"dance","id":1}')
    assert {o["code"] for o in await replies(eve, 20)} == {"unknown_type"}


async def test_who_registers_several_times_and_is_gone_makes_one_account_and_harms_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second would have had the id of the first, and with it the whole batch would have failed."""
    monkeypatch.setattr("roomful.hub.passwords.MEMORY", 64)
    node = await world.start(registration="open")
    bob = await node.client("bob", "#r")
    eve = await node.raw()
    await eve.ok("hello", protocol=1)
    for name in ("eve", "eva", "evi"):
        eve.send("register", account=name, password="four small loud words")
    await eve.writer.drain()
    eve.writer.close()
    while node.hub.sessions - {next(iter(node.hub.participants[bob.me["id"]].sessions))}:
        assert (await bob.post("#r", "unharmed"))["type"] == "ok"
    for _ in range(20):  # what is still under way comes to an end
        assert (await bob.post("#r", "unharmed"))["type"] == "ok"
    await node.hub.accounts.beside.finished()
    assert (await bob.post("#r", "unharmed"))["type"] == "ok"
    names = [one.name for one in await node.hub.store.accounts()]
    assert names == ["eve"]
    assert not [line for line in node.logged if "unavailable" in line]


async def test_pings_do_not_put_off_the_login(world: World) -> None:
    node = await world.start(limits=Limits(enabled=False, idle=60, login_timeout=10))
    stranger = await node.raw()
    await stranger.ok("hello", protocol=1)
    for _ in range(4):
        await stranger.ok("ping")
        await world.pass_time(3)
    assert (await stranger.goodbye())["code"] == "login_timeout"


async def test_typing_is_not_told_in_a_crowd(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.hub.presence.TYPING_TOLD_TO", 2)
    node = await world.start()
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await node.client("carol", "#r")
    await alice.ok("typing", room="#r")
    await alice.post("#r", "x")
    while (obj := await bob.receive())["type"] != "event" or obj["body"]["type"] != "message":
        assert obj["type"] != "signal" or obj["body"]["type"] != "typing"


async def test_connections_that_are_sent_away_do_not_pile_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "SENT_AWAY", 1)
    node = await world.start(limits=Limits(max_connections=1))
    inside = await node.raw()
    await inside.ok("hello", protocol=1)
    lingering = await node.raw()
    assert (await lingering.receive())["code"] == "too_many_connections"
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await (await node.raw()).receive()
    await lingering.close()
    for _ in range(3):
        await inside.ok("ping")
    assert (await (await node.raw()).goodbye())["code"] == "too_many_connections"


def test_peers_are_counted_by_address_and_in_ipv6_by_network() -> None:
    assert counted_as("192.0.2.7") == "192.0.2.7"
    assert counted_as("::ffff:192.0.2.7") == "192.0.2.7"
    assert counted_as("2001:db8:0:1::5") == counted_as("2001:db8:0:1:ffff::9") != counted_as("2001:db8:0:2::5")
    assert counted_as("::1") == "::1"
