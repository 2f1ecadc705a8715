"""Accounts: made, entered, secured, left; over a real connection."""

import asyncio
from typing import Any

import pytest
from argon2 import PasswordHasher

from roomful.domain.tokens import CODE_BYTES, code_digest, new_code
from roomful.hub.accounts import FREE_PER_ACCOUNT, MOST_WRONG
from roomful.hub.deciding.accounts import DAY, MAX_DEVICES, REMEMBERED, VISIT
from roomful.hub.limits import Limits
from roomful.hub.passwords import Passwords
from roomful.store import FOREVER, Change, NewAccount, PutCode, SetAccount
from tests.support.raw import RawClient

from .conftest import Node, World

PASSWORD = "four lamps for a cellar"
OTHER = "seven stairs to the roof"


@pytest.fixture
async def node(world: World) -> Node:
    """A hub with which anybody may register."""
    return await world.start(registration="open")


async def greeted(node: Node) -> RawClient:
    client = await node.raw()
    await client.ok("hello", protocol=1, agent="test/1")
    return client


async def register(node: Node, name: str = "alice", **fields: Any) -> RawClient:
    client = await greeted(node)
    client.me = await client.ok("register", account=name, password=PASSWORD, **fields)
    client.resume = client.me["resume"]
    return client


async def enter(node: Node, name: str = "alice", password: str = PASSWORD, **fields: Any) -> RawClient:
    client = await greeted(node)
    client.me = await client.ok("login", account=name, password=password, **fields)
    client.resume = client.me["resume"]
    return client


async def put_code(node: Node, **fields: Any) -> str:
    """A code that is in the store."""
    code = new_code(node.hub.entropy(CODE_BYTES))
    digest = code_digest(code)
    assert digest is not None
    fields = {"until": FOREVER, "uses": 1, **fields}
    await node.hub.store.append([Change((), (PutCode(digest, node.hub.clock(), **fields),))])
    return code


async def gone(node: Node, client: RawClient) -> None:
    """Somebody's connection is lost, and what follows from it is recorded."""
    before = len(node.hub.sessions)
    await client.close()
    async with asyncio.timeout(10):
        while len(node.hub.sessions) == before:  # noqa: ASYNC110 - the loop sees it in its next turns
            await asyncio.sleep(0)
    await (await node.client("later")).ok("bye")


# -- making one --------------------------------------------------------------------------------------


async def test_somebody_registers_and_logs_in_from_elsewhere(node: Node) -> None:
    here = await register(node, "Alice")
    assert here.me["participant"]["nick"] == "Alice"
    assert here.me["participant"]["kind"] == "person"
    assert "token" not in here.me
    there = await enter(node, "aLICE")
    assert there.me["participant"] == here.me["participant"]
    assert there.me["device"] != here.me["device"]
    await there.ok("join", room="#r")
    record = await node.hub.store.account_named("alice")
    assert record is not None
    assert record.hash.startswith("$argon2id$")


async def test_a_guest_that_registers_keeps_its_id_and_its_rooms(node: Node) -> None:
    guest = await node.client("zoe", "#r")
    watcher = await node.client("watcher", "#r")
    me = await guest.ok("register", account="Zoe", password=PASSWORD)
    assert me["participant"]["id"] == guest.me["id"]
    event = await watcher.event()
    assert event["body"] == {"type": "nick", "nick": "Zoe"}
    event = await watcher.event()
    assert event["body"]["type"] == "role"
    assert event["sender"]["kind"] == "person"
    await guest.post("#r", "still here")
    said = await watcher.event()
    assert said["sender"] == {"id": guest.me["id"], "nick": "Zoe", "kind": "person"}
    assert me["participant"]["account"] == "Zoe"
    members = (await watcher.ok("members", room="#r"))["members"]
    assert {m["nick"]: m["kind"] for m in members} == {"Zoe": "person", "watcher": "guest"}
    assert await guest.error("register", account="other", password=PASSWORD) == "logged_in"


async def test_what_a_guest_had_elsewhere_is_no_way_into_its_account(node: Node) -> None:
    guest = await node.client("zoe")
    proof = guest.resume
    second = await node.resume(proof)  # takes the first one's place
    await guest.goodbye()
    await second.ok("register", account="zoe", password=PASSWORD)
    client = await greeted(node)
    assert await client.error("login", resume=proof) == "bad_resume"


