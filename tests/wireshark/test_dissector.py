"""The Wireshark dissector shows what was sent, however TCP cut it. Needs tshark (Debian: apt install tshark)."""

import json
import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from roomful.protocol.frames import frame, join
from tests.wireshark.capture import Segment, write_capture

SCRIPT = Path(__file__).parents[2] / "deploy" / "wireshark" / "roomful.lua"
FIELDS = ("type", "id", "re", "room", "seq", "nick", "code", "body", "target", "text")
OF_BOTS = ("draft", "causes", "bounce", "verdict")
TIMEOUT = 60.0  # seconds: a safety net

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

Packets = list[dict[str, list[str]]]


def read(capture: Path, *options: str) -> Packets:
    """The packets that hold our protocol, each with its columns and fields."""
    fields = [
        "_ws.col.Protocol",
        "_ws.col.Info",
        "roomful.length",
        "roomful.json",
        *(f"roomful.{n}" for n in FIELDS + OF_BOTS),
    ]
    fields += ["roomful.not_json", "roomful.no_frame", "json.key"]
    words = ["tshark", "-n", "-X", f"lua_script:{SCRIPT}", "-r", str(capture), "-Y", "roomful", "-T", "json"]
    words += [*options, *(word for field in fields for word in ("-e", field))]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    assert "Lua" not in done.stderr, done.stderr
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout)]


@pytest.fixture
def dissect(tmp_path: Path) -> Callable[..., Packets]:
    """Write a capture of these segments and read it back."""

    def run(*segments: Segment, port: int = 5002, options: tuple[str, ...] = ()) -> Packets:
        return read(write_capture(tmp_path / "talk.pcap", port, segments), *options)

    return run


