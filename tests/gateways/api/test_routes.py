"""Every route of the table does what it says, and nobody gets what is not theirs."""

import asyncio
from typing import Any

from roomful.domain import commands
from roomful.gateways.http.api.parts import parts
from roomful.gateways.http.api.routes import GROUPS, NOT_HERE, ROUTES
from roomful.store import Change, SetAccount
from tests.hub.conftest import PASSWORD
from tests.hub.hosting import Host, verdict
from tests.support.raw import RawClient

from .conftest import Api, Program

SERVED = [route for route in ROUTES if not route.elsewhere]
IN_ROOMS = [route for route in SERVED if "{room}" in route.path]


def test_every_request_is_in_the_table_or_has_a_reason_not_to_be() -> None:
    here = {route.asks for route in ROUTES}
    apart = {commands.Login, commands.Register, commands.Logout}  # by fields of their own
    asked = set(commands.AnyRequest.__args__)
    assert asked - here - apart == NOT_HERE
    assert len({route.name for route in ROUTES}) == len(ROUTES), "two routes have one name"


async def test_each_route_works(api: Api) -> None:
    alice = await api.account("alice")
    bob = await api.account("bob")
    await rooms(alice, bob)
    await talk(alice, bob, api)
    await order(alice, bob)
    await bots(alice, api)
    await hooks(alice)
    await oneself(alice, bob)
    asked = alice.asked | bob.asked | (await api.guest("carol")).asked
    owners = {"post_invites", "get_usage", *(route.name for route in GROUPS["The server, for its owners"])}
    assert {route.name for route in SERVED} - asked - owners == {"get_events"}, "which has tests of its own"


async def rooms(alice: Program, bob: Program) -> None:
    assert await alice.ok("POST", "/rooms", {"room": "#garden", "kind": "private"}) == {"room": "#garden", "seq": 1}
    await alice.ok("PATCH", "/rooms/{room}", {"description": "Plants"}, room="#garden")
    await alice.ok("PUT", "/rooms/{room}/topic", {"text": "Seeds"}, room="garden")
    await alice.ok("PUT", "/rooms/{room}/name", {"name": "#a/b%41"}, room="garden")
    assert (await alice.ask("GET", "/rooms/{room}/members", room="garden")).code == "moved"
    await alice.ok("POST", "/rooms/{room}/invitations", {"who": "bob"}, room="a/b%41")
    joined = await bob.ok("PUT", "/rooms/{room}/membership", room="#a/b%41")
    assert (joined["topic"], joined["settings"]["description"], joined["count"]) == ("Seeds", "Plants", 2)
    members = (await bob.ok("GET", "/rooms/{room}/members", room="!" + joined["id"]))["members"]
    assert [(one["nick"], one.get("role", "member")) for one in members] == [("alice", "owner"), ("bob", "member")]
    mine = await bob.ok("GET", "/rooms", mine="true")
    assert [room["room"] for room in mine["rooms"]] == ["#a/b%41"]
    await bob.ok("DELETE", "/rooms/{room}/membership", room="a/b%41")
    await alice.ok("DELETE", "/rooms/{room}", room="a/b%41", reason="moved out")
    assert (await alice.ask("GET", "/rooms/{room}/events", room="a/b%41")).status == 404
    direct = await alice.ok("PUT", "/rooms/{room}/membership", room="@bob")
    assert direct["peer"]["nick"] == "bob"


