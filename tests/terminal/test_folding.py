"""Long lines on a narrow screen."""

from prompt_toolkit.utils import get_cwidth

from roomful.terminal.folding import folded
from roomful.terminal.text import one_line
from roomful.terminal.view import Line, text_of


def rows(*line: tuple[str, str], width: int = 30) -> list[str]:
    return [text_of(row) for row in folded(line, width, get_cwidth)]


def said(text: str, width: int = 30) -> list[str]:
    return rows(("class:time", "10:02 "), ("class:mark", "bob: "), ("class:text", text), width=width)


def test_what_fits_stays_as_it_is() -> None:
    line: Line = (("class:time", "10:02 "), ("class:text", "x" * 24))
    assert folded(line, 30, get_cwidth) == [line]


def test_what_was_said_goes_on_below_its_beginning() -> None:
    assert said("one two three four five six seven", width=36) == [
        "10:02 bob: one two three four five",
        "           six seven",
    ]


def test_a_narrow_screen_keeps_two_thirds_for_what_was_said() -> None:
    assert said("one two three four five six", width=24) == ["10:02 bob: one two three", "        four five six"]


def test_styles_survive_and_no_word_is_lost() -> None:
    text = "all of these words are here, and   so are these spaces"
    found = folded((("class:mark", "bob: "), ("class:mention", text)), 20, get_cwidth)
    assert " ".join(text_of(row).strip() for row in found).split() == ["bob:", *text.split()]
    assert all(style == "class:mention" for row in found[1:] for style, _ in row[1:])
    assert all(get_cwidth(text_of(row)) <= 20 for row in found)


def test_wide_characters_count_twice() -> None:
    assert said("漢字 漢字 漢字 漢字 漢字") == ["10:02 bob: 漢字 漢字 漢字 漢字", "          漢字"]


def test_a_word_longer_than_a_row_is_left_whole_for_copying() -> None:
    address = "https://example.org/" + "x" * 60
    assert address in "".join(said(f"see {address} there"))
    assert any(address in row for row in said(f"see {address} there"))


def test_a_notice_goes_on_a_little_indented() -> None:
    assert rows(("class:notice", "· one two three four five six seven")) == ["· one two three four five six", "  seven"]


def test_right_to_left_text_is_left_to_the_terminal() -> None:
    text = one_line("שלום " * 20)
    assert said(text) == ["10:02 bob: " + text]