def payload(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


HELLO = payload(type="hello", id=1, protocol=1, agent="test")
POST = payload(type="post", id=4, room="#lobby", nonce="c1-9", text="hi")
OK = payload(type="ok", re=4, room="#lobby", seq=22)
SENDER = {"id": "7f", "nick": "Ålice", "kind": "person"}
EVENT = payload(
    type="event", room="#lobby", seq=22, at="2026-11-20T10:00:00.123Z", sender=SENDER, nonce="c1-9",
    body={"type": "message", "text": "hi"},
)  # fmt: skip
ERROR = payload(type="error", re=2, code="nick_taken", message="Somebody else has it.")


def test_one_frame_a_segment(dissect: Callable[..., Packets]) -> None:
    post, ok = dissect((True, frame(POST)), (False, frame(OK)))
    assert post["_ws.col.Protocol"] == ["Roomful"]
    assert post["_ws.col.Info"] == ['-> post #lobby "hi"']
    assert post["roomful.length"] == [str(len(POST))]
    assert post["roomful.json"] == [POST.decode()]
    assert (post["roomful.type"], post["roomful.id"], post["roomful.room"]) == (["post"], ["4"], ["#lobby"])
    assert ok["_ws.col.Info"] == ["<- ok re 4 #lobby 22"]
    assert (ok["roomful.re"], ok["roomful.seq"]) == (["4"], ["22"])


def test_each_kind_of_frame_is_summed_up(dissect: Callable[..., Packets]) -> None:
    login = payload(type="login", id=2, nick="bob")
    logged_in = payload(type="ok", re=2, participant={"id": "8", "nick": "bob"}, resume="x")
    signal = payload(type="signal", room="#lobby", sender=None, body={"type": "state", "here": []})
    goodbye = payload(type="goodbye", code="idle", message="m", retry_after=None)
    sent = [(True, login), (False, logged_in), (False, ERROR), (False, EVENT), (False, signal), (False, goodbye)]
    packets = dissect(*((from_client, frame(data)) for from_client, data in sent))
    assert [packet["_ws.col.Info"][0] for packet in packets] == [
        "-> login bob",
        "<- ok re 2 bob",
        "<- error re 2 nick_taken",
        '<- event #lobby 22 Ålice message "hi"',
        "<- signal #lobby state",
        "<- goodbye idle",
    ]


def test_to_whom_and_to_what_it_is_done_is_told(dissect: Callable[..., Packets]) -> None:
    def event(**body: Any) -> tuple[bool, bytes]:
        return False, frame(payload(type="event", room="#tea", seq=9, sender=SENDER, body=body))

    asked = [
        payload(type="login", id=1, account="bob", password="x"),
        payload(type="kick", id=2, room="#tea", nonce="n", who="mallory"),
        payload(type="ban", id=3, room="#tea", nonce="o", mask="evil*"),
        payload(type="edit", id=4, room="#tea", nonce="p", seq=7, text="ho"),
    ]
    told = [
        event(type="kick", target={"id": "8", "nick": "mallory"}),
        event(type="redaction", target=7),
        event(type="reaction", target=[7], emoji="+1"),
    ]
    packets = dissect(*((True, frame(data)) for data in asked), *told)
    assert [packet["_ws.col.Info"][0] for packet in packets] == [
        "-> login bob",
        "-> kick #tea mallory",
        "-> ban #tea evil*",
        '-> edit #tea 7 "ho"',
        "<- event #tea 9 Ålice kick mallory",
        "<- event #tea 9 Ålice redaction 7",
        "<- event #tea 9 Ålice reaction",
    ]
    assert packets[5]["roomful.target"] == ["7"]


def test_what_a_bot_says_and_why_is_summed_up(dissect: Callable[..., Packets]) -> None:
    verdict = {"bot": "b", "first": 9, "last": 9, "verdict": "answered", "rule": "mention"}
    said = {"type": "message", "text": "well", "causes": [9, 10], "bounce": 0}
    asked = [
        payload(type="draft", id=1, room="#tea", draft="d9", append="we"),
        payload(type="post", id=2, room="#tea", nonce="d9", text="well", causes=[9, 10]),
        payload(type="decide", id=3, room="#tea", verdicts=[verdict]),
        payload(type="decide", id=4, room="#tea", verdicts=["x"], causes=[True, []]),
    ]
    told = [
        payload(type="event", room="#tea", seq=11, sender=SENDER, body=said),
        payload(type="signal", room="#tea", sender=None, body={"type": "decision", "verdict": verdict}),
    ]
    packets = dissect(*((True, frame(data)) for data in asked), *((False, frame(data)) for data in told))
    assert [packet["_ws.col.Info"][0] for packet in packets] == [
        '-> draft #tea d9 "we"',
        '-> post #tea woken by 9 10 "well"',
        "-> decide #tea answered",
        "-> decide #tea woken by ? ?",
        '<- event #tea 11 Ålice message woken by 9 10 bounce 0 "well"',
        "<- signal #tea decision answered",
    ]
    assert packets[4]["roomful.causes"] == ["9 10"]
    assert packets[4]["roomful.bounce"] == ["0"]


def test_several_frames_in_one_segment(dissect: Callable[..., Packets]) -> None:
    (packet,) = dissect((True, join([HELLO, POST, POST])))
    assert packet["roomful.type"] == ["hello", "post", "post"]
    assert packet["_ws.col.Info"] == ['-> hello | -> post #lobby "hi" | -> post #lobby "hi"']


def test_one_frame_in_several_segments(dissect: Callable[..., Packets]) -> None:
    data, cuts = frame(POST), [1, 3, 4, 5, len(POST) + 3]
    packets = dissect(*((True, piece) for cut in cuts for piece in (data[:cut], data[cut:])))
    assert [packet["roomful.text"] for packet in packets if "roomful.type" in packet] == [["hi"]] * len(cuts)


def test_random_cuts_show_the_same_frames(dissect: Callable[..., Packets]) -> None:
    sent = [payload(type="post", id=n, room="#lobby", nonce=str(n), text="ü" * n) for n in range(60)]
    data, rng, segments = join(sent), random.Random(7), []
    while data:
        size = rng.choice((1, 2, 3, 7, 50, 300, 900))
        segments.append((True, data[:size]))
        data = data[size:]
    packets = dissect(*segments)
    assert [text for packet in packets for text in packet.get("roomful.json", [])] == [p.decode() for p in sent]
    assert [int(n) for packet in packets for n in packet.get("roomful.id", [])] == list(range(60))


def test_a_frame_as_large_as_any_may_be(dissect: Callable[..., Packets]) -> None:
    large = frame(payload(type="post", id=2**53 - 1, room="#lobby", nonce="n", text="x" * 65_400))
    packets = dissect(*((True, large[at : at + 1_400]) for at in range(0, len(large), 1_400)))
    (whole,) = [packet for packet in packets if "roomful.id" in packet]
    assert whole["roomful.id"] == [str(2**53 - 1)]
    assert re.fullmatch(r'-> post #lobby "x{60}…"', whole["_ws.col.Info"][0])


def test_escapes_are_read(dissect: Callable[..., Packets]) -> None:
    text = b'{"type":"post","id":4,"room":"#\\u00fc","text":"\\"\\ud83d\\ude48\\" \\\\u0041\\n\\/"}'
    (packet,) = dissect((True, frame(text)))
    assert packet["roomful.room"] == ["#ü"]
    assert packet["_ws.col.Info"] == ['-> post #ü ""🙈" \\u0041 /"']


def test_what_is_not_json_is_marked_and_the_next_frame_is_shown(dissect: Callable[..., Packets]) -> None:
    bad = [b"", b"{", b"[1]", b'{"a":1}x', b'{"a" 1}', b"nul", b"[" * 500, b"\xff\xfe"]
    (packet,) = dissect((True, join([*bad, HELLO])))
    assert packet["_ws.col.Info"] == [" | ".join(["-> not JSON"] * len(bad) + ["-> hello"])]
    assert len(packet["roomful.not_json"]) == len(bad)


def test_wrongly_typed_fields_do_no_harm(dissect: Callable[..., Packets]) -> None:
    odd = [
        payload(type=1, id="x", room=[1], seq=-1, re=1.5, sender="s", body=7),
        payload(type="ok", re=None, seq=1e300),
    ]
    (packet,) = dissect((False, join(odd)))
    assert packet["_ws.col.Info"] == ["<- ? | <- ok"]


def test_what_is_no_frame_is_marked(dissect: Callable[..., Packets]) -> None:
    (packet,) = dissect((True, b"GET / HTTP/1.1\r\n\r\n"))
    assert packet["_ws.col.Info"] == ["no frame"]
    assert packet["roomful.no_frame"]


def test_one_to_one_chat_has_its_port_and_any_other_can_be_chosen(dissect: Callable[..., Packets]) -> None:
    assert dissect((True, frame(HELLO)), port=5001)[0]["roomful.type"] == ["hello"]
    assert not dissect((True, frame(HELLO)), port=7777)
    (packet,) = dissect((True, frame(HELLO)), port=7777, options=("-d", "tcp.port==7777,roomful"))
    assert packet["_ws.col.Info"] == ["-> hello"]


def test_fields_can_be_filtered_by_and_the_json_tree_is_there(tmp_path: Path) -> None:
    capture = write_capture(tmp_path / "talk.pcap", 5002, [(True, frame(HELLO)), (False, frame(EVENT))])
    (packet,) = read(capture, "-2", "-R", 'roomful.nick == "Ålice" && roomful.seq > 20')
    assert packet["roomful.type"] == ["event"]
    assert "sender" in packet["json.key"]


# -- the real thing --------------------------------------------------------------------------------


@pytest.fixture
def capturing(tmp_path: Path) -> Iterator[tuple[int, Path, subprocess.Popen[str]]]:
    """A free port, a file, and a capture of loopback that has begun: three data packets, then it ends by itself."""
    if shutil.which("dumpcap") is None:
        pytest.skip("dumpcap is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    file = tmp_path / "live.pcap"
    data_packets = f"tcp port {port} and tcp[13] & 8 != 0"  # PSH: segments with data
    words = [
        "dumpcap",
        "-i",
        "lo" if sys.platform == "linux" else "lo0",
        "-f",
        data_packets,
        "-c",
        "3",
        "-w",
        str(file),
    ]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if line.startswith("File:"):
                    break
            else:
                pytest.skip(f"loopback cannot be captured here: {said[-1].strip() if said else 'no reason given'}")
            yield port, file, process
        finally:
            process.kill()


def test_a_live_capture_of_loopback(capturing: tuple[int, Path, subprocess.Popen[str]]) -> None:
    port, file, process = capturing
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serving, _ = server.accept()
        with serving:
            data = join([HELLO, POST])
            client.sendall(data[:-10])
            assert serving.recv(len(data) - 10, socket.MSG_WAITALL) == data[:-10]
            client.sendall(data[-10:])
            assert serving.recv(10, socket.MSG_WAITALL) == data[-10:]
            serving.sendall(frame(OK))
            process.wait(TIMEOUT)
    packets = read(file, "-d", f"tcp.port=={port},roomful")
    infos = [packet["_ws.col.Info"][0] for packet in packets if "roomful.type" in packet]
    assert infos == ["-> hello", '-> post #lobby "hi"', "<- ok re 4 #lobby 22"]
