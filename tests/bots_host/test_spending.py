"""Budgets stand before each call, however many are made at once, and outlive the host."""

import asyncio
import re

import pytest

from roomful.bots.settings import BudgetSettings
from roomful.client.drafting import Drafting
from roomful.domain.verdicts import Used
from roomful.errors import NoSuchNick, NotMember

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


async def test_members_are_told_who_a_bot_is_to_be_and_what_limits_its_cost(stage: Stage) -> None:
    stage.script("gpt", "Dear.", local=False, price=0.01)
    gpt = bot("gpt", "far:gpt", persona="You are a dry sceptic.", budget=3.0)
    host = await stage.host(gpt, budget=BudgetSettings(person_usd_day=2.0))
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    await ann.hears("gpt", "Dear.")
    spent = (await ann.verdict("gpt", "answered")).cost
    (listed,) = await ann.client.bots("#r")
    assert (listed.persona, listed.budgets) == ("", ()), "a list of bots is short"
    info = await ann.client.about_bot("#r", listed.bot)
    assert (info.persona, info.settings) == ("You are a dry sceptic.", "{}")
    assert [(one.level, one.usd, one.spent) for one in info.budgets] == [
        ("server", 2.0, None),
        ("room", 1.0, spent),
        ("bot", 3.0, None),
        ("person", 2.0, spent),
    ], "what is used in all rooms is for the server's owner"
    await stage.stop(host)
    await stage.host(gpt, budget=BudgetSettings(room_usd_day=4.0))
    assert [one.usd for one in (await ann.client.about_bot("#r", listed.bot)).budgets] == [2.0, 4.0, 3.0, 0.5]
    bob = await stage.person("bob", "#elsewhere")
    (fetched,) = [one for one in await bob.client.bots() if one.nick == "gpt"]
    assert fetched.persona == ""
    with pytest.raises(NotMember):
        await bob.client.about_bot("#r", fetched.bot)
    with pytest.raises(NoSuchNick):
        await bob.client.about_bot("#elsewhere", fetched.bot)


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


async def test_what_speech_has_cost_is_part_of_what_is_spent(stage: Stage) -> None:
    model = stage.script("gpt", "Dear.", "Dearer.", local=False, price=0.01)
    host = await stage.host(bot("gpt", "far:gpt"), budget=CENTS)
    ann = await stage.person("ann")
    spoken = Used("2026-11-20", "", "azure", "#r", ann.client.me.id, 1, 0, 0, 1.5, "listen", 90.0)
    host.spending.hear_of_speech([spoken])
    await ann.say("hello @gpt")
    verdict = await ann.verdict("gpt", "over_budget")
    assert (verdict.rule, model.asked) == ("budget:person", [])
