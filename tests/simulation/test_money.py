"""Budgets hold when many ask at the same moment, in any script, whatever the answers turn out to cost."""

import asyncio

import pytest

from roomful.bots.settings import BotSettings, BudgetSettings
from roomful.domain.verdicts import Verdict
from tests.bots_host.stage import PATIENCE, Person, Stage, staged

ROOMS = tuple(f"#r{number}" for number in range(10))
LONGEST = 30  # tokens of an answer
ALLOWED = 0.05  # USD: for several answers, and not for ten


async def everybody_asks(stage: Stage, text: str) -> tuple[asyncio.Event, list[Person]]:
    """Ten people, each in a room of its own with a bot that costs, ask at once; no model answers before the event."""
    held = asyncio.Event()
    long = " ".join(["word"] * LONGEST)
    stage.script("dear", *[[held, long]] * len(ROOMS), local=False, price=None)
    bots = [BotSettings("dear", "far:dear", ROOMS, max_tokens=LONGEST)]
    people = [await stage.person(f"p{number}", room) for number, room in enumerate(ROOMS)]
    await stage.host(*bots, budget=BudgetSettings(server_usd_day=ALLOWED, room_usd_day=0.0, person_usd_day=0.0))
    await asyncio.gather(*(person.say(f"@dear {text}") for person in people))
    return held, people


async def refused(person: Person) -> bool:
    return any(one.verdict == "over_budget" for one in (await person.client.why(person.room)).verdicts)


async def decided(person: Person) -> Verdict:
    return await person.verdict("dear", "answered", "over_budget")


@pytest.mark.parametrize("text", ["hello " * 20, "你好，今天天气怎么样？" * 10], ids=["latin", "han"])
async def test_calls_at_the_same_moment_never_exceed_a_budget_together(text: str) -> None:
    async with staged() as stage:
        held, people = await everybody_asks(stage, text)
        asked = stage.desk.models["far:dear"].asked  # type: ignore[attr-defined]
        async with asyncio.timeout(PATIENCE):
            while len(asked) + sum([await refused(person) for person in people]) < len(ROOMS):
                pass  # each of them is thinking, or may not
        begun = len(asked)
        assert 0 < begun < len(ROOMS)
        held.set()
        verdicts = [await decided(person) for person in people]
        assert sum(verdict.verdict == "answered" for verdict in verdicts) >= begun
        assert sum(verdict.cost for verdict in verdicts) <= ALLOWED
        assert {verdict.rule for verdict in verdicts if verdict.verdict == "over_budget"} == {"budget:server"}


async def test_more_is_set_aside_for_a_script_of_which_a_character_is_a_token() -> None:
    """Of Chinese a token is about a character; the amount set aside is at least that."""
    from roomful.bots.budgets import Budgets

    reserved: list[int] = []
    reserve = Budgets.reserve

    def noted(self: Budgets, now: int, purpose: object, price: object, tokens_in: int, tokens_out: int) -> object:
        reserved.append(tokens_in)
        return reserve(self, now, purpose, price, tokens_in, tokens_out)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Budgets, "reserve", noted)
        async with staged() as stage:
            stage.script("dear", "是。", local=False, price=None)
            await stage.host(BotSettings("dear", "far:dear", ("#r",)))
            ann = await stage.person("ann")
            await ann.say("@dear " + "你好" * 1000)
            await ann.hears("dear", "是。")
    assert reserved[0] >= 2000