async def test_names_that_are_taken_or_look_taken_are_refused(node: Node) -> None:
    await register(node, "Alice")
    for name in ("alice", "ALICE"):
        client = await greeted(node)
        assert await client.error("register", account=name, password=PASSWORD) == "account_taken"
    assert await client.error("register", account="A1ice", password=PASSWORD) == "account_taken"
    assert await client.error("register", account="аlice", password=PASSWORD) == "account_taken"
    assert await client.error("login", nick="AIice") == "nick_taken"
    assert await client.error("login", nick="alice") == "nick_taken"
    assert await client.error("register", account="two words", password=PASSWORD) == "bad_name"
    assert await client.error("register", account="bob", password="short") == "bad_password"
    assert await client.error("register", account="bobbybob", password="bobbybob1") == "bad_password"
    await client.ok("register", account="Elia", password=PASSWORD)


async def test_a_nick_is_its_account_s_for_ever(node: Node, world: World) -> None:
    alice = await register(node, "alice")
    await alice.close()
    await world.pass_time(30 * 24 * 3600)
    client = await greeted(node)
    assert await client.error("login", nick="alice") == "nick_taken"


async def test_two_who_register_a_name_at_once_get_one_account(node: Node) -> None:
    clients = [await greeted(node) for _ in range(4)]
    replies = await asyncio.gather(*(c.ask("register", account="zoe", password=PASSWORD) for c in clients))
    codes = sorted(r.get("code", "ok") for r in replies)
    assert codes == ["account_taken"] * 3 + ["ok"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("open", "ok"), ("invite", "registration_closed"), ("closed", "registration_closed")]
)
async def test_who_may_register_without_a_code(world: World, mode: str, expected: str) -> None:
    client = await greeted(await world.start(registration=mode))
    reply = await client.ask("register", account="alice", password=PASSWORD)
    assert reply.get("code", "ok") == expected


async def test_an_invite_code_is_good_for_as_many_as_it_says(world: World) -> None:
    node = await world.start(registration="invite")
    code = await put_code(node, uses=2)
    typed = code.lower().replace("-", " ").replace("0", "o")
    await register(node, "one", invite=typed)
    await register(node, "two", invite=code)
    client = await greeted(node)
    assert await client.error("register", account="three", password=PASSWORD, invite=code) == "bad_invite"
    old = await put_code(node, until=node.hub.clock() + 10)
    world.clock.advance(10)
    assert await client.error("register", account="three", password=PASSWORD, invite=old) == "bad_invite"
    assert await client.error("register", account="three", password=PASSWORD, invite="no code") == "bad_invite"


async def test_a_code_that_did_not_help_is_not_used_up(world: World) -> None:
    node = await world.start(registration="invite")
    code = await put_code(node)
    client = await greeted(node)
    assert await client.error("register", account="a nick", password=PASSWORD, invite=code) == "bad_name"
    assert await client.error("register", account="alice", password="alice123", invite=code) == "bad_password"
    await client.ok("register", account="alice", password=PASSWORD, invite=code)


async def test_the_first_owner_comes_with_its_code_whatever_the_mode(world: World) -> None:
    node = await world.start(registration="closed")
    found = []
    node.hub.accounts.owner_found = lambda: found.append(True)
    client = await greeted(node)
    plain = await put_code(node)
    assert await client.error("register", account="eve", password=PASSWORD, invite=plain) == "registration_closed"
    owner = await register(node, "root", invite=await put_code(node, owner=True))
    assert owner.me["owner"] is True
    assert found == [True]
    code = await owner.ok("code", uses=3)
    assert code_digest(code["code"]) is not None
    assert (await enter(node, "root")).me["owner"] is True


async def test_only_an_owner_makes_codes(node: Node) -> None:
    alice, guest = await register(node), await node.client("bob")
    assert await alice.error("code") == "forbidden"
    assert await guest.error("code") == "account_required"
    for request in ({"type": "token", "name": "x"}, {"type": "revoke", "device": "x"}, {"type": "devices"}):
        assert await guest.error(**request) == "account_required"
    assert await guest.error("password", password=PASSWORD, new_password=OTHER) == "account_required"
    assert await guest.error("unregister", password=PASSWORD) == "account_required"


async def test_an_account_that_was_made_for_somebody_waits_for_its_code(world: World) -> None:
    node = await world.start(registration="closed")
    row = NewAccount("p-pupil", "Pupil", "pupil", "pupil", "person", 0)
    await node.hub.store.append([Change((), (row,))])
    code = await put_code(node, account="p-pupil")
    client = await greeted(node)
    assert await client.error("login", account="Pupil", password="") == "bad_request"
    assert await client.error("login", account="Pupil", password=PASSWORD) == "bad_credentials"
    assert await client.error("register", account="somebody", password=PASSWORD, invite=code) == "bad_invite"
    assert await client.error("register", account="pupil", password=PASSWORD) == "registration_closed"
    guest = await node.client("guest")
    assert await guest.error("register", account="pupil", password=PASSWORD, invite=code) == "logged_in"
    me = await client.ok("register", account="pupil", password=PASSWORD, invite=code)
    assert me["participant"] == {"id": "p-pupil", "nick": "Pupil", "kind": "person", "account": "Pupil"}
    await enter(node, "Pupil")
    late = await greeted(node)
    assert await late.error("register", account="pupil", password=OTHER, invite=code) == "bad_invite"


