"""The booth: a real process beside, which is started when it is needed, and whose death harms one clip at most."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.errors import BadAudio, NoSuchVoice, OverBudget, SpeechTrouble
from roomful.log import Log
from roomful.speech.settings import SpeechSettings
from roomful.voice import Booth, Setup

pytest.importorskip("espeakng_loader", reason="speech needs the extra: pip install 'roomful[speech]'")
pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")

DOOR = "#JSGF V1.0; grammar door; public <what> = (open | close) the (door | window);"


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    grammar = tmp_path / "door.gram"
    grammar.write_text(DOOR)
    settings = SpeechSettings("offline", "offline", grammar=str(grammar))
    booth = Booth(Setup(settings, data=str(tmp_path)), Log(lambda _: None))
    yield booth
    await booth.close()


async def test_what_is_spoken_is_heard_and_said_once(booth: Booth) -> None:
    said = ("open the window", "close the door")
    sounds = await asyncio.gather(*(booth.speak(text) for text in said))
    heard = await asyncio.gather(*(booth.listen(Path(sound.path)) for sound in sounds))
    assert [one.transcript.text for one in heard] == list(said)
    again = await booth.speak(said[0], kept_only=True)
    assert (again.path, again.type) == (sounds[0].path, "audio/wav")
    assert [sounds[0].made, again.made] == [True, False]


async def test_it_gives_way_to_those_who_type(booth: Booth) -> None:
    sound = await booth.speak("open the window")
    await booth.listen(Path(sound.path))
    pids = [booth.speaking.pid, booth.listening.pid]
    assert None not in pids
    for pid in pids:
        assert pid is not None
        assert os.getpriority(os.PRIO_PROCESS, pid) == 19
        if hasattr(os, "SCHED_IDLE"):
            assert os.sched_getscheduler(pid) == os.SCHED_IDLE
        assert (os.getsid(pid), os.getpgid(pid)) == (os.getsid(0), pid), "weighed with the server, not against it"


async def test_a_budget_that_is_spent_is_said_before_anything_is_done(booth: Booth) -> None:
    with pytest.raises(OverBudget):
        await booth.speak("never said before", kept_only=True)
    sound = await booth.speak("open the window")
    with pytest.raises(OverBudget):
        await booth.listen(Path(sound.path), most=0.1)
    heard = await booth.listen(Path(sound.path), most=10.0)
    assert 0.5 < heard.seconds < 2


async def test_what_goes_wrong_there_is_said_here(booth: Booth, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>")
    with pytest.raises(BadAudio):
        await booth.listen(tmp_path / "page.html")
    with pytest.raises(NoSuchVoice, match="gibberish"):
        await booth.speak("hello", "gibberish")
    assert (await booth.speak("hello")).path


async def test_its_death_is_told_and_the_next_clip_starts_it_again(booth: Booth) -> None:
    await booth.speak("hello")
    pid = booth.speaking.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that the job is still to be done
    asking = asyncio.create_task(booth.speak("a sentence that nobody has said"))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(SpeechTrouble, match="try again"):
        await asking
    assert (await booth.speak("a sentence that nobody has said")).path


async def test_nothing_is_started_before_it_is_needed(tmp_path: Path) -> None:
    booth = Booth(Setup(SpeechSettings(), data=str(tmp_path)), Log(lambda _: None), ("/nowhere",))
    assert (booth.listens_by, booth.speaks_by) == ("", "")
    await booth.close()
    with pytest.raises(SpeechTrouble, match="is gone"):
        await booth.speak("hello")
    await booth.close()


async def test_one_that_says_what_it_should_not_is_ended_and_nobody_waits_for_it(tmp_path: Path) -> None:
    talks = (
        "import sys, time; sys.stdin.readline(); sys.stdin.readline(); print('loading…', flush=True); time.sleep(60)"
    )
    booth = Booth(Setup(SpeechSettings(), data=str(tmp_path)), Log(lambda _: None), (sys.executable, "-c", talks))
    try:
        async with asyncio.timeout(20):
            with pytest.raises(SpeechTrouble, match="try again"):
                await booth.speak("hello")
    finally:
        await booth.close()
