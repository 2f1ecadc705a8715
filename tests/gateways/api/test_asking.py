"""How one asks: credentials, nonces, problems, what is known already, and what all that costs others."""

import asyncio
import json
from typing import Any

import pytest

from roomful.domain.commands import Request
from roomful.errors import Ended, NoSuchEvent, RateLimited, codes
from roomful.gateways import calls
from roomful.gateways.calls import Calls, Credential
from roomful.gateways.http.problems import status_of
from roomful.hub.limits import Limits
from tests.gateways.doors import opened
from tests.hub.conftest import PASSWORD, World

from .conftest import API, Api, Program, Stack

SAY = ("POST", "/rooms/{room}/events")


async def test_what_is_sent_again_with_its_nonce_is_said_once(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    key = {"Idempotency-Key": "k-1"}
    first, again = [await alice.ok(*SAY, {"text": "once"}, room="lobby", headers=key) for _ in range(2)]
    assert first == again
    assert await alice.ok(*SAY, {"text": "once", "nonce": "k-1"}, room="lobby") == first
    assert (await alice.ok(*SAY, {"text": "once"}, room="lobby"))["seq"] == first["seq"] + 1, "without: another one"
    both = await alice.ask(*SAY, {"text": "x", "nonce": "k-2"}, room="lobby", headers=key)
    assert (both.code, both.json["field"]) == ("bad_request", "nonce")
    assert await alice.texts() == ["once", "once"]
    event = await alice.ok("GET", "/rooms/{room}/events/{seq}", room="lobby", seq=first["seq"])
    assert event["nonce"] == "k-1"


async def test_a_nonce_holds_over_a_restart(world: World) -> None:
    async with opened(await world.start()) as served, asyncio.timeout(20), Stack() as stack:
        alice = await (await Program.open(served.http, stack)).register("alice")
        await alice.join()
        said = await alice.ok(*SAY, {"text": "once"}, room="lobby", headers={"Idempotency-Key": "k"})
    await world.stop(world.nodes[0])
    async with opened(await world.start()) as served, Stack() as stack:
        program = await Program.open(served.http, stack)
        program.token = alice.token
        assert await program.ok(*SAY, {"text": "once"}, room="lobby", headers={"Idempotency-Key": "k"}) == said
        assert await program.texts() == ["once"]


REFUSED: list[tuple[str, str, Any, dict[str, Any], int, str, str]] = [
    ("POST", "/rooms/lobby/events", {"text": 5}, {}, 400, "bad_request", "text"),
    ("POST", "/rooms/lobby/events", {"text": "x", "tex": "y"}, {}, 400, "bad_request", "tex"),
    ("POST", "/rooms/lobby/events", {"text": "x", "room": "#other"}, {}, 400, "bad_request", "room"),
    ("POST", "/rooms/lobby/events", {"text": "x", "attachments": [1]}, {}, 400, "bad_request", "attachments[0]"),
    ("POST", "/rooms/lobby/events", {"text": ""}, {}, 400, "bad_text", "text"),
    ("POST", "/rooms/lobby/events", None, {}, 400, "bad_text", "text"),
    ("POST", "/rooms/lobby/events", [1], {}, 400, "bad_request", ""),
    ("POST", "/rooms/lobby/events", b"{", {}, 400, "bad_request", ""),
    ("POST", "/rooms/lobby/events", b'{"text":"\xff"}', {}, 400, "bad_request", ""),
    ("POST", "/rooms/lobby/events", b"[" * 100_000, {}, 400, "bad_request", ""),
    ("POST", "/rooms/lobby/events", b"x" * 200_000, {}, 413, "body_too_large", ""),
    ("POST", "/rooms/lobby/events", b"text=hi", {"Content-Type": "text/plain"}, 415, "wrong_media", ""),
    (
        "POST",
        "/rooms/lobby/events",
        {"text": "x"},
        {"Idempotency-Key": "k" * 65},
        400,
        "bad_request",
        "Idempotency-Key",
    ),
    ("PUT", "/rooms/lobby/topic", {}, {}, 400, "bad_request", "text"),
    ("GET", "/rooms/lobby/events?limit=x", None, {}, 400, "bad_request", "limit"),
    ("GET", "/rooms/lobby/events?limit=501", None, {}, 400, "bad_request", "limit"),
    ("GET", "/rooms/lobby/events?limit=1&limit=2", None, {}, 400, "bad_request", "limit"),
    ("GET", "/rooms/lobby/events?seq=1", None, {}, 400, "bad_request", "seq"),
    ("GET", "/rooms/lobby/events?before=1&after=1", None, {}, 400, "bad_request", "around"),
    ("GET", "/rooms/lobby/events/99", None, {}, 404, "no_such_event", "seq"),
    ("GET", "/rooms/lobby/events/x", None, {}, 400, "bad_request", "seq"),
    ("GET", "/rooms?mine=yes", None, {}, 400, "bad_request", "mine"),
    ("GET", "/rooms", {"mine": True}, {}, 400, "bad_request", "mine"),
    ("GET", "/rooms/nowhere/events", None, {}, 404, "no_such_room", "room"),
    ("GET", "/people/nobody", None, {}, 404, "no_such_nick", "who"),
    ("POST", "/rooms", {"room": "#lobby"}, {}, 409, "room_exists", "room"),
    ("GET", "/dance", None, {}, 404, "no_such_path", ""),
    ("GET", "", None, {}, 404, "no_such_path", ""),
    ("DELETE", "/rooms", None, {}, 405, "wrong_method", ""),
    ("GET", "/me", None, {"Authorization": "Basic YTpi"}, 401, "bad_credentials", "Authorization"),
    ("GET", "/me", None, {"Authorization": "Bearer made-up"}, 401, "bad_resume", "resume"),
    ("GET", "/events", None, {}, 400, "bad_request", "room"),
    ("GET", "/events?room=lobby", None, {"Last-Event-ID": "x/y:z"}, 400, "bad_request", "Last-Event-ID"),
    ("GET", "/events?room=lobby", None, {"Last-Event-ID": "old/y:1"}, 409, "epoch_changed", "epoch"),
    ("GET", "/events?room=lobby&after=99", None, {}, 409, "cursor_ahead", "after"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "code", "field"), REFUSED)
async def test_a_refusal_says_what_was_wrong(
    api: Api, method: str, path: str, body: Any, headers: dict[str, str], status: int, code: str, field: str
) -> None:
    alice = await api.guest("alice", "lobby")
    path, _, query = path.partition("?")
    pairs: dict[str, list[str]] = {}
    for name, _, value in (one.partition("=") for one in query.split("&") if one):
        pairs.setdefault(name, []).append(value)
    answer = await alice.ask(method, path, body, headers=headers, **pairs)
    assert (answer.status, answer.code, answer.json.get("field", "")) == (status, code, field)
    problem = answer.json
    assert problem["status"] == status
    assert problem["type"].endswith("#" + code)
    assert problem["title"] and problem["detail"].endswith(".")
    assert await alice.texts() == []


async def test_an_address_that_is_asked_wrongly_says_how_it_is_asked(api: Api) -> None:
    answer = await (await api.nobody()).ask("PATCH", "/rooms/lobby/topic")
    assert (answer.status, answer.headers["Allow"]) == (405, "PUT")


async def test_who_asks_too_much_is_told_when_to_come_back(world: World) -> None:
    limits = Limits(questions_per_second=0.5, questions_burst=2)
    async with opened(await world.start(limits=limits)) as served, Stack() as stack:
        alice = await (await Program.open(served.http, stack)).login(nick="alice")
        answers = [await alice.ask("GET", "/rooms") for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert (answers[2].code, answers[2].headers["Retry-After"]) == ("rate_limited", "2")
        await world.pass_time(2)
        assert (await alice.ask("GET", "/rooms")).status == 200


def test_every_code_has_a_status() -> None:
    assert {status_of(error("-")) for error in codes()} <= {
        400,
        401,
        403,
        404,
        405,
        409,
        413,
        415,
        429,
        500,
        502,
        503,
        507,
    }
    assert (status_of(NoSuchEvent()), status_of(RateLimited())) == (404, 429)


async def test_what_one_knows_already_is_not_sent_again(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    for path in ("/rooms", "/rooms/{room}/events", "/rooms/{room}/members"):
        fields = {"room": "lobby"} if "{room}" in path else {}
        first = await alice.ask("GET", path, **fields)
        known = {"If-None-Match": first.headers["ETag"]}
        again = await alice.ask("GET", path, headers=known, **fields)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": (await alice.ask("GET", "/rooms/{room}/events", room="lobby")).headers["ETag"]}
    await alice.post("news")
    assert (await alice.ask("GET", "/rooms/{room}/events", room="lobby", headers=known)).status == 200


# -- credentials -----------------------------------------------------------------------------------------


async def test_a_token_of_a_device_and_the_proof_of_a_guest_are_credentials(api: Api) -> None:
    alice = await api.account("alice")
    made = await alice.ok("POST", "/me/devices", {"name": "backup"})
    program = await api.nobody()
    program.token = made["token"]
    assert (await program.ok("GET", "/me"))["device"] == made["device"]
    guest = await api.served.node.client("carol")
    program.token = guest.resume
    assert (await program.ok("GET", "/me"))["participant"]["nick"] == "carol"
    await guest.ok("ping"), "the connection that holds the proof stays"
    await alice.ok("DELETE", "/me/devices/{device}", device=made["device"])
    program.token = made["token"]
    assert (await program.ask("GET", "/me")).code == "bad_credentials"


async def test_a_cookie_asks_only_from_our_own_pages(api: Api) -> None:
    nobody = await api.nobody()
    sent = {"Origin": api.served.http, "Content-Type": "application/json"}
    data = json.dumps({"nick": "alice"})
    async with nobody.http.post(api.served.http + API + "/login", data=data, headers=sent) as answer:
        ours = {"Cookie": f"roomful={answer.cookies['roomful'].value}"}
    join = ("PUT", "/rooms/{room}/membership")
    assert (await nobody.ask(*join, {}, room="lobby", headers=ours | {"Origin": api.served.http})).status == 200
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await nobody.ask(*SAY, {"text": "x"}, room="lobby", headers=ours | headers)).status == 403
        assert (await nobody.ask("GET", "/me", headers=ours | headers)).status == 403
    form = ours | {"Content-Type": "text/plain"}
    assert (await nobody.ask(*SAY, b'{"text":"x"}', room="lobby", headers=form)).status in (400, 415)
    assert (await nobody.ok("GET", "/me", headers=ours))["participant"]["nick"] == "alice"


# -- what a call is to others -------------------------------------------------------------------------------


async def test_who_only_calls_is_not_seen_coming_and_going(api: Api) -> None:
    watcher = await api.served.node.client("watcher", "#lobby")
    bot = await api.guest("bot", "lobby")
    await watcher.next(lambda o: o["type"] == "event" and o["body"]["type"] == "join")
    await api.world.pass_time(1)
    for number in range(3):
        await bot.post(f"line {number}")
        await api.world.pass_time(calls.KEPT + 1)
        api.served.gateway.door.calls.sweep()
        await watcher.ok("ping")
    assert len(api.served.gateway.door.calls) == 0, "its session ended each time"
    await watcher.ok("ping")
    told = [o["body"] for o in watcher.waiting if o["type"] == "signal" and o["body"]["type"] == "presence"]
    assert not any(one["id"] == bot.me["id"] for body in told for one in body.get("online", []))
    assert not any(bot.me["id"] in body.get("reconnecting", []) for body in told)


async def test_many_calls_at_once_are_one_login(api: Api) -> None:
    alice = await api.account("alice")
    before, logged = len(api.served.node.hub.sessions), api.served.node.logged
    logged.clear()
    pages = await asyncio.gather(*(alice.ok("GET", "/rooms") for _ in range(100)))
    assert len(pages) == 100
    assert len(api.served.node.hub.sessions) == before + 1
    assert len([line for line in logged if "login" in line]) == 1, logged


async def test_so_many_sessions_are_kept_and_no_more(world: World) -> None:
    node = await world.start()
    few = Calls(node.hub, most=2)
    people = [Credential((await node.client(f"g{n}")).resume, "127.0.0.1") for n in range(3)]
    first, _ = await few.session(people[0])
    await few.session(people[1])
    world.seconds[0] += 1
    await few.session(people[0])
    await few.session(people[2])
    assert len(few) == 2
    assert first.transport is not None, "the one not used for longest has made place"
    await few.close()
    assert first.transport is None


async def test_what_is_shared_survives_whoever_gives_up(api: Api) -> None:
    """A call that is broken off while it logs in leaves the login to those who wait for it too."""
    door = api.served.gateway.door
    who = Credential((await api.account("alice")).token, "127.0.0.1")
    given_up = asyncio.create_task(door.calls.session(who))
    other = asyncio.create_task(door.calls.session(who))
    await asyncio.sleep(0)
    given_up.cancel()
    session, told = await other
    assert (told.participant.nick, session.open) == ("alice", True)


async def test_a_login_that_is_given_up_for_all_is_refused_and_hangs_nobody(api: Api) -> None:
    door = api.served.gateway.door
    who = Credential((await api.account("alice")).token, "127.0.0.1")
    asking = asyncio.create_task(door.calls.session(who))
    await asyncio.sleep(0)
    door.calls.drop(who)
    with pytest.raises(Ended):
        await asking
    assert (await door.calls.session(who))[0].open


async def test_a_call_under_way_is_answered_although_its_connection_has_had_its_time(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await api.guest("alice", "lobby")
    gateway = api.served.gateway
    ask, came, swept = gateway.door.calls.ask, asyncio.Event(), asyncio.Event()

    async def held(who: Credential, request: Request) -> bytes:
        came.set()
        await swept.wait()
        return await ask(who, request)

    monkeypatch.setattr(gateway.door.calls, "ask", held)
    asking = asyncio.create_task(alice.ok(*SAY, {"text": "in time"}, room="lobby"))
    await came.wait()
    gateway.sweep()
    gateway.sweep()
    swept.set()
    assert (await asking)["seq"] == 2


async def test_an_account_that_is_gone_is_gone_at_once(api: Api) -> None:
    alice = await api.account("alice", "lobby")
    device = await api.served.node.device("alice")
    await device.ok("unregister", password=PASSWORD)
    assert (await alice.ask("GET", "/me")).status == 401


async def test_limits_are_those_of_everybody(world: World) -> None:
    """Posting over HTTP and over a connection count together: a participant is a participant."""
    limits = Limits(messages_burst=3, messages_per_second=0.1)
    node = await world.start(limits=limits)
    async with opened(node) as served, Stack() as stack:
        alice = await (await Program.open(served.http, stack)).register("alice")
        await alice.join()
        await alice.post("one")
        device = await node.device("alice")
        await device.ok("post", room="#lobby", nonce="n", text="two")
        assert (await alice.ask(*SAY, {"text": "three"}, room="lobby")).code == "rate_limited"


def test_a_credential_is_not_shown() -> None:
    assert "rt_secret" not in repr(Credential("rt_secret", "127.0.0.1"))
