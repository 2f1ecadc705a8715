"""Previews of links over HTTP: for whoever may read the message, and of what it says now."""

import pytest

from roomful.hub.limits import Limits
from roomful.previews import Desk, Fetcher, PreviewSettings
from tests.gateways.doors import opened
from tests.hub.conftest import World
from tests.previews.conftest import sites
from tests.previews.sites import Sites, page

from .conftest import Api, Program, Stack

__all__ = ["sites"]

PATH = "/rooms/{room}/events/{seq}/previews"
HERE = PreviewSettings(enabled=True, private="127.0.0.0/8")


@pytest.fixture
async def shown(api: Api, sites: Sites) -> Api:
    """A server that shows what links lead to."""
    desk = Desk(Fetcher(HERE, resolve=sites.resolve))
    api.served.node.hub.previewing.previewer = await api.stack.enter_async_context(desk)
    return api


async def titles(program: Program, seq: int, room: str = "lobby") -> list[str]:
    """What the links of a message lead to."""
    return [one["title"] for one in (await program.ok("GET", PATH, room=room, seq=seq))["previews"]]


async def test_there_are_none_unless_the_server_is_told_to(api: Api, sites: Sites) -> None:
    alice = await api.guest("alice", "lobby")
    seq = await alice.post(sites.say("/", page("here")))
    answer = await alice.ask("GET", PATH, room="lobby", seq=seq)
    assert (answer.status, answer.code, sites.asked) == (403, "forbidden", [])


async def test_what_the_links_of_a_message_lead_to(shown: Api, sites: Sites) -> None:
    alice = await shown.guest("alice", "lobby")
    good, gone = sites.say("/good", page("good")), sites.url("/gone")
    seq = await alice.post(f"see {good}, {gone} and `{sites.url('/code')}`")
    answer = await alice.ask("GET", PATH, room="lobby", seq=seq)
    assert answer.json == {"previews": [{"link": good, "address": good, "title": "good", "site": "site.example"}]}
    assert answer.headers["Cache-Control"] == "no-store"
    bob = await shown.guest("bob", "lobby")
    assert await titles(bob, seq) == ["good"]
    assert sorted(sites.paths) == ["/gone", "/good"]  # once for both, and code not at all


async def test_a_message_is_shown_as_it_is_now(shown: Api, sites: Sites) -> None:
    alice = await shown.guest("alice", "lobby")
    old, new = sites.say("/old", page("old")), sites.say("/new", page("new"))
    seq = await alice.post(old)
    await alice.ok("PATCH", "/rooms/{room}/events/{seq}", {"text": "nothing"}, room="lobby", seq=seq)
    assert await titles(alice, seq) == []
    await alice.ok("PATCH", "/rooms/{room}/events/{seq}", {"text": new}, room="lobby", seq=seq)
    await alice.ok("PUT", "/rooms/{room}/events/{seq}/reactions/{emoji}", room="lobby", seq=seq, emoji="👍")
    assert await titles(alice, seq) == ["new"]
    await alice.ok("DELETE", "/rooms/{room}/events/{seq}", room="lobby", seq=seq)
    assert await titles(alice, seq) == []
    assert sites.paths == ["/new"]


async def test_whoever_may_not_read_a_message_has_nothing_fetched(shown: Api, sites: Sites) -> None:
    alice = await shown.account("alice")
    await alice.ok("POST", "/rooms", {"room": "#club", "kind": "private"})
    seq = await alice.post(sites.say("/", page("secret")), "club")
    mallory = await shown.guest("mallory", "lobby")
    assert (await mallory.ask("GET", PATH, room="club", seq=seq)).status in (403, 404)
    assert (await (await shown.nobody()).ask("GET", PATH, room="club", seq=seq)).status == 401
    for other in (1, seq + 1):  # what is no message, and what is not there
        assert (await alice.ask("GET", PATH, room="club", seq=other)).code == "no_such_event"
    assert not sites.asked


async def test_what_was_said_before_one_came_is_not_shown(shown: Api, sites: Sites) -> None:
    alice = await shown.account("alice", "late")
    await alice.ok("PATCH", "/rooms/{room}", {"history": "joined"}, room="late")
    seq = await alice.post(sites.say("/", page("early")), "late")
    bob = await shown.guest("bob", "late")
    assert (await bob.ask("GET", PATH, room="late", seq=seq)).code == "no_such_event"
    assert not sites.asked


async def test_nothing_is_fetched_of_what_programs_say(shown: Api, sites: Sites) -> None:
    """Else a model that was talked into it could tell any site anything, in an address."""
    alice = await shown.account("alice", "lobby")
    made = await alice.ok("POST", "/rooms/{room}/incoming-webhooks", {"name": "deploys"}, room="lobby")
    address = f"{shown.served.http}{made['address']}{made['secret']}"
    async with alice.http.post(address, json={"text": sites.url("/?secret")}) as answer:
        assert answer.status < 300
    page = await alice.ok("GET", "/rooms/{room}/events", room="lobby", limit=1)
    assert page["events"][0]["body"]["text"] == sites.url("/?secret")
    assert await titles(alice, page["events"][0]["seq"]) == []
    assert not sites.asked


async def test_lines_that_stay_on_this_machine_are_told_to_no_site(shown: Api, sites: Sites) -> None:
    alice = await shown.account("alice", "quiet")
    await alice.ok("PATCH", "/rooms/{room}", {"models": "local"}, room="quiet")
    seq = await alice.post(sites.say("/", page("here")), "quiet")
    assert (await alice.ask("GET", PATH, room="quiet", seq=seq)).code == "forbidden"
    assert not sites.asked


async def test_one_may_not_ask_without_end(world: World, sites: Sites) -> None:
    limits = Limits()
    async with Stack() as stack, opened(await world.start(limits=limits)) as served:
        api = Api(world, served, stack)
        served.node.hub.previewing.previewer = await stack.enter_async_context(
            Desk(Fetcher(HERE, resolve=sites.resolve))
        )
        alice = await api.guest("alice", "lobby")
        seq = await alice.post("no links")
        answers = [await alice.ask("GET", PATH, room="lobby", seq=seq) for _ in range(61)]
        assert [one.status for one in answers] == [200] * 60 + [429]
        assert "Retry-After" in answers[-1].headers
