"""Bots in rooms: what they may say, how their answers grow, why they spoke, and what people may do about it."""

import asyncio
from typing import Any

import pytest

from tests.support.raw import PATIENCE, Obj, RawClient

from .conftest import Node, World
from .hosting import Host, say, verdict


@pytest.fixture
def world(both_worlds: World) -> World:
    return both_worlds


@pytest.fixture
async def ann(node: Node) -> RawClient:
    return await node.account("ann", "#r")


@pytest.fixture
async def host(node: Node, ann: RawClient) -> Host:
    return await Host.start(node)


@pytest.fixture
async def eliza(host: Host) -> RawClient:
    return await host.bot("eliza")


async def body(client: RawClient, seq: int) -> Obj:
    """The body of an event as the history has it."""
    found = (await client.ok("history", room="#r", around=seq, limit=2))["events"]
    one: Obj = next(e["body"] for e in found if e["seq"] == seq)
    return one


async def refused(client: RawClient, text: str, **fields: Any) -> str:
    return await client.error("post", room="#r", nonce=f"{text}-{client._id}", text=text, **fields)


# -- who they are -----------------------------------------------------------------------------------------


async def test_a_bot_is_marked_by_the_server_and_everybody_sees_where_its_lines_go(host: Host, ann: RawClient) -> None:
    await host.bot("gpt", model="openai:gpt", destination="api.openai.com", mode="lines:5")
    joined = await ann.event()
    assert (joined["body"], joined["sender"]["kind"]) == ({"type": "join", "role": "bot"}, "bot")
    (bot,) = (await ann.ok("bots", room="#r"))["bots"]
    assert (bot["nick"], bot["model"], bot["destination"], bot["online"]) == (
        "gpt",
        "openai:gpt",
        "api.openai.com",
        True,
    )
    assert [(place["room"], place["mode"]) for place in bot["places"]] == [("#r", "lines:5")]


async def test_only_a_host_makes_bots_and_speaks_as_them(node: Node, host: Host, ann: RawClient) -> None:
    id = await host.put("eliza", "#r")
    assert await ann.error("bot_put", nick="evil", model="x:y") == "forbidden"
    assert await ann.error("bot_room", bot=id, room="#r") == "forbidden"
    assert await ann.error("bot_drop", bot=id) == "forbidden"
    token = (await ann.ok("token", name="mine"))["token"]
    other = await node.raw()
    await other.ask("hello", protocol=1)
    assert await other.error("login", token=token, act_as=id) == "forbidden"
    assert await host.client.error("bot_put", nick="ann", model="x:y") == "account_taken"


async def test_the_first_person_in_a_room_of_bots_owns_it(node: Node, host: Host) -> None:
    await host.bot("eliza", "#den")
    await host.bot("parry", "#den")
    zoe, yan = await node.client("zoe"), await node.client("yan")
    assert (await zoe.ok("join", room="#den"))["role"] == "owner"
    await zoe.ok("leave", room="#den")
    assert (await yan.ok("join", room="#den"))["role"] == "guest", "it has been somebody's"


async def test_no_host_brings_a_bot_where_it_is_not_wanted(node: Node, host: Host, ann: RawClient) -> None:
    bob, id = await node.account("bob"), await host.put("eliza", "#r")
    await bob.ok("join", room="#den")
    direct = (await ann.ok("join", room="@bob"))["room"]
    await ann.ok("ban", room="#r", nonce="b", who="eliza")
    assert await host.client.error("bot_room", bot=id, room=direct) == "no_such_room"
    assert await host.client.error("bot_room", bot=id, room="#r") == "banned"
    await host.put("parry", "#r")
    assert await ann.error("duet", room="#r", nonce="d", bots=["eliza", "parry"]) == "banned"
    assert await host.client.error("memories", room="#den") == "not_member"


async def test_a_bot_put_again_is_the_same_and_one_dropped_is_gone(node: Node, host: Host, eliza: RawClient) -> None:
    assert await host.put("eliza", model="offline:parry") == eliza.me["id"]
    (known,) = (await host.client.ok("bots"))["bots"]
    assert known["model"] == "offline:parry"
    await host.client.ok("bot_drop", bot=eliza.me["id"])
    assert (await eliza.goodbye())["code"] == "account_gone"
    assert (await host.client.ok("bots"))["bots"] == []


async def test_bots_are_known_after_a_restart(world: World, host: Host, eliza: RawClient) -> None:
    again = await world.start()
    late = await Host.start(again)
    (known,) = (await late.client.ok("bots"))["bots"]
    assert (known["bot"], known["places"][0]["room"]) == (eliza.me["id"], "#r")


