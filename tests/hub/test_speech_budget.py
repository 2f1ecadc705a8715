"""What services of speech cost: counted with what bots spend, never more than the budget, and nothing is lost that was said."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.bots.settings import BudgetSettings
from roomful.speech.prices import Rate
from roomful.testing.ears import ScriptedEars
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.files.conftest import Served, serve
from tests.support.raw import RawClient

from .conftest import World
from .hosting import Host
from .test_hearing import clip, messages, say
from .test_speaking import hear

CENT = Rate("openai:whisper-1", 0.01, counted=True)  # a second of a clip, or a character
FIVE = BudgetSettings(server_usd_day=0.05, room_usd_day=0.0, person_usd_day=0.0)


@pytest.fixture
def ears(tmp_path: Path) -> ScriptedEars:
    (tmp_path / "sounds").mkdir()
    ears = ScriptedEars(folder=tmp_path / "sounds", by="api.example.org")
    ears.listens_for = ears.speaks_for = CENT
    return ears


@pytest.fixture
async def world(tmp_path: Path, ears: ScriptedEars) -> AsyncIterator[World]:
    log = MemoryLog()

    async def new_store() -> MemoryStore:
        return MemoryStore(log)

    world = World(new_store, files=tmp_path / "files", ears=ears)
    yield world
    await world.end()


async def begin(world: World, budget: BudgetSettings = FIVE) -> tuple[Served, RawClient, RawClient]:
    served = await serve(world, speech_budget=budget)
    alice = await served.node.account("alice", "#r")
    return served, alice, await served.node.account("bob", "#r")


async def test_a_clip_beyond_the_budget_is_refused_and_stays_for_whoever_said_it(
    world: World, ears: ScriptedEars
) -> None:
    served, alice, bob = await begin(world)
    ears.lasts = 3.0
    ears.then("this is paid for")
    assert (await alice.reply(say(alice, await clip(served, alice))))["type"] == "ok"
    file = await clip(served, alice)
    refused = await alice.reply(say(alice, file, "v2"))
    assert (refused["code"], refused["message"]) == (
        "over_budget",
        "Today's budget of this server is spent: no clip is made text of until midnight (UTC), or until it is raised.",
    )
    assert 0 < refused["retry_after"] <= 86_400
    ears.lasts = 2.0
    ears.then("a short one")
    assert (await bob.reply(say(bob, await clip(served, bob))))["type"] == "ok", "there are two cents left"
    posted = await alice.ok("post", room="#r", nonce="v3", text="", attachments=[file])
    assert posted["seq"]
    assert [one.get("text", "") for one in await messages(bob)] == ["this is paid for", "a short one", ""]
    world.clock.now += 86_400_000
    ears.then("another day")
    assert (await bob.reply(say(bob, await clip(served, bob), "v4")))["type"] == "ok"
    await served.stop()


async def test_who_asks_sees_what_was_used_beside_what_bots_have(world: World, ears: ScriptedEars) -> None:
    served, alice, _ = await begin(world)
    host = await Host.start(served.node)
    bot = await host.bot("gpt")
    ears.then("hello there")
    await alice.reply(say(alice, await clip(served, alice)))
    seq = (await bot.post("#r", "Yes.", "n"))["seq"]
    assert (await hear(served, alice, "Yes.", seq=seq)).status == 200
    used = (await alice.ok("usage", room="#r"))["used"]
    assert [(one["speech"], one["bot"], one["model"], one["amount"], round(one["cost"], 9)) for one in used] == [
        ("listen", "", "openai:whisper-1", 1.0, 0.01),
        ("speak", "", "openai:whisper-1", 4.0, 0.04),
    ]
    assert {one["person"] for one in used} == {alice.me["id"]}
    await served.stop()


async def test_what_was_spoken_once_is_heard_for_nothing_when_all_is_spent(world: World, ears: ScriptedEars) -> None:
    served, alice, bob = await begin(world)
    seq = (await alice.post("#r", "Yes. No. And so on."))["seq"]
    assert (await hear(served, alice, "Yes.", seq=seq)).status == 200
    refused = await hear(served, alice, "No.", seq=seq)
    assert (refused.status, refused.code) == (429, "over_budget")
    assert (await hear(served, bob, "Yes.", seq=seq)).status == 200
    assert len(ears.spoken) == 1
    await served.stop()


async def test_what_bots_have_spent_counts(world: World, ears: ScriptedEars) -> None:
    served, alice, _ = await begin(world)
    host = await Host.start(served.node)
    bot = await host.bot("gpt")
    verdict = {
        "bot": bot.me["id"], "first": 1, "last": 1, "verdict": "answered", "rule": "named", "model": "openai:gpt-5",
        "tokens_in": 10, "tokens_out": 5, "cost": 0.05,
    }  # fmt: skip
    await bot.ok("decide", room="#r", verdicts=[verdict])
    assert (await alice.reply(say(alice, await clip(served, alice))))["code"] == "over_budget"
    assert ears.heard == [], "nothing goes anywhere that cannot be paid for"
    await served.stop()


async def test_two_at_once_do_not_exceed_it_together(world: World, ears: ScriptedEars) -> None:
    served, alice, bob = await begin(world)
    ears.longest = ears.lasts = 4.0
    held = asyncio.Event()
    ears.then(held, "the first")
    first = say(alice, await clip(served, alice))
    await asyncio.wait_for(ears.listening.wait(), 10)
    assert (await bob.reply(say(bob, await clip(served, bob))))["code"] == "over_budget"
    held.set()
    assert (await alice.reply(first))["type"] == "ok"
    await served.stop()


async def test_a_person_has_a_budget_and_what_is_nearly_spent_is_in_the_log(world: World, ears: ScriptedEars) -> None:
    served, alice, bob = await begin(world, BudgetSettings(server_usd_day=0.0, room_usd_day=0.0, person_usd_day=0.012))
    ears.then("one", "two")
    assert (await alice.reply(say(alice, await clip(served, alice))))["type"] == "ok"
    assert any("a budget is nearly spent" in line and "percent=80" in line for line in served.node.logged)
    refused = await alice.reply(say(alice, await clip(served, alice), "v2"))
    assert (refused["code"], "Your budget of today is spent" in refused["message"]) == ("over_budget", True)
    assert (await bob.reply(say(bob, await clip(served, bob))))["type"] == "ok"
    await served.stop()


async def test_a_clip_in_which_a_service_found_nothing_was_paid_for(world: World, ears: ScriptedEars) -> None:
    served, alice, _ = await begin(world)
    ears.then("")
    assert (await alice.reply(say(alice, await clip(served, alice))))["code"] == "no_speech"
    assert [one["amount"] for one in (await alice.ok("usage", room="#r"))["used"]] == [1.0]
    await served.stop()


async def test_this_machine_costs_nothing_and_is_not_counted(world: World, ears: ScriptedEars) -> None:
    ears.listens_for = Rate("offline")
    served, alice, _ = await begin(world, BudgetSettings(server_usd_day=0.000_001))
    assert (await alice.reply(say(alice, await clip(served, alice))))["type"] == "ok"
    assert (await alice.ok("usage", room="#r"))["used"] == []
    await served.stop()
