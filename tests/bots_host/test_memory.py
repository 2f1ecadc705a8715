"""What a bot remembers of a room: a summary that rolls on, gone with a line that was redacted."""

import asyncio

from roomful.domain.verdicts import Memory

from .stage import PATIENCE, Person, Stage, bot

LONG = "It was a long day, and much was said about the harbour, the tide and the price of rope. " * 12


async def remembered(ann: Person, count: int) -> tuple[Memory, ...]:
    """What bots remember here, once it is so much."""
    async with asyncio.timeout(PATIENCE):
        while len(found := (await ann.client.memories("#r")).memories) != count:
            await ann.client.ping()
    return found


async def test_a_summary_is_made_used_and_forgotten_with_a_line_of_it(stage: Stage) -> None:
    model = stage.script("gpt", "I see.", "They spoke of the harbour.", "Indeed.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    lines = [await ann.say(f"{n}: {LONG}") for n in range(14)]
    await ann.say("do you follow, @gpt?")
    await ann.hears("gpt", "I see.")
    (memory,) = await remembered(ann, 1)
    assert (memory.kind, memory.text) == ("summary", "They spoke of the harbour.")
    assert lines[0] <= memory.seq < lines[-1]
    assert "minutes" in model.asked[1].messages[0].text
    await ann.say("and now, @gpt?")
    await ann.hears("gpt", "Indeed.")
    assert "They spoke of the harbour." in str(model.asked[2].messages)
    await ann.client.redact("#r", lines[0])
    await remembered(ann, 0)


async def test_what_was_redacted_while_there_was_no_host_is_forgotten_too(stage: Stage) -> None:
    stage.script("gpt", "I see.", "They spoke of the harbour.")
    host = await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    lines = [await ann.say(f"{n}: {LONG}") for n in range(14)]
    await ann.say("do you follow, @gpt?")
    await remembered(ann, 1)
    await stage.stop(host)
    await ann.client.redact("#r", lines[0])
    await stage.host(bot("gpt"))
    await remembered(ann, 0)


async def test_what_is_remembered_of_one_room_is_in_no_prompt_of_another(stage: Stage) -> None:
    model = stage.script("gpt", "Noted.", "A secret summary.", "Nothing.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    direct = await ann.client.join("@gpt")
    for n in range(14):
        last = await ann.client.post(direct.room, f"{n}: {LONG}")
    assert last.seq
    await ann.until(lambda: len(model.asked) >= 2)
    async with asyncio.timeout(PATIENCE):
        while not (await ann.client.memories(direct.room)).memories:
            await ann.client.ping()
    await ann.say("what do you remember, @gpt?")
    await ann.until(lambda: ann.said_by("gpt"))
    assert "secret summary" not in str(model.asked[-1].messages)
    assert "harbour" not in str(model.asked[-1].messages)


async def test_older_lines_that_have_to_do_with_the_question_are_recalled(stage: Stage) -> None:
    model = stage.script("gpt", "Under the pot.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    line = await ann.say("the cellar key lies under the blue flowerpot")
    for n in range(60):
        await ann.say(f"ok {n}")
    assert stage.node.hub.indexer is not None
    await stage.node.hub.indexer.level()
    await ann.say("where is the cellar key, @gpt?")
    await ann.hears("gpt", "Under the pot.")
    prompt = str(model.asked[0].messages)
    assert "flowerpot" in prompt
    assert f'seq="{line}"' in prompt
