"""Reading out: what was said in a room is spoken for whoever may read it there, and nothing else is spoken at all."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from roomful.errors import NoSuchVoice, RoomfulError, SpeechTrouble
from roomful.gateways.http.speech import ROUTE
from roomful.hub.limits import Limits
from roomful.hub.speaking import AT_ONCE
from roomful.testing.ears import MadeSound, ScriptedEars
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.files.conftest import Got, Served, serve
from tests.support.raw import RawClient

from .conftest import World
from .hosting import Host

PATH = "/api/v1" + ROUTE.path.replace("{room}", "r")


@pytest.fixture
def ears(tmp_path: Path) -> ScriptedEars:
    return ScriptedEars(folder=tmp_path)


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


async def hear(served: Served, who: RawClient | None, text: str, **fields: Any) -> Got:
    """Ask for the sound of a text."""
    return await served.ask("POST", PATH, who, json={"text": text, **fields})


async def test_a_part_of_a_message_is_a_sound_that_stays_with_its_listener(
    served: Served, alice: RawClient, ears: ScriptedEars
) -> None:
    seq = (await alice.post("#r", "Good **morning**. How are you?"))["seq"]
    got = await hear(served, alice, "Good **morning**.", seq=seq)
    assert (got.status, got.headers["Content-Type"], got.body[:4]) == (200, "audio/wav", b"RIFF")
    assert got.headers["Cache-Control"].startswith("private")
    assert got.headers["ETag"]
    assert ears.spoken == [("Good morning.", "")], "marks are not read out"
    await alice.ok("edit", room="#r", nonce="e", seq=seq, text="Good evening.")
    assert (await hear(served, alice, "Good evening.", seq=seq)).status == 200


async def test_nothing_is_spoken_that_was_not_said_where_one_reads(
    served: Served, alice: RawClient, ears: ScriptedEars
) -> None:
    seq = (await alice.post("#r", "hello"))["seq"]
    gone = (await alice.post("#r", "a secret"))["seq"]
    await alice.ok("redact", room="#r", nonce="x", seq=gone)
    eve = await served.node.account("eve")
    refused = {
        "other words": (await hear(served, alice, "buy now", seq=seq)).code,
        "an event that is no message": (await hear(served, alice, "hello", seq=1)).code,
        "a line to come": (await hear(served, alice, "hello", seq=99)).code,
        "an erased one": (await hear(served, alice, "a secret", seq=gone)).code,
        "no place": (await hear(served, alice, "hello")).code,
        "two places": (await hear(served, alice, "hello", seq=seq, draft="d")).code,
        "an answer that nobody writes": (await hear(served, alice, "hello", draft="d")).code,
        "too much": (await hear(served, alice, "a" * 1_001, seq=seq)).code,
        "a room that one is not in": (await hear(served, eve, "hello", seq=seq)).code,
        "nobody": (await hear(served, None, "hello", seq=seq)).code,
    }
    assert refused == {
        "other words": "bad_request",
        "an event that is no message": "no_such_event",
        "a line to come": "no_such_event",
        "an erased one": "bad_request",
        "no place": "bad_request",
        "two places": "bad_request",
        "an answer that nobody writes": "no_such_event",
        "too much": "bad_request",
        "a room that one is not in": "not_member",
        "nobody": "login_required",
    }
    assert ears.spoken == []


async def test_an_answer_is_read_while_it_is_written_by_its_bots_voice(
    served: Served, alice: RawClient, ears: ScriptedEars
) -> None:
    host = await Host.start(served.node)
    bot = await host.bot("eliza", settings='{"voice": "en-gb+f3", "persona": "x"}')
    (info,) = (await alice.ok("bots", room="#r"))["bots"]
    assert info["voice"] == "en-gb+f3"
    await bot.ok("draft", room="#r", draft="d1", at=0, append="I am here. And I am wri")
    assert (await hear(served, alice, "I am here.", draft="d1")).status == 200
    assert (await hear(served, alice, "I am not.", draft="d1")).code == "bad_request"
    seq = (await bot.post("#r", "I am here. And I am writing.", "d1"))["seq"]
    assert (await hear(served, alice, "I am here.", draft="d1")).code == "no_such_event"
    assert (await hear(served, alice, "And I am writing.", seq=seq, voice="de")).status == 200
    assert ears.spoken == [("I am here.", "en-gb+f3"), ("And I am writing.", "de")]


@pytest.mark.parametrize(("why", "status"), [(NoSuchVoice("No."), 400), (SpeechTrouble("Later."), 503)])
async def test_what_goes_wrong_is_a_problem(
    why: RoomfulError,
    status: int,
    served: Served,
    alice: RawClient,
    ears: ScriptedEars,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(text: str, voice: str = "", **more: object) -> MadeSound:
        raise why

    monkeypatch.setattr(ears, "speak", fail)
    seq = (await alice.post("#r", "hello"))["seq"]
    got = await hear(served, alice, "hello", seq=seq)
    assert (got.status, got.code) == (status, why.code)


async def test_a_room_that_keeps_its_lines_here_has_nothing_spoken_elsewhere(
    served: Served, alice: RawClient, ears: ScriptedEars
) -> None:
    await alice.ok("set", room="#r", nonce="c", models="local")
    seq = (await alice.post("#r", "hello"))["seq"]
    ears.speaks_by = "api.example.org"
    assert (await hear(served, alice, "hello", seq=seq)).code == "forbidden"
    assert ears.spoken == []
    ears.speaks_by = "this machine"
    assert (await hear(served, alice, "hello", seq=seq)).status == 200


async def test_where_nobody_speaks_it_is_said(world: World) -> None:
    world.ears = ScriptedEars()
    served = await serve(world)
    alice = await served.node.account("alice", "#r")
    seq = (await alice.post("#r", "hello"))["seq"]
    assert (await hear(served, alice, "hello", seq=seq)).code == "forbidden"
    await served.stop()


async def test_one_does_not_take_all_of_the_speaker(world: World, ears: ScriptedEars) -> None:
    served = await serve(world, limits=Limits())
    alice = await served.node.account("alice", "#r")
    seq = (await alice.post("#r", "hello"))["seq"]
    got = [(await hear(served, alice, "hello", seq=seq)).status for _ in range(AT_ONCE + 1)]
    assert got == [200] * AT_ONCE + [429]
    await served.stop()
