"""Whom a client takes for the server it means, and the file of servers that were trusted on first use."""

import stat
from pathlib import Path

import pytest

from roomful.client import parse_address
from roomful.client.pins import Pins
from roomful.client.trust import parse_pin

PIN = "sha256:" + 32 * "0a"


def test_a_pin_is_read_as_people_and_tools_write_it() -> None:
    assert parse_pin(PIN) == PIN
    assert parse_pin(" SHA256:" + ":".join(32 * ["0A"])) == PIN


@pytest.mark.parametrize(
    "text", ["", "sha256:", "sha256:0a", PIN + "0", PIN.replace("a", "g"), PIN.replace("sha256", "md5")]
)
def test_what_is_no_pin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no fingerprint"):
        parse_pin(text)


def test_pins_are_kept_by_server_and_private(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "new" / "folder")
    here, there = parse_address("tls://Chat.example.org"), parse_address("tls://[::1]:6000")
    assert pins.of(here) == ""
    pins.keep(here, PIN)
    pins.keep(there, PIN[:-2] + "ff")
    assert pins.of(parse_address("tls://chat.example.org:5004")) == PIN
    pins.keep(there, PIN)
    assert Pins(tmp_path / "new" / "folder").of(there) == PIN
    assert stat.S_IMODE(pins.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(pins.file.parent.stat().st_mode) == 0o700
    assert [path.name for path in pins.file.parent.iterdir()] == [pins.file.name]


def test_the_file_may_be_edited(tmp_path: Path) -> None:
    pins = Pins(tmp_path)
    pins.file.write_text(f"# my servers\n\nchat.example.org:5004 {PIN}\nnonsense\n")
    assert pins.of(parse_address("tls://chat.example.org")) == PIN
    assert pins.of(parse_address("tls://other.example.org")) == ""
