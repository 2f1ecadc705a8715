"""A WebSocket's bytes as a trace shows them: however they are cut, the objects are the same, and secrets stay hidden."""

import json
import struct

from hypothesis import given
from hypothesis import strategies as st

from roomful.protocol import websocket
from roomful.protocol.slicing import Control, Piece, Slice, Whole
from roomful.protocol.trace import tracer
from roomful.protocol.webslicing import WebSocketSlicer

SECRET = "hunter2-hunter2"
LOGIN = json.dumps({"type": "login", "id": 1, "account": "alice", "password": SECRET}).encode()


def client_frame(first: int, payload: bytes, mask: bytes) -> bytes:
    """A frame as a browser sends it."""
    size = len(payload)
    head = bytes((first, 0x80 | size)) if size < 126 else bytes((first, 0xFE)) + struct.pack("!H", size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def taken(data: bytes, cuts: list[int]) -> list[Slice]:
    """What comes of the bytes when they come in these portions, and then the rest."""
    slicer, found, at = WebSocketSlicer(), list[Slice](), 0
    for cut in [*cuts, len(data)]:
        found += slicer.take(data[at : at + cut])
        at += cut
    return found


MASKS = st.binary(min_size=4, max_size=4)
TEXTS = st.lists(st.text(max_size=400), min_size=1, max_size=5)


@given(TEXTS, MASKS, st.lists(st.integers(1, 60), max_size=20), st.booleans())
def test_however_it_is_cut_the_objects_are_the_same(
    texts: list[str], mask: bytes, cuts: list[int], from_client: bool
) -> None:
    payloads = [json.dumps({"text": text}).encode() for text in texts]
    frames = [client_frame(websocket.TEXT, one, mask) if from_client else websocket.text(one) for one in payloads]
    found = taken(b"".join(frames), cuts)
    assert [one.value for one in found if isinstance(one, Whole)] == [json.loads(one) for one in payloads]
    assert sum(len(one.data) for one in found if isinstance(one, Piece)) == sum(map(len, frames))


@given(MASKS, st.integers(1, len(LOGIN) - 1), st.lists(st.integers(1, 40), max_size=10))
def test_a_message_in_fragments_is_told_once_and_its_secret_not(mask: bytes, at: int, cuts: list[int]) -> None:
    parts = (0x01, LOGIN[:at]), (0x89, b"ping"), (0x80, LOGIN[at:])
    data = b"".join(client_frame(first, payload, mask) for first, payload in parts)
    found = taken(data, cuts)
    (whole,) = [one for one in found if isinstance(one, Whole)]
    assert whole.value["password"] == SECRET
    assert SECRET not in whole.legible
    assert [one.text for one in found if isinstance(one, Control)] == ["ping"]
    shown = bytes(
        byte
        for one in found
        if isinstance(one, Piece) and one.part == "payload"
        for byte, hidden in zip(one.data, one.hidden, strict=True)
        if not hidden
    )
    assert not any(SECRET[at : at + 4].encode() in shown for at in range(len(SECRET) - 3))


def test_the_trace_tells_of_frames_and_of_the_end() -> None:
    lines: list[str] = []
    trace = tracer("bytes", lines.append, lambda: 0)("peer")
    trace.upgraded()
    trace.moved("->", client_frame(websocket.TEXT, b'{"type":"ping","id":7}', b"\1\2\3\4"))
    trace.moved("<-", websocket.text(b'{"type":"ok","re":7}') + websocket.close(1000, "bye"))
    trace.moved("<-", b"\xf1\x02hi")
    shown = "\n".join(lines)
    for expected in ("request 7 ping", "reply to 7 ok", "close 1000", "frame 1 header; 22 bytes follow", "no header"):
        assert expected in shown


def test_frames_have_the_shortest_header() -> None:
    sizes = (0, 125, 126, 65_535, 65_536)
    heads = [len(websocket.text(b"x" * size)) - size for size in sizes]
    assert heads == [2, 2, 4, 4, 10]
