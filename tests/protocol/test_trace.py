"""The trace shows every frame however its bytes were cut, every byte at its level, and no secret at any."""

import json
import random
import re
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roomful.protocol.frames import cut, frame
from roomful.protocol.trace import SECRETS, Level, Way, tracer

PEER = "127.0.0.1:5002"
# Letters that occur nowhere in the trace's own words nor in anything else that is sent here.
LETTERS = "QXZKÄß🙈"
MARKS = frozenset(LETTERS.encode()) - frozenset("é".encode())


class Page:
    """A trace whose lines are kept."""

    def __init__(self, level: Level, *, colour: bool = False) -> None:
        self.blocks: list[str] = []
        self.trace = tracer(level, self.blocks.append, lambda: 1_795_000_000_123, colour=colour)(PEER)

    @property
    def text(self) -> str:
        return "\n".join(self.blocks)


def shown(level: Level, *moves: tuple[Way, bytes]) -> str:
    page = Page(level)
    for way, data in moves:
        page.trace.moved(way, data)
    return page.text


def chunks(data: bytes, seed: int) -> list[bytes]:
    """The bytes, cut at random: mostly short pieces, so that headers and escapes are cut too."""
    rng, at, pieces = random.Random(seed), 0, []
    while at < len(data):
        size = rng.choice((1, 1, 2, 3, 5, 8, 40))
        pieces.append(data[at : at + size])
        at += size
    return pieces


POST = frame(b'{"type":"post","id":4,"room":"#lobby","nonce":"c1-9","text":"hi"}')
OK = frame(b'{"type":"ok","re":4,"room":"#lobby","seq":22}')


def test_status_level_tells_only_what_becomes_of_the_connection() -> None:
    page = Page("status")
    page.trace.status("connected")
    page.trace.moved("->", POST)
    assert page.blocks == [page.text]
    assert page.text.endswith(f".123 -- {PEER}  connected")


def test_frames_level_shows_direction_time_peer_length_and_json() -> None:
    text = shown("frames", ("->", POST), ("<-", OK))
    sent, got = text.split("\n")
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d\.123 -> 127\.0\.0\.1:5002  frame 1, 65 bytes: request 4 post  "
        r'\{"type":"post","id":4,"room":"#lobby","nonce":"c1-9","text":"hi"\}',
        sent,
    )
    assert "<- 127.0.0.1:5002  frame 1, 45 bytes: reply to 4 ok  {" in got


def test_a_long_frame_is_indented() -> None:
    text = shown(
        "frames", ("<-", frame(json.dumps({"type": "event", "room": "#a", "seq": 7, "b": "x" * 200}).encode()))
    )
    assert text.split("\n")[0].endswith("event 7 in #a")
    assert '      "seq": 7,' in text.split("\n")


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"type": "error", "re": 2, "code": "nick_taken"}, "reply to 2 error nick_taken"),
        ({"type": "error", "re": None, "code": "bad_request"}, "reply to no request error bad_request"),
        ({"type": "signal", "room": "#lobby", "sender": None}, "signal in #lobby"),
        ({"type": "goodbye", "code": "idle"}, "goodbye idle"),
    ],
)
def test_each_kind_of_frame_is_named(payload: dict[str, object], title: str) -> None:
    assert f": {title}  " in shown("frames", ("<-", frame(json.dumps(payload).encode())))


def test_bytes_level_shows_two_and_a_half_frames_in_one_write() -> None:
    text = shown("bytes", ("->", POST + POST + POST[:30]), ("->", POST[30:]))
    first, second = text.split("  wrote ")[1:]
    assert first.startswith("168 bytes\n")
    assert first.count(" header; 65 bytes follow") == 3
    assert "frame 2 ends" in first
    assert "continues: 39 bytes missing" in first
    assert first.count("request 4 post") == 2
    assert "frame 3 payload goes on" in second
    assert "frame 3 ends" in second
    assert second.count("request 4 post") == 1


def test_bytes_level_shows_a_header_in_two_halves() -> None:
    text = shown("bytes", ("<-", OK[:3]), ("<-", OK[3:]))
    assert "frame 1 header; continues: 1 byte missing" in text
    assert "frame 1 header goes on; 45 bytes follow" in text


