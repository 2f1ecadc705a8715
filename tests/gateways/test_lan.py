"""`--lan` at the door: a class behind one address, let in by a code that cannot be guessed."""

import asyncio
from typing import Any

import pytest

from roomful.hub.limits import Limits
from tests.hub.conftest import Node, World
from tests.support.raw import RawClient

CODE = "042137"
CLASS = Limits(by_address=False)

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)


async def started(world: World, patch: pytest.MonkeyPatch, limits: Limits = CLASS, **settings: Any) -> Node:
    """A server of which everybody seems to come from one address of the network."""
    node = await world.start(limits=limits, guests="on", code=CODE, **settings)
    seem_to_come_from("192.168.7.7", node, patch)
    return node


def seem_to_come_from(address: str, node: Node, patch: pytest.MonkeyPatch) -> None:
    """Let everybody who connects from here on seem to."""
    admit = type(node.gateway).admit
    patch.setattr(
        node.gateway,
        "admit",
        lambda connection, transport, peer: admit(node.gateway, connection, transport, (address, peer[1])),
    )


async def greeted(node: Node) -> RawClient:
    client = await node.raw()
    await client.ok("hello", protocol=1)
    return client


async def test_forty_laptops_behind_one_address_work_untouched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node = await started(world, monkeypatch)

    async def laptop(number: int) -> RawClient:
        client = await greeted(node)
        await client.ok("login", nick=f"pupil{number}", code=CODE)
        await client.ok("join", room="#class")
        for line in range(5):
            assert (await client.post("#class", f"{number}/{line}"))["type"] == "ok"
        return client

    laptops = await asyncio.gather(*(laptop(number) for number in range(40)))
    state = await laptops[0].ok("members", room="#class")
    assert len(state["members"]) == 40
    assert {session.address for session in node.hub.sessions} == {"192.168.7.7"}


async def test_who_has_logged_in_counts_for_itself_and_not_for_its_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limits(by_address=False, max_connections_per_address=2, logins_burst=1, address_burst=8, address_per_second=1)
    node = await started(world, monkeypatch, few)
    for number in range(4):
        client = await greeted(node)
        await client.ok("login", nick=f"pupil{number}", code=CODE)
    for _ in range(7):
        await client.ok("ping")
    silent = [await node.raw() for _ in range(2)]
    sent_away = await node.raw()
    assert (await sent_away.goodbye())["code"] == "too_many_connections"
    assert len(silent) == 2


async def test_without_the_code_there_is_no_way_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node = await started(world, monkeypatch)
    client = await greeted(node)
    assert await client.error("login", nick="alice") == "code_required"
    assert await client.error("login", nick="alice", code="") == "bad_code"
    assert await client.error("login", nick="alice", resume="made-up") == "bad_resume"
    assert await client.error("join", room="#lobby") == "login_required"
    await client.ok("login", nick="alice", code=f" {CODE} ")
    back = await greeted(node)
    await client.close()
    assert (await back.ok("login", resume=(await _resume(node))))["participant"]["nick"] == "bob"


async def _resume(node: Node) -> str:
    """The proof of somebody who has come in by the code."""
    bob = await greeted(node)
    resume: str = (await bob.ok("login", nick="bob", code=CODE))["resume"]
    return resume


async def test_guessing_ends_the_connection_and_is_slow_over_all_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await started(world, monkeypatch)
    looked_at = 0
    for _ in range(4):
        client = await greeted(node)
        for guess in range(5):
            client.send("login", nick="mallory", code=f"{guess:06d}")
        while (answer := await client.receive())["type"] != "goodbye":
            looked_at += answer["code"] == "bad_code"
            if answer["code"] == "rate_limited":
                assert 0 < answer["retry_after"] <= 1
                break
        else:
            assert answer["code"] == "too_many_wrong"
            assert answer["retry_after"] is None
    assert looked_at <= 10, "the rest was not even looked at"
    assert any("wrong code" in line for line in node.logged)
    assert not any(CODE in line for line in node.logged)
    await world.pass_time(2)
    pupil = await greeted(node)
    await pupil.ok("login", nick="pupil", code=CODE)


async def test_somebody_who_guesses_keeps_nobody_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node = await started(world, monkeypatch)
    for _ in range(4):
        mallory = await greeted(node)
        for guess in range(5):
            mallory.send("login", nick="mallory", code=f"{guess:06d}")
        while (await mallory.receive()).get("code") not in ("rate_limited", "too_many_wrong"):
            pass
    behind = await greeted(node)
    assert await behind.error("login", nick="behind", code=CODE) == "rate_limited", "from the same address"
    seem_to_come_from("192.168.7.8", node, monkeypatch)
    pupil = await greeted(node)
    assert await pupil.error("login", nick="pupil", code="000000") == "bad_code"
    await pupil.ok("login", nick="pupil", code=CODE)


async def test_whoever_sits_at_the_machine_needs_no_code(world: World) -> None:
    node = await world.start(limits=CLASS, guests="on", code=CODE)
    assert (await node.client("teacher")).me["nick"] == "teacher"
