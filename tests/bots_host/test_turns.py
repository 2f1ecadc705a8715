"""Bots answer: once each, growing, with what was said before them; or they say why they do not."""

import asyncio

from roomful.errors import KeyRefused, ModelFailed

from .stage import Stage, bot


async def test_a_mention_is_answered_growing_and_then_whole(stage: Stage) -> None:
    held = asyncio.Event()
    model = stage.script("gpt", ["How do", held, "you do?"])
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    asked = await ann.say("hello @gpt")
    await ann.draft_of("gpt", "How do")
    assert not ann.said_by("gpt")
    held.set()
    said = await ann.hears("gpt", "How do you do?")
    assert said.causes == (asked,)
    assert "hello @gpt" in model.asked[0].messages[-1].text
    verdict = await ann.verdict("gpt", "answered")
    assert (verdict.verdict, verdict.rule, verdict.first, verdict.model) == (
        "answered",
        "mention",
        asked,
        "scripted:gpt",
    )


async def test_a_line_that_names_nobody_calls_no_model_and_the_silence_has_a_reason(stage: Stage) -> None:
    model = stage.script("gpt")
    await stage.host(bot("gpt", host=True))
    ann, _ = await stage.person("ann"), await stage.person("bob")
    await stage.clock.pass_time(2)
    line = await ann.say("what a day")
    verdict = await ann.is_told("gpt")
    assert (verdict.first, verdict.rule) == (line, "two_people")
    assert verdict.words == "gpt kept silent: two people here, nobody named it (0 tokens)"
    assert not model.asked


async def test_who_is_alone_with_the_host_is_answered_at_once(stage: Stage) -> None:
    stage.script("gpt", "Good day.")
    await stage.host(bot("gpt", host=True))
    ann = await stage.person("ann")
    await ann.say("good day")
    await ann.hears("gpt", "Good day.")


async def test_lines_that_come_meanwhile_are_one_batch(stage: Stage) -> None:
    held = asyncio.Event()
    model = stage.script("gpt", [held, "First."], "Second.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("one @gpt")
    await ann.until(lambda: model.asked)
    later = [await ann.say(f"{word} @gpt") for word in ("two", "three", "four")]
    held.set()
    said = await ann.hears("gpt", "Second.")
    assert said.causes == tuple(later)
    assert len(model.asked) == 2


async def test_stop_keeps_what_was_said_and_marks_it(stage: Stage) -> None:
    stage.script("gpt", ["It is a long", asyncio.Event(), "story"])
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("tell me @gpt")
    await ann.draft_of("gpt", "long")
    await ann.client.stop("#r")
    said = await ann.hears("gpt", "It is a long")
    assert (said.text, said.cut) == ("It is a long", "stopped")


async def test_a_model_that_fails_is_a_notice_and_a_verdict_and_no_line(stage: Stage) -> None:
    stage.script("gpt", KeyRefused("far.example does not take the key."), "Here I am.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    notice = await stage.later(ann, "gpt", "could not answer", notices=True)
    assert notice.text == "gpt could not answer: far.example does not take the key. /why tells more."
    assert not ann.said_by("gpt")
    assert (await ann.is_told("gpt")).verdict == "failed"
    await ann.say("again @gpt")
    await ann.hears("gpt", "Here I am.")


async def test_an_answer_that_breaks_off_is_kept_and_marked(stage: Stage) -> None:
    stage.script("gpt", ["There are three", ModelFailed("far.example broke off.")])
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("how many @gpt")
    said = await ann.hears("gpt", "There are three")
    assert said.cut == "failed"


async def test_an_answer_ends_where_it_begins_to_write_others_lines(stage: Stage) -> None:
    stage.script("gpt", "Mine.\nann: and this is hers\nbob: his")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("@gpt say something")
    said = await ann.hears("gpt", "Mine.")
    assert said.text == "Mine."


async def test_what_the_prompt_holds_was_said_here_and_not_in_private(stage: Stage) -> None:
    model = stage.script("gpt", "In private.", "In public.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    direct = await ann.client.join("@gpt")
    await ann.client.post(direct.room, "my secret is swordfish")
    await ann.until(lambda: model.asked)
    assert "swordfish" in str(model.asked[0].messages)
    await ann.say("what do you know @gpt")
    await ann.hears("gpt", "In public.")
    assert "swordfish" not in str(model.asked[1].messages)


async def test_a_line_that_was_redacted_is_in_no_prompt(stage: Stage) -> None:
    model = stage.script("gpt", "Yes.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    line = await ann.say("the password is swordfish")
    await ann.client.redact("#r", line)
    await ann.say("hello @gpt")
    await ann.hears("gpt", "Yes.")
    assert "swordfish" not in str(model.asked[0].messages)


async def test_every_so_many_lines(stage: Stage) -> None:
    stage.script("gpt", "Three lines.")
    await stage.host(bot("gpt", mode="lines:3"))
    ann = await stage.person("ann")
    for word in ("one", "two", "three"):
        last = await ann.say(word)
    said = await stage.later(ann, "gpt", "Three lines.")
    assert said.causes[-1] == last