# -- logging in --------------------------------------------------------------------------------------


async def test_whatever_is_wrong_the_answer_is_the_same(node: Node) -> None:
    await register(node)
    client = await greeted(node)
    answers = [
        await client.ask("login", **who)
        for who in (
            {"account": "alice", "password": OTHER},
            {"account": "nobody", "password": OTHER},
            {"account": "no nick!", "password": OTHER},
        )
    ]
    assert {(a["code"], a["message"]) for a in answers} == {("bad_credentials", answers[0]["message"])}
    text = "\n".join(node.logged)
    assert text.count("wrong password") == 3
    assert "account=alice" in text
    assert "peer=127.0.0.1" in text
    assert "nobody" not in text, "a name that is nobody's may be a password in the wrong field"
    assert OTHER not in text
    assert PASSWORD not in text


async def test_a_hash_of_other_parameters_is_made_anew_at_the_next_login(node: Node) -> None:
    old = PasswordHasher(1, 8192, 1).hash(PASSWORD)
    row = NewAccount("p-old", "Old", "old", "old", "person", 0, old)
    await node.hub.store.append([Change((), (row,))])
    await enter(node, "Old")
    record = await node.hub.store.account("p-old")
    assert record is not None
    assert "m=19456,t=2,p=1" in record.hash
    await enter(node, "Old")


async def test_a_login_is_one_way_or_another(node: Node) -> None:
    client = await greeted(node)
    assert await client.error("login", account="alice") == "bad_request"
    assert await client.error("login", account="alice", password="x", token="rt_x") == "bad_request"
    assert await client.error("login", token="rt_x") == "bad_credentials"
    assert await client.error("login", token="rt_" + "a" * 43) == "bad_credentials"
    await client.ok("login", nick="bob")
    assert await client.error("login", account="alice", password="x") == "logged_in"


async def test_later_requests_wait_for_the_login(node: Node) -> None:
    await register(node)
    client = await greeted(node)
    client.send("login", account="alice", password=PASSWORD)
    joined = client.send("join", room="#r")
    posted = client.send("post", room="#r", nonce="n", text="hello")
    assert (await client.reply(joined))["type"] == "ok"
    assert (await client.reply(posted))["type"] == "ok"
    wrong = await greeted(node)
    wrong.send("login", account="alice", password=OTHER)
    assert (await wrong.reply(wrong.send("join", room="#r")))["code"] == "login_required"


async def test_a_token_keeps_a_device_logged_in(node: Node, world: World) -> None:
    await register(node)
    first = await enter(node, remember=True)
    token = first.me["token"]
    assert token.startswith("rt_")
    await gone(node, first)
    await world.pass_time((REMEMBERED - DAY) / 1000)
    again = await greeted(node)
    me = await again.ok("login", token=token)
    assert me["participant"] == first.me["participant"]
    assert me["device"] == first.me["device"]
    assert "token" not in me
    await gone(node, again)
    await world.pass_time((REMEMBERED - DAY) / 1000)  # each use begins its time anew
    await (await greeted(node)).ok("login", token=token)
    await world.pass_time((REMEMBERED + DAY) / 1000)
    assert await (await greeted(node)).error("login", token=token) == "bad_credentials"


async def test_a_connection_comes_back_by_its_proof_until_its_device_is_gone(node: Node, world: World) -> None:
    alice = await register(node)
    await alice.ok("join", room="#r")
    back = await node.resume(alice.resume)
    assert (await alice.goodbye())["code"] == "replaced"
    assert back.me == alice.me["participant"]
    await gone(node, back)
    await world.pass_time((VISIT + DAY) / 1000)
    assert await (await greeted(node)).error("login", resume=alice.resume) == "bad_resume"


