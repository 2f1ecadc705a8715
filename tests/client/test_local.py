"""What a server notes in the data folder for clients of the same machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from roomful.client.local import NOTE, data_folder, forget_addresses, note_addresses, noted_addresses, program


def test_a_note_is_read_until_it_is_forgotten(tmp_path: Path) -> None:
    assert noted_addresses(tmp_path) is None
    note_addresses(tmp_path, {"tcp": "127.0.0.1:1"})
    note_addresses(tmp_path, {"tcp": "127.0.0.1:2", "http": "127.0.0.1:3"})
    assert noted_addresses(tmp_path) == {"tcp": "127.0.0.1:2", "http": "127.0.0.1:3"}
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]
    forget_addresses(tmp_path)
    forget_addresses(tmp_path)
    assert noted_addresses(tmp_path) is None


def test_the_note_of_a_process_that_is_no_more_is_ignored(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    note_addresses(tmp_path, {"tcp": "127.0.0.1:2"}, gone.pid)
    assert noted_addresses(tmp_path) is None


@pytest.mark.parametrize(
    "note", [b"", b"{", b"\xff", b'{"pid":"1","addresses":{}}', b'{"pid":0,"addresses":{}}', b"[]"]
)
def test_a_broken_note_is_none(tmp_path: Path, note: bytes) -> None:
    (tmp_path / NOTE).write_bytes(note)
    assert noted_addresses(tmp_path) is None


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROOMFUL_SERVER__DATA", str(tmp_path / "here"))
    assert data_folder() == tmp_path / "here"
    monkeypatch.delenv("ROOMFUL_SERVER__DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder().name == "roomful"
    assert tmp_path in data_folder().parents


def test_what_to_type_is_as_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV", raising=False)
    assert program() == "roomful"
    monkeypatch.setenv("UV", "/somewhere/uv")
    assert program() == "uv run roomful"
