"""Bots as a person at a terminal meets them: over a real hub, with a host and bots that the test plays."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from roomful.client import Client, ConnectionLost, Signalled
from roomful.domain.signals import Asked
from roomful.domain.verdicts import Verdict
from roomful.terminal.chat import ChatOptions, Visit
from tests.support.server import serve

from ..client.hosted import Hosted, hosting
from .test_prompt import screen
from .visits import PATIENCE, Person, chatting


@pytest.fixture
async def hosted() -> AsyncIterator[Hosted]:
    async with hosting() as hosted:
        yield hosted


@asynccontextmanager
async def at_work(hosted: Hosted) -> AsyncIterator[list[Asked]]:
    """The host does what it is asked for, as far as this test needs it."""
    seen: list[Asked] = []

    async def work() -> None:
        async for item in hosted.host.events():
            if isinstance(item, Signalled) and isinstance(item.body, Asked):
                seen.append(item.body)
                await answer(item.room, item.body)

    async def answer(room: str, asked: Asked) -> None:
        if asked.settings.get("model", "").startswith("openai:"):
            await hosted.host.reply(asked.ask, "OpenAI needs a key: put it into OPENAI_API_KEY.", "key_missing")
            return
        if asked.nick == "nemo":
            await hosted.host.reply(asked.ask, "There is no bot nemo yet: say which model it is.", "no_such_nick")
            return
        if asked.do == "add":
            await hosted.bot(asked.nick, room, asked.settings.get("model", ""))
        await hosted.host.reply(asked.ask, f"{asked.nick} is as you want it.")

    working = asyncio.create_task(work())
    try:
        yield seen
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError, ConnectionLost):
            await working


async def number(person: Person, text: str) -> int:
    """The number of the line with this text, as the client holds it."""
    await person.sees(text)
    room = person.table.desk._conversation.current  # type: ignore[union-attr]
    assert room is not None
    return next(line.seq for line in reversed(room.timeline.lines()) if text in line.text)


def silence(bot: Client, seq: int) -> Verdict:
    words = "eliza kept silent: two people here, nobody named it (0 tokens)"
    return Verdict(bot.me.id, seq, seq, "not_addressed", "two_people", words)


async def test_a_silence_has_a_reason_which_is_shown_to_whoever_waits(hosted: Hosted) -> None:
    async with (
        chatting(hosted.node.address, "ann", room="#r") as ann,
        chatting(hosted.node.address, "bob", room="#r") as bob,
    ):
        eliza = await hosted.bot("eliza")
        await ann.sees("eliza, a bot, joined")
        await ann.does("is anybody there?", "ann: is anybody there?")
        seq = await number(ann, "is anybody there?")
        ids = {member.nick: member.id for member in await eliza.members("#r")}
        await eliza.decide("#r", [silence(eliza, seq)], tell=[ids["ann"]])
        line = await ann.sees("kept silent")
        assert line == "· eliza kept silent: two people here, nobody named it (0 tokens) · /why"
        await ann.does(f"/why {seq}", f"· line {seq}: eliza kept silent: two people here, nobody named it (0 tokens)")
        await ann.sees("    └ rule two_people")
        await bob.does("/why", f"· line {seq}: eliza kept silent")
        assert not any(text.endswith("/why") for text in bob.lines), "told to whoever waited, and to nobody else"
        await bob.does("/why 1", "No bot has decided anything about line 1 yet.")
        await bob.does("/why not", "! Why what?")
        await ann.does("/join #other", "── #other ──")
        await eliza.decide("#r", [silence(eliza, seq)], tell=[ids["ann"]])
        assert (await ann.sees("#r: eliza")).endswith("(0 tokens)"), "/why would tell of the room one has turned to"


async def test_silences_stand_in_history_and_in_what_is_shown_on_entering(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r", live=True) as ann:
        eliza = await hosted.bot("eliza")
        ids = {member.nick: member.id for member in await eliza.members("#r")}
        lines = []
        for text in ("is anybody there?", "hm", "and now?"):
            await ann.does(text, f"ann: {text}")
            lines.append(await number(ann, text))
            if text != "and now?":
                await eliza.decide("#r", [silence(eliza, lines[-1])], tell=[ids["ann"]])
        told = f"· eliza kept silent: two people here, nobody named it (0 tokens) · 2 lines · /why {lines[1]}"
        for live in (True, False):
            async with chatting(hosted.node.address, f"bob{live:d}", room="#r", live=live) as bob:
                await bob.sees("and now?")
                at = next(n for n, line in enumerate(bob.lines) if line.endswith("ann: hm"))
                assert bob.lines[at + 1] == told
                assert not [line for line in bob.lines if "kept silent" in line and line != told]
                await bob.does(f"/history around {lines[1]}", "── end ──")
                assert bob.lines.count(told) == 2


async def test_what_an_answer_cost_is_told(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        gpt = await hosted.bot("gpt", model="openai:gpt-5-mini", destination="api.openai.com")
        ids = {member.nick: member.id for member in await gpt.members("#r")}
        await ann.does("/why totals", "· #r: 0 answers, 0 tokens today. Silence costs nothing.")
        await gpt.decide(
            "#r",
            [
                Verdict(
                    *(gpt.me.id, 2, 4, "answered", "mention", "gpt answered: ann named it (908 tokens, $0.0004)"),
                    answer=5,
                    model="gpt-5-mini-2025",
                    person=ids["ann"],
                    tokens_in=812,
                    tokens_out=96,
                    cost=0.0004,
                    first_token=0.61,
                    took=2.04,
                )
            ],
        )
        await ann.does("/why", "· lines 2–4: gpt answered: ann named it (908 tokens, $0.0004)")
        details = "rule mention · answered in 5 · gpt-5-mini-2025 · 812 tokens in, 96 out · first word after 0.6 s"
        assert await ann.sees("└ rule") == f"    └ {details} · 2.0 s in all"
        await ann.does("/usage", "· #r today: 1 answer, 908 tokens, $0.0004.")
        assert "  gpt      1 answer, 908 tokens, $0.0004 · gpt-5-mini-2025" in ann.lines
        assert "  for ann  1 answer, 908 tokens, $0.0004" in ann.lines
        await ann.does("/usage 7", "#r in 7 days: 1 answer")
        await ann.does("/usage tea", "! Of how many days?")
        await ann.does("/why totals", "· #r: 1 answer, 908 tokens, $0.0004 today. Silence")


async def test_a_bots_answer_grows_and_a_cut_one_says_so(hosted: Hosted) -> None:
    async with (
        chatting(hosted.node.address, "ann", room="#r", live=True) as ann,
        chatting(hosted.node.address, "bob", room="#r") as bob,
    ):
        eliza = await hosted.bot("eliza")
        async with eliza.draft("#r") as draft:
            draft.add("How do")
            await grows(ann, "  …        eliza [bot]: How do▍")
            draft.add(" you\ndo?")
            await grows(ann, "           │ do?▍")
            await draft.post(cut="stopped")
        line = await ann.sees("│ do?")
        assert line == "           │ do? (stopped)"
        assert ann.table.desk is not None
        assert ann.table.desk.growing() == []
        await bob.sees("do? (stopped)")
        assert not any("▍" in text for text in (*ann.lines, *bob.lines)), "what grows is not among what is said"
        async with eliza.draft("#r") as draft:
            draft.add("Never mind")
            await grows(ann, "Never mind▍")
        async with asyncio.timeout(PATIENCE):
            while ann.table.desk.growing():
                await ann.table._change()


async def test_on_a_terminal_an_answer_grows_above_the_input_line(hosted: Hosted) -> None:
    with screen() as terminal:
        leaving = asyncio.Event()
        run = asyncio.create_task(Visit(ChatOptions(hosted.node.address, "ann", "#r"), terminal.front, leaving).run())
        async with asyncio.timeout(PATIENCE):
            await terminal.shows("/help lists the commands")
            eliza = await hosted.bot("eliza")
            terminal.keys.send_text("half a li")
            async with eliza.draft("#r") as draft:
                for text in ("How ", "do you ", "do?"):
                    draft.add(text)
                    await terminal.shows(f"{re.escape(text.strip())}\\s*▍")
                await draft.post()
            await terminal.shows("eliza.*\\[bot\\].*do you do\\?.*#r> .*half a li")
            terminal.keys.send_text("ne\r")
            await terminal.shows("ann.*half a line")
            terminal.keys.send_text("/exit\r")
            assert await run == 0


async def grows(person: Person, text: str) -> None:
    """Wait until somebody sees a bot writing this."""
    async with asyncio.timeout(PATIENCE):
        while not any(line.endswith(text) for line in growing(person)):
            await person.table._change()


def growing(person: Person) -> list[str]:
    assert person.table.desk is not None
    return ["".join(text for _, text in line) for line in person.table.desk.growing()]


async def test_one_sees_who_is_a_bot_and_where_lines_go(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        await hosted.bot("eliza", host=True)
        await hosted.bot("gpt", model="openai:gpt-5-mini", destination="api.openai.com", mode="lines:5")
        await hosted.bot("parry", "#elsewhere")
        await ann.does(
            "/users", "ann (you, owner), eliza (offline, this machine), gpt (openai:gpt-5-mini → api.openai.com)."
        )
        await ann.does("/bots", "Another: /bot add NAME PROVIDER:MODEL.")
        assert ann.lines[-4:-1] == [
            "  eliza  offline, this machine · answers when it is named, and whoever is alone with it",
            "  gpt    openai:gpt-5-mini → api.openai.com · speaks every 5 lines",
            "· To be fetched by /bot add NAME: parry (offline, this machine).",
        ]
        await ann.does("/whois gpt", "gpt: openai:gpt-5-mini → api.openai.com, here, with you in #r.")
        async with chatting(hosted.node.address, "bob", room="#r") as bob:
            assert bob.lines[-1] == "· Here: ann, eliza [bot], gpt [bot] and you."


async def test_bots_are_fetched_set_and_sent_away(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann, at_work(hosted) as asked:
        await ann.does("/bot add gpt openai:gpt-5-mini", "! OpenAI needs a key: put it into OPENAI_API_KEY.")
        await ann.does("/bot add llama ollama:llama3 mode lines:3 persona You are terse.", "· llama is as you want it.")
        assert asked[-1].settings == {"model": "ollama:llama3", "mode": "lines:3", "persona": "You are terse."}
        await ann.does("/bot set @llama persona You are kind, and brief.", "· llama is as you want it.")
        assert (asked[-1].do, asked[-1].nick) == ("set", "llama")
        assert asked[-1].settings == {"persona": "You are kind, and brief."}
        await ann.does("/bot remove llama", "· llama is as you want it.")
        await ann.does("/bot add nemo", "! There is no bot nemo yet: say which model it is.")
        assert ann.lines[-1].endswith("which model it is."), "and not that /users lists people"
        await ann.does("/bot add nemo gpt-5", "! gpt-5 names no provider: /bot add nemo PROVIDER:gpt-5")
        await ann.does("/bot set llama mode", "! Set what? /bot set llama mode lines:5")
        await ann.does("/bot feed llama", "! Do what? /bot add NAME PROVIDER:MODEL")
        await ann.does("/bot", "! Which bot?")
        async with chatting(hosted.node.address, "gus", room="#r") as gus:
            await gus.does("/bot remove llama", "! ")
        assert len(asked) == 5
        await ann.does("/room models local", "no line goes to a model on another machine")
        await ann.does("/set models any", "models on other machines may read it")


async def test_without_a_host_one_is_told(hosted: Hosted) -> None:
    await hosted.host.close()
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        await ann.does("/bots", "· No bot is in #r.")
        await ann.does("/search tea", "! No bot host is connected")


async def test_the_librarian_comes_when_somebody_searches(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann, at_work(hosted) as asked:
        async with chatting(hosted.node.address, "gus", room="#r") as gus:
            await gus.does("/search who drinks tea?", "! No bot searches #r. An owner or a moderator fetches one")
            await ann.does("/search who drinks tea?", "ann: @librarian who drinks tea?")
            assert [(one.do, one.nick, one.settings) for one in asked] == [
                ("add", "librarian", {"model": "offline:librarian"})
            ]
            await gus.does("/search and coffee?", "gus: @librarian and coffee?")
        await hosted.bot("scout", model="openai:gpt-5-mini", settings='{"search": true}')
        await ann.does("/search milk?", "ann: @scout milk?")
        await ann.does("/search", "! What do you want to know?")
        assert len(asked) == 1


async def test_bots_talk_are_told_to_stop_and_go_on(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        eliza, parry = await hosted.bot("eliza"), await hosted.bot("parry")
        declared = "ann lets eliza and parry talk about the races (4 lines or 10 minutes at most; /stop ends it)"
        await ann.does("/duet @eliza parry the races --turns 4", f"· {declared}")
        room = ann.table.desk._conversation.current  # type: ignore[union-attr]
        assert room is not None
        seq = room.shown
        await eliza.post("#r", "Good morning.", conversation=seq)
        await ann.does("wait", "ann: wait")
        await ann.does("/continue", "· ann lets the bots go on")
        await parry.post("#r", "What do you want?", conversation=seq)
        await parry.conclude("#r", seq, "settled")
        await ann.sees("· the bots have settled it: they had said what there was (2 lines)")
        await ann.does("/stop", "· ann told the bots to be quiet")
        await ann.does("/duet eliza", "! Who talks with whom?")
        await ann.does("/duet eliza parry --turns many", "! How many turns, from 2 to 500?")
        await ann.does("/duet eliza ann", "! ann is no bot")
        assert ann.lines[-1].endswith("/bots lists those that there are.")
        await ann.does("/duet eliza,parry", "· ann lets eliza and parry talk (12 lines")


async def test_what_bots_remember_is_read_mended_and_forgotten(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        eliza = await hosted.bot("eliza")
        await ann.does("/memory", "· No bot remembers anything of #r beyond its last lines.")
        await ann.does("I drink tea", "ann: I drink tea")
        seq = await number(ann, "I drink tea")
        id = await eliza.remember("#r", "ann drinks tea", seq=seq)
        await eliza.remember("#r", "they talked of drinks", kind="summary", seq=seq)
        await ann.does("/memory eliza", "To change one: /memory edit ID TEXT.")
        shown = next(line for line in ann.lines if "ann drinks tea" in line)
        assert shown.endswith(f"eliza: ann drinks tea (line {seq} by ann)")
        short = shown.split()[0]
        assert id.startswith(short)
        assert any(f"summary up to line {seq}: they talked" in line for line in ann.lines)
        await ann.does(f"/memory edit {short} ann drinks green tea", "· It remembers now: ann drinks green tea")
        await ann.does(f"/forget {short}", "· Forgotten: ann drinks green tea")
        await ann.does(f"/forget {short}", f"! No bot remembers {short} here")
        await ann.does("/memory gpt", "! There is no bot gpt in #r. Here: eliza.")
        await ann.does("/memory edit", "! What shall it remember?")


async def test_what_a_bot_asks_for_is_approved_or_denied(hosted: Hosted) -> None:
    async with chatting(hosted.node.address, "ann", room="#r") as ann:
        gpt, muse = await hosted.bot("gpt"), await hosted.bot("muse")
        await ann.does("/approve", "! Nothing waits for your word in #r.")
        first = (await gpt.post("#r", "gpt wants to read example.org: /approve 41 or /deny 41", style="notice")).seq
        second = (await muse.post("#r", "muse wants to read example.com: /approve 42 or /deny 42", style="notice")).seq
        await ann.sees("example.com")
        await ann.does("/approve 41", f"ann reacted ✅ to {first}")
        await ann.does("/deny", f"ann reacted ❌ to {second}")
        await ann.does("/approve", "! Nothing waits for your word in #r.")
        await ann.does(f"/approve {second}", f"ann reacted ✅ to {second}")
        await ann.does("/deny 99", "! Nothing waits for your word at 99.")


async def test_on_a_fresh_machine_somebody_talks_searches_and_asks_why(tmp_path: Path) -> None:
    """The server that users start, with the bots that it brings along: no key, no network, no account."""
    async with serve(tmp_path, bots=True) as server, chatting(server.tcp, "ann") as ann:
        await ann.sees("I am ELIZA, a script from 1966, not a language model.")
        before = len(ann.lines)
        await ann.does("I lost the copper kettle", "ann: I lost the copper kettle")
        await ann.sees("eliza [bot]: ", since=before)
        await ann.does("/search copper kettle", "ann: @librarian copper kettle")
        await ann.sees("No model here: I only search this room.")
        async with chatting(server.tcp, "bob") as bob:
            assert any(line.startswith("· Here: ann, eliza [bot]") for line in bob.lines)
            await bob.does("is anybody there?", "bob: is anybody there?")
            silence = await bob.sees("eliza kept silent")
            assert silence.endswith("(0 tokens) · /why")
            await bob.does("/why", "└ rule ")
        await ann.does("/duet eliza parry tea --turns 2", "ann lets eliza and parry talk about tea (2 lines")
        await ann.sees("the bots' conversation is over", "the bots have settled it")
