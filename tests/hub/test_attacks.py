"""What somebody tries who knows how the server works: commands that land in one batch, on two hubs, or behind one's own end."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from roomful.domain.events import Sender
from roomful.domain.names import parse_nick
from roomful.domain.room import NO_END
from roomful.domain.sanctions import Arriving, Sanction
from roomful.hub.deciding import messages, moderation
from roomful.hub.door import MOST_AGENTS, ROOMS
from roomful.hub.limits import Limits
from roomful.hub.origins import Origins, covering
from roomful.registry.lists import Wanted
from roomful.registry.making import Registry
from roomful.store import Appended, Change
from tests.support.raw import Obj, RawClient

from .conftest import PASSWORD, Node, World


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.hub.passwords.MEMORY", 64)


async def at_once(client: RawClient, *requests: tuple[str, Obj]) -> list[Obj]:
    """Requests in one write, and so in one batch."""
    ids = [client.send(type, **fields) for type, fields in requests]
    found: dict[int, Obj] = {}
    while len(found) < len(ids):
        obj = await client.receive()
        if obj.get("re") in ids:
            found[obj["re"]] = obj
        else:
            client.waiting.append(obj)
    return [found[re] for re in ids]


def codes(replies: list[Obj]) -> list[str]:
    return [one.get("code", "ok") for one in replies]


@asynccontextmanager
async def held(node: Node) -> AsyncIterator[None]:
    """The store takes its time: whatever is sent within goes into one batch, behind one that is under way."""
    store, reached, free = node.hub.store, asyncio.Event(), asyncio.Event()
    append = store.append

    async def slow(changes: Sequence[Change]) -> Appended:
        reached.set()
        await free.wait()
        return await append(changes)

    store.append = slow  # type: ignore[method-assign]
    other = await node.raw()
    await other.ok("hello", protocol=1)
    other.send("login", nick="holder")
    await asyncio.wait_for(reached.wait(), 10)
    try:
        yield
    finally:
        store.append = append  # type: ignore[method-assign]
        free.set()


async def _pending(node: Node, kind: str, count: int = 1) -> None:
    """Wait until so many commands of this kind wait for the committer."""
    probe = await node.raw()
    async with asyncio.timeout(10):
        while sum(type(one.command).__name__ == kind for one in node.hub.committer.pending) < count:
            await probe.ok("ping")
    await probe.close()


# -- rooms ----------------------------------------------------------------------------------------


async def test_a_room_renamed_to_another_case_is_there_for_what_follows(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#Lounge", kind="public", nonce="c")
    post = {"nonce": "p", "text": "still here"}
    replies = await at_once(
        ann, ("rename", {"room": "#Lounge", "name": "#lounge", "nonce": "r"}), ("post", {"room": "#lounge", **post})
    )
    assert codes(replies) == ["ok", "ok"]


async def test_a_room_renamed_there_and_back_is_there_for_what_follows(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#a", kind="public", nonce="c")
    replies = await at_once(
        ann,
        ("rename", {"room": "#a", "name": "#b", "nonce": "1"}),
        ("rename", {"room": "#b", "name": "#a", "nonce": "2"}),
        ("post", {"room": "#a", "nonce": "3", "text": "back"}),
        ("post", {"room": "#b", "nonce": "4", "text": "nowhere"}),
    )
    assert codes(replies) == ["ok", "ok", "ok", "no_such_room"]


async def test_a_room_made_and_deleted_at_once_harms_nobody(both_worlds: World) -> None:
    node = await both_worlds.start()
    bob, eve = await node.client("bob", "#r"), await node.account("eve")
    replies = await at_once(
        eve,
        ("create", {"room": "#x", "kind": "public", "nonce": "1"}),
        ("delete", {"room": "#x", "nonce": "2"}),
        ("post", {"room": "#x", "nonce": "3", "text": "into nothing"}),
        ("create", {"room": "#x", "kind": "public", "nonce": "4"}),
        ("post", {"room": "#x", "nonce": "5", "text": "into the new one"}),
    )
    assert codes(replies) == ["ok", "ok", "no_such_room", "ok", "ok"]
    assert (await bob.post("#r", "unharmed"))["type"] == "ok"
    assert not [line for line in node.logged if "unavailable" in line or "fault" in line]


async def test_a_room_renamed_and_deleted_at_once_is_gone(both_worlds: World) -> None:
    node = await both_worlds.start()
    eve = await node.account("eve")
    await eve.ok("create", room="#x", kind="public", nonce="0")
    replies = await at_once(
        eve,
        ("rename", {"room": "#x", "name": "#y", "nonce": "1"}),
        ("delete", {"room": "#y", "nonce": "2"}),
        ("post", {"room": "#y", "nonce": "3", "text": "into nothing"}),
        ("create", {"room": "#y", "kind": "public", "nonce": "4"}),
        ("nick", {"nick": "eva"}),
    )
    assert codes(replies) == ["ok", "ok", "no_such_room", "ok", "ok"]
    assert not [line for line in node.logged if "unavailable" in line or "fault" in line]


# -- messages -------------------------------------------------------------------------------------


async def test_pins_of_one_batch_see_each_other(both_worlds: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_PINS", 2)
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    seqs = [(await ann.post("#r", f"{n}"))["seq"] for n in range(3)]
    pins = [("pin", {"room": "#r", "seq": seq, "nonce": f"p{n}"}) for n, seq in enumerate([seqs[0], *seqs])]
    assert codes(await at_once(ann, *pins)) == ["ok", "nothing_to_do", "ok", "too_many"]
    replies = await at_once(
        ann,
        ("redact", {"room": "#r", "seq": seqs[0], "nonce": "x"}),
        ("pin", {"room": "#r", "seq": seqs[0], "on": False, "nonce": "y"}),
        ("pin", {"room": "#r", "seq": seqs[2], "nonce": "z"}),
    )
    assert codes(replies) == ["ok", "nothing_to_do", "ok"]


async def test_what_was_said_before_one_joined_cannot_be_felt_for(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    await ann.ok("set", room="#r", history="joined", nonce="s")
    secret = (await ann.post("#r", "before"))["seq"]
    bob = await node.client("bob", "#r")
    assert await bob.error("react", room="#r", seq=secret, emoji="👍", nonce="1") == "no_such_event"
    assert (await bob.post("#r", "in its thread", thread=secret))["code"] == "no_such_event"
    assert await bob.error("redact", room="#r", seq=secret, nonce="2") == "no_such_event"


# -- moderation -----------------------------------------------------------------------------------


async def test_who_is_muted_no_more_may_set_the_topic_and_is_seen_typing(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    bob = await node.client("bob", "#r")
    await ann.ok("mute", room="#r", who="bob", seconds=10, nonce="m")
    assert await bob.error("topic", room="#r", text="mine", nonce="t") == "muted"
    await both_worlds.pass_time(11)
    await bob.ok("topic", room="#r", text="mine", nonce="u")
    await ann.ok("join", room="#r")
    await bob.ok("typing", room="#r")
    assert (await ann.signal("typing"))["sender"]["nick"] == "bob"


async def test_bans_that_have_ended_do_not_fill_a_room(both_worlds: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "MAX_SANCTIONS", 2)
    node = await both_worlds.start()
    ann = await node.account("ann")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    for n in range(2):
        await ann.ok("ban", room="#r", mask=f"troll{n}*", seconds=5, nonce=f"{n}")
    assert await ann.error("ban", room="#r", mask="troll*", seconds=5, nonce="x") == "too_many"
    await both_worlds.pass_time(6)
    await ann.ok("ban", room="#r", mask="troll*", seconds=5, nonce="y")


async def test_a_ban_takes_an_invitation_with_it(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann, eve = await node.account("ann"), await node.account("eve")
    await ann.ok("create", room="#r", kind="private", nonce="c")
    await ann.ok("invite", room="#r", who="eve", nonce="i")
    ban = (await ann.ok("ban", room="#r", who="eve", nonce="b"))["seq"]
    await ann.ok("unban", room="#r", ban=ban, nonce="u")
    assert await eve.error("join", room="#r") == "invite_only"


async def test_a_ban_of_another_hub_covers_its_addresses_though_this_one_bans_too(both_worlds: World) -> None:
    here = await both_worlds.start(trust_loopback=False)
    there = await both_worlds.start(trust_loopback=False)
    ann = await here.account("ann")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    await ann.ok("join", room="#r")
    again = await RawClient.login(there.address, None, account="ann", password=PASSWORD)
    there.clients.append(again)
    await again.ok("join", room="#r")
    eve = await RawClient.connect(there.address, "127.0.0.9")
    there.clients.append(eve)
    await eve.ok("hello", protocol=1)
    await eve.ok("login", nick="eve")
    await eve.ok("join", room="#r")
    seq = (await again.ok("ban", room="#r", who="eve", nonce="b"))["seq"]
    while (await ann.event())["seq"] < seq:  # this hub has heard of it
        pass
    await ann.ok("ban", room="#r", mask="nobody", nonce="n")
    back = await RawClient.connect(here.address, "127.0.0.9")
    here.clients.append(back)
    await back.ok("hello", protocol=1)
    await back.ok("login", nick="innocent")
    assert await back.error("join", room="#r") == "banned"


# -- accounts -------------------------------------------------------------------------------------


async def test_tokens_of_one_batch_count_each_other(both_worlds: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.hub.deciding.accounts.MAX_DEVICES", 3)
    node = await both_worlds.start()
    ann = await node.account("ann")
    replies = await at_once(ann, *[("token", {"name": f"t{n}"}) for n in range(4)])
    assert codes(replies) == ["ok", "ok", "too_many", "too_many"]


async def test_a_device_that_is_ended_makes_no_tokens_and_ends_no_others_on_its_way_out(both_worlds: World) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    mine = next(one["id"] for one in (await ann.ok("devices"))["devices"])
    thief = await node.device("ann")
    stolen = next(one["id"] for one in (await ann.ok("devices"))["devices"] if one["id"] != mine)
    async with held(node):
        gone = ann.send("revoke", device=stolen)
        await _pending(node, "Revoke")
        made, ended = thief.send("token", name="backdoor"), thief.send("revoke", device=mine)
        await _pending(node, "Revoke", 2)
    assert (await ann.reply(gone))["type"] == "ok"
    assert (await thief.reply(made))["type"] == "error"
    assert (await thief.reply(ended))["type"] == "error"
    assert [one["id"] for one in (await ann.ok("devices"))["devices"]] == [mine]


async def test_an_account_that_is_gone_enters_no_room_on_its_way_out(both_worlds: World) -> None:
    node = await both_worlds.start()
    bob, ann = await node.client("bob", "#r"), await node.account("ann")
    other = await node.device("ann")
    async with held(node):
        parting = ann.send("unregister", password=PASSWORD)
        await _pending(node, "Parting")
        other.send("join", room="#r")
        other.send("join", room="#mine")
        await _pending(node, "Join", 2)
    assert (await ann.reply(parting))["type"] == "ok"
    await other.goodbye()
    names = [one["nick"] for one in (await bob.ok("members", room="#r"))["members"]]
    assert names == ["bob"]


@pytest.mark.parametrize("first", ["logout", "login"])
async def test_who_comes_while_its_device_is_logged_out_does_not_stay(both_worlds: World, first: str) -> None:
    node = await both_worlds.start()
    ann = await node.account("ann")
    token = (await ann.ok("token", name="a program"))["token"]
    one = await RawClient.login(node.address, None, token=token)
    two = await node.raw()
    node.clients.append(one)
    await two.ok("hello", protocol=1)
    async with held(node):
        if first == "logout":
            out = one.send("logout")
            await _pending(node, "Logout")
            two.send("login", token=token)
            await _pending(node, "Entry")
        else:
            two.send("login", token=token)
            await _pending(node, "Entry")
            out = one.send("logout")
            await _pending(node, "Logout")
    assert (await one.reply(out))["type"] == "ok"
    if first == "logout":
        assert (await two.next(lambda obj: obj["re"] == 2))["code"] == "bad_credentials"
    else:
        assert (await two.goodbye())["code"] == "account_gone"


async def test_what_somebody_says_while_it_erases_itself_is_erased_too(both_worlds: World) -> None:
    node = await both_worlds.start()
    bob, ann = await node.client("bob", "#r"), await node.account("ann", "#r")
    other = await node.device("ann")
    await ann.post("#r", "first words")
    store = node.hub.store
    all_heads = store.all_heads

    async def then_says_more() -> dict[str, int]:
        heads = await all_heads()
        store.all_heads = all_heads  # type: ignore[method-assign]
        await other.ok("join", room="#later")
        await other.post("#later", "last words")
        return heads

    store.all_heads = then_says_more  # type: ignore[method-assign]
    await ann.ok("unregister", password=PASSWORD, erase=True)
    await node.hub.accounts.beside.finished()
    for room in ("#r", "#later"):
        await bob.ok("join", room=room)
        await bob.post(room, "and now?")
        events = (await bob.ok("history", room=room, limit=100))["events"]
        assert [e["body"].get("text") for e in events if e["body"]["type"] == "message"] == [None, "and now?"]
        assert sum(e["body"]["type"] == "redaction" for e in events) == 1


async def test_a_guest_whose_connection_is_lost_while_it_registers_stays_the_guest_it_came_back_as(
    world: World,
) -> None:
    node = await world.start()
    bob = await node.client("bob", "#r")
    go_on, hashing = asyncio.Event(), node.hub.accounts.passwords.hash

    async def slowly(password: str) -> str:
        await go_on.wait()
        return await hashing(password)

    node.hub.accounts.passwords.hash = slowly  # type: ignore[method-assign]
    bob.send("register", account="robert", password=PASSWORD)
    await bob.writer.drain()
    await (await node.raw()).ok("hello", protocol=1)
    await bob.close()
    again = await node.resume(bob.resume)
    go_on.set()
    await node.hub.accounts.beside.finished()
    await again.ok("join", room="#r")
    assert (await again.post("#r", "still bob"))["type"] == "ok"
    assert (await again.ok("whois", who="bob"))["kind"] == "guest"
    assert not await node.hub.store.accounts()


def test_a_ban_covers_the_network_of_an_address_of_ipv6_and_ipv4_however_it_is_written() -> None:
    origins = Origins(lambda: 0.0, trust_loopback=True, by_address=True)
    origins.note("peve", "::ffff:192.0.2.7")
    assert origins.of("peve") == {origins.told_apart("192.0.2.7")}
    assert covering({"2001:db8:0:1::5", "192.0.2.7"}) == ("192.0.2.7", "2001:db8:0:1::/64")
    ban = Sanction(
        1, "ban", Sender("p", "ann", "person"), NO_END, participant="peve", covers=covering({"2001:db8:0:1::5"})
    )
    assert ban.fits(Arriving("pother", "other", guest=True, address=origins.told_apart("2001:db8:0:1:ffff::9")))
    assert not ban.fits(Arriving("pother", "other", guest=True, address=origins.told_apart("2001:db8:0:2::9")))


@pytest.mark.parametrize("by", ["reset", "change", "operator", "another slip"])
async def test_a_slip_with_a_code_is_worth_nothing_once_there_is_a_newer_way_in(both_worlds: World, by: str) -> None:
    node = await both_worlds.start()
    registry = Registry(node.hub.store, clock=both_worlds.clock, entropy=random.Random(1).randbytes)
    await registry.add([Wanted(parse_nick("ann"))])
    account = await registry.find("ann")
    await registry.set_password(account, await node.hub.accounts.passwords.hash(PASSWORD))
    lost = await registry.offer_password(account)
    if by == "operator":
        await registry.set_password(account, await node.hub.accounts.passwords.hash("another one entirely"))
    elif by == "change":
        await (await node.device("ann")).ok("password", password=PASSWORD, new_password="another one entirely")
    else:
        newer = await registry.offer_password(account)
        if by == "reset":
            ann = await node.raw()
            await ann.ok("hello", protocol=1)
            await ann.ok("register", account="ann", password="another one entirely", invite=newer)
    finder = await node.raw()
    await finder.ok("hello", protocol=1)
    assert await finder.error("register", account="ann", password="mine from now on", invite=lost) == "bad_invite"


# -- what strangers may use up ----------------------------------------------------------------------


async def test_nobody_begins_rooms_without_end(world: World) -> None:
    node = await world.start(limits=Limits(messages_burst=1000))
    eve, bob = await node.client("eve"), await node.client("bob")
    for n in range(ROOMS):
        await eve.ok("join", room=f"#r{n}")
    assert await eve.error("join", room="#another") == "rate_limited"
    assert await eve.error("create", room="#another", kind="public", nonce="c") == "rate_limited"
    assert await eve.error("join", room="@bob") == "rate_limited"
    await eve.ok("join", room="#r1")
    await bob.ok("join", room="#another")
    await world.pass_time(11)
    await eve.ok("join", room="@bob")


async def test_names_of_programs_do_not_pile_up(world: World) -> None:
    node = await world.start()
    eve = await node.raw()
    for n in range(MOST_AGENTS + 10):
        eve.send("hello", protocol=1, agent=f"program {n}")
    await eve.ok("ping")
    assert len(node.hub.door._agents) <= MOST_AGENTS


# -- behind the end of a membership -------------------------------------------------------------------


@pytest.mark.parametrize("act", ["kick", "ban", "mask"])
@pytest.mark.parametrize("where", ["here", "there"])
async def test_who_is_removed_hears_nothing_that_was_said_behind_it(both_worlds: World, act: str, where: str) -> None:
    node = await both_worlds.start()
    other = await both_worlds.start() if where == "there" else node
    ann, bob, eve = await node.account("ann"), await node.client("bob"), await other.client("eve")
    await ann.ok("create", room="#r", kind="public", nonce="c")
    await bob.ok("join", room="#r", after=0)
    await eve.ok("join", room="#r", after=0)
    await eve.post("#r", "hello")
    while (await bob.event())["body"].get("text") != "hello":  # this hub knows of her
        pass
    ban = ("ban", {"room": "#r", "mask": "ev*", "nonce": "b"}) if act == "mask" else None
    removal = ban or (act, {"room": "#r", "who": "eve", "nonce": "k"})
    before = ("post", {"room": "#r", "nonce": "0", "text": "before"})
    replies = await at_once(ann, before, removal, ("post", {"room": "#r", "nonce": "1", "text": "she is gone: listen"}))
    assert codes(replies) == ["ok", "ok", "ok"]
    assert await bob.texts(2) == ["before", "she is gone: listen"]
    heard: list[Obj] = []
    while not heard or heard[-1]["body"]["type"] != "removed":
        heard.append(await eve.next(lambda obj: obj["type"] in ("event", "signal")))
    last = [one for one in heard if one["type"] == "event"][-1]
    assert last["body"]["type"] in ("kick", "ban", "leave")
    assert "before" in [one["body"].get("text") for one in heard]


async def test_threads_that_are_none_are_not_marked_as_read(both_worlds: World) -> None:
    """Each would be looked at with every question for what is unread."""
    node = await both_worlds.start()
    ann, eve = await node.client("ann", "#r"), await node.client("eve", "#r")
    seq = (await ann.post("#r", "no thread yet"))["seq"]
    for thread in (seq, seq + 1, 1_000):
        await eve.ok("mark", room="#r", seq=seq, thread=thread)
    await ann.post("#r", "one by now", thread=seq)
    assert not (await eve.ok("unread"))["rooms"][0].get("threads")
    await eve.ok("mark", room="#r", seq=seq, thread=seq)
    assert [one["unread"] for one in (await eve.ok("unread"))["rooms"][0]["threads"]] == [1]