async def talk(alice: Program, bob: Program, api: Api) -> None:
    await alice.join()
    await bob.join()
    seq = await alice.post("helo")
    one = {"room": "lobby", "seq": seq}
    await alice.ok("PATCH", "/rooms/{room}/events/{seq}", {"text": "hello @bob"}, **one)
    await bob.ok("PUT", "/rooms/{room}/events/{seq}/reactions/{emoji}", emoji="👍🏽", **one)
    await bob.ok("DELETE", "/rooms/{room}/events/{seq}/reactions/{emoji}", emoji="👍🏽", **one)
    changes = await bob.ok("GET", "/rooms/{room}/events/{seq}/changes", **one)
    assert [event["body"]["type"] for event in changes["events"]] == ["edit", "reaction", "reaction"]
    assert changes["events"][1]["body"]["emoji"] == "👍🏽"
    await bob.ok("POST", "/rooms/{room}/events", {"text": "in a thread", "thread": seq}, room="lobby")
    thread = await alice.ok("GET", "/rooms/{room}/events/{seq}/thread", **one)
    assert [event["body"]["text"] for event in thread["events"]] == ["in a thread"]
    await alice.ok("PUT", "/rooms/{room}/pins/{seq}", **one)
    assert [event["seq"] for event in (await bob.ok("GET", "/rooms/{room}/pins", room="lobby"))["events"]] == [seq]
    await alice.ok("DELETE", "/rooms/{room}/pins/{seq}", **one)
    unread = await bob.ok("GET", "/me/unread")
    assert next(room for room in unread["rooms"] if room["room"] == "#lobby")["unread"] == 1
    await bob.ok("PUT", "/rooms/{room}/read", {"seq": seq}, room="lobby")
    await bob.ok("POST", "/rooms/{room}/typing", room="lobby")
    async with asyncio.timeout(10):
        while not (hits := (await bob.ok("GET", "/search", query="hello", room="lobby"))["hits"]):
            await api.world.pass_time(1)  # the index follows the log
    assert [hit["seq"] for hit in hits] == [seq]
    exported = await bob.ask("GET", "/rooms/{room}/export", room="lobby", form="md")
    assert "**alice**: hello @bob" in exported.body.decode()
    await alice.ok("DELETE", "/rooms/{room}/events/{seq}", reason="typo", **one)
    assert (await bob.ok("GET", "/rooms/{room}/events/{seq}", **one))["body"]["redacted"]
    page = await bob.ok("GET", "/rooms/{room}/events", room="lobby", before=seq, limit=1)
    assert ([event["seq"] for event in page["events"]], page["more"]) == ([seq - 1], True)


async def order(alice: Program, bob: Program) -> None:
    lobby = {"room": "lobby"}
    await alice.ok("PUT", "/rooms/{room}/roles/{who}", {"role": "moderator"}, who="bob", **lobby)
    await alice.ok("PUT", "/rooms/{room}/roles/{who}", {"role": "member"}, who="bob", **lobby)
    await alice.ok("PUT", "/rooms/{room}/mutes/{who}", {"seconds": 60, "reason": "loud"}, who="bob", **lobby)
    muted = await bob.ask("POST", "/rooms/{room}/events", {"text": "hey"}, **lobby)
    assert (muted.status, muted.code, muted.headers["Retry-After"]) == (403, "muted", "60")
    await alice.ok("DELETE", "/rooms/{room}/mutes/{who}", who="!" + bob.me["id"], **lobby)
    await alice.ok("POST", "/rooms/{room}/kicks", {"who": "bob", "reason": "enough"}, **lobby)
    ban = await alice.ok("POST", "/rooms/{room}/bans", {"mask": "b*b"}, **lobby)
    assert [one["mask"] for one in (await alice.ok("GET", "/rooms/{room}/bans", **lobby))["bans"]] == ["b*b"]
    assert (await bob.ask("PUT", "/rooms/{room}/membership", **lobby)).code == "banned"
    await alice.ok("DELETE", "/rooms/{room}/bans/{ban}", ban=ban["seq"], **lobby)
    acts = await alice.ok("GET", "/rooms/{room}/acts", limit=2, **lobby)
    assert [event["body"]["type"] for event in acts["events"]] == ["unban", "ban"]
    await bob.join()