async def test_another_hub_hears_of_a_bot(world: World, host: Host) -> None:
    other = await world.start()
    ann = await other.client("zoe", "#r")
    await host.put("parry", "#r")
    await ann.event()
    async with asyncio.timeout(PATIENCE):
        while not (await ann.ok("bots", room="#r"))["bots"][0].get("model"):
            pass


# -- what they may say --------------------------------------------------------------------------------------


async def test_an_answer_names_what_woke_it_and_bears_its_bounce(ann: RawClient, eliza: RawClient) -> None:
    asked = await say(ann, "hello @eliza")
    said = await say(eliza, "how do you do", causes=[asked], reply_to=asked)
    assert await body(ann, said) == {
        "type": "message",
        "text": "how do you do",
        "reply_to": asked,
        "causes": [asked],
        "bounce": 0,
    }


async def test_the_guard_stands_on_the_bots_way_in_and_after_a_restart(
    world: World, host: Host, ann: RawClient, eliza: RawClient
) -> None:
    asked = await say(ann, "hello")
    said = await say(eliza, "hi", causes=[asked])
    assert await refused(eliza, "hi again", causes=[asked]) == "bad_causes"
    other = await (await Host.start(await world.start())).bot("parry", max_bounce=5)
    assert await refused(other, "me too", causes=[said]) == "bounce_spent"
    await say(other, "me too", causes=[asked])


async def test_bots_stop_by_themselves_until_a_person_speaks(ann: RawClient, eliza: RawClient) -> None:
    asked = [await say(ann, f"line {n}") for n in range(9)]
    for line in asked[:8]:
        await say(eliza, "yes", causes=[line])
    assert await refused(eliza, "yes", causes=[asked[8]]) == "let_people_speak"
    await ann.ok("continue", room="#r", nonce="go")
    await say(eliza, "yes", causes=[asked[8]])


async def test_people_name_no_causes(ann: RawClient) -> None:
    assert await refused(ann, "hi", causes=[1]) == "bad_request"
    assert await refused(ann, "hi", conversation=1) == "bad_request"
    assert await refused(ann, "hi", cut="stopped") == "bad_request"


async def test_a_bot_on_a_connection_of_its_own_is_held_back_like_any(
    node: Node, ann: RawClient, eliza: RawClient
) -> None:
    """Whatever program speaks with a bot's account, and by whatever login, the guard is the room's."""
    again = await node.resume(eliza.resume)
    await again.ok("join", room="#r")
    asked = await say(ann, "hello")
    await say(again, "hi", causes=[asked])
    assert await refused(again, "hi", causes=[asked]) == "bad_causes"


# -- conversations --------------------------------------------------------------------------------------------


async def test_a_duet_fetches_who_is_missing_and_ends_after_its_turns(
    host: Host, ann: RawClient, eliza: RawClient
) -> None:
    parry_id = await host.put("parry")
    seq = (await ann.ok("duet", room="#r", nonce="d", bots=["eliza", "parry"], topic="tea", turns=3))["seq"]
    said = await body(ann, seq)
    assert (said["type"], said["turns"], [bot["id"] for bot in said["bots"]]) == (
        "conversation",
        3,
        [eliza.me["id"], parry_id],
    )
    parry = await host.bot("parry")
    for turn in range(3):
        await say((eliza, parry)[turn % 2], f"turn {turn}", conversation=seq)
    assert await refused(parry, "one more", conversation=seq) == "conversation_over"
    assert await ann.error("conclude", room="#r", nonce="c", conversation=seq, how="turns") == "forbidden"
    concluded = (await eliza.ok("conclude", room="#r", nonce="c", conversation=seq, how="turns"))["seq"]
    assert await body(ann, concluded) == {"type": "concluded", "conversation": seq, "how": "turns", "turns": 3}


async def test_a_person_interrupts_a_duet_and_lets_it_go_on(host: Host, ann: RawClient, eliza: RawClient) -> None:
    await host.bot("parry")
    seq = (await ann.ok("duet", room="#r", nonce="d", bots=["eliza", "parry"]))["seq"]
    assert await ann.error("duet", room="#r", nonce="e", bots=["eliza", "parry"]) == "too_many"
    await say(eliza, "good morning", conversation=seq)
    await say(ann, "wait")
    assert await refused(eliza, "well", conversation=seq) == "conversation_over"
    await ann.ok("continue", room="#r", nonce="go")
    await say(eliza, "well", conversation=seq)
    await ann.ok("stop", room="#r", nonce="stop")
    assert await refused(eliza, "but", conversation=seq) == "conversation_over"
    assert await ann.error("duet", room="#r", nonce="f", bots=["eliza", "ann"]) == "no_such_nick"
    assert await ann.error("duet", room="#r", nonce="g", bots=["eliza", "Eliza"]) == "bad_request"


