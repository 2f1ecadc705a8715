"""Exports for people: edits in their place, reactions counted, what was redacted gone, nothing for a spreadsheet to compute."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain import events as e
from roomful.domain.events import Named
from roomful.keeping import tables
from roomful.keeping.folding import Line
from roomful.keeping.pages import plain
from roomful.testing.memory import MemoryStore

from .rooms import ALICE, BOB, CAROL, Said, export_text, record

DAY = 86_400_000  # ms
TALK: list[Said] = [
    (0, ALICE, e.Join("owner")),
    (60_000, ALICE, e.Message("helo")),
    (0, BOB, e.Message("how are *you*?\nand tea?", reply_to=2)),
    (0, ALICE, e.Edit(2, "hello", ())),
    (0, BOB, e.Reaction(2, "👍")),
    (0, CAROL, e.Reaction(2, "👍")),
    (0, CAROL, e.Reaction(2, "🎉")),
    (0, CAROL, e.Reaction(2, "🎉", on=False)),
    (DAY, CAROL, e.Message("in the thread", thread=2)),
    (0, BOB, e.Message(redacted=12)),
    (0, BOB, e.Message("waves", "action")),
    (0, ALICE, e.Redaction(10, "rude")),
    (0, ALICE, e.Kick(Named(BOB.id, "Bob"), "enough")),
    (0, CAROL, e.Message("=1+1")),
]

MARKDOWN = """\
# #tea

Topic: green

Exported 2025-11-20T10:00:00.000Z: events 1 to 14.

## Thursday, 20 November 2025

- `10:00` *alice joined as owner*
- `10:01` **alice**: hello *(edited)* 👍 2
- `10:01` (to 2) **Bob**: how are \\*you\\*?  \n  and tea?

## Friday, 21 November 2025

  - `10:01` **Çarol**: in the thread
- `10:01` **Bob**: *(redacted)*
- `10:01` *Bob* waves
- `10:01` *alice kicked Bob (enough)*
- `10:01` **Çarol**: =1+1
"""


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


async def test_a_page_reads_as_it_was_said() -> None:
    store = MemoryStore()
    await record(store, "r", TALK, topic="green")
    assert await export_text(store, "#tea", "md") == MARKDOWN


async def test_a_table_has_a_row_for_each_line() -> None:
    store = MemoryStore()
    await record(store, "r", TALK)
    text = await export_text(store, "#tea", "csv")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert [int(row["seq"]) for row in rows] == [1, 2, 3, 9, 10, 11, 13, 14]
    hello, tea, threaded, gone, waves, kicked, formula = rows[1:]
    assert (hello["text"], hello["edited"], hello["reactions"]) == ("hello", "yes", "👍 2")
    assert (tea["text"], tea["reply_to"], tea["nick"]) == ("how are *you*?\nand tea?", "2", "Bob")
    assert threaded["thread"] == "2"
    assert (gone["text"], gone["redacted"]) == ("(redacted)", "yes")
    assert (waves["type"], kicked["type"], kicked["text"]) == ("action", "kick", "kicked Bob (enough)")
    assert formula["text"] == "'=1+1"
    assert rows[0]["at"] == "2025-11-20T10:00:00.000Z"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    line = Line(1, 0, e.Sender("p", text, "person"), "message", text)
    row = next(csv.reader(io.StringIO(tables.written([line]).decode(), newline="")))
    for cell in (row[2], row[5]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert cell in (text, "'" + text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![spy](http://x/y.png)",
        "[a](b)",
        "# no heading",
        "1. one",
        "a_b_c",
        "`x`",
        "&amp;",
    ],
)
def test_a_text_is_no_markdown(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\\", "") == text
    for place, character in enumerate(escaped):
        if character in "<[`_&" or (character == "#" and place <= 1):
            assert escaped[place - 1] == "\\", escaped
