"""Voice in the terminal: a recording is said, a line says that it was spoken, and answers are read out."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from roomful.client import Client, Line
from roomful.domain.events import Sender
from roomful.speech.audio import Pcm, settled
from roomful.terminal.listening import Reading
from tests.support.server import Server, serve
from tests.terminal.visits import PATIENCE, chatting

pytest.importorskip("espeakng_loader", reason="speech needs the extra: pip install 'roomful[speech]'")
pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")

DOOR = "#JSGF V1.0; grammar door; public <what> = (open | close) the (door | window);"


@asynccontextmanager
async def speaking(folder: Path) -> AsyncIterator[Server]:
    """A server that listens and speaks."""
    grammar = folder / "door.gram"
    grammar.write_text(DOOR)
    speech = {"LISTEN": "offline", "SPEAK": "offline", "GRAMMAR": str(grammar)}
    async with serve(
        folder, environment={f"ROOMFUL_SPEECH__{name}": value for name, value in speech.items()}
    ) as server:
        yield server


async def recorded(folder: Path, text: str) -> Path:
    """A text, spoken into a file."""
    from roomful.speech.offline.espeak import Espeak

    path = folder / "clip.wav"
    path.write_bytes(settled(b"".join([chunk async for chunk in Espeak().speak(text)])))
    return path


class Speaker:
    """A device that keeps what it plays."""

    def __init__(self) -> None:
        self.played: list[float] = []
        self.stopped = False

    def play(self, pcm: Pcm) -> None:
        self.played.append(pcm.seconds)

    def stop(self) -> None:
        self.stopped = True


async def test_a_recording_becomes_a_line_while_others_see_who_speaks(tmp_path: Path) -> None:
    clip = await recorded(tmp_path, "close the door")
    async with (
        speaking(tmp_path) as server,
        chatting(server.tcp, "alice", live=True) as alice,
        chatting(server.tcp, "bob", live=True) as bob,
    ):
        await alice.table.toolbar_has("alice · 2 here")
        alice.table.type(f"/voice {clip}")
        await bob.table.toolbar_has("alice is speaking…")
        await bob.sees("alice (spoken): close the door")
        line = await bob.sees("clip.wav (audio/wav")
        assert f"http://{server.http}/files/" in line
        assert bob.table.desk is not None
        assert "speaking" not in "".join(text for _, text in bob.table.desk.toolbar())
        await alice.does(f"/voice {tmp_path / 'nothing.wav'}", "cannot be read")
        (tmp_path / "page.txt").write_text("no recording")
        await alice.does(f"/voice {tmp_path / 'page.txt'}", "is no recording")
        await alice.does("/voice", "Which clip?")


async def test_a_server_that_does_not_listen_says_so(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, chatting(server.tcp, "alice") as alice:
        await alice.does("/voice clip.wav", "Nobody listens here")
        await alice.does("/listen on", "Nobody speaks here")
        await alice.does("/listen", "Nothing is read out")
        await alice.does("/say hello", "alice: hello")


async def test_where_there_is_no_device_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    async with speaking(tmp_path) as server, chatting(server.tcp, "alice") as alice:
        await alice.does("/listen on", "pip install 'roomful[sound]'")


async def test_a_bots_answer_is_read_sentence_by_sentence(tmp_path: Path) -> None:
    async with speaking(tmp_path) as server, Client(server.tcp, nick="alice") as alice:
        await alice.join("#lobby")
        text = "The window is open. Shall I close it? ```"
        receipt = await alice.post("#lobby", text)
        device, told = Speaker(), list[str]()
        line = Line(receipt.seq, 0, Sender(alice.me.id, "alice", "guest"), text)
        reading = Reading(alice, device, told.append)
        reading.take("#lobby", line)  # of a person: it is not read out
        reading.take("#lobby", replace(line, sender=Sender(alice.me.id, "eliza", "bot")))
        async with asyncio.timeout(PATIENCE):
            await reading.until_read()
        assert len(device.played) == 2
        assert all(seconds > 0.5 for seconds in device.played)
        await reading.close()
        assert (device.stopped, told) == (True, [])