async def test_a_bot_that_is_fetched_again_is_as_it_was_there(host: Host, ann: RawClient, eliza: RawClient) -> None:
    parry = await host.bot("parry", mode="lines:5")
    await parry.ok("leave", room="#r")
    await ann.ok("duet", room="#r", nonce="d", bots=["eliza", "parry"])
    async with asyncio.timeout(PATIENCE):
        while (bots := (await ann.ok("bots", room="#r"))["bots"])[-1]["places"][0]["mode"] != "lines:5":
            assert [bot["nick"] for bot in bots] == ["eliza", "parry"]


async def test_a_bot_that_is_fetched_is_told(node: Node, host: Host, ann: RawClient, eliza: RawClient) -> None:
    parry = await host.bot("parry", "#elsewhere")
    await ann.ok("duet", room="#r", nonce="d", bots=["eliza", "parry"])
    assert (await parry.signal("invited"))["room"] == "#r"


# -- answers that grow ------------------------------------------------------------------------------------------


async def test_an_answer_grows_and_whoever_comes_late_gets_what_there_is(
    node: Node, ann: RawClient, eliza: RawClient
) -> None:
    await eliza.ok("draft", room="#r", draft="d1", at=0, append="Once ")
    await eliza.ok("draft", room="#r", draft="d1", at=5, append="upon")
    grown = [(await ann.signal("draft"))["body"] for _ in range(2)]
    assert grown == [
        {"type": "draft", "draft": "d1", "at": 0, "append": "Once "},
        {"type": "draft", "draft": "d1", "at": 5, "append": "upon"},
    ]
    bob = await node.client("bob", "#r")
    state = (await bob.signal("state"))["body"]
    assert [(one["draft"], one["sender"]["nick"], one["text"]) for one in state["drafts"]] == [
        ("d1", "eliza", "Once upon")
    ]
    assert await eliza.error("draft", room="#r", draft="d1", at=7, append="a time") == "bad_request"
    await eliza.ok("post", room="#r", nonce="d1", text="Once upon a time")
    carl = await node.client("carl", "#r")
    assert "drafts" not in (await carl.signal("state"))["body"]


async def test_a_draft_comes_to_nothing_when_its_bot_says_so_or_goes(ann: RawClient, eliza: RawClient) -> None:
    await eliza.ok("draft", room="#r", draft="d1", append="Well")
    await eliza.ok("draft", room="#r", draft="d1", dropped=True)
    assert [(await ann.signal("draft"))["body"].get("dropped", False) for _ in range(2)] == [False, True]
    await eliza.ok("draft", room="#r", draft="d2", append="Well")
    await eliza.close()
    await ann.signal("draft")
    assert (await ann.signal("draft"))["body"]["dropped"] is True


async def test_only_bots_write_in_sight_of_all(ann: RawClient, eliza: RawClient) -> None:
    assert await ann.error("draft", room="#r", draft="d", append="hi") == "forbidden"
    assert await eliza.error("draft", room="#nowhere", draft="d", append="hi") == "not_member"
    assert await eliza.error("draft", room="#r", draft="d", append="x" * 16_001) == "bad_text"


# -- why ----------------------------------------------------------------------------------------------------------


async def test_everybody_in_the_room_may_ask_why(node: Node, ann: RawClient, eliza: RawClient) -> None:
    lines = [await say(ann, f"line {n}") for n in range(3)]
    silent = verdict(eliza, lines[0], words="two people here", last=lines[1])
    silent["last"] = lines[1]
    spoke = verdict(
        eliza, lines[2], "answered", rule="mention", tokens_in=10, tokens_out=5, cost=0.01, person=ann.me["id"]
    )
    await eliza.ok("decide", room="#r", verdicts=[silent, spoke])
    (found,) = (await ann.ok("why", room="#r", seq=lines[1]))["verdicts"]
    assert (found["rule"], found["words"], found["verdict"]) == ("two_people", "two people here", "not_addressed")
    newest = await ann.ok("why", room="#r")
    assert [one["verdict"] for one in newest["verdicts"]] == ["answered"]
    assert newest["nicks"] == {eliza.me["id"]: "eliza"}
    stranger = await node.client("stranger")
    assert await stranger.error("why", room="#r") == "not_member"


