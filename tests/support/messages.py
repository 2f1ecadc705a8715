"""Objects of the native protocol to test with: strategies for requests, sound and unsound, and samples of the rest."""

import json
from typing import Any, get_args

from hypothesis import strategies as st

from roomful.domain import answers, commands, signals
from roomful.domain.events import Sender
from roomful.protocol import native

ALICE = Sender("p1", "alice", "person")
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(0, 2**53 - 1)
short = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)

# By field: a name means the same in every request, but for `after`, which is a name where lists are paged.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": numbers,
    "protocol": st.integers(1, 9),
    "agent": text,
    "nick": text,
    "resume": st.none() | text,
    "room": short,
    "after": st.none() | st.integers(0, 2**53),
    "last": st.none() | st.integers(0, 500),
    "signals": st.booleans(),
    "epoch": st.none() | text,
    "nonce": short,
    "text": text,
    "style": st.sampled_from(["text", "action", "notice"]),
    "reply_to": st.none() | st.integers(1, 2**53),
    "again": st.booleans(),
    "on": st.booleans(),
    "before": st.none() | st.integers(1, 2**53),
    "around": st.none() | st.integers(1, 2**53),
    "limit": st.integers(1, 500),
    "mine": st.booleans(),
}

PAGED_BY_NAME = {commands.Rooms, commands.Members}


def request_of(kind: type[commands.Request]) -> st.SearchStrategy[commands.Request]:
    fields = {name: FIELDS[name] for name in kind.__struct_fields__}
    if kind in PAGED_BY_NAME:
        fields["after"] = st.none() | text
    return st.builds(kind, **fields)


requests = st.one_of([request_of(kind) for kind in get_args(commands.AnyRequest)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A request with fields replaced, removed or added; then, sometimes, bytes replaced."""
    fields = json.loads(native.encode_request(draw(requests)))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*fields, *FIELDS, "type"]))
        fields[name] = draw(json_values)
        if draw(st.booleans()):
            del fields[name]
    data = bytearray(json.dumps(fields, ensure_ascii=draw(st.booleans())).encode())
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


SIGNALS = [
    signals.Typing(),
    signals.Typing(False),
    signals.Presence((ALICE,), ("p2",), ("p3",), 1, True),
    signals.Draft("d1", 0, "Once"),
    signals.State((ALICE,), 1, ("p1",), (signals.OpenDraft("d1", ALICE, "Once"),)),
    signals.Direct(3, ALICE),
]


ANSWERS: list[answers.AnyAnswer] = [
    answers.Done(),
    answers.Welcome("roomful/1", 1, "e1", ("search",), 65_536, 16_000, 64, 120.0),
    answers.LoggedIn(answers.Me("p1", "alice", "person"), "secret"),
    answers.LoggedIn(answers.Me("p1", "alice", "bot", "acc"), "secret"),
    answers.Joined("#tea", 3, 1, (ALICE,), "tea", "welcome!"),
    answers.Joined("!r2", 0, 2, (), peer=ALICE),
    answers.Receipt("#tea", 4),
    answers.Renamed("Zoë"),
    answers.RoomList((answers.RoomInfo("#tea", 1, 4, "tea"), answers.RoomInfo("!r2", 2, 0, peer=ALICE)), True),
    answers.MemberList("#tea", 1, (answers.MemberInfo("p1", "alice", "person", "owner", True),)),
]
