"""Voice lines: somebody speaks, is listened to, and has said a line; whatever goes wrong on the way is told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.errors import NoSpeech, SpeechTrouble
from roomful.hub.hearing import AT_ONCE
from roomful.hub.limits import Limits
from roomful.speech.audio import Pcm, wave_file
from roomful.testing.ears import ScriptedEars
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.files.conftest import Served, png, serve
from tests.support.raw import Obj, RawClient

from .conftest import World

CLIP = wave_file(Pcm(bytes(3_200)))


@pytest.fixture
def ears() -> ScriptedEars:
    return ScriptedEars()


@pytest.fixture
async def world(tmp_path: Path, ears: ScriptedEars) -> AsyncIterator[World]:
    log = MemoryLog()

    async def new_store() -> MemoryStore:
        return MemoryStore(log)

    world = World(new_store, files=tmp_path / "files", ears=ears)
    yield world
    await world.end()


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    served = await serve(world)
    yield served
    await served.stop()


@pytest.fixture
async def alice(served: Served) -> RawClient:
    return await served.node.account("alice", "#r")


@pytest.fixture
async def bob(served: Served, alice: RawClient) -> RawClient:
    return await served.node.account("bob", "#r")


async def clip(served: Served, who: RawClient, data: bytes = CLIP) -> str:
    """A clip that was sent to the room; its id."""
    id: str = (await served.put(who, data, "clip.wav"))["id"]
    return id


def say(who: RawClient, id: str, nonce: str = "v1", **more: object) -> int:
    """Post a clip; the request's id."""
    return who.send("post", room="#r", nonce=nonce, text="", style="voice", attachments=[id], **more)


async def messages(who: RawClient) -> list[Obj]:
    """All that was said in the room."""
    events = (await who.ok("history", room="#r"))["events"]
    return [event["body"] for event in events if event["body"]["type"] == "message"]


async def typing(who: RawClient) -> Obj:
    """The next that is told of who types, or speaks."""
    signal = await who.signal("typing")
    return {"on": True, **signal["body"], "who": signal["sender"]["nick"]}


async def test_the_room_is_told_who_speaks_and_then_has_one_line(
    served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars
) -> None:
    held = asyncio.Event()
    ears.then(held, "hello @bob")
    file = await clip(served, alice)
    re = say(alice, file)
    assert await typing(bob) == {"type": "typing", "on": True, "speaking": True, "who": "alice"}
    assert await messages(bob) == []
    held.set()
    assert (await typing(bob))["on"] is False
    seq = (await alice.reply(re))["seq"]
    event = await bob.next(lambda o: o.get("seq") == seq)
    body = event["body"]
    assert (body["style"], body["text"], body["heard"]) == ("voice", "hello @bob", "this machine")
    assert body["mentions"] == [bob.me["id"]]
    assert [one["id"] for one in body["attachments"]] == [file]
    assert (await served.get(bob, body["attachments"][0])).body == CLIP


async def test_it_is_corrected_and_erased_like_any_line(
    served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars
) -> None:
    ears.then("open the widow")
    seq = (await alice.reply(say(alice, await clip(served, alice))))["seq"]
    file = (await bob.next(lambda o: o.get("seq") == seq))["body"]["attachments"][0]
    await alice.ok("edit", room="#r", nonce="e", seq=seq, text="open the window")
    assert (await served.get(bob, file)).status == 200
    await alice.ok("redact", room="#r", nonce="x", seq=seq)
    assert (await served.get(bob, file)).code == "no_such_file"
    await served.sweep()
    assert served.bytes_there() == []
    assert "widow" not in str(await messages(bob))


async def test_two_speak_at_once(served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars) -> None:
    first = asyncio.Event()
    ears.then(first, "the first", "the second")
    mine, theirs = await clip(served, alice), await clip(served, bob, wave_file(Pcm(bytes(6_400))))
    asked = say(alice, mine)
    await asyncio.wait_for(ears.listening.wait(), 10)
    await bob.reply(say(bob, theirs))
    first.set()
    await alice.reply(asked)
    assert [one["text"] for one in await messages(alice)] == ["the second", "the first"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("no clip", "bad_request"),
        ("two clips", "bad_request"),
        ("a text beside it", "bad_request"),
        ("a picture", "bad_request"),
        ("not there", "no_such_file"),
        ("somebody else's", "no_such_file"),
        ("elsewhere", "not_member"),
        ("muted", "muted"),
    ],
)
async def test_what_cannot_be_a_voice_line_is_refused_and_not_listened_to(
    what: str, code: str, served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars
) -> None:
    mine = await clip(served, bob)
    files, text, room = [mine], "", "#r"
    match what:
        case "no clip":
            files = []
        case "two clips":
            files = [mine, await clip(served, bob)]
        case "a text beside it":
            text = "listen"
        case "a picture":
            files = [(await served.put(bob, png()))["id"]]
        case "not there":
            files = ["f123"]
        case "somebody else's":
            files = [await clip(served, alice)]
        case "elsewhere":
            await alice.ok("join", room="#other")
            room = "#other"
        case "muted":
            await alice.ok("mute", room="#r", nonce="m", who="bob")
    said = {"room": room, "nonce": "v", "text": text, "style": "voice", "attachments": files}
    assert await bob.error("post", **said) == code
    assert ears.heard == []
    assert await messages(alice) == []


