"""Frames: however the bytes are cut, the frames are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.errors import FrameTooLarge
from roomful.protocol.frames import HEADER, MAX_FRAME, TooLargeAfter, cut, frame, join

payloads = st.lists(st.binary(max_size=40), max_size=8)
chunk_sizes = st.lists(st.integers(1, 30), min_size=1, max_size=50)


def chunked(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in portions of these sizes, over and over."""
    chunks, at, turn = [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        chunks.append(data[at : at + size])
        at, turn = at + size, turn + 1
    return chunks


def read(chunks: list[bytes], limit: int = MAX_FRAME) -> tuple[list[bytes], bytes]:
    """As a connection reads them: the rest is put in front of the next portion."""
    frames: list[bytes] = []
    rest = b""
    for chunk in chunks:
        found, rest = cut(rest + chunk, limit)
        frames += found
    return frames, rest


@given(payloads, chunk_sizes)
def test_any_chunking_gives_the_same_frames(sent: list[bytes], sizes: list[int]) -> None:
    assert read(chunked(join(sent), sizes)) == (sent, b"")


@given(payloads, st.binary(max_size=40), st.data())
def test_half_a_frame_waits_for_its_end(sent: list[bytes], last: bytes, data: st.DataObject) -> None:
    whole = frame(last)
    half = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert cut(join(sent) + half) == (sent, half)


def test_two_and_a_half_frames_in_one_read() -> None:
    data = frame(b"one") + frame(b"two") + frame(b"three")[:6]
    frames, rest = cut(data)
    assert frames == [b"one", b"two"]
    assert cut(rest + b"ree") == ([b"three"], b"")


def test_the_bytes_of_a_frame() -> None:
    assert frame(b"") == b"\0\0\0\0"
    assert frame(b"{}") == b"\0\0\0\x02{}"
    assert frame(b"a" * 258)[:4] == b"\0\0\x01\x02"
    assert join([b"a", b"bc"]) == b"\0\0\0\x01a\0\0\0\x02bc"


@given(payloads, st.integers(41, 2**32 - 1), st.binary(max_size=10), chunk_sizes)
def test_frames_before_one_that_is_too_large_are_not_lost(
    sent: list[bytes], size: int, after: bytes, sizes: list[int]
) -> None:
    got: list[bytes] = []
    rest = b""
    with pytest.raises(FrameTooLarge) as error:
        for chunk in chunked(join(sent) + HEADER.pack(size) + after, sizes):
            found, rest = cut(rest + chunk, 40)
            got += found
    assert isinstance(error.value, TooLargeAfter)
    assert got + error.value.frames == sent
    assert error.value.size == size


def test_the_limit_itself_is_allowed() -> None:
    assert cut(frame(b"a" * MAX_FRAME)) == ([b"a" * MAX_FRAME], b"")
    with pytest.raises(FrameTooLarge, match="65,537 bytes was announced; at most 65,536"):
        cut(HEADER.pack(MAX_FRAME + 1))


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"NICK alice\r\n", b"hello\n"])
def test_text_instead_of_frames_is_told_as_such(data: bytes) -> None:
    with pytest.raises(FrameTooLarge, match="Is this the right port"):
        cut(data)