async def test_several_devices_at_once_are_listed_and_one_is_logged_out(node: Node) -> None:
    laptop, phone = await register(node), await enter(node, remember=True)
    await laptop.ok("join", room="#r")
    await phone.ok("join", room="#r")
    await phone.post("#r", "from the phone")
    assert await laptop.texts(1) == ["from the phone"]
    devices = (await laptop.ok("devices"))["devices"]
    assert {d["id"] for d in devices} == {laptop.me["device"], phone.me["device"]}
    assert {d["name"] for d in devices} == {"test/1"}
    assert all(d["online"] and d["address"] == "127.0.0.1" for d in devices)
    assert [d["id"] for d in devices if d.get("this")] == [laptop.me["device"]]
    assert await laptop.error("revoke", device="d-none") == "no_such_device"
    await laptop.ok("revoke", device=phone.me["device"])
    assert (await phone.goodbye())["code"] == "account_gone"
    client = await greeted(node)
    assert await client.error("login", token=phone.me["token"]) == "bad_credentials"
    assert await client.error("login", resume=phone.resume) == "bad_resume"
    assert len((await laptop.ok("devices"))["devices"]) == 1


async def test_one_account_s_devices_are_not_another_s(node: Node) -> None:
    alice, bob = await register(node, "alice"), await register(node, "bob")
    assert await bob.error("revoke", device=alice.me["device"]) == "no_such_device"
    await alice.ok("ping")


async def test_a_token_for_a_program_is_shown_once(node: Node) -> None:
    alice = await register(node)
    made = await alice.ok("token", name="my script", days=1)
    script = await greeted(node)
    me = await script.ok("login", token=made["token"])
    assert (me["device"], me["participant"]) == (made["device"], alice.me["participant"])
    assert [d["name"] for d in (await alice.ok("devices"))["devices"]].count("my script") == 1


async def test_an_account_has_so_many_devices(node: Node) -> None:
    alice = await register(node)
    for number in range(MAX_DEVICES - 1):
        await alice.ok("token", name=f"script {number}")
    assert await alice.error("token", name="one more") == "too_many"
    await enter(node)  # a person is never locked out: the device unused for longest makes room
    assert len(await node.hub.store.tokens(alice.me["participant"]["id"])) == MAX_DEVICES


async def test_logging_out_ends_the_device(node: Node) -> None:
    alice = await register(node)
    client = await enter(node, remember=True)
    await client.ok("logout")
    assert await client.error("login", token=client.me["token"]) == "bad_credentials"
    assert await client.error("login", resume=client.resume) == "bad_resume"
    await client.ok("login", account="alice", password=PASSWORD)
    await alice.ok("ping")


async def test_saying_bye_ends_a_visit_and_not_a_device_that_has_a_token(node: Node) -> None:
    alice = await register(node)
    phone, visit = await enter(node, remember=True), await enter(node)
    for client in (phone, visit):
        await client.ok("bye")
        assert (await client.goodbye())["code"] == "bye"
    assert {d["id"] for d in (await alice.ok("devices"))["devices"]} == {alice.me["device"], phone.me["device"]}
    await (await greeted(node)).ok("login", token=phone.me["token"])
    assert await (await greeted(node)).error("login", resume=visit.resume) == "bad_resume"


# -- guessing ------------------------------------------------------------------------------------------


async def test_guessing_is_slowed_for_the_account_wherever_it_comes_from(world: World) -> None:
    node = await world.start(registration="open", limits=Limits())
    await register(node)
    for _ in range(FREE_PER_ACCOUNT):
        assert await (await greeted(node)).error("login", account="alice", password=OTHER) == "bad_credentials"
    client = await greeted(node)
    reply = await client.ask("login", account="alice", password=PASSWORD)
    assert (reply["code"], reply["retry_after"]) == ("rate_limited", 1)
    world.seconds[0] += 1
    assert await client.error("login", account="alice", password=OTHER) == "bad_credentials"
    reply = await client.ask("login", account="alice", password=PASSWORD)
    assert (reply["code"], reply["retry_after"]) == ("rate_limited", 2)
    world.seconds[0] += 2
    await client.ok("login", account="alice", password=PASSWORD)
    assert await (await greeted(node)).error("login", account="alice", password=OTHER) == "bad_credentials"


async def test_whoever_guesses_on_one_connection_loses_it(world: World) -> None:
    node = await world.start(limits=Limits())
    client = await greeted(node)
    for number in range(MOST_WRONG - 1):
        assert await client.error("login", account=f"name{number}", password=OTHER) == "bad_credentials"
    client.send("login", account="another", password=OTHER)
    assert (await client.goodbye())["code"] == "too_many_wrong"


