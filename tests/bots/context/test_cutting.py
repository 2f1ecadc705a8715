"""An answer that begins to write other people's lines is cut there, however its pieces fall."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.bots.context.cutting import Cutter

CASES = [
    ("Hello ada.", "Hello ada.", False),
    ("eliza: Hello.", "Hello.", False),
    ("**eliza**: Hello.", "Hello.", False),
    ('<line seq="13" from="eliza" kind="bot">Hello.</line>', "Hello.", True),
    ('Hello.\n<line seq="14" from="ada" kind="person">thanks', "Hello.", True),
    ("Hello.</line>", "Hello.", True),
    ("Hello.\nada: thanks\nbob: me too", "Hello.", True),
    ("Hello.\nADA: thanks", "Hello.", True),
    ("ada: here is what you asked for", "ada: here is what you asked for", False),
    ("Both said it:\n- ada: tea\n- bob: milk", "Both said it:\n- ada: tea\n- bob: milk", False),
    ("a < b and b > c", "a < b and b > c", False),
    ("use <lines> of <b>code</b>", "use <lines> of <b>code</b>", False),
    ("elizabeth is a name", "elizabeth is a name", False),
    ("eliza", "eliza", False),
    ("One.\n\nTwo.\nadam: not ada", "One.\n\nTwo.\nadam: not ada", False),
    ("  \n Hello. \n ", "Hello.", False),
    ("", "", False),
    ("<", "<", False),
]


def cut(pieces: list[str]) -> tuple[str, bool]:
    cutter = Cutter("eliza", ["ada", "bob", "Eliza"])
    text = "".join(map(cutter.feed, pieces)) + cutter.finish()
    return text.strip(), cutter.cut


@pytest.mark.parametrize(("text", "expected", "was_cut"), CASES)
def test_what_is_left(text: str, expected: str, was_cut: bool) -> None:
    assert cut([text]) == (expected, was_cut)
    assert cut(list(text)) == (expected, was_cut)


@given(st.sampled_from(CASES), st.lists(st.integers(0, 60), max_size=8))
def test_however_the_pieces_fall(case: tuple[str, str, bool], cuts: list[int]) -> None:
    text, expected, was_cut = case
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    assert cut([text[a:b] for a, b in pairwise(bounds)]) == (expected, was_cut)


@given(st.text(st.sampled_from("ada: bob\n<line>/eiz*")), st.lists(st.integers(0, 80), max_size=8))
def test_any_text_in_any_pieces(text: str, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    shown, _ = cut([text[a:b] for a, b in pairwise(bounds)])
    assert shown == cut([text])[0]
    assert "<line>" not in shown
    assert "\nada:" not in shown


def test_an_ordinary_answer_is_shown_as_it_comes() -> None:
    cutter = Cutter("eliza", ["ada"])
    assert [cutter.feed(piece) for piece in ("Well", ", I", " think", ".\nSo", " it is.")] == [
        "Well",
        ", I",
        " think",
        ".\nSo",
        " it is.",
    ]
