"""Events: what is stored for ever is read back, and what came later is not lost."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain import events
from roomful.domain.events import Event, Sender, Unknown, decode_body, encode_body, parse_timestamp, timestamp

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
bodies = st.one_of(
    st.builds(
        events.Message,
        text,
        st.sampled_from(["text", "action", "notice"]),
        st.none() | st.integers(1, 2**53),
        st.lists(text, max_size=3).map(tuple),
    ),
    st.builds(events.Join, st.sampled_from(["owner", "member"])),
    st.builds(events.Leave, st.sampled_from(["", "bye", "expired"])),
    st.builds(events.Nick, text),
    st.builds(events.Topic, text),
)


@given(bodies)
def test_a_body_comes_back(body: events.KnownBody) -> None:
    assert decode_body(encode_body(body)) == body


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        (events.Message("hi"), {"type": "message", "text": "hi"}),
        (events.Message("waves", "action"), {"type": "message", "text": "waves", "style": "action"}),
        (events.Message("yes", reply_to=3), {"type": "message", "text": "yes", "reply_to": 3}),
        (events.Message("@a", mentions=("p1",)), {"type": "message", "text": "@a", "mentions": ["p1"]}),
        (events.Join(), {"type": "join"}),
        (events.Join("owner"), {"type": "join", "role": "owner"}),
        (events.Leave(), {"type": "leave"}),
        (events.Leave("bye"), {"type": "leave", "reason": "bye"}),
        (events.Nick("bob"), {"type": "nick", "nick": "bob"}),
        (events.Topic(""), {"type": "topic", "text": ""}),
    ],
)
def test_the_stored_form_is_a_promise(body: events.KnownBody, stored: dict[str, object]) -> None:
    """Logs of these live for ever: a change here breaks every one of them."""
    data = encode_body(body)
    assert json.loads(data) == stored
    assert decode_body(json.dumps(stored).encode()) == body


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"reaction","seq":4,"emoji":"\xf0\x9f\x91\x8d"}',
        b'{"type":"message","text":["a","b"]}',  # a known type that a later release writes otherwise
        b'{"type":"leave","reason":"abducted"}',
        b'{"text":"no type"}',
    ],
)
def test_what_a_later_release_wrote_is_kept(data: bytes) -> None:
    body = decode_body(data)
    assert isinstance(body, Unknown)
    fields = json.loads(data)
    assert body.type == fields.pop("type", "")
    assert body.fields == fields


def test_a_field_that_came_later_is_ignored() -> None:
    assert decode_body(b'{"type":"message","text":"hi","shiny":true}') == events.Message("hi")


def test_an_event_s_body_is_behind_its_bytes() -> None:
    event = Event("r1", 1, 0, Sender("p1", "alice", "person"), "n", b'{"type":"topic","text":"tea"}')
    assert event.body == events.Topic("tea")


def test_a_timestamp_s_form() -> None:
    assert timestamp(0) == "1970-01-01T00:00:00.000Z"
    assert timestamp(1_795_168_800_007) == "2026-11-20T10:00:00.007Z"


@given(st.integers(0, 253_402_300_799_999))  # to the end of the year 9999
def test_a_timestamp_comes_back(ms: int) -> None:
    shown = timestamp(ms)
    assert parse_timestamp(shown) == ms
    assert datetime.fromisoformat(shown) == datetime.fromtimestamp(ms // 1000, UTC).replace(
        microsecond=ms % 1000 * 1000
    )


@given(st.text(max_size=30))
def test_other_text_is_no_timestamp(text: str) -> None:
    try:
        ms = parse_timestamp(text)
    except ValueError:
        return
    assert isinstance(ms, int)
