"""The native protocol's objects: what is sent comes back, and whatever else arrives has a name."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import inspect

from roomful import errors
from roomful.domain import answers, commands, events, signals
from roomful.domain.events import Event, Sender, encode_body
from roomful.errors import FrameTooLarge, NotJson, RoomfulError, ShuttingDown
from roomful.protocol import native
from tests.support.messages import ALICE, ANSWERS, SIGNALS, json_values, mutated, numbers, requests, short

# -- requests -----------------------------------------------------------------------------------


@given(requests)
def test_every_request_comes_back(request: commands.Request) -> None:
    assert native.decode_request(native.encode_request(request)) == request


@given(requests)
def test_what_has_its_default_is_left_out(request: commands.Request) -> None:
    fields = json.loads(native.encode_request(request))
    assert fields.pop("type") == type(request).__struct_config__.tag
    defaults = {field.name: field.default for field in msgspec.structs.fields(request)}
    assert all(value != defaults[name] for name, value in fields.items())


def test_the_bytes_of_requests() -> None:
    """The page of the protocol shows these: other languages are written after them."""
    assert native.encode_request(commands.Hello(1, 1)) == b'{"type":"hello","id":1,"protocol":1}'
    assert native.encode_request(commands.Ping(7)) == b'{"type":"ping","id":7}'
    post = commands.Post(4, "#tea", "n1", "hi", reply_to=2)
    assert native.encode_request(post) == b'{"type":"post","id":4,"room":"#tea","nonce":"n1","text":"hi","reply_to":2}'


def test_unknown_fields_are_ignored() -> None:
    assert native.decode_request(b'{"shiny":[1,{"a":2}],"type":"ping","id":1}') == commands.Ping(1)


def post(**fields: Any) -> bytes:
    """A post with some fields changed, or left out where they are Ellipsis."""
    whole = {"type": "post", "id": 5, "room": "#tea", "nonce": "n", "text": "hi", **fields}
    return json.dumps({name: value for name, value in whole.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("payload", "re", "code", "field"),
    [
        (post(type="dance"), 5, "unknown_type", "type"),
        (post(type=...), 5, "unknown_type", "type"),
        (post(type=None), 5, "unknown_type", "type"),
        (post(type=7), 5, "unknown_type", "type"),
        (post(type=["post"]), 5, "unknown_type", "type"),
        (post(type="POST"), 5, "unknown_type", "type"),
        (post(type="event"), 5, "unknown_type", "type"),
        (post(type="dance", id="x"), None, "unknown_type", "type"),
        (b"{}", None, "unknown_type", "type"),
        (post(id=...), None, "bad_request", "id"),
        (post(id=None), None, "bad_request", "id"),
        (post(id="5"), None, "bad_request", "id"),
        (post(id=-1), None, "bad_request", "id"),
        (post(id=2**53), None, "bad_request", "id"),
        (post(id=2**64), None, "bad_request", "id"),
        (post(id=5.5), None, "bad_request", "id"),
        (post(id=True), None, "bad_request", "id"),
        (post(room=...), 5, "bad_request", "room"),
        (post(room=None), 5, "bad_request", "room"),
        (post(room=""), 5, "bad_request", "room"),
        (post(room="#" + "a" * 65), 5, "bad_request", "room"),
        (post(room={"name": "#tea"}), 5, "bad_request", "room"),
        (post(nonce=...), 5, "bad_request", "nonce"),
        (post(nonce=""), 5, "bad_request", "nonce"),
        (post(nonce="n" * 65), 5, "bad_request", "nonce"),
        (post(attachments="f1"), 5, "bad_request", "attachments"),
        (post(attachments=["f"] * 11), 5, "bad_request", "attachments"),
        (post(text=["hi"]), 5, "bad_request", "text"),
        (post(style="loud"), 5, "bad_request", "style"),
        (post(style=None), 5, "bad_request", "style"),
        (post(reply_to=0), 5, "bad_request", "reply_to"),
        (post(reply_to="3"), 5, "bad_request", "reply_to"),
        (post(reply_to=2**53), 5, "bad_request", "reply_to"),
        (post(again="yes"), 5, "bad_request", "again"),
        (b'{"type":"hello","id":1}', 1, "bad_request", "protocol"),
        (b'{"type":"hello","id":1,"protocol":0}', 1, "bad_request", "protocol"),
        (b'{"type":"join","id":1,"room":"#a","last":501}', 1, "bad_request", "last"),
        (b'{"type":"join","id":1,"room":"#a","after":-1}', 1, "bad_request", "after"),
        (b'{"type":"history","id":1,"room":"#a","limit":0}', 1, "bad_request", "limit"),
        (b'{"type":"members","id":1,"room":"#a","after":3}', 1, "bad_request", "after"),
        (b'{"type":"nick","id":1}', 1, "bad_request", "nick"),
        (b'{"type":"typing","id":1,"room":"#a","on":1}', 1, "bad_request", "on"),
    ],
)
def test_requests_that_do_not_fit(payload: bytes, re: int | None, code: str, field: str) -> None:
    with pytest.raises(native.Unreadable) as unreadable:
        native.decode_request(payload)
    error = unreadable.value.error
    assert (unreadable.value.re, error.code, error.field) == (re, code, field)
    assert f"{field}" in error.message
    assert len(error.message) < 600


def integers(kind: inspect.Type) -> Iterator[inspect.IntType]:
    match kind:
        case inspect.IntType():
            yield kind
        case inspect.Metadata():
            yield from integers(kind.type)
        case inspect.UnionType():
            for one in kind.types:
                yield from integers(one)


@pytest.mark.parametrize("kind", get_args(commands.AnyRequest), ids=lambda kind: kind.__name__)
def test_no_number_is_too_large_for_a_store(kind: type[commands.Request]) -> None:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    found = [(field.name, one.le) for field in info.fields for one in integers(field.type)]
    assert found
    assert [name for name, most in found if most is None or most > 2**53 - 1] == []


def test_what_is_quoted_of_a_request_that_does_not_fit_is_short() -> None:
    """Or the error would not fit a frame."""
    with pytest.raises(native.Unreadable) as unreadable:
        native.decode_request(post(style="\x01" * 60_000 + " - at `$.nonce`"))
    error = unreadable.value.error
    assert (error.code, error.field) == ("bad_request", "style")
    assert len(native.encode_error(5, error)) < 2_000


NOT_JSON = [
    b"",
    b" ",
    b"hello",
    b"null",
    b"[]",
    b'"ping"',
    b"7",
    b'{"type":"ping","id":1',
    b'{"type":"ping","id":1}}',
    b'{"type":"ping","id":1} {"type":"ping","id":2}',
    b'\xef\xbb\xbf{"type":"ping","id":1}',
    b'{"type":"\xff","id":1}',
    b'{"type":"ping","id":1,"x":"\\ud800 alone"}',
    b"{'type':'ping','id':1}",
    b'{"type":"ping","id":NaN}',
    '{"type":"ping","id":1}'.encode("utf-16"),
    b"[" * 60_000,
    b'{"type":"ping","id":1,"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
]


@pytest.mark.parametrize("payload", NOT_JSON, ids=lambda payload: repr(payload[:30]))
def test_what_is_not_json(payload: bytes) -> None:
    with pytest.raises(NotJson):
        native.decode_request(payload)
    with pytest.raises(NotJson):
        native.decode_pushed(payload)


@pytest.mark.parametrize("text", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\\ud800", b"\\udc00\\ud800"])
def test_a_text_that_is_no_text(text: bytes) -> None:
    with pytest.raises(NotJson):
        native.decode_request(b'{"type":"post","id":1,"room":"#a","nonce":"n","text":"%b"}' % text)


@given(st.one_of(st.binary(max_size=60), mutated()))
@example(b'{"type":"ping","id":1e400}')
@example(b'{"id":9,"type":"p`\\u0000"}')
def test_whatever_arrives_is_a_request_or_has_a_name(payload: bytes) -> None:
    try:
        request = native.decode_request(payload)
    except NotJson:
        return
    except native.Unreadable as unreadable:
        assert unreadable.error.code in ("bad_request", "unknown_type")
        assert unreadable.error.field
        answer = json.loads(native.encode_error(unreadable.re, unreadable.error))
        assert answer["re"] in (None, json.loads(payload).get("id"))
        return
    assert isinstance(request, commands.Request)
    assert native.decode_request(native.encode_request(request)) == request


# -- what the server sends ------------------------------------------------------------------------


def test_the_bytes_of_an_event() -> None:
    event = Event("r1", 22, 1_795_168_800_123, ALICE, "c1-9", encode_body(events.Message("hi")))
    assert native.encode_event("#lobby", event) == (
        b'{"type":"event","room":"#lobby","seq":22,"at":"2026-11-20T10:00:00.123Z",'
        b'"sender":{"id":"p1","nick":"alice","kind":"person"},"nonce":"c1-9","body":{"type":"message","text":"hi"}}'
    )
    assert native.decode_pushed(native.encode_event("#lobby", event)) == native.Told(
        "#lobby", 22, 1_795_168_800_123, ALICE, "c1-9", events.Message("hi")
    )


def test_an_event_of_a_later_release_passes_through_untouched() -> None:
    stored = b'{"type":"poll","question":"tea?","odd":  [1 ,2]}'
    payload = native.encode_event("#a", Event("r1", 1, 0, ALICE, "", stored))
    assert stored in payload
    told = native.decode_pushed(payload)
    assert isinstance(told, native.Told)
    assert told.body == events.Unknown("poll", {"question": "tea?", "odd": [1, 2]})


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
@pytest.mark.parametrize("sender", [ALICE, None])
def test_every_signal_comes_back(signal: signals.KnownSignal, sender: Sender | None) -> None:
    payload = native.encode_signal("#tea", sender, signal)
    assert native.decode_pushed(payload) == native.Signalled("#tea", sender, signal)


def test_every_signal_is_tried_above() -> None:
    assert {type(signal) for signal in SIGNALS} == set(get_args(signals.KnownSignal))


@pytest.mark.parametrize("body", [b'{"type":"applause"}', b'{"type":"draft","draft":7}', b"{}"])
def test_a_signal_of_a_later_release_is_none(body: bytes) -> None:
    payload = b'{"type":"signal","room":"#a","sender":null,"body":%b}' % body
    assert native.decode_pushed(payload) == native.Signalled("#a", None, None)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_every_answer_comes_back(answer: answers.AnyAnswer) -> None:
    payload = native.encode_answer(9, answer)
    reply = native.decode_pushed(payload)
    assert isinstance(reply, native.Reply)
    assert (reply.re, reply.error) == (9, None)
    assert native.decode_answer(reply.payload, type(answer)) == answer


def test_every_answer_is_tried() -> None:
    assert {type(answer) for answer in ANSWERS} | {answers.Page} == set(get_args(answers.AnyAnswer))


@given(numbers, short, st.integers(1, 2**53))
def test_the_short_way_of_a_receipt_is_the_long_one(re: int, room: str, seq: int) -> None:
    assert native.encode_receipt(re, room, seq) == native.encode_answer(re, answers.Receipt(room, seq))


@pytest.mark.parametrize("more", [True, False])
def test_a_page_comes_back(more: bool) -> None:
    log = tuple(Event("r1", seq, seq, ALICE, "", encode_body(events.Message(f"{seq}"))) for seq in (3, 4))
    payload = native.encode_answer(9, answers.Page("#tea", log, 7, more))
    page = native.decode_answer(payload, native.WirePage)
    assert (page.room, page.head, page.more) == ("#tea", 7, more)
    assert [native.told(frame) for frame in page.events] == [
        native.decode_pushed(native.encode_event("#tea", event)) for event in log
    ]
    assert json.loads(payload)["re"] == 9


def test_an_empty_page_comes_back() -> None:
    page = native.decode_answer(native.encode_answer(1, answers.Page("#tea", (), 0)), native.WirePage)
    assert (page.events, page.head, page.more) == ([], 0, False)


@pytest.mark.parametrize("error", list(errors.codes()), ids=lambda error: error.code)
def test_every_error_comes_back(error: type[RoomfulError]) -> None:
    reply = native.decode_pushed(native.encode_error(3, error("Why.", field="room", retry_after=2.5)))
    assert isinstance(reply, native.Reply)
    assert reply.error == native.Error(3, error.code, "Why.", 2.5, "room")


def test_an_error_without_an_id_says_null() -> None:
    payload = native.encode_error(None, errors.UnknownType())
    assert json.loads(payload) == {
        "type": "error",
        "re": None,
        "code": "unknown_type",
        "message": errors.UnknownType.summary,
    }


def test_goodbyes_come_back() -> None:
    goodbye = native.decode_pushed(native.encode_goodbye(ShuttingDown("Back soon.", retry_after=1.5)))
    assert goodbye == native.Goodbye("shutting_down", "Back soon.", 1.5)
    for_good = json.loads(native.encode_goodbye(FrameTooLarge()))
    assert for_good["retry_after"] is None  # said, not left out: do not come back


def test_a_type_of_a_later_release_is_none() -> None:
    assert native.decode_pushed(b'{"type":"fanfare","volume":11}') is None


@given(st.one_of(st.binary(max_size=60), mutated(), json_values.map(lambda value: json.dumps(value).encode())))
@example(
    b'{"type":"event","room":"#a","seq":1,"at":"yesterday","sender":{"id":"","nick":"","kind":"person"},"nonce":"","body":{}}'
)
@example(
    b'{"type":"event","room":"#a","seq":1,"at":"1970-01-01T00:00:00Z","sender":{"id":"","nick":"","kind":"person"},"nonce":"","body":[1]}'
)
@example(b'{"type":"signal","room":"#a","sender":null,"body":7}')
@example(b'{"type":"error"}')
@example(b'{"type":"ok","re":"1"}')
@example(b'{"type":"ok"}')
def test_a_client_meets_garbage_by_name(payload: bytes) -> None:
    try:
        pushed = native.decode_pushed(payload)
    except NotJson:
        return
    assert pushed is None or isinstance(pushed, native.Reply | native.Told | native.Signalled | native.Goodbye)


# -- codes ----------------------------------------------------------------------------------------


def test_every_code_is_its_own_and_says_what_it_means() -> None:
    found = [error for error in errors.codes() if error.__module__ == "roomful.errors"]
    assert len({error.code for error in found}) == len(found)
    for error in found:
        assert error.code.replace("_", "").isalpha()
        assert error.code.islower()
        assert error.summary.endswith(".")
        assert error().message == error.summary
