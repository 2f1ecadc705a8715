"""People who chat: what they type and what they read, over a real server."""

import asyncio

import pytest

from roomful.terminal.chat import ChatOptions, Visit
from roomful.terminal.entering import NoEntry
from tests.terminal.visits import PATIENCE, Table, chatting


async def test_the_first_one_is_told_what_to_do_next(address: str) -> None:
    async with chatting(address, "ada", room="#first") as ada:
        assert ada.lines == [
            f"· Connected to {address} as ada.",
            "── #first ──",
            "· Nobody has said anything here yet.",
            f"· Only you are here. To have company, type in another terminal: roomful chat {address} --room '#first'",
        ]
        await ada.does("hello", "ada: hello")
        await ada.does("/users", "1 here: ada (you, owner).")
        assert await ada.leaves() == 0
        assert ada.lines[4:] == ["ada: hello", "· #first: 1 here: ada (you, owner).", "· Goodbye, ada."]


async def test_two_people_see_each_other_come_speak_and_go(address: str) -> None:
    async with chatting(address, "ben", room="#two") as ben:
        await ben.does("anybody?", "ben: anybody?")
        async with chatting(address, "cleo", room="#two") as cleo:
            assert cleo.lines[2:] == ["ben: anybody?", "· Here: ben and you."], "nobody enters an empty room"
            await ben.sees("· cleo joined")
            await cleo.does("me!", "cleo: me!")
            await ben.sees("cleo: me!")
            await cleo.does("/me waves", "* cleo waves")
            assert await ben.sees("waves")
            await cleo.does("/topic tea", "cleo set the topic: tea")
            await ben.does("/topic", "· Topic of #two: tea")
            async with chatting(address, "dan", room="#two") as dan:
                assert dan.lines[1:3] == ["── #two · tea ──", "ben: anybody?"], "the heading says the topic, once"
            assert await cleo.leaves() == 0
        await ben.sees("· cleo left")


async def test_the_end_of_input_leaves_as_exit_does(address: str) -> None:
    async with chatting(address, "dora", room="#end") as dora:
        assert await dora.leaves(by=None) == 0
        assert dora.lines[-1] == "· Goodbye, dora."


async def test_what_was_typed_before_leaving_is_sent(address: str) -> None:
    async with (
        chatting(address, "wim", room="#last", live=True) as wim,
        chatting(address, "xen", room="#last", live=True) as xen,
        chatting(address, "yan", room="#last") as yan,
    ):
        wim.table.type("last words")
        assert await wim.leaves(by=None) == 0
        xen.table.type("mine too")
        assert await xen.leaves() == 0
        await yan.sees("wim: last words")
        await yan.sees("xen: mine too")
        assert wim.lines[-1] == "· Goodbye, wim."
        assert not any("may not have been sent" in line for line in (*wim.lines, *xen.lines))


async def test_names_change_for_everybody_once(address: str) -> None:
    async with chatting(address, "eve", room="#names") as eve, chatting(address, "finn", room="#names") as finn:
        for person in (eve, finn):
            await person.does("/join #more-names", "── #more-names ──")
        await eve.sees("#names: finn joined", "· finn joined")
        await eve.does("/nick evelyn", "· You are now called evelyn.")
        await finn.does("@evelyn hi", "finn: @evelyn hi")
        await eve.sees("finn: @evelyn hi")
        assert finn.lines.count("· eve is now called evelyn") == 1
        assert not any("eve is now called" in line for line in eve.lines)
        await eve.does("/nick finn", "! ")
        assert eve.lines[-1].startswith("! ")
        assert eve.lines[-1].endswith("Choose another: /nick NAME")


async def test_two_alone(address: str) -> None:
    async with chatting(address, "gus", room="#direct") as gus, chatting(address, "hal", room="#direct") as hal:
        await gus.does("/msg hal psst", "[you → hal] psst")
        await hal.sees("[gus → you] psst")
        await hal.does("/msg gus", "── @gus ──")
        await hal.does("what?", "[you → gus] what?")
        await gus.sees("[hal → you] what?")
        await hal.does("/me listens", "[you → gus] * listens")
        await gus.does("to all", "gus: to all")
        await hal.sees("#direct gus: to all")
        await gus.does("/msg nobody-here hi", "! ")
        assert gus.lines[-1].endswith("/users lists who is here.")


