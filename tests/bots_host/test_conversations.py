"""Bots talk with each other, and come to an end."""

import asyncio

from roomful.bots.settings import ConversationSettings
from roomful.client import Message
from roomful.domain.events import Concluded

from .stage import PATIENCE, Person, Stage, bot


async def concluded(stage: Stage, person: Person) -> Concluded:
    """Let time go by until the conversation is over."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [one.body for one in person.seen if isinstance(one.body, Concluded)]):
            await stage.step(person)
    return found[0]


async def test_eliza_and_parry_meet_and_end(stage: Stage) -> None:
    await stage.host()
    ann = await stage.person("ann")
    await ann.client.duet("#r", ("eliza", "parry"), "horses", turns=6)
    over = await concluded(stage, ann)
    assert (over.how, over.turns) == ("turns", 6)
    said = [one.sender.nick for one in ann.seen if isinstance(one.body, Message) and one.body.conversation is not None]
    assert said == ["eliza", "parry"] * 3


async def test_bots_that_agree_have_settled(stage: Stage) -> None:
    for nick in ("one", "two"):
        stage.script(nick, f"I think it is {nick}.", "Agreed.", "Yes, thank you, goodbye.", "Goodbye.")
    await stage.host(bot("one"), bot("two"))
    ann = await stage.person("ann")
    await ann.client.duet("#r", ("one", "two"), turns=50)
    assert (await concluded(stage, ann)).how == "settled"


async def test_a_person_interrupts_and_lets_them_go_on(stage: Stage) -> None:
    stage.script("one", "Tea.", "Why milk?", "From China?", "Long ago then.", "Which emperor?")
    stage.script(
        "two", "Coffee.", "It softens the taste.", "By sea, in winter.", "Under an emperor.", "He had many names."
    )
    await stage.host(bot("one"), bot("two"))
    ann = await stage.person("ann")
    await ann.client.duet("#r", ("one", "two"), turns=8)
    await stage.later(ann, "two", "Coffee.")
    await ann.say("wait a moment")
    await stage.later(ann, "one", "pause: ann has spoken", notices=True)
    before = len(ann.said_by("one")) + len(ann.said_by("two"))
    await stage.step(ann, 5)
    assert len(ann.said_by("one")) + len(ann.said_by("two")) == before
    await ann.client.go_on("#r")
    assert (await concluded(stage, ann)).how == "turns"


async def test_a_conversation_of_the_configuration_begins_once(stage: Stage) -> None:
    wanted = (ConversationSettings("#r", ("one", "two"), "tea", turns=2),)
    stage.script("one"), stage.script("two")
    ann = await stage.person("ann")
    host = await stage.host(bot("one"), bot("two"), conversations=wanted)
    await concluded(stage, ann)
    await stage.stop(host)
    await stage.host(bot("one"), bot("two"), conversations=wanted)
    await ann.client.ping()
    assert sum(type(one.body).__name__ == "Conversation" for one in ann.seen) == 1