async def test_of_a_bots_line_one_is_told_what_made_it_say_that(ann: RawClient, eliza: RawClient) -> None:
    asked = await say(ann, "hello @eliza")
    said = await say(eliza, "hi", causes=[asked])
    await eliza.ok("decide", room="#r", verdicts=[verdict(eliza, asked, "answered", rule="mention", answer=said)])
    for line in (asked, said):
        (found,) = (await ann.ok("why", room="#r", seq=line))["verdicts"]
        assert (found["rule"], found["answer"]) == ("mention", said)


async def test_who_would_have_expected_an_answer_is_told_of_the_silence(ann: RawClient, eliza: RawClient) -> None:
    line = await say(ann, "hm")
    await eliza.ok("decide", room="#r", verdicts=[verdict(eliza, line, words="nobody named it")], tell=[ann.me["id"]])
    told = (await ann.signal("decision"))["body"]
    assert (told["nick"], told["tell"], told["verdict"]["words"]) == ("eliza", [ann.me["id"]], "nobody named it")


async def test_what_people_were_told_stands_under_the_lines_of_history(
    node: Node, ann: RawClient, eliza: RawClient
) -> None:
    lines = [await say(ann, f"line {n}") for n in range(4)]
    for line, tell in zip(lines, ([ann.me["id"]], [], [ann.me["id"]], []), strict=True):
        await eliza.ok("decide", room="#r", verdicts=[verdict(eliza, line, told=True)], tell=tell)
    found = await ann.ok("why", room="#r", first=1, last=lines[3])
    assert [(one["first"], one["last"], one["told"]) for one in found["verdicts"]] == [(lines[0], lines[2], True)]
    assert (found["nicks"], "rest" in found) == ({eliza.me["id"]: "eliza"}, False)
    assert (await ann.ok("why", room="#r", first=1, last=lines[1]))["verdicts"][0]["last"] == lines[0]
    for wrong in ({"first": 1}, {"last": 1}, {"first": 1, "last": 2, "seq": 1}):
        assert await ann.error("why", room="#r", **wrong) == "bad_request"


async def test_what_does_not_fit_is_asked_for_in_parts(ann: RawClient, eliza: RawClient) -> None:
    words = "eliza kept silent: " + "ü" * 400
    for line in range(1, 101):
        one = verdict(eliza, line, words=words, rule=f"rule {line}")
        await eliza.ok("decide", room="#r", verdicts=[one], tell=[ann.me["id"]])
    seen, last = [], 100
    while last:
        page = await ann.ok("why", room="#r", first=1, last=last, limit=500)
        seen += [one["last"] for one in page["verdicts"]]
        last = page.get("rest", 0)
    assert seen == list(range(100, 0, -1)), "each once, over several replies"


async def test_of_lines_before_ones_time_nobody_is_told_what_bots_made_of_them(
    node: Node, host: Host, eliza: RawClient
) -> None:
    owner = await node.account("olga")
    await owner.ok("create", room="#r2", nonce="c", kind="private")
    await owner.ok("set", room="#r2", nonce="s", history="joined")
    await owner.ok("join", room="#r2")
    parry = await host.bot("parry", "#r2")
    before = int((await owner.ok("post", room="#r2", nonce="p", text="between us"))["seq"])
    await parry.ok("decide", room="#r2", verdicts=[verdict(parry, before)], tell=[owner.me["id"]])
    bob = await node.account("bob")
    await owner.ok("invite", room="#r2", nonce="i", who="bob")
    head = (await bob.ok("join", room="#r2"))["head"]
    for asked in ({"seq": before}, {"first": 1, "last": head}, {}):
        assert (await bob.ok("why", room="#r2", **asked))["verdicts"] == []
        assert len((await owner.ok("why", room="#r2", **asked))["verdicts"]) == 1


async def test_a_bot_speaks_for_itself_only(host: Host, ann: RawClient, eliza: RawClient) -> None:
    parry = await host.bot("parry")
    assert await parry.error("decide", room="#r", verdicts=[verdict(eliza, 1)]) == "forbidden"
    assert await ann.error("decide", room="#r", verdicts=[verdict(ann, 1)]) == "forbidden"
    await host.client.ok("decide", room="#r", verdicts=[verdict(eliza, 1)])