async def test_a_person_is_told_how_to_answer_to_one_alone(address: str) -> None:
    async with (
        chatting(address, "amy", room="#aside", asks=True) as amy,
        chatting(address, "bea", room="#aside", asks=True) as bea,
    ):
        await bea.does("/msg amy one", "[you → amy] one")
        await amy.sees("[bea → you] one")
        assert amy.lines[-2:] == ["· Only bea and you read what follows. To answer: /msg bea TEXT", "[bea → you] one"]
        await bea.does("/msg amy two", "[you → amy] two")
        await amy.sees("[bea → you] two")
        assert amy.lines[-1] == "[bea → you] two", "told once"
        await amy.does("/msg bea three", "[you → bea] three")
        await bea.sees("[amy → you] three")
        assert not any("To answer" in line for line in bea.lines), "whoever began knows how"


async def test_several_rooms_at_once(address: str) -> None:
    async with chatting(address, "ida", room="#one") as ida, chatting(address, "jon", room="#one") as jon:
        await ida.does("/join other", "── #other ──")
        await ida.sees("Only you are here")
        await jon.does("over here", "jon: over here")
        await ida.sees("#one jon: over here")
        await ida.does("alone", "ida: alone")
        await ida.does("/join #one", "── #one ──")
        await ida.does("/join one", "· You are in #one already.")
        await ida.does("back", "ida: back")
        await jon.sees("ida: back")
        await ida.does("/rooms", "#other · 1 member · joined")
        await ida.sees("#one · 2 members · you are here")
        await ida.does("/leave", "· You left #one.")
        await ida.sees("── #other ──")
        await ida.does("/leave #other", "· You left #other.")
        await ida.does("hello?", "! You are in no room. Enter one: /join #lobby")
        await ida.does("/leave #one", "! You are not in #one. /rooms lists the rooms.")


async def test_answers_show_what_they_answer(address: str) -> None:
    async with (
        chatting(address, "kim", room="#answers", live=True) as kim,
        chatting(address, "lea", room="#answers") as lea,
    ):
        await lea.does("/reply yes", "! There is no line of somebody else to answer yet.")
        await kim.does("tea?", "kim: tea?")
        await kim.does("coffee?", "kim: coffee?")
        await lea.sees("coffee?")
        await lea.does("/reply gladly", "lea: gladly")
        assert lea.lines[-2:] == ["      ┌ kim: coffee?", "lea: gladly"]
        number = (await kim.sees("kim: tea?")).split()[1]
        await lea.does(f"/reply {number} no, thanks", "lea: no, thanks")
        await kim.sees("           ┌ 4 kim: coffee?")
        await kim.sees(f"           ┌ {number} kim: tea?")
        await lea.does("/reply 99999 what", "! ")
        assert lea.lines[-1].endswith("/history shows lines with their numbers.")
        await lea.does(f"/reply {number}", f"! What is your answer? /reply {number} TEXT")


async def test_older_lines(address: str) -> None:
    async with chatting(address, "mia", room="#old") as mia:
        for number in range(1, 61):
            await mia.does(f"line {number}", f"mia: line {number}")
            if number == 30:
                await mia.does("/topic tea", "set the topic")
        async with chatting(address, "ned", room="#old") as ned:
            assert ned.lines[2] == "mia: line 13", "the newest 50 events, of which the last is one's own arrival"
            await ned.does("/history 5", "── end of older lines ──")
            rule = ned.lines.index("── older lines of #old ──")
            assert [line.split()[-3:] for line in ned.lines[rule + 2 : -1]] == [
                ["mia:", "line", str(number)] for number in range(8, 13)
            ]
            ned.table.shown.clear()
            await ned.does("/history 500", "── end of older lines ──")
            assert sum("mia: line" in line for line in ned.lines) == 7
            await ned.does("/history", "· There is nothing older: #old begins here.")
            await ned.does("/history many", "! How many older lines?")


