"""Tools in rooms: seen by everybody, and what writes waits for somebody's word."""

import asyncio
import re
from pathlib import Path

from roomful.bots.tools.asking import WAITS
from roomful.bots.tools.settings import ToolSettings
from roomful.client import Message

from ..bots_host.stage import Person, Stage
from .acting import Step, asked_for, guest, hosted, told

WRITE = ("files__write", {"path": "note.txt", "text": "hi"})
YES, NO = "✅", "❌"


def written(folder: Path) -> str:
    note = folder / "note.txt"
    return note.read_text() if note.exists() else ""


async def test_a_bot_searches_its_room_and_no_other_and_everybody_sees_it(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    await ann.say("the kettle is in the shed")
    other = await stage.person("olaf", "#other")
    await other.say("the kettle is secret")
    _, model = await hosted(stage, tmp_path, [("search_room", {"query": "kettle room:#other"}), "No."], [
        ("search_room", {"query": "kettle"}), ("read_around", {"seq": 1}), "In the shed."])  # fmt: skip
    await ann.say("@gpt where is it?")
    await ann.hears("gpt", "No.")
    assert "secret" not in str(model.given)
    await ann.say("@gpt where is the kettle?")
    await ann.hears("gpt", "In the shed.")
    assert "the kettle is in the shed" in model.given[1]
    assert "secret" not in str(model.given)
    assert model.given[1].startswith('<result tool="search_room" trust="none">')
    assert "<line seq=" in model.given[1]
    await told(stage, ann, 'gpt used search_room {"query": "kettle"} for ann: ')


async def test_a_note_names_its_line_is_seen_read_later_and_goes_with_the_line(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    said = await ann.say("my birthday is on the third of May")
    _, model = await hosted(stage, tmp_path, [("remember", {"seq": said, "text": "ann was born on 3 May"}), "Noted."], [
        ("remember", {"seq": 999, "text": "made up"}), "So it is."], ["Who knows."])  # fmt: skip
    await ann.say("@gpt keep that in mind")
    await ann.hears("gpt", "Noted.")
    await told(stage, ann, f'gpt used remember {{"seq": {said}, "text": "ann was born on 3 May"}} for ann: ')
    (note,) = (await ann.client.memories("#r")).memories
    assert (note.text, note.seq, note.author) == ("ann was born on 3 May", said, ann.id)
    await ann.say("@gpt when was I born?")
    await ann.hears("gpt", "So it is.")
    assert "born on 3 May" in str(model.asked[1])
    assert "one of the newest lines" in model.given[1], "what has no source is not kept"
    await ann.client.redact("#r", said)
    assert not (await ann.client.memories("#r")).memories
    await ann.say("@gpt and now?")
    await ann.hears("gpt", "Who knows.")
    assert "born on" not in str([message for message in model.asked[2] if message.role == "system"])


async def test_names_are_such_as_providers_take(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    _, model = await hosted(stage, tmp_path, may=("files.*", "search_room", "-files.die"))
    await ann.say("@gpt hello")
    await ann.hears("gpt", "Yes.")
    names = {"search_room", "files__read", "files__write", "files__secret", "files__environment"}
    assert set(model.offered) == names
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in model.offered)


async def test_without_a_list_a_bot_has_no_tools(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    host, model = await hosted(stage, tmp_path, may=())
    await ann.say("@gpt hello")
    await ann.hears("gpt", "Yes.")
    assert model.offered == []
    assert all(server._client is None for server in host.toolbox._servers.values()), "nothing is started unasked"


async def test_a_tool_may_be_shut_out_of_a_room(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    shut = ToolSettings(rooms=("#r",), not_rooms=("#r",))
    _, model = await hosted(stage, tmp_path, may=("search_room", "web_fetch"), tools={"web_fetch": shut})
    await ann.say("@gpt hello")
    await ann.hears("gpt", "Yes.")
    assert model.offered == ["search_room"]


async def test_what_was_set_up_for_one_room_does_not_come_along_to_another(stage: Stage, tmp_path: Path) -> None:
    """Mal has a room of her own, brings the bot there, and would approve whatever it asks."""
    _, model = await hosted(stage, tmp_path, may=("*",))
    mal = await stage.person("mal", "#mal")
    await mal.client.bot("#mal", "add", "gpt")
    await mal.say("@gpt hello")
    await mal.hears("gpt", "Yes.")
    assert set(model.offered) == {"search_room", "read_around", "remember"}


async def test_what_writes_is_done_once_whoever_asked_approves(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    _, model = await hosted(stage, tmp_path, [WRITE, "Done."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    asked = await told(stage, ann, "wants to run")
    assert asked == (
        f'gpt wants to run files.write {{"path": "note.txt", "text": "hi"}} for ann: '
        f"/approve {notice} or /deny {notice} (15 minutes)"
    )
    assert written(tmp_path) == ""
    await ann.client.react("#r", notice, YES)
    await ann.hears("gpt", "Done.")
    assert written(tmp_path) == "hi"
    assert "wrote 2" in model.given[0]
    await told(stage, ann, 'gpt used files.write {"path": "note.txt", "text": "hi"} for ann: 7 characters came back')
    await ann.client.react("#r", notice, YES, on=False)
    await ann.client.react("#r", notice, YES)
    await stage.step(ann)
    assert written(tmp_path) == "hi", "a word counts once"


async def test_a_moderator_approves_and_others_do_not(stage: Stage, tmp_path: Path) -> None:
    owner, ann, bob = await stage.person("owner"), await stage.person("ann"), await stage.person("bob")
    await hosted(stage, tmp_path, [WRITE, "Done."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await bob.client.react("#r", notice, YES)
    await told(stage, bob, f"files.write (/approve {notice}) waits for ann's word, or a moderator's, still")
    assert written(tmp_path) == ""
    await owner.client.react("#r", notice, YES)
    await ann.hears("gpt", "Done.")
    assert written(tmp_path) == "hi"


async def test_what_is_refused_is_not_done(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    _, model = await hosted(stage, tmp_path, [WRITE, "As you like."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await ann.client.react("#r", notice, NO)
    await ann.hears("gpt", "As you like.")
    assert model.given == ["Not done: ann refused it. Do not ask for it again."]
    await ann.client.react("#r", notice, YES)
    await stage.step(ann)
    assert written(tmp_path) == ""


async def test_who_approves_late_still_gets_what_was_shown_and_the_bot_the_result_once(
    stage: Stage, tmp_path: Path
) -> None:
    ann = await stage.person("ann")
    _, model = await hosted(stage, tmp_path, [WRITE, "I have asked."], [WRITE, "It is noted."], [WRITE, "Again?"])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await stage.clock.pass_time(WAITS)
    await ann.hears("gpt", "I have asked.")
    assert model.given[0].startswith(f"Not done yet: it waits for ann's word, or a moderator's (/approve {notice}).")
    await ann.client.react("#r", notice, YES)
    await told(stage, ann, "gpt used files.write")
    assert written(tmp_path) == "hi"
    await ann.say("@gpt did you?")
    await ann.hears("gpt", "It is noted.")
    assert "wrote 2" in model.given[1]
    assert written(tmp_path) == "hi", "the same call is not made twice"
    await stage.clock.pass_time(6)
    await ann.say("@gpt once more")
    await ann.until(lambda: len(requests(ann)) == 2)


def requests(person: Person) -> list[int]:
    notices = person.said_by("gpt", notices=True)
    return [one.seq for one in notices if isinstance(one.body, Message) and "wants to run" in one.body.text]


async def test_what_nobody_approves_expires(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    await hosted(stage, tmp_path, [WRITE, "I have asked."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await stage.clock.pass_time(WAITS)
    await ann.hears("gpt", "I have asked.")
    await stage.clock.pass_time(15 * 60)
    await told(stage, ann, f"files.write (asked for in #{notice}) is not done: nobody approved it in time")
    await ann.client.react("#r", notice, YES)
    await stage.step(ann)
    assert written(tmp_path) == ""


async def test_stop_withdraws_what_waits(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    await hosted(stage, tmp_path, [WRITE, "I have asked."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await ann.client.stop("#r")
    await ann.client.react("#r", notice, YES)
    await stage.step(ann)
    await ann.say("thank you")
    await stage.step(ann)
    assert written(tmp_path) == ""


async def test_a_host_that_was_started_again_does_nothing_that_waited(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    host, _ = await hosted(stage, tmp_path, [WRITE, "I have asked."])
    await ann.say("@gpt note that")
    notice = await asked_for(stage, ann)
    await stage.clock.pass_time(WAITS)
    await ann.hears("gpt", "I have asked.")
    await stage.stop(host)
    await hosted(stage, tmp_path)
    await ann.client.react("#r", notice, YES)
    await stage.step(ann)
    await ann.say("@gpt hello")
    await ann.hears("gpt", "Yes.")
    assert written(tmp_path) == ""


async def test_a_reading_tool_may_need_a_word_too(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    ann = await stage.person("ann")
    read: list[Step] = [("files__read", {"path": "a.txt"}), "It says hello."]
    await hosted(stage, tmp_path, read, tools={"files.read": ToolSettings(approve=True)})
    await ann.say("@gpt read it")
    await ann.client.react("#r", await asked_for(stage, ann), YES)
    await ann.hears("gpt", "It says hello.")


async def test_a_turn_that_nobody_asked_for_waits_for_a_moderator(stage: Stage, tmp_path: Path) -> None:
    owner, ann = await stage.person("owner"), await stage.person("ann")
    await hosted(stage, tmp_path, [WRITE, "I noted it."], mode="keywords:kettle")
    await ann.say("the kettle is in the shed")
    await stage.clock.pass_time(3)
    notice = await asked_for(stage, owner)
    await owner.client.react("#r", notice, YES)
    await ann.hears("gpt", "I noted it.")
    assert written(tmp_path) == "hi"


async def test_a_server_that_is_not_there_is_told_once(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    host, model = await hosted(stage, tmp_path, ["One."], ["Two."])
    files = host.toolbox._servers["files"]
    files.settings = type(files.settings)("files", str(tmp_path / "nothing"))
    for word, said in (("a", "One."), ("b", "Two.")):
        await ann.say(f"@gpt {word}")
        await ann.hears("gpt", said)
    assert set(model.offered) == {"search_room", "read_around", "remember", "web_fetch"}
    await told(stage, ann, "the tools of files are not there: files cannot be reached")
    await stage.step(ann, 6)
    assert len([one for one in ann.said_by("gpt", notices=True) if "not there" in str(one.body)]) == 1


async def test_a_fault_of_a_tool_is_its_own(stage: Stage, tmp_path: Path) -> None:
    ann = await stage.person("ann")
    _, model = await hosted(stage, tmp_path, [("files__read", {"path": "none.txt"}), "I could not."])
    await ann.say("@gpt read it")
    await ann.hears("gpt", "I could not.")
    assert "It failed:" in model.given[0]
    await told(stage, ann, 'gpt used files.read {"path": "none.txt"} for ann: failed: ')


async def test_several_requests_have_each_their_number(stage: Stage, tmp_path: Path) -> None:
    """The number in the text is the notice's own, even where others speak at the same moment."""
    ann, bob = await stage.person("ann"), await stage.person("bob")
    await hosted(stage, tmp_path, [WRITE, "Done."])
    asking = asyncio.create_task(ann.say("@gpt note that"))
    for number in range(30):
        await bob.say(f"line {number}")
    await asking
    notice = await asked_for(stage, ann)

    def named() -> bool:
        texts = [getattr(one.body, "text", "") for one in ann.seen if one.sender.nick == "gpt"]
        return any(f"/approve {notice} or /deny {notice}" in text for text in texts)

    await ann.until(named)


async def test_guests_need_the_room_s_leave(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    ann, gus = await stage.person("ann"), await guest(stage, "gus")
    read = ("files__read", {"path": "a.txt"})
    _, model = await hosted(stage, tmp_path, [read, "No."])
    await gus.say("@gpt read it")
    await gus.hears("gpt", "No.")
    assert model.given == [
        "Not done, and do not try again: files.read reaches outside, and gus, who asked, is a guest."
    ]
    await told(stage, ann, "gpt may not use files.read")


async def test_guests_with_the_room_s_leave_may(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    await stage.person("ann")
    gus = await guest(stage, "gus")
    read: list[Step] = [("files__read", {"path": "a.txt"}), "It says hello."]
    _, model = await hosted(stage, tmp_path, read, tools={"files.*": ToolSettings(guests=("#r",))})
    await gus.say("@gpt read it")
    await gus.hears("gpt", "It says hello.")
    assert "hello" in model.given[0]
