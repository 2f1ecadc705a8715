"""What is typed arrives as it was typed, wherever it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.commands import Post
from roomful.protocol.frames import MAX_FRAME
from roomful.protocol.native import encode_request
from roomful.terminal.pair.answering import ROOM
from roomful.terminal.pair.texts import MAX_POST, Decoder, portions

texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\n\0\r"), max_size=60)


@given(texts, st.integers(4, 20))
def test_portions_joined_are_the_text(text: str, most: int) -> None:
    parts = list(portions(text, most))
    assert "".join(parts) == text
    assert all(0 < len(part.encode()) <= most for part in parts)


@given(texts, st.integers(4, 20))
def test_a_line_is_cut_only_if_it_is_too_long(text: str, most: int) -> None:
    for part in list(portions(text, most))[:-1]:
        assert part.endswith("\n") or len(part.encode()) > most - 4


def test_short_lines_travel_together() -> None:
    assert list(portions("a\n" * 10)) == ["a\n" * 10]


def test_even_the_longest_post_of_the_widest_characters_fits_a_frame() -> None:
    for character in "\0\x7f\u2028🙈":
        text = next(portions(character * MAX_POST))
        assert len(encode_request(Post(2**53 - 1, ROOM, str(2**53 - 1), text))) <= MAX_FRAME


@given(texts, st.lists(st.integers(1, 5)))
def test_bytes_decode_to_the_same_text_however_they_are_cut(text: str, cuts: list[int]) -> None:
    decoder, data, decoded = Decoder(), text.encode(), ""
    for size in [*cuts, len(data) + 1]:
        decoded += decoder.decode(data[:size]) if data else ""
        data = data[size:]
    assert decoded + decoder.decode(b"") == text


def test_half_a_character_at_the_end_is_shown_as_broken() -> None:
    decoder = Decoder()
    assert decoder.decode("ü".encode()[:1]) == ""
    assert decoder.decode(b"") == "\ufffd"
