"""`roomful speak` and `roomful transcribe`, as they are typed."""

import json
from pathlib import Path

import pytest

from roomful.cli.speech import speak, transcribe

pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")

DOOR = "#JSGF V1.0; grammar door; public <what> = (open | close) the (door | window);"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "AZURE_SPEECH_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_what_was_spoken_is_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound, grammar = tmp_path / "clip.wav", tmp_path / "door.gram"
    grammar.write_text(DOOR)
    assert speak("open the window", out=sound) == 0
    assert capsys.readouterr().err == f"{sound}: audio/wav, by offline.\n"
    assert transcribe(sound, grammar=grammar) == 0
    assert capsys.readouterr().out == "open the window\n"
    assert transcribe(sound, grammar=grammar, form="json") == 0
    heard = json.loads(capsys.readouterr().out)
    assert [word["text"] for word in heard["words"]] == ["open", "the", "window"]


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = tmp_path / "clip.wav"
    sound.write_bytes(b"mine")
    assert speak("hello", out=sound) == 1
    assert sound.read_bytes() == b"mine"
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html>", "This is no recording that can be read"), (b"RIFF\x10\x00\x00\x00WAVEfmt ", "cannot be read")],
)
def test_what_is_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str) -> None:
    file = tmp_path / "clip.wav"
    file.write_bytes(content)
    assert transcribe(file) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("anthropic", "anthropic does not speak and listen: say offline, azure"),
        ("openai", "set OPENAI_API_KEY"),
        ("azure", "set AZURE_SPEECH_KEY"),
        ("home:whisper", "home does not speak and listen"),
    ],
)
def test_who_cannot_listen_is_said_with_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], provider: str, words: str
) -> None:
    file = tmp_path / "clip.wav"
    file.write_bytes(b"RIFF0000WAVE")
    assert transcribe(file, provider=provider) == 1
    assert words in capsys.readouterr().err


def test_a_server_of_ones_own_is_a_provider(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "roomful.toml").write_text('[providers.home]\nbase_url = "http://127.0.0.1:9/v1"\n')
    assert speak("hello", out=tmp_path / "clip.wav") == 0
    assert transcribe(tmp_path / "clip.wav", provider="home:whisper") == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_a_file_that_is_not_there_and_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcribe(tmp_path / "none.wav") == 1
    assert "cannot be read: No such file or directory" in capsys.readouterr().err
    assert speak("  ", out=tmp_path / "x.wav") == 2
