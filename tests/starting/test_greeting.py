"""What somebody reads who started the server in a terminal."""

from pathlib import Path

import pytest

from roomful.starting.greeting import BLACK_ON_WHITE, Lan, greeting, link, qr

ALL = {"tcp": "127.0.0.1:5002", "tls": "0.0.0.0:5004", "http": "127.0.0.1:5003"}
LAN = Lan(("192.168.1.5", "fd00::2"), "042137")


def test_everything_at_once_fits_into_eight_lines() -> None:
    text = greeting(Path("/data"), ALL, fingerprint="sha256:ab", lan=LAN)
    lines = text[: text.index(BLACK_ON_WHITE)].rstrip().splitlines()
    assert len(lines) <= 8
    assert "chat 192.168.1.5:5002 --code 042137" in text
    assert "sha256:ab" in text
    assert "--pin" in text
    assert "0.0.0.0" not in text, "nobody can type that elsewhere"
    assert "Ctrl-C" in text


def test_the_first_owner_is_told_what_to_type_wherever_the_data_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "else where"
    monkeypatch.setattr("roomful.starting.greeting.data_folder", lambda: home)
    for folder in (home, elsewhere):
        folder.mkdir()
        (folder / "owner.token").write_text("a-code")
    assert "chat --account NAME   (makes" in greeting(home, ALL)
    text = greeting(elsewhere, ALL | {"tcp": "127.0.0.1:7000"})
    assert f"chat 127.0.0.1:7000 --account NAME --invite \"$(cat '{elsewhere}/owner.token')\"" in text
    assert "a-code" not in text


def test_with_the_web_client_a_browser_comes_first_and_makes_the_owner(tmp_path: Path) -> None:
    (tmp_path / "owner.token").write_text("7K3M-Q9TX-2VBN-H4DR")
    text = greeting(tmp_path, ALL | {"http": "0.0.0.0:5003"}, page=True)
    assert text.index("browser    http://127.0.0.1:5003/\n") < text.index("talk ")
    assert "owner      http://127.0.0.1:5003/#owner=7K3M-Q9TX-2VBN-H4DR   (makes" in text
    assert len(text.splitlines()) <= 8


def test_without_a_network_there_is_no_code() -> None:
    text = greeting(Path("/data"), ALL | {"tls": ""}, nobody="nobody can log in")
    assert BLACK_ON_WHITE not in text
    assert "code" not in text
    assert "nobody can log in" in text


def test_the_link_and_its_code_to_scan() -> None:
    assert link(LAN, "127.0.0.1:5003") == "http://192.168.1.5:5003/?code=042137"
    lines = qr(link(LAN, "127.0.0.1:5003")).splitlines()
    assert len({len(line) for line in lines}) == 1, "a square"
    assert len(lines) * 2 - (len(lines[0]) - len(f"  {BLACK_ON_WHITE}" + "\x1b[0m")) in (0, 1)
