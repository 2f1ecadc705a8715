"""Addresses are told of what happens in a room: in order, signed, again until it is taken, and not for ever."""

import asyncio
import base64
import hashlib
import hmac
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web

from roomful.hub.hooks import WebhookSettings
from roomful.store import Store
from tests.hub.conftest import World
from tests.support.raw import PATIENCE, Obj, RawClient

from .conftest import Receiver, Request, Served, serve


async def out(client: RawClient, url: str, **fields: Any) -> Obj:
    """A webhook that goes out from #r."""
    fields.setdefault("events", ["message"])
    return await client.ok("webhook_out", room="#r", url=url, **fields)


async def say(client: RawClient, *texts: str) -> None:
    for text in texts:
        await client.ok("post", room="#r", nonce=f"n-{text}-{client._id}", text=text)


async def info(client: RawClient) -> Obj:
    """The room's only webhook."""
    (found,) = (await client.ok("webhooks", room="#r"))["webhooks"]
    assert isinstance(found, dict)
    return found


async def until(client: RawClient, state: str, behind: int | None = None) -> Obj:
    """Ask until the room's only webhook is in this state."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await info(client)
            if found.get("state", "on") == state and behind in (None, found.get("behind", 0)):
                return found


def verified(secret: str, request: Request) -> bool:
    """What Standard Webhooks says a receiver should do."""
    id, seconds = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{id}.{seconds}.".encode() + request.body, hashlib.sha256).digest()
    return request.headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()


async def test_events_come_in_order_as_the_room_has_them(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    await out(alice, receiver.url)
    texts = [f"line {n}" for n in range(60)]
    await say(alice, *texts)
    assert await receiver.come(60) == texts
    page = await alice.ok("history", room="#r", limit=60)
    assert [request.event for request in receiver.requests] == page["events"]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 60


async def test_every_request_is_signed(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    made = await out(alice, receiver.url)
    await say(alice, "ünicode", "two")
    await receiver.come(2)
    assert all(verified(made["secret"], request) for request in receiver.requests)
    assert not verified("whsec_" + base64.b64encode(b"another").decode(), receiver.requests[0])
    renewed = await alice.ok("webhook_set", room="#r", webhook=made["webhook"], renew=True)
    await say(alice, "three")
    await receiver.come(3)
    assert verified(renewed["secret"], receiver.requests[2])


async def test_only_what_was_asked_for_is_told(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    await out(alice, receiver.url, events=["topic", "reaction"])
    await say(alice, "hi")
    await alice.ok("react", room="#r", nonce="r", seq=1 + 2, emoji="+1")
    await alice.ok("topic", room="#r", nonce="t", text="tea")
    assert await receiver.come(2) == ["reaction", "tea"]


async def test_the_room_is_told_who_reads_along_and_not_where_exactly(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    made = await out(alice, receiver.url + "?key=sesame")
    told = await alice.next(lambda o: o["type"] == "event" and o["body"]["type"] == "message")
    assert (told["sender"]["kind"], told["body"]["style"], told["body"]["bounce"]) == ("webhook", "notice", 0)
    assert receiver.url.removesuffix("/take") in told["body"]["text"] and "sesame" not in told["body"]["text"]
    await alice.ok("webhook_drop", room="#r", webhook=made["webhook"])
    assert "nothing more" in (await alice.texts(1))[0]
    await say(alice, "unheard")
    assert (await alice.ok("webhooks", room="#r"))["webhooks"] == []


async def redirect(request: web.Request) -> web.StreamResponse:
    return web.HTTPFound("/elsewhere")


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(10_000):
        await response.write(b"x" * 64 * 1024)
    return response


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


FAILURES = [500, 404, 301, redirect, cut]


@pytest.mark.parametrize("failure", FAILURES)
async def test_what_is_not_taken_is_sent_again_under_the_same_id(
    served: Served, receiver: Receiver, failure: Any
) -> None:
    alice = await served.owner()
    receiver.answers += [204, failure, failure]
    await out(alice, receiver.url)
    await say(alice, "one", "two", "three")
    assert await receiver.come(5) == ["one", "two", "two", "two", "three"]
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[1] == ids[2] == ids[3] and len(set(ids)) == 3


async def test_an_answer_without_end_is_not_read_to_its_end(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    receiver.answers.append(endless)
    await out(alice, receiver.url)
    await say(alice, "one", "two")
    assert await receiver.come(2) == ["one", "two"]


async def test_one_that_is_slow_or_down_holds_up_only_itself(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    slow, free = await Receiver().start(), asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        await free.wait()
        return web.Response()

    slow.answers.append(wait)
    await out(alice, slow.url)
    await out(alice, "http://127.0.0.1:1/nobody")
    await out(alice, receiver.url)
    await say(alice, "one", "two")
    texts = await receiver.come(2)
    assert texts == ["one", "two"]
    assert [request.text for request in slow.requests if request.text in ("one", "two")] == []
    free.set()
    await slow.until(lambda: [r.text for r in slow.requests][-2:] == ["one", "two"])
    await slow.stop()


async def test_a_program_that_was_down_is_told_everything_when_it_is_back(served: Served) -> None:
    alice = await served.owner()
    receiver = await Receiver().start()
    await out(alice, receiver.url)
    await say(alice, "before")
    await receiver.come(1)
    port = await receiver.stop()
    await say(alice, "one", "two")
    found = await until(alice, "failing")
    assert "connection" in found["reason"] and found["behind"] and found["since"] and found["due"]
    again = await Receiver().start(port)
    assert await again.come(2) == ["one", "two"]
    await again.stop()


class Slowly:
    """A store whose answer about heads is old by the time it arrives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.looked, self.free = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def heads(self, rooms: Sequence[str]) -> dict[str, int]:
        """See `Store.heads`."""
        found = await self._store.heads(rooms)
        if rooms:
            self.looked.set()
            await self.free.wait()
        return found


