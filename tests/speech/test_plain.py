"""What is read out of a text that is set in Markdown: its words."""

import pytest

from roomful.speech.plain import plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Good **morning**, *all* of `you`.", "Good morning, all of you."),
        ("# News\n\n- one\n- two", "News\none\ntwo"),
        ("see [the page](https://example.org/a?b=c) now", "see the page now"),
        ("at https://example.org/a/very/long/path#part now", "at example.org now"),
        ("before\n```python\nprint(1)\n```\nafter", "before\nafter"),
        ("cut off\n```python\nprint(1)", "cut off"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a , b ,\n1 , 2 ,"),
        ("3 * 4 is snake_case_name", "3 * 4 is snake_case_name"),
        ("> quoted\n---\nsaid", "quoted\nsaid"),
    ],
)
def test_marks_are_not_read(text: str, said: str) -> None:
    assert plain(text) == said
