"""Bots come, are otherwise, and go: what people ask of the host, and what rooms say to it."""

import asyncio

import pytest

from roomful.errors import BadRequest, ModelUnknown, NoSuchNick, NoSuchProvider, NotAllowed

from .stage import PATIENCE, Person, Stage, bot


@pytest.fixture
async def ann(stage: Stage) -> Person:
    return await stage.person("ann")


async def test_a_bot_is_added_answers_and_is_removed(stage: Stage, ann: Person) -> None:
    await stage.host()
    said = await ann.client.bot("#r", "add", "parry")
    assert said == "parry is here (offline:parry): it runs on this machine, and speaks in mode mention."
    await ann.say("hello @parry")
    await ann.until(lambda: ann.said_by("parry"))
    assert await ann.client.bot("#r", "remove", "parry") == "parry has left #r."
    with pytest.raises(BadRequest, match="parry is not in #r"):
        await ann.client.bot("#r", "remove", "parry")


async def test_a_bot_that_cannot_be_added_says_why(stage: Stage, ann: Person) -> None:
    await stage.host()
    for nick, settings, refused, words in (
        ("gpt", {"model": "opnai:gpt-5"}, NoSuchProvider, "Did you mean openai"),
        ("gpt", {"model": "offline:elisa"}, ModelUnknown, "eliza"),
        ("gpt", {}, NoSuchNick, "say which model it is"),
        ("gpt", {"model": "offline:parry", "mode": "lines"}, BadRequest, "lines:5"),
        ("gpt", {"model": "offline:parry", "mood": "good"}, BadRequest, "Did you mean mode"),
        ("gpt", {"model": "offline:parry", "persona_file": "/etc/passwd"}, BadRequest, "only the configuration"),
        ("gpt", {"model": "offline:eliza:/etc/passwd"}, NotAllowed, "only the configuration"),
    ):
        with pytest.raises(refused, match=words):
            await ann.client.bot("#r", "add", nick, settings)
    assert [one.nick for one in await ann.client.bots("#r")] == []


async def test_settings_take_effect_at_once_and_outlive_the_host(stage: Stage, ann: Person) -> None:
    host = await stage.host()
    await ann.client.bot("#r", "add", "parry")
    assert await ann.client.bot("#r", "set", "parry", {"mode": "lines:2"}) == "parry has mode lines:2 now."
    await stage.stop(host)
    await stage.host()
    (place,) = (await ann.client.bots("#r"))[0].places
    assert place.mode == "lines:2"
    before = len(ann.said_by("parry"))
    await ann.say("one"), await ann.say("two")
    async with asyncio.timeout(PATIENCE):
        while len(ann.said_by("parry")) == before:
            await stage.step(ann)


async def test_a_bots_voice_is_known_to_clients(stage: Stage, ann: Person) -> None:
    await stage.host()
    await ann.client.bot("#r", "add", "parry")
    assert (await ann.client.bots("#r"))[0].voice == ""
    await ann.client.bot("#r", "set", "parry", {"voice": "en-gb+f3"})
    assert (await ann.client.bots("#r"))[0].voice == "en-gb+f3"


async def test_what_the_file_says_wins_at_the_next_start(stage: Stage, ann: Person) -> None:
    stage.script("gpt")
    host = await stage.host(bot("gpt", mode="lines:9"))
    said = await ann.client.bot("#r", "set", "gpt", {"mode": "off"})
    assert said == "gpt has mode off now; the configuration's file says otherwise, and wins at the next start."
    await stage.stop(host)
    await stage.host(bot("gpt", mode="lines:9"))
    (place,) = (await ann.client.bots("#r"))[0].places
    assert place.mode == "lines:9"


async def test_a_room_has_one_host(stage: Stage, ann: Person) -> None:
    await stage.host()
    await ann.client.bot("#r", "add", "eliza", {"host": "on"})
    await ann.client.bot("#r", "add", "parry")
    with pytest.raises(BadRequest, match="eliza is the host of #r"):
        await ann.client.bot("#r", "set", "parry", {"host": "on"})


async def test_what_a_bot_is_elsewhere_nobody_changes_from_here(stage: Stage, ann: Person) -> None:
    await stage.host()
    await ann.client.join("#other")
    for room in ("#r", "#other"):
        await ann.client.bot(room, "add", "parry")
    with pytest.raises(NotAllowed, match="in other rooms too"):
        await ann.client.bot("#r", "set", "parry", {"persona": "You are rude."})


async def test_a_room_for_local_models_keeps_others_out(stage: Stage, ann: Person) -> None:
    model = stage.script("gpt", "I should not say this.", local=False)
    await stage.host(bot("gpt", "far:gpt"))
    await ann.client.set("#r", models="local")
    await ann.say("hello @gpt")
    verdict = await ann.verdict("gpt", "failed")
    assert "takes no models on other machines" in verdict.words
    assert not model.asked


async def test_the_host_says_once_that_it_needs_its_name_now(stage: Stage, ann: Person) -> None:
    stage.script("gpt")
    await stage.host(bot("gpt", host=True))
    bob = await stage.person("bob")
    await stage.later(bob, "gpt", "Two people are here now: gpt answers when you write @gpt", notices=True)


async def test_a_bot_that_is_kicked_is_gone_and_the_others_hear_on(stage: Stage, ann: Person) -> None:
    stage.script("one"), stage.script("two", "Still here.")
    await stage.host(bot("one"), bot("two"))
    await ann.client.kick("#r", "one")
    await ann.say("@one and @two?")
    await ann.hears("two", "Still here.")


async def test_a_room_that_is_renamed_goes_on(stage: Stage, ann: Person) -> None:
    stage.script("gpt", "The same.")
    await stage.host(bot("gpt"))
    await ann.client.rename("#r", "#s")
    ann.room = "#s"
    await ann.say("hello @gpt")
    await ann.hears("gpt", "The same.")


async def test_the_librarian_finds_what_was_said(stage: Stage, ann: Person) -> None:
    await stage.host()
    line = await ann.say("the key to the cellar is under the blue pot")
    async with asyncio.timeout(PATIENCE):
        while not (await ann.client.search("cellar")).hits:
            await ann.client.ping()
    await ann.client.bot("#r", "add", "librarian")
    await ann.say("@librarian where is the cellar key?")
    said = await ann.hears("librarian", "No model here: I only search this room.")
    assert f"#{line}" in said.text
