"""Programs post into a room by a secret address."""

import json
from typing import Any

import pytest

from roomful.hub.limits import Limits
from tests.hub.conftest import World
from tests.hub.hosting import Host
from tests.support.raw import Obj, RawClient

from .conftest import Served, serve


async def made(client: RawClient, name: str = "deploys") -> str:
    """The address of a new webhook."""
    reply = await client.ok("webhook_in", room="#r", name=name)
    return str(reply["address"] + reply["secret"])


async def listed(client: RawClient) -> list[Obj]:
    found: list[Obj] = (await client.ok("webhooks", room="#r"))["webhooks"]
    return found


BODIES = [
    ({"json": {"text": "it is out"}}, {"text": "it is out"}),
    ({"json": {"text": "it is out", "username": "x", "channel": "#else", "blocks": [1]}}, {"text": "it is out"}),
    ({"json": {"text": "dances", "style": "action"}}, {"text": "dances", "style": "action"}),
    ({"json": {"text": "so", "reply_to": 1}}, {"text": "so", "reply_to": 1}),
    ({"json": {"attachments": [{"fallback": "red"}, {"title": "Build", "text": "7"}]}}, {"text": "red\nBuild 7"}),
    ({"json": {"attachments": [{"fallback": None, "text": "green"}, 7], "icon_emoji": 1}}, {"text": "green"}),
    ({"data": "plain, and ünicode", "headers": {"Content-Type": "text/plain"}}, {"text": "plain, and ünicode"}),
    ({"data": {"payload": json.dumps({"text": "as Slack has it"})}}, {"text": "as Slack has it"}),
    ({"data": {"text": "a form"}}, {"text": "a form"}),
    (
        {"data": '{"text": "curl -d"}', "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"text": "curl -d"},
    ),
]


@pytest.mark.parametrize(("request_", "body"), BODIES)
async def test_what_is_posted_stands_in_the_room(served: Served, request_: dict[str, Any], body: Obj) -> None:
    alice = await served.owner()
    address = await made(alice)
    status, answer = await served.post(address, **request_)
    assert status == 200, answer
    event = await alice.next(lambda o: o["type"] == "event" and o["body"]["type"] == "message")
    assert answer == {"room": "#r", "seq": event["seq"]}
    assert event["body"] == {"type": "message", **body, "bounce": 0}
    assert (event["sender"]["nick"], event["sender"]["kind"]) == ("deploys", "webhook")


REFUSED = [
    ({"json": {"text": ""}}, 400, "bad_text"),
    ({"json": {}}, 400, "bad_text"),
    ({"json": {"text": "a\0b"}}, 400, "bad_text"),
    ({"json": {"text": "x" * 16_001}}, 400, "bad_text"),
    ({"json": {"text": "hi", "style": "loud"}}, 400, "bad_request"),
    ({"json": {"text": "hi", "reply_to": 10**6}}, 404, "no_such_event"),
    ({"json": {"text": 7}}, 400, "bad_request"),
    ({"json": [1]}, 400, "bad_request"),
    ({"data": b"\xff\xfe", "headers": {"Content-Type": "text/plain"}}, 400, "bad_request"),
    ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "bad_request"),
    ({"data": b"x" * 70_000, "headers": {"Content-Type": "text/plain"}}, 413, "bad_request"),
    ({"json": {"text": "hi"}, "headers": {"Idempotency-Key": "k" * 257}}, 400, "bad_request"),
]


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED)
async def test_what_does_not_fit_is_refused_as_a_problem(
    served: Served, request_: dict[str, Any], status: int, code: str
) -> None:
    alice = await served.owner()
    found, problem = await served.post(await made(alice), **request_)
    assert (found, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"] and problem["title"] and problem["type"]
    assert (await alice.ok("history", room="#r"))["head"] == 2, "two have joined, and nothing was said"


async def test_a_request_that_is_sent_again_with_its_key_is_posted_once(served: Served, world: World) -> None:
    alice = await served.owner()
    address = await made(alice)
    key = {"Idempotency-Key": "build-17"}
    first = await served.post(address, json={"text": "once"}, headers=key)
    assert await served.post(address, json={"text": "once"}, headers=key) == first
    other = await made(alice, "tests")
    assert (await served.post(other, json={"text": "mine"}, headers=key))[1]["seq"] != first[1]["seq"]
    path = address.removeprefix(served.base)
    served = await served.restart(world)  # what is in memory is gone
    assert await served.post(served.base + path, json={"text": "once"}, headers=key) == first
    assert (await served.post(served.base + path, json={"text": "twice"}))[1]["seq"] > first[1]["seq"]
    await served.stop()


async def test_an_address_that_is_none_says_so(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    for wrong in (served.base + "/hooks/" + "A" * 43, address[:-1], address + "x", served.base + "/hooks/x"):
        status, problem = await served.post(wrong, json={"text": "hi"})
        assert (status, problem["code"]) == (404, "no_such_webhook")


async def test_a_renewed_secret_makes_the_old_one_worthless(served: Served) -> None:
    alice = await served.owner()
    old = await made(alice)
    (hook,) = await listed(alice)
    new = await alice.ok("webhook_set", room="#r", webhook=hook["webhook"], renew=True)
    assert (await served.post(old, json={"text": "old"}))[0] == 404
    assert (await served.post(new["address"] + new["secret"], json={"text": "new"}))[0] == 200


async def test_a_removed_one_has_left_and_its_name_is_free(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    (hook,) = await listed(alice)
    assert (hook["way"], hook["name"], hook["by"]["nick"]) == ("in", "deploys", "alice")
    assert "secret" not in str(hook) and address[-43:] not in str(hook)
    await alice.ok("webhook_drop", room="#r", webhook=hook["webhook"])
    assert (await served.post(address, json={"text": "hi"}))[0] == 404
    assert await listed(alice) == []
    event = await alice.next(lambda o: o["type"] == "event" and o["body"]["type"] == "leave")
    assert event["sender"]["nick"] == "deploys"
    assert (await served.post(await made(alice), json={"text": "another"}))[0] == 200


async def test_its_name_is_nobody_elses(served: Served) -> None:
    alice = await served.owner()
    await made(alice)
    stranger = await served.node.raw()
    await stranger.ask("hello", protocol=1)
    assert await stranger.error("login", nick="Deploys") == "nick_taken"
    assert await stranger.error("login", nick="dep1oys") == "nick_taken", "it looks the same"
    assert await alice.error("webhook_in", room="#r", name="alice") == "nick_taken"
    assert await alice.error("webhook_in", room="#r", name="two words") == "bad_name"


async def test_what_moderators_say_holds_for_webhooks(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    hook = (await listed(alice))[0]["webhook"]
    await alice.ok("mute", room="#r", nonce="m", who="deploys", reason="too loud")
    assert (await served.post(address, json={"text": "hi"}))[1]["code"] == "muted"
    await alice.ok("unmute", room="#r", nonce="u", who="deploys")
    await alice.ok("kick", room="#r", nonce="k", who="deploys")
    assert await served.post(address, json={"text": "hi"}) != (200, {})
    assert (await served.post(address, json={"text": "hi"}))[1]["code"] == "not_member"
    new = await alice.ok("webhook_set", room="#r", webhook=hook, renew=True)
    assert (await served.post(new["address"] + new["secret"], json={"text": "back"}))[0] == 200
    assert await alice.error("role", room="#r", nonce="r", who="deploys", role="owner") == "forbidden"


async def test_a_deleted_room_takes_its_webhooks_along(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    await alice.ok("delete", room="#r", nonce="d")
    assert (await served.post(address, json={"text": "hi"}))[0] == 404
    await alice.ok("join", room="#r")
    assert (await served.post(await made(alice), json={"text": "anew"}))[0] == 200


async def test_it_may_post_so_much_and_no_more(world: World) -> None:
    served = await serve(world, limits=Limits())
    alice = await served.owner()
    address = await made(alice)
    found = [await served.post(address, json={"text": f"{n}"}) for n in range(31)]
    assert [status for status, _ in found] == [200] * 30 + [429]
    assert found[-1][1]["retry_after"] > 0
    await world.pass_time(1.0)
    assert (await served.post(address, json={"text": "calmer"}))[0] == 200
    for _ in range(31):
        status, problem = await served.post(served.base + "/hooks/wrong")
    assert (status, problem["code"]) == (429, "rate_limited")
    await served.stop()


async def test_no_bot_is_woken_by_a_webhook(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    host = await Host.start(served.node)
    echo = await host.bot("echo")
    _, answer = await served.post(address, json={"text": "@echo what do you say?"})
    for causes in ([answer["seq"]], [1, answer["seq"]]):
        code = await echo.error("post", room="#r", nonce="n", text="I say", causes=causes)
        assert code in ("bounce_spent", "bad_causes")
    person = await alice.ok("post", room="#r", nonce="a", text="@echo what does it mean?")
    await echo.ok("post", room="#r", nonce="e", text="I say", causes=[person["seq"]])


async def test_a_webhook_is_no_person_who_lets_bots_go_on(served: Served) -> None:
    alice = await served.owner()
    address = await made(alice)
    host = await Host.start(served.node)
    echo = await host.bot("echo")
    said = await alice.ok("post", room="#r", nonce="a", text="@echo talk")
    await alice.ok("stop", room="#r", nonce="s")
    await served.post(address, json={"text": "still here"})
    assert await echo.error("post", room="#r", nonce="e", text="yes", causes=[said["seq"]]) == "let_people_speak"
