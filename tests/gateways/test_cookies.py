"""Logging in from a browser: by a cookie that no script reads, for every tab, and from no other site."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from roomful.gateways.http.cookies import COOKIE, SECURE_COOKIE, agent
from roomful.hub.limits import Limits
from roomful.protocol.trace import tracer
from roomful.registry.owner import offer
from tests.gateways.doors import Served, opened
from tests.hub.conftest import PASSWORD, World
from tests.support.raw import Obj

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ALICE = {"account": "alice", "password": PASSWORD, "remember": True}


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    """A door, and nobody in it."""
    async with opened(await world.start()) as served:
        yield served


class Answer:
    """What a browser was answered."""

    def __init__(self, status: int, body: Obj, cookies: "SimpleCookie") -> None:
        self.status = status
        self.body = body
        self.set = cookies.get(SECURE_COOKIE) or cookies.get(COOKIE)

    @property
    def cookie(self) -> dict[str, str]:
        """What the browser sends from here on."""
        assert self.set is not None
        return {"Cookie": f"{self.set.key}={self.set.value}"}


async def post(served: Served, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """What a page of ours asks."""
    sent = {"Origin": served.http, "User-Agent": FIREFOX, **(headers or {})}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.post(f"{served.http}/api/v1/{path}", json=body, headers=sent) as answer,
    ):
        told = await answer.json(content_type=None) if answer.status != 204 else {}
        return Answer(answer.status, told, answer.cookies)


async def test_a_guest_comes_in_and_so_do_its_other_tabs(served: Served) -> None:
    answer = await post(served, "login", {"nick": "alice"})
    assert answer.status == 200
    assert answer.body["participant"]["nick"] == "alice"
    assert not {"resume", "token"} & set(answer.body), "no script reads a secret"
    assert answer.set is not None
    assert (answer.set["httponly"], answer.set["samesite"], answer.set["path"]) == (True, "Strict", "/")
    assert not answer.set["secure"], "it came without TLS"
    assert not answer.set["max-age"], "a guest's is gone with the browser"
    first = await served.client(None, "#r", headers=answer.cookie)
    second = await served.client(None, "#r", headers=answer.cookie)
    assert first.me == second.me == answer.body["participant"]
    await first.ok("ping")
    first.writer.transport.abort()
    again = await served.client(None, resume=first.resume)
    assert again.me == first.me
    await second.ok("ping")


async def test_an_account_is_remembered_and_logged_out(served: Served) -> None:
    made = await post(served, "register", ALICE)
    assert made.status == 200
    assert made.body["participant"]["account"] == "alice"
    assert made.set is not None
    assert int(made.set["max-age"]) > 90 * 86_400
    tab = await served.client(None, "#r", headers=made.cookie)
    (device,) = (await tab.ok("devices"))["devices"]
    assert device["name"] == "Firefox on Linux"
    gone = await post(served, "logout", {}, made.cookie)
    assert gone.status == 204
    assert gone.set is not None
    assert (gone.set.value, gone.set["max-age"]) == ("", "0")
    assert (await tab.goodbye())["code"] == "account_gone", "what is open in this browser ends with it"
    late = await served.raw(headers=made.cookie)
    await late.ok("hello", protocol=1)
    assert await late.error("login") == "bad_credentials"
    assert (await post(served, "login", ALICE)).status == 200


async def test_without_remember_the_cookie_lasts_as_long_as_the_browser(served: Served) -> None:
    await post(served, "register", ALICE)
    answer = await post(served, "login", {"account": "alice", "password": PASSWORD})
    assert answer.set is not None
    assert not answer.set["max-age"]
    assert not answer.set.value.startswith("rt_")
    tab = await served.client(None, headers=answer.cookie)
    assert tab.me["account"] == "alice"


async def test_a_guest_that_registers_stays_who_it_is(served: Served) -> None:
    guest = await post(served, "login", {"nick": "alice"})
    tab = await served.client(None, "#r", headers=guest.cookie)
    made = await post(served, "register", ALICE, guest.cookie)
    assert made.body["participant"]["id"] == tab.me["id"]
    assert (await tab.goodbye())["code"] == "account_gone", "it comes back by the new cookie"
    again = await served.client(None, headers=made.cookie)
    assert again.me["account"] == "alice"


async def test_the_first_owner_comes_by_a_link_that_is_good_once(world: World, tmp_path: Path) -> None:
    node = await world.start(registration="closed")
    assert await offer(node.hub.store, tmp_path, world.clock(), node.hub.entropy, Path.write_text)
    code = (tmp_path / "owner.token").read_text().strip()
    async with opened(node) as served:
        made = await post(served, "register", ALICE | {"invite": code})
        assert made.body["owner"] is True
        tab = await served.client(None, headers=made.cookie)
        assert (await tab.ok("code"))["code"], "only owners make invites"
        again = await post(served, "register", {"account": "mallory", "password": PASSWORD, "invite": code})
        assert (again.status, again.body["code"]) == (403, "bad_invite")


async def test_a_program_gets_a_token_and_no_cookie(served: Served) -> None:
    await post(served, "register", ALICE)
    answer = await post(served, "login", {"account": "alice", "password": PASSWORD, "bearer": True})
    assert answer.set is None
    assert answer.body["token"].startswith("rt_")
    bearer = {"Authorization": f"Bearer {answer.body['token']}", "Origin": "http://elsewhere.example"}
    assert (await post(served, "logout", None, bearer)).status == 204
    assert (await post(served, "logout", None, bearer)).status == 401
    guest = await post(served, "login", {"nick": "guest", "bearer": True})
    assert guest.set is None
    tab = await served.client(None, resume=guest.body["token"])
    assert tab.me == guest.body["participant"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"account": "alice", "password": "wrong"}, 401, "bad_credentials"),
        ({"nick": "not a nick"}, 400, "bad_name"),
        ({"nick": 7}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ([], 400, "bad_request"),
        ({"token": "rt_x", "act_as": "p1"}, 400, "bad_request"),
        ({"nick": "\ud800"}, 400, "bad_request"),
        ({"nick": "a", "resume": "x"}, 400, "bad_request"),
        ({"nick": "x" * 20_000}, 413, "body_too_large"),
    ],
)
async def test_what_is_refused_is_a_problem_and_sets_no_cookie(
    served: Served, body: Any, status: int, code: str
) -> None:
    answer = await post(served, "login", body)
    assert (answer.status, answer.body["code"], answer.body["status"]) == (status, code, status)
    assert answer.body["detail"]
    assert answer.set is None
    assert not served.node.hub.sessions, "nothing stays"


async def test_passwords_are_not_tried_without_end(world: World) -> None:
    async with opened(await world.start(limits=Limits())) as served:
        await post(served, "register", ALICE)
        for _ in range(8):
            answer = await post(served, "login", {"account": "alice", "password": "guess"})
        assert (answer.status, answer.body["code"]) == (429, "rate_limited")
        assert answer.body["retry_after"] > 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["login", "register", "logout"])
async def test_other_sites_cannot_ask(served: Served, path: str, headers: dict[str, str]) -> None:
    guest = await post(served, "login", {"nick": "alice"})
    answer = await post(served, path, {"nick": "mallory"}, guest.cookie | headers)
    assert (answer.status, answer.body["code"], answer.set) == (403, "forbidden", None)


async def test_a_form_of_another_site_cannot_ask(served: Served) -> None:
    async with aiohttp.ClientSession() as http:
        for type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            body = '{"nick":"mallory","x":"="}'
            async with http.post(f"{served.http}/api/v1/login", data=body, headers={"Content-Type": type}) as answer:
                assert answer.status == 415
                assert "Set-Cookie" not in answer.headers


HERE = {"Origin": "https://chat.example.org", "Host": "chat.example.org"}  # what comes by TLS, through a proxy


async def test_under_tls_the_cookie_never_leaves_in_plain_text_nor_comes_from_another_host(world: World) -> None:
    """A browser takes `__Host-` by TLS only, for this host only; what another host of the domain has set has no such name."""
    async with opened(await world.start(), origins=(HERE["Origin"],)) as served:
        answer = await post(served, "login", {"nick": "alice"}, HERE)
        assert answer.set is not None
        assert (answer.set.key, answer.set["secure"], answer.set["path"]) == ("__Host-roomful", True, "/")
        assert not answer.set["domain"]
        assert (await who(served, answer.cookie)) == 200, "a picture's request has no Origin"
        tossed = {"Cookie": f"{COOKIE}={answer.set.value}"}
        assert (await who(served, {**tossed, **HERE})) == 401
        assert (await who(served, {**tossed, "X-Forwarded-Proto": "https"})) == 401
        client = await served.raw(headers={**tossed, **HERE})
        await client.ok("hello", protocol=1)
        assert await client.error("login") == "bad_request", "it says nothing of who comes"
        gone = await post(served, "logout", {}, {**answer.cookie, **HERE})
        assert gone.set is not None
        assert (gone.set.key, gone.set.value, gone.set["secure"]) == ("__Host-roomful", "", True)


async def who(served: Served, headers: dict[str, str]) -> int:
    """Asks who it is; with which status that is answered."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.get(f"{served.http}/api/v1/me", headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("value", ["", "x" * 5_000, "\xff\xfe", "a.b.c", "rt_x", '"quoted"', "é"])
