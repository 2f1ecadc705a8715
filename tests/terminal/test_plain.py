"""Plain lines: read from whatever standard input is, written to whatever standard output is."""

import io
import os
from pathlib import Path

import pytest

from roomful.terminal.front import OutputGone
from roomful.terminal.plain import LineReader, PlainFront


async def lines_of(*chunks: bytes) -> list[str]:
    """What is read from a pipe into which each chunk is written on its own."""
    source, sink = os.pipe()
    reader = LineReader(source)
    try:
        os.write(sink, b"".join(chunks))
        os.close(sink)
        found = []
        while (line := await reader.next()) is not None:
            found.append(line)
        return found
    finally:
        os.close(source)


async def test_lines_end_with_line_feeds_of_any_system() -> None:
    assert await lines_of(b"one\ntwo\r\n\nlast") == ["one", "two", "", "last"]
    assert await lines_of() == []


async def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert await lines_of(b"\xef\xbb\xbfa\xff\n\xe6\x97") == ["a\ufffd", "\ufffd"]


async def test_a_character_may_come_in_two_reads() -> None:
    source, sink = os.pipe()
    reader = LineReader(source)
    os.write(sink, b"\xe6\x97")
    assert await reader._read() == b"\xe6\x97"
    reader._take(b"\xe6\x97")
    os.write(sink, b"\xa5\n")
    assert await reader.next() == "日"
    os.close(source)
    os.close(sink)


async def test_a_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("from a file\n")
    with path.open() as file:
        assert await LineReader(file.fileno()).next() == "from a file"


async def test_a_question_is_answered_by_the_next_line() -> None:
    source, sink = os.pipe()
    out = io.StringIO()
    with os.fdopen(source) as stdin:
        front = PlainFront(stdin, out)
        assert not front.asks
        os.write(sink, b"ada\n")
        assert await front.ask("Nickname [bob]: ") == "ada"
        os.close(sink)
        with pytest.raises(EOFError):
            await front.ask("Nickname [bob]: ")
    assert out.getvalue() == "Nickname [bob]: " * 2


def test_styles_are_left_out() -> None:
    out = io.StringIO()
    with Path(os.devnull).open() as stdin:
        PlainFront(stdin, out).show([(("class:time", "10:00"), ("", " hello")), (("", "next"),)])
    assert out.getvalue() == "10:00 hello\nnext\n"


async def test_a_broken_pipe_is_told_apart_from_a_fault() -> None:
    source, sink = os.pipe()
    os.close(source)
    with os.fdopen(os.open(os.devnull, os.O_RDONLY)) as stdin, os.fdopen(sink, "w") as out:
        front = PlainFront(stdin, out)
        with pytest.raises(OutputGone):
            front.show([(("", "hello"),)])
        await front.close()
        out.flush()  # what the interpreter does at its end: it does not complain