def test_bytes_level_shows_every_byte_with_its_place() -> None:
    data = POST + OK
    seen = bytearray()
    for offset, digits, _ in hex_rows(shown("bytes", *(("<-", piece) for piece in chunks(data, 3)))):
        assert offset == len(seen)
        seen += bytes.fromhex(digits)
    assert bytes(seen) == data


def test_garbage_is_shown_as_such() -> None:
    text = shown("bytes", ("<-", POST), ("<-", b"GET / HTTP/1.1\r\n"), ("<-", b"\r\n"))
    assert "no frames from byte 69 on: A frame of 1,195,725,856 bytes was announced" in text
    assert re.search(r"/ HTTP/1\.1\.\. +no frame; 12 bytes$", text, re.MULTILINE)
    assert text.count("no frames from byte") == 1


def test_an_empty_frame_and_frames_that_are_not_json_do_not_stop_the_trace() -> None:
    text = shown("frames", ("<-", frame(b"") + frame(b'{"a":') + frame(b'"\xff"') + frame(b"[1]") + OK))
    assert [line.split(": ", 1)[1][:12] for line in text.split("\n")] == [
        "not JSON (In",
        "not JSON (In",
        "not JSON (no",
        "JSON, but no",
        "reply to 4 o",
    ]


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    payload = '{"type":"post","text":"\x9b2J\u202eevil\x7f"}'.encode()
    text = shown("frames", ("<-", frame(payload)), ("<-", frame(b"\x1b[2J not json")))
    assert "\\u009b2J\\u202eevil\\u007f" in text
    assert "\\u001b[2J" in text
    assert all(c.isprintable() or c == "\n" for c in text)


def test_colour_wraps_each_line() -> None:
    page = Page("bytes", colour=True)
    page.trace.moved("->", POST)
    assert all(line.startswith("\x1b[") and line.endswith("\x1b[0m") for line in page.text.split("\n"))


@pytest.mark.parametrize("level", ["frames", "bytes"])
@pytest.mark.parametrize(
    "payload",
    [
        b'{"type":"login","nick":"a","code":"QXZ"}',
        b'{"type":"register","account":"a","invite":"QXZ","password":"QXZ"}',
        b'{"type":"ok","re":1,"code":"QXZ"}',
        b'{"type":"ok","re":1,"deep":{"type":"error","code":"QXZ","client_secret":["QXZ"]}}',
        b'{"type":["error"],"code":"QXZ"}',
        b'{"type":"error","type":"login","code":"QXZ"}',
        b'{"type":"password","id":1,"password":"QXZ","new_password":"QXZ"}',
    ],
)
def test_codes_that_let_somebody_in_are_masked(level: Level, payload: bytes) -> None:
    for pieces in ([frame(payload)], [bytes([byte]) for byte in frame(payload)]):
        assert_no_secret(shown(level, *(("->", piece) for piece in pieces)))


@pytest.mark.parametrize("kind", ["error", "goodbye"])
def test_the_codes_of_errors_are_no_secret(kind: str) -> None:
    payload = f'{{"type":"{kind}","code":"bad_code","invite":"QXZ","in":{{"code":"QXZ"}}}}'.encode()
    for level in get_args(Level)[1:]:
        text = shown(level, *(("<-", bytes([byte])) for byte in frame(payload)))
        assert '"code":"bad_code"' in text
        assert_no_secret(text)


def test_what_is_called_nearly_so_is_shown() -> None:
    text = shown("frames", ("<-", frame(b'{"type":"ok","invited":true,"codec":"x"}')))
    assert '"invited":true' in text
    assert '"codec":"x"' in text


# -- properties ---------------------------------------------------------------------------------

plain = st.text('abcdefghi "\\/{}[]:,.é', max_size=12)
scalars = plain | st.integers(-99, 99) | st.booleans() | st.none()
secret_text = st.text(LETTERS, min_size=1, max_size=12)
secret_values = secret_text | st.lists(secret_text, max_size=3) | st.dictionaries(secret_text, secret_text, max_size=2)
secret_fields = st.dictionaries(st.sampled_from(sorted(SECRETS)), secret_values, max_size=3)


