"""Bots over the SDK: they are clients like any other, and so is their host."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest

from roomful.client import Client, Resumed, Signalled, Timeline, Told
from roomful.domain import commands, events, signals
from roomful.domain.answers import LoggedIn, Me
from roomful.domain.verdicts import Verdict
from roomful.errors import (
    BadCauses,
    BadResume,
    ConversationOver,
    KeyMissing,
    NoBotHost,
    NoSuchEvent,
    NoSuchNick,
    NotAllowed,
    NothingToDo,
    Stale,
)

from .hosted import Hosted, hosting
from .reading import next_of
from .scripted import Peer, Scripted

B = TypeVar("B", bound=events.Body)
S = TypeVar("S", bound=signals.Signal)


@pytest.fixture
async def hosted() -> AsyncIterator[Hosted]:
    async with hosting() as hosted:
        yield hosted


async def told(client: Client, kind: type[B]) -> B:
    """The body of the next event of this type."""
    while not isinstance((body := (await next_of(client, Told)).body), kind):
        pass
    return body


async def signalled(client: Client, kind: type[S]) -> S:
    """The next signal of this type."""
    while not isinstance((body := (await next_of(client, Signalled)).body), kind):
        pass
    return body


async def test_a_bot_answers_as_it_writes(hosted: Hosted) -> None:
    ann, eliza = await hosted.person("ann", "#r"), await hosted.bot("eliza")
    assert (eliza.me.kind, eliza.me.nick) == ("bot", "eliza")
    asked = (await ann.post("#r", "hello @eliza")).seq
    seen = Timeline()
    async with eliza.draft("#r", f"answer-{asked}") as draft:
        draft.add("How do ")
        while not seen.drafts:
            seen.hear(await next_of(ann, Signalled))
        assert [growing.text for growing in seen.drafts] == ["How do "]
        draft.add("you do?")
        seq = (await draft.post(causes=(asked,), reply_to=asked)).seq
    while (line := seen.take(await next_of(ann, Told))) is None or line.seq != seq:
        pass
    assert (line.text, line.causes, line.cut) == ("How do you do?", (asked,), "")
    assert not seen.drafts
    again = await eliza.post("#r", "How do you do?", nonce=f"answer-{asked}", causes=(asked,))
    assert again.seq == seq, "a program that was started again says nothing twice"
    with pytest.raises(BadCauses):
        await eliza.post("#r", "and again", causes=(asked,))


async def test_a_bot_comes_back_as_itself(hosted: Hosted) -> None:
    eliza = await hosted.bot("eliza", "#r")
    me = eliza.me
    _break(eliza)
    assert (await next_of(eliza, Resumed)).me == me
    assert (await eliza.post("#r", "I am back")).seq > 0


async def test_a_bot_whose_visit_was_forgotten_comes_back_by_its_hosts_token(server: Scripted) -> None:
    async def login(peer: Peer, request: commands.Login) -> None:
        if request.resume is not None:
            peer.refuse(request, BadResume())
        else:
            peer.answer(request, LoggedIn(Me("b1", "eliza", "bot", "eliza"), "proof"))

    server.handlers[commands.Login] = login
    async with Client(server.address, token="t", act_as="b1", random=lambda: 0.0) as eliza:
        _break(eliza)
        await next_of(eliza, Resumed)
    logins = [(login.token, login.act_as) for login in server.requests(commands.Login) if login.resume is None]
    assert logins == [("t", "b1")] * 2


def _break(client: Client) -> None:
    """Let its connection end as a fault of the network would."""
    connection = client._keeper._connection
    assert connection is not None
    connection._transport.abort()


async def test_silence_has_a_reason_which_whoever_waits_is_told(hosted: Hosted) -> None:
    ann, eliza = await hosted.person("ann", "#r"), await hosted.bot("eliza")
    seq = (await ann.post("#r", "is anybody there?")).seq
    words = "eliza kept silent: two people here, nobody named it (0 tokens)"
    verdict = Verdict(eliza.me.id, seq, seq, "not_addressed", "two_people", words)
    await eliza.decide("#r", [verdict], tell=[ann.me.id])
    decision = await signalled(ann, signals.Decision)
    assert (decision.verdict.words, decision.nick, decision.tell) == (words, "eliza", (ann.me.id,))
    answer = await ann.why("#r", seq)
    assert [(one.rule, one.words) for one in answer.verdicts] == [("two_people", words)]
    assert answer.nicks == {eliza.me.id: "eliza"}
    assert len((await ann.why("#r")).verdicts) == 1
    with pytest.raises(NotAllowed):
        await ann.decide("#r", [verdict])


async def test_what_was_told_of_many_lines_comes_whole(hosted: Hosted) -> None:
    ann, eliza = await hosted.person("ann", "#r"), await hosted.bot("eliza")
    for seq in range(1, 81):
        words = f"eliza kept silent: {'long ' * 90}"
        await eliza.decide("#r", [Verdict(eliza.me.id, seq, seq, "failed", f"r{seq}", words)], tell=[ann.me.id])
    found = await ann.told("#r", 11, 80)
    assert [one.last for one in found.verdicts] == list(range(80, 10, -1)), "over several replies"
    assert found.nicks == {eliza.me.id: "eliza"}
    assert (await ann.told("#r", 90, 80)).verdicts == ()


async def test_what_was_used_is_added_up(hosted: Hosted) -> None:
    ann, gpt = await hosted.person("ann", "#r"), await hosted.bot("gpt", model="openai:gpt-5-mini")
    for seq in (1, 2):
        await gpt.decide(
            "#r",
            [
                Verdict(
                    *(gpt.me.id, seq, seq, "answered", "mention"),
                    model="gpt-5-mini",
                    person=ann.me.id,
                    tokens_in=100,
                    tokens_out=10,
                    cost=0.01,
                )
            ],
        )
    (used,) = (answer := await ann.usage("#r", days=2)).used
    assert (used.turns, used.tokens_in, used.tokens_out, round(used.cost, 4)) == (2, 200, 20, 0.02)
    assert answer.nicks == {gpt.me.id: "gpt", ann.me.id: "ann"}
    with pytest.raises(NotAllowed):
        await ann.usage()


async def test_bots_talk_until_a_person_does(hosted: Hosted) -> None:
    ann, eliza = await hosted.person("ann", "#r"), await hosted.bot("eliza")
    parry = await hosted.bot("parry", "#elsewhere")
    seq = (await ann.duet("#r", ("eliza", "parry"), "tea", turns=4)).seq
    await signalled(parry, signals.Invited)
    await parry.join("#r", last=0)
    assert (await told(ann, events.Conversation)).topic == "tea"
    await eliza.post("#r", "Good morning.", conversation=seq)
    await ann.post("#r", "wait")
    with pytest.raises(ConversationOver):
        await parry.post("#r", "What do you want?", conversation=seq)
    await ann.go_on("#r")
    await parry.post("#r", "What do you want?", conversation=seq)
    await parry.conclude("#r", seq, "settled")
    assert await told(ann, events.Concluded) == events.Concluded(seq, "settled", 2)
    with pytest.raises(NothingToDo):
        await ann.go_on("#r")
    await ann.stop("#r")
    assert await told(eliza, events.Stopped) == events.Stopped()
    with pytest.raises(NoSuchNick):
        await ann.duet("#r", ("eliza", "ann"))


async def test_what_a_bot_remembers_may_be_read_mended_and_forgotten(hosted: Hosted) -> None:
    ann, eliza = await hosted.person("ann", "#r"), await hosted.bot("eliza")
    seq = (await ann.post("#r", "I drink tea")).seq
    id = await eliza.remember("#r", "ann drinks tea", seq=seq)
    (memory,) = (await ann.memories("#r", eliza.me.id)).memories
    assert (memory.memory, memory.text, memory.author) == (id, "ann drinks tea", ann.me.id)
    assert await ann.remember("#r", "ann drinks green tea", memory=id) == id
    assert [one.text for one in (await ann.memories("#r")).memories] == ["ann drinks green tea"]
    await ann.forget("#r", id)
    with pytest.raises(NoSuchEvent):
        await ann.forget("#r", id)


async def test_a_bot_keeps_values_and_notices_who_was_faster(hosted: Hosted) -> None:
    eliza = await hosted.bot("eliza")
    assert await eliza.state_put("mark:#r", "7") == 1
    assert await eliza.state_put("mark:#r", "8", 1) == 2
    with pytest.raises(Stale):
        await eliza.state_put("mark:#r", "9", 1)
    for number in range(150):  # more than fit on a page
        await eliza.state_put(f"note:{number:03}", "x")
    assert [one.value for one in await eliza.state_get("mark:")] == ["8"]
    assert [one.key for one in await eliza.state_get("note:")] == [f"note:{number:03}" for number in range(150)]


async def test_people_ask_the_host_for_bots(hosted: Hosted) -> None:
    ann = await hosted.person("ann", "#r")
    asking = asyncio.create_task(ann.bot("#r", "add", "gpt", {"model": "openai:gpt-5-mini"}))
    asked = await signalled(hosted.host, signals.Asked)
    assert (asked.do, asked.nick, asked.settings) == ("add", "gpt", {"model": "openai:gpt-5-mini"})
    await hosted.host.reply(asked.ask, "Put your key into OPENAI_API_KEY.", code="key_missing")
    with pytest.raises(KeyMissing, match="OPENAI_API_KEY"):
        await asking
    asking = asyncio.create_task(ann.bot("#r", "add", "parry"))
    asked = await signalled(hosted.host, signals.Asked)
    await hosted.bot("parry", mode="lines:3")
    await hosted.host.reply(asked.ask, "parry runs on this machine.")
    assert await asking == "parry runs on this machine."
    (parry,) = await ann.bots("#r")
    assert (parry.nick, parry.model, parry.destination, parry.online) == ("parry", "offline:parry", "", True)
    assert [(place.room, place.mode) for place in parry.places] == [("#r", "lines:3")]
    guest = await hosted.guest("gus", "#r")
    with pytest.raises(NotAllowed):
        await guest.bot("#r", "remove", "parry")
    await hosted.host.bot_drop(parry.bot)
    with pytest.raises(NoSuchNick):
        await hosted.host.bot_drop(parry.bot)
    await hosted.host.close()
    with pytest.raises(NoBotHost):
        await ann.bot("#r", "add", "parry")


async def test_a_room_says_which_models_may_read_it(hosted: Hosted) -> None:
    ann = await hosted.person("ann", "#r")
    await ann.set("#r", models="local")
    assert await told(ann, events.Changed) == events.Changed(models="local")
    assert (await ann.join("#r")).settings.models == "local"


def test_only_a_host_acts_as_bots() -> None:
    with pytest.raises(ValueError, match="token"):
        Client("127.0.0.1:1", nick="ann", act_as="b1")
