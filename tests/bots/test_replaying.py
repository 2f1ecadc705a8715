"""`roomful bots replay`, as people use it: on the export of a room."""

import json
from pathlib import Path

import pytest

from roomful.domain.events import Sender, timestamp
from tests.keeping.commands import roomful

BEGAN = 1_763_632_800_000
ADA, BOB = Sender("p1", "ada", "person"), Sender("p2", "bob", "guest")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """An exported room."""
    said = [(0, ADA, "hello"), (20, BOB, "hi"), (40, ADA, "@muse tea?"), (60, BOB, "tea it is")]
    header = {
        "type": "roomful-export",
        "format": 1,
        "epoch": "e",
        "room": "r1",
        "name": "#tea",
        "kind": "public",
        "topic": "",
        "settings": {},
        "members": [],
        "head": len(said),
        "exported_at": timestamp(BEGAN),
    }
    lines = [
        {
            "type": "event",
            "room": "#tea",
            "seq": seq,
            "at": timestamp(BEGAN + s * 1000),
            "sender": {"id": sender.id, "nick": sender.nick, "kind": sender.kind},
            "nonce": "",
            "body": {"type": "message", "text": text},
        }
        for seq, (s, sender, text) in enumerate(said, start=1)
    ]
    path = tmp_path / "tea.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in (header, *lines)), encoding="utf-8")
    return path


async def test_bots_that_are_named(room: Path) -> None:
    ran = await roomful(
        room.parent, "bots", "replay", room.name, "muse=lines:2", "leaf=keywords:tea", "--format", "json"
    )
    assert ran.code == 0, ran.err
    assert [(one["bot"], one["lines"], one["rule"]) for one in json.loads(ran.out)] == [
        ("muse", "1-2", "lines:2"),
        ("muse", "3", "mention"),
        ("leaf", "4", "keywords"),
    ]


async def test_bots_of_the_configuration_and_why_they_are_silent(room: Path) -> None:
    (room.parent / "try.toml").write_text(
        '[[bots]]\nnick = "muse"\nmodel = "offline:eliza"\nrooms = ["#tea"]\nhost = true\n', encoding="utf-8"
    )
    ran = await roomful(room.parent, "bots", "replay", room.name, "--config", "try.toml", "--silent")
    assert ran.code == 0, ran.err
    assert "muse would speak: ada is alone with it" in ran.out
    assert "muse kept silent: two people here, nobody named it (0 tokens)" in ran.out
    assert ran.out.endswith("In 4 events, so many times they would have spoken: muse (mention) 2.\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("muse=lines",), "muse: mode: 'lines' lacks a whole number from 1 to 1,000 after the colon, as in 'lines:5'."),
        ((), "The configuration has no bot in #tea: name one to try, as in muse=lines:5, or another --room."),
        (("muse", "--timezone", "Mars"), "There is no time zone 'Mars': they are called as in Europe/Zurich."),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(room: Path, words: tuple[str, ...], expected: str) -> None:
    ran = await roomful(room.parent, "bots", "replay", room.name, *words)
    assert (ran.code, ran.out, ran.err) == (2, "", expected + "\n")