async def test_mistakes_get_the_next_thing_to_type(address: str) -> None:
    async with chatting(address, "ola", room="#typos") as ola:
        await ola.does("/usres", "! There is no /usres. Did you mean /users?")
        await ola.does("/xyzzy now", "/help lists what there is. To send the line as it is, type //xyzzy now")
        await ola.does("//etc/hosts", "ola: /etc/hosts")
        await ola.does("/me", "! What do you do? /me waves")
        await ola.does("/join", "! Which room?")
        await ola.does("/join a,b", "! ")
        await ola.does("/nick", "! You are ola. To change it: /nick NAME")
        await ola.does("/msg", "! Tell whom what?")
        await ola.does("/trace everything", "! Trace what?")
        await ola.does("x" * 16_001, "! The text has 16,001 bytes; at most 16,000 are allowed.")
        await ola.does("\0", "! ")
        await ola.does("/HELP messages", "/reply [NUMBER] TEXT")
        assert await ola.leaves("/quit") == 0


async def test_the_trace_is_switched_while_running(address: str) -> None:
    async with chatting(address, "pam", room="#trace", live=True) as pam:
        await pam.does("/trace", "· The trace is off. /trace frames switches it on.")
        await pam.does("/trace frames", "· The trace shows: frames.")
        pam.table.type("traced")
        await pam.sees('"text":"traced"')
        await pam.does("/trace off", "· The trace is off.")
        await pam.sees("pam: traced")
        pam.table.shown.clear()
        await pam.does("untraced", "pam: untraced")
        assert not any('"text"' in line for line in pam.lines)


# -- nicks ----------------------------------------------------------------------------------------


async def test_a_taken_default_gives_way_to_the_next_free_nick(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "quinn")
    async with chatting(address, None, room="#nicks"), chatting(address, None, room="#nicks") as second:
        assert second.lines[0] == f"· Connected to {address} as quinn2."
        assert second.lines[-1] == "· Here: quinn and you."


async def test_somebody_who_can_be_asked_is_asked_until_there_is_a_free_nick(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "rita")
    async with chatting(address, None, room="#asked", asks=True, answers=[""]) as first:
        assert first.table.asked == ["Nickname [rita]: "]
        async with chatting(address, None, room="#asked", asks=True, answers=["rita", "a b", "rosa"]) as second:
            assert second.table.asked == ["Nickname [rita2]: "] * 3
            assert second.lines[2].endswith("as rosa.")
            assert all(line.startswith("! ") for line in second.lines[:2])
            await first.sees("rosa joined")
    async with chatting(address, "sue", asks=True, room="#asked") as chosen:
        assert chosen.table.asked == []


async def test_a_wish_that_is_taken_is_refused_in_a_pipe_and_asked_about_on_a_terminal(address: str) -> None:
    async with chatting(address, "tom", room="#wish"):
        with pytest.raises(NoEntry, match="Choose another: roomful chat --nick NAME"):
            await _visit(ChatOptions(address, "tom", "#wish"), Table(live=False, asks=False, answers=()))
        async with chatting(address, "tom", room="#wish", asks=True, answers=["tim"]) as tim:
            assert tim.lines[0] == "! tom is taken. Choose another, or press Enter."
            await tim.does("/users", "2 here:")


async def test_no_answer_is_an_answer(address: str) -> None:
    assert await _visit(ChatOptions(address), Table(live=True, asks=True, answers=())) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ChatOptions("127.0.0.1:9", "uma"), "No Roomful at 127.0.0.1:9. Start one: roomful serve"),
        (ChatOptions("tcp://[::1]:9", "uma"), "No Roomful at [::1]:9. Start one: roomful serve"),
        (ChatOptions("9", "uma"), "'9' is only a port. Did you mean 127.0.0.1:9?"),
    ],
)
async def test_without_a_server_there_is_one_sentence(options: ChatOptions, message: str) -> None:
    with pytest.raises(NoEntry) as why:
        await _visit(options, Table(live=False, asks=False, answers=()))
    assert str(why.value) == message


async def test_names_that_cannot_be_are_refused_before_anything_else(address: str) -> None:
    for options in (ChatOptions(address, "a b"), ChatOptions(address, "vic", "lobby")):
        with pytest.raises(NoEntry):
            await _visit(options, Table(live=False, asks=False, answers=()))


async def _visit(options: ChatOptions, table: Table) -> int:
    async with asyncio.timeout(PATIENCE):
        return await Visit(options, table, asyncio.Event()).run()