async def test_a_storm_of_logins_is_put_off_and_everybody_is_answered(node: Node) -> None:
    await register(node)
    node.hub.accounts.passwords.close()
    node.hub.accounts.passwords = Passwords(threads=1, max_waiting=4)
    clients = [await greeted(node) for _ in range(12)]
    replies = await asyncio.gather(*(c.ask("login", account="alice", password=PASSWORD) for c in clients))
    codes = [r.get("code", "ok") for r in replies]
    assert set(codes) == {"ok", "try_later"}
    assert codes.count("ok") >= 4
    assert all(r["retry_after"] > 0 for r in replies if r.get("code") == "try_later")


# -- securing it -----------------------------------------------------------------------------------------


async def test_a_new_password_logs_every_other_device_out(node: Node) -> None:
    here, there = await register(node), await enter(node, remember=True)
    assert await here.error("password", password=OTHER, new_password=PASSWORD) == "bad_credentials"
    assert await here.error("password", password=PASSWORD, new_password="alicealice") == "bad_password"
    await here.ok("password", password=PASSWORD, new_password=OTHER)
    assert (await there.goodbye())["code"] == "account_gone"
    client = await greeted(node)
    assert await client.error("login", token=there.me["token"]) == "bad_credentials"
    assert await client.error("login", resume=there.resume) == "bad_resume"
    assert await client.error("login", account="alice", password=PASSWORD) == "bad_credentials"
    await client.ok("login", account="alice", password=OTHER)
    await here.close()
    await node.resume(here.resume)


async def test_the_first_of_two_who_change_the_password_at_once_wins(node: Node) -> None:
    here, there = await register(node), await enter(node)
    one = here.send("password", password=PASSWORD, new_password=OTHER)
    two = there.send("password", password=PASSWORD, new_password=OTHER + "!")
    replies = await asyncio.gather(here.reply(one), there.reply(two), return_exceptions=True)
    done = [r for r in replies if isinstance(r, dict) and r["type"] == "ok"]
    assert len(done) == 1


async def test_what_another_process_changes_takes_effect_at_once(node: Node, world: World) -> None:
    alice, bob = await register(node, "alice"), await register(node, "bob")
    store = await world.new_store()
    await store.append([Change((), (SetAccount(alice.me["participant"]["id"], disabled=True),))])
    assert (await alice.goodbye())["code"] == "account_gone"
    await bob.ok("ping")
    client = await greeted(node)
    assert await client.error("login", account="alice", password=PASSWORD) == "bad_credentials"
    assert await client.error("login", resume=alice.resume) == "bad_resume"
    await store.close()


# -- leaving ------------------------------------------------------------------------------------------------


async def test_a_deleted_account_is_gone_and_what_it_said_stays(node: Node) -> None:
    alice, phone = await register(node), await enter(node)
    await alice.ok("join", room="#r")
    await alice.post("#r", "I was here")
    watcher = await node.client("watcher", "#r")
    assert await alice.error("unregister", password=OTHER) == "bad_credentials"
    await alice.ok("unregister", password=PASSWORD)
    assert (await alice.goodbye())["code"] == "account_gone"
    assert (await phone.goodbye())["code"] == "account_gone"
    left = await watcher.event()
    assert left["body"] == {"type": "leave", "reason": "deleted"}
    client = await greeted(node)
    assert await client.error("login", account="alice", password=PASSWORD) == "bad_credentials"
    assert await client.error("login", resume=alice.resume) == "bad_resume"
    page = await watcher.ok("history", room="#r")
    assert [e["body"]["text"] for e in page["events"] if e["body"]["type"] == "message"] == ["I was here"]
    await client.ok("login", nick="alice")


async def test_a_deleted_account_takes_its_words_along_if_it_says_so(node: Node) -> None:
    alice, bob = await register(node), await node.client("bob", "#r")
    for room in ("#r", "#other"):
        await alice.ok("join", room=room)
        for number in range(3):
            await alice.post(room, f"secret {number}", f"{room}{number}")
    await bob.post("#r", "not hers")
    await alice.ok("leave", room="#other")
    await alice.ok("unregister", password=PASSWORD, erase=True)
    bodies = [event.body for event in await node.hub.store.read(node.hub.rooms.by_address["#r"].state.id)]
    assert "secret" not in repr(bodies)
    assert "not hers" in repr(bodies)
    page = await bob.ok("history", room="#r")
    assert "secret" not in repr(page)
    await bob.ok("join", room="#other")
    assert "secret" not in repr(await bob.ok("history", room="#other"))


async def test_nothing_secret_is_in_the_log(node: Node) -> None:
    alice = await register(node, remember=True)
    await enter(node, remember=True)
    token = (await alice.ok("token", name="x"))["token"]
    text = "\n".join(node.logged)
    for secret in (PASSWORD, alice.me["token"], alice.resume, token):
        assert secret not in text
