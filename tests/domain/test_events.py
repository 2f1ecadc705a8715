"""Events: what is stored for ever is read back, and what came later is not lost."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain import events
from roomful.domain.events import Event, Sender, Unknown, decode_body, encode_body, parse_timestamp, timestamp

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
words = st.lists(text, max_size=3).map(tuple)
seqs = st.integers(1, 2**53)
named = st.builds(events.Named, text, text)
until = st.none() | text
gone = st.none() | st.integers(0, 2**53)

# One strategy for each type of body, so that none is forgotten: see the test below.
BODIES: dict[type, st.SearchStrategy[Any]] = {
    events.Message: st.builds(
        events.Message,
        text,
        st.sampled_from(["text", "action", "notice"]),
        st.none() | seqs,
        st.none() | seqs,
        words,
        st.booleans(),
        text,
        gone,
        st.lists(seqs, max_size=3).map(tuple),
        st.none() | st.integers(0, 9),
        st.none() | seqs,
        text,
    ),
    events.Edit: st.builds(events.Edit, seqs, text, words, gone),
    events.Redaction: st.builds(events.Redaction, seqs, text),
    events.Reaction: st.builds(events.Reaction, seqs, text, st.booleans()),
    events.Pin: st.builds(events.Pin, seqs, st.booleans()),
    events.Join: st.builds(events.Join, text),
    events.Leave: st.builds(events.Leave, text),
    events.Kick: st.builds(events.Kick, named, text),
    events.Ban: st.builds(events.Ban, st.none() | named, text, text, until, text),
    events.Unban: st.builds(events.Unban, seqs, st.none() | named, text),
    events.Mute: st.builds(events.Mute, named, until, text),
    events.Unmute: st.builds(events.Unmute, named),
    events.Promoted: st.builds(events.Promoted, named, text),
    events.Invite: st.builds(events.Invite, named),
    events.Nick: st.builds(events.Nick, text),
    events.Topic: st.builds(events.Topic, text),
    events.Renamed: st.builds(events.Renamed, text, text),
    events.Changed: st.builds(
        events.Changed,
        st.none() | text,
        st.none() | text,
        st.none() | text,
        st.none() | st.integers(0, 86_400),
        st.none() | st.integers(0, 36_500),
        st.none() | st.booleans(),
        st.none() | text,
    ),
    events.Conversation: st.builds(
        events.Conversation, st.lists(named, max_size=3).map(tuple), text, *(st.integers(0, 9) for _ in range(3))
    ),
    events.Concluded: st.builds(events.Concluded, seqs, text, st.integers(0, 9)),
    events.Stopped: st.just(events.Stopped()),
    events.Continued: st.just(events.Continued()),
}
bodies = st.one_of(*BODIES.values())


def test_every_body_is_tried() -> None:
    assert set(BODIES) == set(get_args(events.KnownBody))


BOB = events.Named("p2", "bob")


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
        (
            events.Message("x", thread=3, everybody=True),
            {"type": "message", "text": "x", "thread": 3, "everybody": True},
        ),
        (events.Message(redacted=9), {"type": "message", "redacted": 9}),
        (events.Message("x", origin="weechat"), {"type": "message", "text": "x", "origin": "weechat"}),
        (events.Edit(3, "x", ("p1",)), {"type": "edit", "target": 3, "text": "x", "mentions": ["p1"]}),
        (events.Edit(3, redacted=0), {"type": "edit", "target": 3, "redacted": 0}),
        (events.Redaction(3, "rude"), {"type": "redaction", "target": 3, "reason": "rude"}),
        (events.Reaction(3, "+1"), {"type": "reaction", "target": 3, "emoji": "+1"}),
        (events.Reaction(3, "+1", False), {"type": "reaction", "target": 3, "emoji": "+1", "on": False}),
        (events.Pin(3), {"type": "pin", "target": 3}),
        (events.Pin(3, False), {"type": "pin", "target": 3, "on": False}),
        (events.Leave("banned"), {"type": "leave", "reason": "banned"}),
        (events.Kick(BOB), {"type": "kick", "target": {"id": "p2", "nick": "bob"}}),
        (
            events.Ban(BOB, until="2026-11-20T10:00:00.007Z", reason="spam"),
            {
                "type": "ban",
                "target": {"id": "p2", "nick": "bob"},
                "until": "2026-11-20T10:00:00.007Z",
                "reason": "spam",
            },
        ),
        (events.Ban(mask="b*"), {"type": "ban", "mask": "b*"}),
        (events.Ban(address="hidden"), {"type": "ban", "address": "hidden"}),
        (events.Unban(3, BOB), {"type": "unban", "ban": 3, "target": {"id": "p2", "nick": "bob"}}),
        (events.Mute(BOB), {"type": "mute", "target": {"id": "p2", "nick": "bob"}}),
        (events.Unmute(BOB), {"type": "unmute", "target": {"id": "p2", "nick": "bob"}}),
        (
            events.Promoted(BOB, "moderator"),
            {"type": "role", "target": {"id": "p2", "nick": "bob"}, "role": "moderator"},
        ),
        (events.Invite(BOB), {"type": "invite", "target": {"id": "p2", "nick": "bob"}}),
        (events.Renamed("#b", "#a"), {"type": "renamed", "name": "#b", "old": "#a"}),
        (events.Changed(slow=0, archived=False), {"type": "changed", "slow": 0, "archived": False}),
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
        b'{"type":"poll","seq":4,"emoji":"\xf0\x9f\x91\x8d"}',
        b'{"type":"message","text":["a","b"]}',  # a known type that a later release writes otherwise
        b'{"type":"leave","reason":["abducted"]}',
        b'{"text":"no type"}',
    ],
)
def test_what_a_later_release_wrote_is_kept(data: bytes) -> None:
    body = decode_body(data)
    assert isinstance(body, Unknown)
    fields = json.loads(data)
    assert body.type == fields.pop("type", "")
    assert body.fields == fields


def test_a_word_of_a_later_release_is_kept() -> None:
    assert decode_body(b'{"type":"leave","reason":"abducted"}') == events.Leave("abducted")
    assert decode_body(b'{"type":"join","role":"emperor"}') == events.Join("emperor")


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
