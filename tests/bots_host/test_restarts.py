"""A host dies and comes again: nothing is answered twice, nothing is forgotten."""

import asyncio

import pytest

from roomful.domain.events import Message

from .stage import Stage, bot


async def test_what_was_answered_before_a_crash_is_not_answered_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stage.script("gpt", "Once.", "Twice.", "Later.")
    host = await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    with monkeypatch.context() as patched:
        patched.setattr("roomful.bots.marks.Marks.flush", lambda self: None)  # the mark never gets out
        await ann.say("hello @gpt")
        await ann.hears("gpt", "Once.")
        await stage.crash(host)
    await stage.host(bot("gpt"))
    await ann.say("and now @gpt")
    await ann.hears("gpt", "Twice.")
    assert [one.body.causes for one in ann.said_by("gpt") if isinstance(one.body, Message)] == [(4,), (6,)]
    assert len(model.asked) == 2


async def test_what_was_said_while_there_was_no_host_is_answered(stage: Stage) -> None:
    stage.script("gpt", "First.", "I am back.")
    host = await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    await ann.hears("gpt", "First.")
    await stage.stop(host)
    missed = await ann.say("are you there @gpt")
    await stage.host(bot("gpt"))
    assert (await ann.hears("gpt", "I am back.")).causes == (missed,)


async def test_a_turn_that_a_crash_cut_short_is_begun_again(stage: Stage) -> None:
    stage.script("gpt", ["I was say", asyncio.Event()], "I was saying this.")
    host = await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    asked = await ann.say("go on @gpt")
    await ann.draft_of("gpt", "I was say")
    await stage.crash(host)
    await stage.host(bot("gpt"))
    assert (await ann.hears("gpt", "I was saying this.")).causes == (asked,)


async def test_a_new_bot_answers_nothing_that_was_said_before_it_came(stage: Stage) -> None:
    model = stage.script("gpt", "Yes.")
    ann = await stage.person("ann")
    await ann.say("is there a @gpt here?")
    await stage.host(bot("gpt"))
    now = await ann.say("and now, @gpt?")
    assert (await ann.hears("gpt", "Yes.")).causes == (now,)
    assert len(model.asked) == 1


async def test_a_bot_says_who_it_is_once_and_again_when_it_is_another(stage: Stage) -> None:
    stage.script("gpt")
    stage.script("mini", local=False)
    await stage.stop(await stage.host(bot("gpt")))
    await stage.stop(await stage.host(bot("gpt")))
    await stage.host(bot("gpt", "far:mini"))
    ann = await stage.person("ann")
    await stage.later(ann, "gpt", "go to far.example", notices=True)
    said = [one.body.text for one in ann.said_by("gpt", notices=True) if isinstance(one.body, Message)]
    assert said == [
        "gpt joined (scripted:gpt): it runs on this machine.",
        "gpt joined (far:mini): lines it reads go to far.example.",
    ]


async def test_a_message_in_private_waits_for_the_host(stage: Stage) -> None:
    stage.script("gpt", "I read you.")
    await stage.stop(await stage.host(bot("gpt")))
    ann = await stage.person("ann")
    direct = await ann.client.join("@gpt")
    ann.room = direct.room
    asked = await ann.say("just between us")
    await stage.host(bot("gpt"))
    assert (await ann.hears("gpt", "I read you.")).causes == (asked,)


async def test_a_host_over_a_restored_history_begins_anew(stage: Stage) -> None:
    stage.script("gpt")
    host = await stage.host(bot("gpt"))
    host.end("the server's history was replaced")
    assert await host.ended == "the server's history was replaced"


async def test_a_bot_whose_connection_breaks_goes_on(stage: Stage) -> None:
    stage.script("gpt", "Here.", "Still here.")
    await stage.host(bot("gpt"))
    ann = await stage.person("ann")
    await ann.say("hello @gpt")
    await ann.hears("gpt", "Here.")
    for session in list(stage.node.hub.sessions):
        if session.participant is not None and session.participant.sender.kind == "bot":
            assert session.transport is not None
            session.transport.abort()
    missed = await ann.say("still there, @gpt?")
    assert (await ann.hears("gpt", "Still here.")).causes == (missed,)