async def bots(alice: Program, api: Api) -> None:
    host = await Host.start(api.served.node)
    eliza = await host.bot("eliza", "#lobby")
    await host.bot("parry", "#lobby")
    lobby = {"room": "lobby"}
    calls: tuple[tuple[str, str, Any, dict[str, str]], ...] = (
        ("POST", "/rooms/{room}/bots", {"nick": "eliza"}, {}),
        ("PATCH", "/rooms/{room}/bots/{nick}", {"settings": {"mode": "mention"}}, {"nick": "eliza"}),
        ("DELETE", "/rooms/{room}/bots/{nick}", None, {"nick": "eliza"}),
    )
    for method, path, body, names in calls:
        asking = asyncio.create_task(alice.ok(method, path, body, **lobby, **names))
        asked = await host.client.next(lambda o: o["type"] == "signal" and o["body"]["type"] == "asked")
        await host.client.ok("reply", ask=asked["body"]["ask"], text=f"{asked['body']['do']} done")
        assert (await asking)["text"] == f"{asked['body']['do']} done"
    assert [one["nick"] for one in (await alice.ok("GET", "/rooms/{room}/bots", **lobby))["bots"]] == ["eliza", "parry"]
    assert (await alice.ok("GET", "/bots"))["bots"]
    line = await alice.post("is anybody there?")
    await eliza.ok("decide", room="#lobby", verdicts=[verdict(eliza, line)])
    why = await alice.ok("GET", "/rooms/{room}/why", seq=line, totals="true", **lobby)
    assert [one["rule"] for one in why["verdicts"]] == ["two_people"]
    assert (await alice.ok("GET", "/rooms/{room}/usage", **lobby))["used"] == []
    assert (await alice.ask("GET", "/usage")).code == "forbidden"
    await memories(alice, eliza)
    await alice.ok("POST", "/rooms/{room}/duets", {"bots": ["eliza", "parry"], "topic": "horses"}, **lobby)
    await alice.ok("POST", "/rooms/{room}/stop", **lobby)
    await alice.ok("POST", "/rooms/{room}/continue", {}, **lobby)


async def memories(alice: Program, eliza: RawClient) -> None:
    memory = (await eliza.ok("remember", room="#lobby", text="Bob waters on Mondays."))["memory"]
    one = {"room": "lobby", "memory": memory}
    await alice.ok("PUT", "/rooms/{room}/memories/{memory}", {"text": "Bob waters on Tuesdays."}, **one)
    kept = (await alice.ok("GET", "/rooms/{room}/memories", room="lobby"))["memories"]
    assert [each["text"] for each in kept] == ["Bob waters on Tuesdays."]
    await alice.ok("DELETE", "/rooms/{room}/memories/{memory}", **one)


async def hooks(alice: Program) -> None:
    made = await alice.ok("POST", "/rooms/{room}/incoming-webhooks", {"name": "deploys"}, room="lobby")
    await alice.ok("POST", "/rooms/{room}/outgoing-webhooks", {"url": "https://93.184.215.14/take"}, room="lobby")
    listed = (await alice.ok("GET", "/rooms/{room}/webhooks", room="lobby"))["webhooks"]
    assert sorted(one["way"] for one in listed) == ["in", "out"]
    one = {"room": "lobby", "webhook": made["webhook"]}
    renewed = await alice.ok("PATCH", "/rooms/{room}/webhooks/{webhook}", {"renew": True}, **one)
    assert renewed["secret"] != made["secret"]
    await alice.ok("DELETE", "/rooms/{room}/webhooks/{webhook}", **one)


async def oneself(alice: Program, bob: Program) -> None:
    assert (await alice.ok("GET", "/me"))["participant"]["account"] == "alice"
    await alice.ok("PUT", "/me/presence", {"state": "away", "text": "at lunch"})
    whois = await bob.ok("GET", "/people/{who}", who="alice")
    assert (whois["state"], whois["text"]) == ("away", "at lunch")
    await alice.ok("PUT", "/me/nick", {"nick": "älice"})
    assert (await bob.ok("GET", "/people/{who}", who="älice"))["id"] == alice.me["id"]
    made = await alice.ok("POST", "/me/devices", {"name": "backup"})
    devices = (await alice.ok("GET", "/me/devices"))["devices"]
    assert max(one["name"] for one in devices) == "backup"
    await alice.ok("DELETE", "/me/devices/{device}", device=made["device"])
    assert (await alice.ask("POST", "/invites")).code == "forbidden"
    await alice.ok("PUT", "/me/password", {"password": PASSWORD, "new_password": "wrong donkey socket"})
    await bob.ok("POST", "/me/unregister", {"password": PASSWORD})
    assert (await bob.ask("GET", "/me")).status == 401
    await alice.ok("POST", "/logout")
    assert (await alice.ask("GET", "/me")).status == 401


