"""docs/schema/roomful-native-1.json says of payloads what the server and the clients make of them."""

import json
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from roomful.domain import answers, commands, events, signals
from roomful.domain.events import Event, encode_body
from roomful.errors import NotJson, ShuttingDown, UnknownType
from roomful.protocol import native
from tests.support.messages import ALICE, ANSWERS, BODIES, SIGNALS, mutated, requests
from tools.catalogue import ANSWERS as ANSWER_TO

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/roomful-native-1.json").read_text(encoding="utf-8"))


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{name}"})


def fits(name: str, payload: bytes | dict[str, Any]) -> bool:
    return validator(name).is_valid(json.loads(payload) if isinstance(payload, bytes) else payload)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(requests)
def test_every_request_fits(request: commands.Request) -> None:
    payload = native.encode_request(request)
    assert fits(f"{type(request).__name__}Request", payload)
    assert fits("Request", payload)


@given(mutated())
def test_what_the_server_takes_fits(payload: bytes) -> None:
    try:
        request = native.decode_request(payload)
    except (NotJson, native.Unreadable):
        return
    try:
        fields = json.loads(payload)
    except UnicodeDecodeError:
        return  # a field that nobody reads holds bytes that are no text
    assert fits(f"{type(request).__name__}Request", fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "dance", "id": 1},
        {"type": "ping"},
        {"type": "ping", "id": -1},
        {"type": "ping", "id": "1"},
        {"type": "post", "id": 1, "room": "#a", "text": "hi"},
        {"type": "post", "id": 1, "room": "#a", "nonce": "", "text": "hi"},
        {"type": "post", "id": 1, "room": "#a", "nonce": "n", "text": "hi", "style": "loud"},
        {"type": "history", "id": 1, "room": "#a", "limit": 501},
        {"type": "join", "id": 1, "room": "#a", "after": -1},
    ],
)
def test_what_the_server_refuses_does_not_fit(fields: dict[str, Any]) -> None:
    assert not fits("Request", fields)
    with pytest.raises(native.Unreadable):
        native.decode_request(json.dumps(fields).encode())


REQUEST_OF = {kind: request.title().replace("_", "") for request, kind in ANSWER_TO.items()}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_every_answer_fits(answer: answers.AnyAnswer) -> None:
    payload = native.encode_answer(1, answer)
    assert fits(f"{REQUEST_OF[type(answer)]}Ok", payload)
    assert fits("FromServer", payload)


def test_a_page_fits() -> None:
    page = answers.Page("#a", (Event("r", 1, 0, ALICE, "n", b'{"type":"topic","text":""}'),), 1)
    assert fits("HistoryOk", native.encode_answer(1, page))


def test_every_body_is_tried_below() -> None:
    assert {type(body) for body in BODIES} == set(get_args(events.KnownBody))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_every_event_fits(body: events.KnownBody) -> None:
    payload = native.encode_event("#a", Event("r", 1, 0, ALICE, "n", encode_body(body)))
    assert fits("Event", payload)
    assert fits(f"{type(body).__name__}Body", json.loads(payload)["body"])


def test_an_event_of_a_later_version_fits_but_not_a_broken_one_of_this() -> None:
    event = json.loads(native.encode_event("#a", Event("r", 1, 0, ALICE, "n", b'{"type":"poll"}')))
    assert fits("Event", event)
    assert not fits("Event", {**event, "body": {"type": "nick"}})
    assert not fits("Event", {**event, "seq": 0})


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
def test_every_signal_fits(signal: signals.KnownSignal) -> None:
    payload = native.encode_signal("#a", None, signal)
    assert fits("Signal", payload)
    assert fits(f"{type(signal).__name__}Signal", json.loads(payload)["body"])


def test_errors_and_goodbyes_fit() -> None:
    assert fits("Error", native.encode_error(None, UnknownType(field="type")))
    assert fits("Goodbye", native.encode_goodbye(ShuttingDown(retry_after=1)))
    assert not fits("Goodbye", {"type": "goodbye", "code": "bye", "message": ""})