async def test_usage_is_what_verdicts_add_up_to(node: Node, host: Host, ann: RawClient, eliza: RawClient) -> None:
    for _ in range(2):
        used = verdict(eliza, 1, "answered", model="m", tokens_in=10, tokens_out=5, cost=0.25, person=ann.me["id"])
        await eliza.ok("decide", room="#r", verdicts=[used])
    (used,) = (await ann.ok("usage", room="#r"))["used"]
    assert (used["turns"], used["tokens_in"], used["tokens_out"], used["cost"], used["room"]) == (2, 20, 10, 0.5, "#r")
    assert (await host.client.ok("usage"))["used"] == [used]
    assert await ann.error("usage") == "forbidden"


# -- what they keep and remember ----------------------------------------------------------------------------------


async def test_a_value_is_replaced_only_by_who_has_read_it(ann: RawClient, eliza: RawClient) -> None:
    assert (await eliza.ok("state_put", key="a/mark", value="5"))["version"] == 1
    assert await eliza.error("state_put", key="a/mark", value="6") == "stale"
    assert (await eliza.ok("state_put", key="a/mark", value="6", version=1))["version"] == 2
    await eliza.ok("state_put", key="b", value="x")
    values = (await eliza.ok("state_get", key="a/"))["values"]
    assert values == [{"key": "a/mark", "value": "6", "version": 2}]
    assert await ann.error("state_get") == "forbidden"
    assert await ann.error("state_put", key="a", value="b") == "forbidden"


async def test_what_a_bot_remembers_everybody_sees_and_its_author_may_take_back(
    node: Node, ann: RawClient, eliza: RawClient
) -> None:
    bob = await node.account("bob", "#r")
    line = await say(bob, "I like tea")
    note = (await eliza.ok("remember", room="#r", text="bob likes tea", seq=line))["memory"]
    (seen,) = (await ann.ok("memories", room="#r"))["memories"]
    assert (seen["text"], seen["seq"], seen["author"], seen["bot"]) == (
        "bob likes tea",
        line,
        bob.me["id"],
        eliza.me["id"],
    )
    carl = await node.account("carl", "#r")
    assert await carl.error("forget", room="#r", memory=note) == "forbidden"
    assert await carl.error("remember", room="#r", memory=note, text="no") == "forbidden"
    await ann.ok("remember", room="#r", memory=note, text="bob likes green tea")
    await bob.ok("forget", room="#r", memory=note)
    assert (await ann.ok("memories", room="#r"))["memories"] == []
    assert await bob.error("forget", room="#r", memory=note) == "no_such_event"


async def test_what_came_from_a_redacted_line_is_forgotten_with_it(ann: RawClient, eliza: RawClient) -> None:
    line, other = await say(ann, "my secret"), await say(ann, "my tea")
    await eliza.ok("remember", room="#r", text="ann has a secret", seq=line)
    await eliza.ok("remember", room="#r", text="ann has tea", seq=other)
    await eliza.ok("remember", room="#r", text="ann talked of a secret and tea", kind="summary", seq=other)
    await ann.ok("redact", room="#r", nonce="r", seq=line)
    assert await eliza.error("remember", room="#r", text="ann has a secret", seq=line) == "no_such_event"
    assert [one["text"] for one in (await ann.ok("memories", room="#r"))["memories"]] == ["ann has tea"]


# -- what people ask of the host -------------------------------------------------------------------------------------


async def test_a_moderator_asks_and_the_host_answers(host: Host, ann: RawClient) -> None:
    asking = ann.send("bot", room="#r", nonce="n", do="add", nick="gpt", settings={"model": "openai:gpt"})
    asked = await host.client.signal("asked")
    assert (asked["room"], asked["sender"]["nick"], asked["body"]["nick"]) == ("#r", "ann", "gpt")
    await host.client.ok("reply", ask=asked["body"]["ask"], text="gpt is here.")
    assert (await ann.reply(asking))["text"] == "gpt is here."
    asking = ann.send("bot", room="#r", nonce="n", do="add", nick="gpt", settings={"model": "openai:gtp"})
    number = (await host.client.signal("asked"))["body"]["ask"]
    await host.client.ok("reply", ask=number, code="model_unknown", text="There is no gtp: gpt?")
    answer = await ann.reply(asking)
    assert (answer["code"], answer["message"]) == ("model_unknown", "There is no gtp: gpt?")


async def test_without_a_host_that_is_said(ann: RawClient) -> None:
    assert await ann.error("bot", room="#r", nonce="n", do="add", nick="gpt") == "no_bot_host"