async def test_what_is_said_while_it_looks_where_rooms_end_is_told(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    slowly = Slowly(served.node.hub.store)
    served.deliverer._store = slowly
    await out(alice, receiver.url)
    await slowly.looked.wait()
    await say(alice, "one")
    slowly.free.set()
    assert await receiver.come(1) == ["one"]


@pytest.mark.parametrize("clean", [True, False])
async def test_nothing_is_lost_over_a_restart(world: World, receiver: Receiver, *, clean: bool) -> None:
    served = await serve(world)
    alice = await served.owner()
    await out(alice, receiver.url)
    receiver.always = 503
    receiver.answers += [204, 204]
    texts = [f"line {n}" for n in range(10)]
    await say(alice, *texts)
    await receiver.come(4)
    served = await served.restart(world, clean=clean)
    receiver.always = 204
    await receiver.until(lambda: receiver.requests[-1].text == texts[-1])
    taken = list(dict.fromkeys(request.headers["webhook-id"] for request in receiver.requests))
    texts_by_id = {request.headers["webhook-id"]: request.text for request in receiver.requests}
    assert [texts_by_id[id] for id in taken] == texts
    if clean:
        assert [r.text for r in receiver.requests].count("line 0") == 1
    await served.stop()


async def test_what_is_redacted_is_not_told(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    receiver.always = 500
    await out(alice, receiver.url, events=["message", "edit", "redaction"])
    await say(alice, "first", "secret", "third")
    await receiver.come(1)
    head = (await alice.ok("history", room="#r"))["head"]
    await alice.ok("edit", room="#r", nonce="e", seq=head - 1, text="more secret")
    await alice.ok("redact", room="#r", nonce="r", seq=head - 1)
    receiver.always = 204
    await receiver.until(lambda: receiver.requests[-1].text == "redaction")
    told = list(dict.fromkeys(request.text for request in receiver.requests))
    assert told == ["first", "third", "redaction"]


async def test_one_that_fails_for_days_is_switched_off_and_may_be_switched_on_again(
    world: World, served: Served, receiver: Receiver
) -> None:
    alice = await served.owner()
    made = await out(alice, receiver.url)
    await alice.texts(1)
    receiver.always = 500
    await say(alice, "one", "two")
    await receiver.come(2)
    assert await alice.texts(2) == ["one", "two"]
    world.clock.advance(3 * 86_400_000)
    (notice,) = await alice.texts(1)
    assert "it answers 500" in notice and "/webhooks" in notice
    found = await info(alice)
    assert found["state"] == "off" and "it answers 500" in found["reason"]
    receiver.always, receiver.requests = 204, []
    await say(alice, "three")
    await alice.ok("webhook_set", room="#r", webhook=made["webhook"], on=True)
    assert (await receiver.come(4))[:2] == ["one", "two"]
    assert receiver.requests[3].text == "three"
    await until(alice, "on", behind=0)


async def test_one_that_says_gone_is_switched_off_at_once(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    made = await out(alice, receiver.url)
    receiver.answers.append(410)
    await say(alice, "one")
    texts = await alice.texts(3)
    assert "it answers 410" in texts[2]
    await say(alice, "two")
    await alice.ok("webhook_set", room="#r", webhook=made["webhook"], on=True, skip=True)
    await say(alice, "three")
    assert await receiver.come(2) == ["one", "three"]


async def test_it_can_be_switched_off_for_a_while(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    made = await out(alice, receiver.url)
    await say(alice, "one")
    await receiver.come(1)
    await alice.ok("webhook_set", room="#r", webhook=made["webhook"], on=False)
    await say(alice, "two")
    assert (await info(alice))["state"] == "off"
    await alice.ok("webhook_set", room="#r", webhook=made["webhook"], on=True)
    assert await receiver.come(2) == ["one", "two"]


async def test_of_two_servers_over_one_store_one_delivers(world: World, receiver: Receiver) -> None:
    one = await serve(world)
    alice = await one.owner()
    await out(alice, receiver.url)
    await say(alice, "zero")
    await receiver.come(1)
    two = await serve(world)
    bob = await two.owner("bob")
    texts = ["zero"]
    for n in range(10):
        await say(alice, f"a{n}")
        await say(bob, f"b{n}")
        texts += [f"a{n}", f"b{n}"]
    assert await receiver.come(21) == texts
    await one.stop()
    await say(bob, "last")
    assert await receiver.come(22) == [*texts, "last"]
    await two.stop()


HIDDEN = [
    *("http://127.0.0.1/x", "http://localhost:80/", "http://a.localhost/", "http://[::1]/", "http://10.0.0.1/"),
    *("http://169.254.169.254/", "http://192.168.1.1/", "http://[fd00::1]/", "http://0.0.0.0/"),
    *("ftp://example.org/", "http://user:pw@example.org/", "nonsense"),
]


async def test_addresses_behind_the_walls_are_refused(world: World) -> None:
    served = await serve(world, webhooks=WebhookSettings())
    alice = await served.owner()
    for url in HIDDEN:
        assert await alice.error("webhook_out", room="#r", url=url) == "bad_url", url
    await served.stop()


async def test_a_name_that_leads_behind_the_walls_is_not_followed(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell by its letters: what it leads to is seen when it is connected to."""
    resolve = socket.getaddrinfo

    def trap(host: str, *more: Any, **fields: Any) -> Any:
        return resolve("127.0.0.1" if host == "trap.example" else host, *more, **fields)

    monkeypatch.setattr(socket, "getaddrinfo", trap)
    served = await serve(world, webhooks=WebhookSettings())
    alice = await served.owner()
    await out(alice, receiver.url.replace("127.0.0.1", "trap.example"))
    await say(alice, "secret")
    assert "no address of the open internet" in (await until(alice, "failing"))["reason"]
    assert receiver.requests == []
    await served.stop()


async def test_unknown_events_and_webhooks_are_refused(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    assert await alice.error("webhook_out", room="#r", url=receiver.url, events=["shout"]) == "bad_request"
    for type, fields in (("webhook_set", {"renew": True}), ("webhook_drop", {})):
        assert await alice.error(type, room="#r", webhook="w-none", **fields) == "no_such_webhook"
    for n in range(20):
        await alice.ok("webhook_out", room="#r", url=f"{receiver.url}?{n}", events=["pin"])
    assert await alice.error("webhook_out", room="#r", url=receiver.url) == "too_many"


async def test_moderators_see_that_there_is_one_and_not_all_of_its_address(served: Served, receiver: Receiver) -> None:
    alice = await served.owner()
    await out(alice, receiver.url + "?key=sesame")
    bob = await served.node.account("bob", "#r")
    assert await bob.error("webhooks", room="#r") == "forbidden"
    await alice.ok("role", room="#r", nonce="r", who="bob", role="moderator")
    assert (await info(bob))["url"] == receiver.url.removesuffix("/take")
    assert (await info(alice))["url"] == receiver.url + "?key=sesame"
    assert await bob.error("webhook_out", room="#r", url=receiver.url) == "forbidden"
    assert await bob.error("webhook_drop", room="#r", webhook=(await info(bob))["webhook"]) == "forbidden"