async def test_where_nobody_listens_it_is_said(world: World, tmp_path: Path) -> None:
    world.ears = None
    served = await serve(world)
    alice = await served.node.account("alice", "#r")
    hello = await (await served.node.raw()).ok("hello", protocol=1)
    assert (hello.get("listens", ""), hello.get("speaks", "")) == ("", "")
    file = await clip(served, alice)
    reply = await alice.reply(say(alice, file))
    assert (reply["code"], "[speech]" in reply["message"]) == ("forbidden", True)
    await served.stop()


async def test_a_room_that_keeps_its_lines_here_sends_no_clip_elsewhere(
    served: Served, alice: RawClient, ears: ScriptedEars
) -> None:
    await alice.ok("set", room="#r", nonce="c", models="local")
    file = await clip(served, alice)
    ears.listens_by = "api.example.org"
    refused = await alice.reply(say(alice, file))
    assert (refused["code"], ears.heard) == ("forbidden", [])
    assert "api.example.org" in refused["message"]
    ears.listens_by = "this machine"
    assert (await alice.reply(say(alice, file)))["type"] == "ok"


async def test_what_goes_wrong_is_answered_and_nothing_is_posted(
    served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars
) -> None:
    held = asyncio.Event()
    ears.then(held, NoSpeech("The clip holds no speech: it is silent."), SpeechTrouble("Try again."), "now it works")
    file = await clip(served, alice)
    asked = say(alice, file)
    assert (await typing(bob))["on"]
    held.set()
    assert (await alice.reply(asked))["code"] == "no_speech"
    assert not (await typing(bob))["on"]
    assert (await alice.reply(say(alice, file)))["code"] == "speech_trouble"
    assert await messages(alice) == []
    assert (await alice.reply(say(alice, file)))["type"] == "ok", "the clip is still there for another try"
    assert [one["text"] for one in await messages(alice)] == ["now it works"]


async def test_sent_again_it_is_said_once(served: Served, alice: RawClient, ears: ScriptedEars) -> None:
    held = asyncio.Event()
    ears.then(held, "once")
    file = await clip(served, alice)
    first = say(alice, file)
    await asyncio.wait_for(ears.listening.wait(), 10)
    second = say(alice, file, again=True)
    held.set()
    seqs = {(await alice.reply(first))["seq"], (await alice.reply(second))["seq"]}
    listened = len(ears.heard)
    seqs.add((await alice.reply(say(alice, file, again=True)))["seq"])
    assert len(seqs) == 1
    assert len(ears.heard) == listened, "what was posted is not listened to again"
    assert (
        await alice.error("post", room="#r", nonce="v2", text="", style="voice", attachments=[file]) == "file_attached"
    )
    assert len(await messages(alice)) == 1


async def test_what_is_heard_is_posted_although_its_speaker_is_gone(
    served: Served, alice: RawClient, bob: RawClient, ears: ScriptedEars
) -> None:
    held = asyncio.Event()
    ears.then(held, "goodbye all")
    say(alice, await clip(served, alice))
    await asyncio.wait_for(ears.listening.wait(), 10)
    await alice.close()
    held.set()
    assert await bob.texts(1) == ["goodbye all"]


async def test_one_does_not_take_all_of_the_listener(world: World, ears: ScriptedEars) -> None:
    served = await serve(world, limits=Limits())
    alice = await served.node.account("alice", "#r")
    held = asyncio.Event()
    for _ in range(AT_ONCE):
        ears.then(held, "said")
    files = [await clip(served, alice) for _ in range(AT_ONCE + 1)]
    asked = [say(alice, file, f"v{at}") for at, file in enumerate(files)]
    refused = await alice.reply(asked[-1])
    assert (refused["code"], refused["retry_after"]) == ("rate_limited", 1.0)
    held.set()
    assert [(await alice.reply(one))["type"] for one in asked[:-1]] == ["ok"] * AT_ONCE
    await served.stop()


async def test_a_stop_does_not_wait_for_whoever_speaks(served: Served, alice: RawClient, ears: ScriptedEars) -> None:
    ears.then(asyncio.Event(), "never heard")
    say(alice, await clip(served, alice))
    await asyncio.wait_for(ears.listening.wait(), 10)
    assert await asyncio.wait_for(served.node.hub.close(), 5)
    assert (await alice.goodbye())["code"] == "shutting_down"
    assert ears.closed
