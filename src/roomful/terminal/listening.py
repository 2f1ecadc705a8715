"""Bots' answers read out, one after the other, where this machine has an audio device."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from roomful.client import Client, ConnectFailed, ConnectionLost, Line
from roomful.errors import RoomfulError
from roomful.speech.audio import Clip, Pcm, decoded
from roomful.speech.sentences import split

WAITING = 100  # sentences; what is said meanwhile is not read out


class NoDevice(Exception):
    """Nothing can be played here. The message says why, and what would be right."""


class Device(Protocol):
    """What plays sounds."""

    def play(self, pcm: Pcm) -> None:
        """Play it to its end, in the thread that calls. Raises NoDevice."""

    def stop(self) -> None:
        """Let what is being played end at once; nothing more is."""


class SoundDevice:
    """The system's device, by PortAudio."""

    def __init__(self) -> None:
        """Raises NoDevice."""
        try:
            import sounddevice
        except ImportError:
            raise NoDevice("Playing sounds takes sounddevice: pip install 'roomful[sound]'.") from None
        except OSError:
            raise NoDevice("Playing sounds takes PortAudio: the package libportaudio2, or portaudio.") from None
        self._library = sounddevice
        self._stopped = False
        try:
            sounddevice.query_devices(kind="output")
        except (sounddevice.PortAudioError, ValueError):
            raise NoDevice("This machine has no audio device that could play anything.") from None

    def play(self, pcm: Pcm) -> None:
        """See Device."""
        piece = pcm.rate // 5  # bytes: a tenth of a second, so that it stops soon
        try:
            with self._library.RawOutputStream(samplerate=pcm.rate, channels=1, dtype="int16") as stream:
                for at in range(0, len(pcm.samples), piece):
                    if self._stopped:
                        return
                    stream.write(pcm.samples[at : at + piece])
        except self._library.PortAudioError as why:
            raise NoDevice(f"The audio device plays nothing: {why}.") from None

    def stop(self) -> None:
        """See Device."""
        self._stopped = True


class Reading:
    """Reads lines out until it is closed. What goes wrong is told once, and ends it."""

    def __init__(self, client: Client, device: Device, tell: Callable[[str], None]) -> None:
        self._client, self._device, self._tell = client, device, tell
        self._queue: asyncio.Queue[tuple[str, int, str]] = asyncio.Queue(WAITING)
        self._task = asyncio.get_running_loop().create_task(self._read(), name="reading out")

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._task.done()

    def take(self, room: str, line: Line) -> None:
        """Read a line out, if it is a bot's."""
        if line.sender.kind != "bot" or self.over:
            return
        for sentence in split(line.text):
            with contextlib.suppress(asyncio.QueueFull):
                self._queue.put_nowait((room, line.seq, sentence))

    async def until_read(self) -> None:
        """Wait until nothing waits to be read."""
        await self._queue.join()

    async def close(self) -> None:
        """Be quiet."""
        self._device.stop()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while True:
                room, seq, text = await self._queue.get()
                sound = await self._sound(room, seq, text)
                if sound:
                    await asyncio.to_thread(self._play, sound)
                self._queue.task_done()
        except (RoomfulError, ConnectFailed, ConnectionLost) as why:
            self._tell(f"Nothing more is read out: {why.message}")
        except NoDevice as why:
            self._tell(f"Nothing more is read out: {why}")

    async def _sound(self, room: str, seq: int, text: str) -> bytes:
        """The sound of a sentence; nothing, where there are no words in it."""
        if not any(one.isalnum() for one in text):
            return b""
        return await self._client.spoken(room, text, seq=seq)

    def _play(self, sound: bytes) -> None:
        self._device.play(decoded(Clip(sound)))
