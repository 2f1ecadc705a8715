"""What others write reaches the terminal as text, and as nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.terminal.text import in_lines, one_line, shortened

OBEYED = {chr(c) for c in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0x2028, 0x2029)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[2J\x1b[31mred", "␛[2J␛[31mred"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "\\x9b31m"),
        ("back\b\bspace \x7f", "back␈␈space ␡"),
        ("a\tb", "a    b"),
        ("hidden\rseen", "hidden␍seen"),
        ("two\nlines", "two⏎lines"),
        ("\u202egpj.exe", "gpj.exe"),
        ("half \ud800", "half \ufffd"),
        ("e\u0301 日本 👩‍👩‍👧", "e\u0301 日本 👩‍👩‍👧"),
    ],
)
def test_on_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_right_to_left_text_keeps_to_its_own_place() -> None:
    assert one_line("שלום 22") == "\u2068שלום 22\u2069"
    assert one_line("\u2069שלום") == "\u2068שלום\u2069", "the isolation cannot be ended from inside"


def test_lines_are_cut_at_every_line_end() -> None:
    assert in_lines("a\nb\r\nc\u2028d\n") == ["a", "b", "c", "d", ""]
    assert in_lines("") == [""]


@given(st.text(st.characters(codec=None)))
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    for line in (one_line(text), *in_lines(text)):
        assert not OBEYED & set(line)
        assert not any(unicodedata.category(c) == "Cs" for c in line)
        assert line.count("\u2068") == line.count("\u2069") <= 1


def test_shortened_text_says_so() -> None:
    assert shortened("hello world", 20) == "hello world"
    assert shortened("hello world", 7) == "hello…"
