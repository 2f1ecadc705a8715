"""An answer is spoken once for all who listen, and the least used is forgotten; a text is cut where one can begin to speak."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from roomful.errors import SpeechTrouble
from roomful.speech.cache import SpokenCache
from roomful.speech.sentences import sentences


class Scripted:
    name, local, destination, type = "scripted", True, "this machine", "audio/mpeg"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.held = asyncio.Event()
        self.held.set()
        self.begun = asyncio.Event()
        self.fails = False

    async def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        self.asked.append(text)
        self.begun.set()
        yield b"<"
        await self.held.wait()
        if self.fails:
            raise SpeechTrouble("It broke off.")
        yield f"{voice}:{text}>".encode()

    async def close(self) -> None:
        pass


async def test_many_ask_at_once_and_it_is_spoken_once(tmp_path: Path) -> None:
    speaker, cache = Scripted(), SpokenCache(tmp_path)
    speaker.held.clear()
    asking = [asyncio.create_task(cache.spoken(speaker, "hello", "en")) for _ in range(10)]
    await speaker.begun.wait()
    speaker.held.set()
    assert set(await asyncio.gather(*asking)) == {b"<en:hello>"}
    assert await SpokenCache(tmp_path).spoken(speaker, "hello", "en") == b"<en:hello>"
    assert speaker.asked == ["hello"]
    assert await cache.spoken(speaker, "hello", "de") == b"<de:hello>"


async def test_half_a_sound_is_not_kept(tmp_path: Path) -> None:
    speaker, cache = Scripted(), SpokenCache(tmp_path)
    speaker.fails = True
    with pytest.raises(SpeechTrouble):
        await cache.spoken(speaker, "hello")
    speaker.fails = False
    assert await cache.spoken(speaker, "hello") == b"<:hello>"


async def test_the_least_used_go_when_there_is_too_much(tmp_path: Path) -> None:
    speaker, cache = Scripted(), SpokenCache(tmp_path, most=40)
    for number in range(10):
        await cache.spoken(speaker, f"text {number}")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 40
    await cache.spoken(speaker, "text 9")
    assert speaker.asked.count("text 9") == 1


async def pieces(text: str) -> AsyncIterator[str]:
    for character in text:
        yield character


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Mr. B. said so. Pi is 3.14, e.g. here.", ["Mr. B. said so.", "Pi is 3.14, e.g. here."]),
        ("A line\nanother line", ["A line", "another line"]),
        ("你好。今天好吗？", ["你好。", "今天好吗？"]),
        ("", []),
        ("word " * 100, [("word " * 60).strip(), ("word " * 40).strip()]),
    ],
)
async def test_sentences(text: str, cut: list[str]) -> None:
    assert [one async for one in sentences(pieces(text))] == cut