NAMES = {
    "seq": 1,
    "emoji": "+",
    "who": "alice",
    "ban": 1,
    "nick": "eliza",
    "memory": "m1",
    "webhook": "w1",
    "account": "bob",
}


async def test_a_stranger_gets_nothing_of_a_private_room(api: Api) -> None:
    alice, mallory = await api.account("alice"), await api.account("mallory")
    await alice.ok("POST", "/rooms", {"room": "#secret", "kind": "private"})
    await alice.post("the treasure lies under the oak", "secret")
    for route in IN_ROOMS:
        fields = {key: value for key, value in NAMES.items() if f"{{{key}}}" in route.path}
        body = route.example if parts(route).body else None
        answer = await mallory.ask(route.method, route.path, body, room="secret", **fields)
        assert (answer.status, b"oak" in answer.body) == (403, False), (route.name, answer.body)
        assert answer.code in ("not_member", "invite_only", "forbidden"), route.name
    assert (await mallory.ask("GET", "/events", room="secret", after=0)).code == "not_member"
    assert (await mallory.ok("GET", "/search", query="oak"))["hits"] == []
    assert await alice.texts("secret") == ["the treasure lies under the oak"]


async def test_nobody_gets_nothing(api: Api) -> None:
    nobody, stranger = await api.nobody(), await api.nobody()
    stranger.token = "rt_" + "x" * 43
    for route in SERVED:
        names = {**NAMES, "room": "lobby", "device": "d"}
        fields = {key: value for key, value in names.items() if f"{{{key}}}" in route.path}
        answer = await nobody.ask(route.method, route.path, **fields)
        assert (answer.status, answer.code) == (401, "login_required"), route.name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert (await stranger.ask(route.method, route.path, **fields)).code == "bad_credentials", route.name


async def test_who_may_read_a_part_gets_no_export_of_all(api: Api) -> None:
    alice, bob = await api.account("alice", "lobby"), await api.account("bob")
    await alice.ok("PATCH", "/rooms/{room}", {"history": "joined"}, room="lobby")
    await alice.post("before you came")
    await bob.join()
    answer = await bob.ask("GET", "/rooms/{room}/export", room="lobby")
    assert (answer.status, answer.code) == (403, "forbidden")
    kept = (await alice.ask("GET", "/rooms/{room}/export", room="lobby")).body.splitlines()
    assert b"before you came" in kept[3]


async def test_commands_of_connections_and_hosts_are_not_here(api: Api) -> None:
    """A token of a bot host makes no bots over HTTP, and nobody sets what only bots say of a line."""
    alice = await api.account("alice", "lobby")
    for field in ("causes", "conversation", "cut", "again"):
        answer = await alice.ask("POST", "/rooms/{room}/events", {"text": "x", field: 1}, room="lobby")
        assert (answer.status, answer.json["field"]) == (400, field)


async def test_an_owner_administers_the_server_over_http(api: Api) -> None:
    ada, bob = await api.account("ada"), await api.account("bob")
    assert (await bob.ask("GET", "/accounts")).code == "forbidden"
    await api.served.node.hub.store.append([Change((), (SetAccount(ada.me["id"], owner=True),))])
    async with asyncio.timeout(10):
        while (await ada.ask("GET", "/accounts")).status != 200:
            api.served.node.hub.accounts.look_again()
    await bob.ok("POST", "/rooms", {"room": "#attic", "kind": "private"})
    listed = await ada.ok("GET", "/accounts", like="bo")
    assert [one["account"] for one in listed["accounts"]] == ["bob"]
    made = await ada.ok("PATCH", "/accounts/{account}", {"code": True}, account="bob")
    assert made["code"]
    assert [one["room"] for one in (await ada.ok("GET", "/server/rooms"))["rooms"]] == ["#attic"]
    await ada.ok("PATCH", "/rooms/{room}", {"archived": True}, room="attic")
    assert (await ada.ok("GET", "/server/limits"))["accounts"] == 2
    await ada.ok("DELETE", "/accounts/{account}", account="bob", erase="true")
    assert [one["account"] for one in (await ada.ok("GET", "/accounts"))["accounts"]] == ["ada"]
    assert (await bob.ask("GET", "/me")).status == 401
