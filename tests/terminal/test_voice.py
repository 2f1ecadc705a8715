"""Voice in the terminal: a recording is said, a line says that it was spoken, and answers are read out."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from roomful.client import Client, Line
from roomful.domain.events import Sender
from roomful.domain.verdicts import Used
from roomful.speech.audio import Pcm, settled, wave_file
from roomful.terminal.bots import total
from roomful.terminal.listening import NoDevice, Reading, SoundDevice
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
        for name, data, said in (
            ("silent.wav", wave_file(Pcm(bytes(32_000))), "it is silent"),
            ("cut.wav", clip.read_bytes()[:20_000], "breaks off"),
            ("hour.wav", wave_file(Pcm(b"\x00\x20" * 1_000 * 3_600, 1_000)), "lasts 60:00 min, and at most 5:00 min"),
        ):
            (tmp_path / name).write_bytes(data)
            await alice.does(f"/voice {tmp_path / name}", said)


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


class PortAudio:
    """Stands in for the module `sounddevice`, on a machine with an output, or without one."""

    class PortAudioError(Exception):
        pass

    def __init__(self, *, devices: bool = True, breaks: bool = False) -> None:
        self.devices, self.breaks = devices, breaks
        self.opened: list[dict[str, object]] = []
        self.played = bytearray()
        self.while_playing: Callable[[], None] = lambda: None

    def query_devices(self, kind: str) -> object:
        if not self.devices:
            raise self.PortAudioError("Error querying device -1")
        return {"name": "speakers"}

    @contextmanager
    def RawOutputStream(self, **how: object) -> Iterator["PortAudio"]:
        self.opened.append(how)
        yield self

    def write(self, data: bytes) -> None:
        if self.breaks:
            raise self.PortAudioError("Device unavailable")
        self.played += data
        self.while_playing()


async def test_the_system_plays_what_is_read_until_it_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    library = PortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    device = SoundDevice()
    sound = Pcm(bytes(range(256)) * 250, 16_000)  # 2 s
    device.play(sound)
    assert library.played == sound.samples
    assert library.opened == [{"samplerate": 16_000, "channels": 1, "dtype": "int16"}]
    library.while_playing = device.stop
    library.played.clear()
    device.play(sound)
    assert len(library.played) == 3_200, "a tenth of a second, and no more"
    library.played.clear()
    device.play(sound)
    assert library.played == b"", "what was still to come is not played either"


async def test_a_machine_without_a_device_and_one_whose_device_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", PortAudio(devices=False))
    with pytest.raises(NoDevice, match="no audio device that could play"):
        SoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", PortAudio(breaks=True))
    async with speaking(tmp_path) as server, Client(server.tcp, nick="alice") as alice:
        await alice.join("#lobby")
        receipt = await alice.post("#lobby", "The window is open.")
        told = asyncio.Queue[str]()
        reading = Reading(alice, SoundDevice(), told.put_nowait)
        reading.take("#lobby", Line(receipt.seq, 0, Sender(alice.me.id, "eliza", "bot"), "The window is open."))
        async with asyncio.timeout(PATIENCE):
            assert await told.get() == "Nothing more is read out: The audio device plays nothing: Device unavailable."
        assert reading.over
        await reading.close()


async def test_without_portaudio_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        """Finds a module that does not find its library, as sounddevice does where PortAudio is missing."""

        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(NoDevice, match="PortAudio: the package libportaudio2"):
        SoundDevice()


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


def test_what_speech_was_used_for_is_told_apart_from_answers() -> None:
    listened = Used("2026-11-21", "", "azure", "#r", "p1", 2, 0, 0, 0.0021, "listen", 8.6)
    spoken = Used("2026-11-21", "", "azure", "#r", "p1", 1, 0, 0, 0.018, "speak", 1_204.0)
    answered = Used("2026-11-21", "b1", "openai:gpt-5", "#r", "p1", 3, 600, 308, 0.0004)
    assert total([listened]) == "2 clips, 9 seconds, $0.0021"
    assert total([answered, listened, spoken]) == (
        "3 answers, 908 tokens, $0.0004; 2 clips, 9 seconds, $0.0021; 1 text read out, 1,204 characters, $0.0180"
    )
    assert total([]) == "0 answers, 0 tokens"