def fields(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Objects with plain fields and secret ones, in any order."""
    both = st.tuples(st.dictionaries(plain, values, max_size=3), secret_fields)
    return both.flatmap(lambda two: st.permutations([*two[0].items(), *two[1].items()])).map(dict)


trees = fields(st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | fields(inner), max_leaves=8))


@st.composite
def payloads(draw: st.DrawFn) -> bytes:
    """A JSON object with secrets in it, written in one of the ways in which JSON can be written."""
    text = json.dumps(draw(trees), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from((None, 1))))
    if draw(st.booleans()):
        text = text.replace('"password"', '"p\\u0061ssword"').replace('"token"', '"Token"')
    return text.encode()


def hex_rows(text: str) -> list[tuple[int, str, str]]:
    """Offset, hex digits and remark of each row of a dump."""
    found = re.findall(r"^    ([0-9a-f]{6})  (.{49}) (.{0,16})(.*)$", text, re.MULTILINE)
    return [(int(offset, 16), digits.replace(" ", ""), remark) for offset, digits, _, remark in found]


def assert_no_secret(text: str) -> None:
    """No byte of any secret, neither as a letter, nor as an escape, nor in hex."""
    text = re.sub(r"^.* header.*$", "", text, flags=re.MULTILINE)  # a length may be any byte
    assert not set(LETTERS) & set(text)
    assert not re.search(r"u00c4|u00df|ud83d", text, re.IGNORECASE)
    for _, digits, _ in hex_rows(text):
        pairs = {digits[at : at + 2] for at in range(0, len(digits), 2)} - {"**"}
        assert not {int(pair, 16) for pair in pairs} & MARKS


def names(data: bytes | bytearray) -> int:
    """How many words announce a secret."""
    return len(re.findall(rb"p(?:a|\\u0061)ssword|token|resume|secret", data.lower()))


@given(st.lists(payloads(), min_size=1, max_size=4), st.integers(0, 2**32))
def test_any_cutting_shows_the_same_frames(sent: list[bytes], seed: int) -> None:
    data = b"".join(frame(payload) for payload in sent)
    assert cut(data) == (sent, b"")
    whole = shown("frames", ("->", data))
    assert "\n".join(filter(None, [shown("frames", *(("->", piece) for piece in chunks(data, seed)))])) == whole
    assert len(re.findall(r"-> 127\.0\.0\.1:5002  frame \d+, ", whole)) == len(sent)


@given(st.lists(payloads(), min_size=1, max_size=3), st.integers(0, 2**32))
def test_no_secret_is_shown_at_any_level(sent: list[bytes], seed: int) -> None:
    data = b"".join(frame(payload) for payload in sent)
    for level in get_args(Level):
        assert_no_secret(shown(level, *(("<-", piece) for piece in chunks(data, seed))))


@given(payloads(), payloads(), st.data())
def test_no_secret_is_shown_when_frames_are_broken(first: bytes, second: bytes, draw: st.DataObject) -> None:
    """Bytes lost, put in and changed at random; lengths that are too small or too large; no headers at all."""
    payload = bytearray(first)
    for _ in range(draw.draw(st.integers(0, 3))):
        at = draw.draw(st.integers(0, len(payload)))
        damage = draw.draw(st.sampled_from((b"", b'"', b"\\", b"}", b" x ", b"\0")))
        payload[at : at + draw.draw(st.integers(0, 3))] = damage
    assume(names(payload) == names(first))  # without its name nothing tells a secret from any other text
    # Nor does anything where a list in a secret's place lost its bracket: its second item stands where a name would.
    assume(all(payload.count(bracket) >= first.count(bracket) for bracket in (b"[", b"{")))
    assume(not MARKS & set(frame(second)[:4]))  # where frames are lost its length is shown, as bytes like others
    length = max(0, len(payload) + draw.draw(st.integers(-40, 40)))
    data = length.to_bytes(4, "big") + bytes(payload) + frame(second)
    if draw.draw(st.booleans()):
        data = bytes(payload) + b"\n" + second
    pieces = chunks(data, draw.draw(st.integers(0, 2**32)))
    for level in ("frames", "bytes"):
        text = shown(level, *(("<-", piece) for piece in pieces))
        assert_no_secret(text)


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_nothing_that_comes_can_make_it_raise(reads: list[bytes]) -> None:
    for level in ("frames", "bytes"):
        shown(level, *(("<-", data) for data in reads))