async def test_a_cookie_that_is_none_of_ours_does_no_harm(served: Served, value: str) -> None:
    cookie = {"Cookie": f"{COOKIE}={value}; other=1"}
    client = await served.raw(headers=cookie)
    await client.ok("hello", protocol=1)
    assert await client.error("login") in ("bad_request", "bad_resume", "bad_credentials")
    assert (await post(served, "logout", {}, cookie)).status == 204
    assert (await post(served, "register", ALICE, cookie)).status == 200
    assert not [line for line in served.node.logged if "fault" in line]


async def test_only_a_login_that_says_nothing_is_completed(served: Served) -> None:
    alice = await post(served, "login", {"nick": "alice"})
    bob = await served.client("bob", headers=alice.cookie)
    assert bob.me["nick"] == "bob"


async def test_a_cookie_is_in_no_trace(world: World) -> None:
    lines: list[str] = []
    async with opened(await world.start(), tracer("bytes", lines.append, world.clock)) as served:
        made = await post(served, "register", ALICE)
        await served.client(None, "#r", headers=made.cookie)
        assert made.set is not None
        assert made.set.value not in "\n".join(lines)
        assert made.set.value not in "\n".join(served.node.logged)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/605",
            "Safari on macOS",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "a program"),
    ],
)
def test_a_device_is_called_what_people_call_it(said: str, name: str, world: World) -> None:
    assert agent(said) == name
