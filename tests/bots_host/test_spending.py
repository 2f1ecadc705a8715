"""Budgets stand before each call, however many are made at once, and outlive the host."""

import asyncio
import re

import pytest

from roomful.bots.settings import BudgetSettings
from roomful.client.drafting import Drafting

from .stage import Stage, bot

CENTS = BudgetSettings(server_usd_day=0.0, room_usd_day=0.0, person_usd_day=1.0)


async def test_a_call_beyond_a_budget_is_not_made_and_said_so(stage: Stage) -> None:
    model = stage.script("gpt", "Dear.", "Dearer.", local=False, price=0.01)
    await stage.host(bot("gpt", "far:gpt"), budget=CENTS)
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    await ann.hears("gpt", "Dear.")
    assert (await ann.verdict("gpt", "answered")).cost > 1
    await ann.say("and again @gpt")
    verdict = await ann.verdict("gpt", "over_budget")
    assert (verdict.rule, len(model.asked)) == ("budget:person", 1)
    await stage.later(ann, "gpt", "keeps silent", notices=True)


async def test_what_was_spent_today_outlives_the_host(stage: Stage) -> None:
    model = stage.script("gpt", "Dear.", local=False, price=0.01)
    host = await stage.host(bot("gpt", "far:gpt"), budget=CENTS)
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    await ann.hears("gpt", "Dear.")
    await ann.verdict("gpt", "answered")
    await stage.stop(host)
    await stage.host(bot("gpt", "far:gpt"), budget=CENTS)
    await ann.say("and again @gpt")
    await ann.verdict("gpt", "over_budget")
    assert len(model.asked) == 1


async def test_the_room_is_told_when_most_of_a_budget_is_spent(stage: Stage) -> None:
    stage.script("muse", "well " * 85, local=False, price=0.01)
    await stage.host(
        bot("muse", "far:muse", max_tokens=100), budget=BudgetSettings(person_usd_day=9.0, room_usd_day=0.0)
    )
    ann = await stage.person("ann")
    await ann.say("hello @muse")
    await ann.hears("muse", "well")
    notice = await stage.later(ann, "muse", "is spent", notices=True)
    assert re.match(r"(80|95) % of today's budget of this server is spent\. /usage tells more\.", notice.text)


async def test_a_model_on_this_machine_is_free(stage: Stage) -> None:
    stage.script("gpt", "One.", "Two.", price=5.0)
    await stage.host(bot("gpt"), budget=CENTS)
    ann = await stage.person("ann")
    for word in ("One.", "Two."):
        await ann.say("hello @gpt")
        await ann.hears("gpt", word)


async def test_what_an_answer_took_that_came_to_nothing_is_told_even_as_the_host_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropping = asyncio.Event()

    async def never_dropped(draft: Drafting) -> None:
        dropping.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Drafting, "drop", never_dropped)
    stage.script("gpt", ["It is a long", asyncio.Event(), "story"], local=False, price=0.01)
    host = await stage.host(bot("gpt", "far:gpt"))
    ann = await stage.person("ann")
    line = await ann.say("tell me @gpt")
    await ann.draft_of("gpt", "long")
    await ann.client.redact("#r", line)
    await dropping.wait()
    await stage.stop(host)
    assert (await ann.verdict("gpt", "passed")).cost > 0
