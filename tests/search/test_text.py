"""Texts as terms, and snippets: any script, and places that are right in the original text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.search.text import Phrase, places, snippet, terms, words

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("CRÈME Brûlée", "creme brulee"),
        ("cre\u0300me", "crème"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("ＦＵＬＬ width", "full WIDTH"),
        ("don't", "DON'T"),
        ("שָׁלוֹם", "שלום"),
        ("Ёлка", "елка"),
        ("हिन्दी में", "हिन्दी में"),
        ("ﾊﾞﾅﾅ", "バナナ"),
        ("한국어", "한국어"),
    ],
)
def test_what_is_the_same_to_a_reader_is_the_same(said: str, asked: str) -> None:
    assert terms(said) == terms(asked) != []


@pytest.mark.parametrize(("said", "asked"), [("か", "が"), ("हिन्दी", "हन्द"), ("ё", "о"), ("art", "party")])
def test_what_differs_to_a_reader_differs(said: str, asked: str) -> None:
    assert terms(said) != terms(asked)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("日本語です", ["日", "本", "語", "で", "す"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("한국", ["한", "국"]),
        ("Tokyo東京2026", ["tokyo", "東", "京", "2026"]),
        ("nice 🎉👍🏽!", ["nice", "🎉", "👍"]),
        ("snake_case-word", ["snake", "case", "word"]),
        ("?! ... —", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(ANY)
def test_words_are_the_terms_and_stand_where_they_say(text: str) -> None:
    found = words(text)
    assert [word.term for word in found] == terms(text)
    for word in found:
        assert 0 <= word.begin < word.end <= len(text)
        assert word.term in terms(text[word.begin : word.end])


@given(ANY, ANY)
def test_a_phrase_is_found_where_it_was_put(before: str, text: str) -> None:
    wanted = tuple(terms(text))
    if wanted:
        whole = f"{before} {text}"
        assert any(begin > len(before) for begin, _ in places(whole, [Phrase(wanted)])[0])


@given(ANY, st.lists(st.sampled_from(["a", "bc", "日", "é"]), min_size=1, max_size=3))
def test_matches_of_a_snippet_are_matches(text: str, wanted: list[str]) -> None:
    phrases = [Phrase(tuple(terms(term))) for term in wanted]
    made = snippet(text, phrases, width=20)
    assert len(made.text) <= 22
    assert "\n" not in made.text
    for begin, end in made.matches:
        assert any(phrase.terms[0] in terms(made.text[begin:end]) for phrase in phrases)


def test_a_snippet_shows_the_part_with_most_of_what_was_asked() -> None:
    text = "apple " + "x " * 200 + "some apple and a pear here " + "y " * 200
    made = snippet(text, [Phrase(("apple",)), Phrase(("pe",), prefix=True)])
    assert made.text.startswith("…")
    assert made.text.endswith("…")
    assert [made.text[begin:end] for begin, end in made.matches] == ["apple", "pear"]


def test_a_short_text_is_shown_whole() -> None:
    made = snippet("one\nBig world\nhere", [Phrase(("big", "world"))])
    assert (made.text, made.matches) == ("one Big world here", ((4, 13),))
