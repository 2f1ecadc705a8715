"""docs/offline-bots.md shows what is so."""

import re
from pathlib import Path

from roomful.models.offline import Hit, answer, greeting
from roomful.models.offline.lint import lint
from roomful.models.offline.script import parse

from .talking import duet

PAGE = (Path(__file__).parents[3] / "docs/offline-bots.md").read_text(encoding="utf-8")
TRANSCRIPT, LIBRARIAN, SCRIPT = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_transcript_is_what_they_say() -> None:
    said = duet("eliza", "parry", 14, 2)
    assert TRANSCRIPT.splitlines() == [f"{who}: {text}" for who, text in said]


def test_the_librarian_answers_so() -> None:
    asked, *answered = (row[6:] for row in LIBRARIAN.splitlines())
    hit = Hit(12, "bob", "the apples are in the cellar, behind the bicycles", 1_795_190_400_000)
    assert answer(asked.removeprefix("/search "), [hit]).splitlines() == answered


def test_the_script_is_sound() -> None:
    assert lint(parse(SCRIPT, "socrates.script")) == []


def test_first_words_are_as_shown() -> None:
    assert greeting("eliza") in PAGE
