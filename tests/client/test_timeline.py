"""What a log comes to: the same, in whatever order and portions it was told."""

from hypothesis import given
from hypothesis import strategies as st

from roomful.client import Told
from roomful.client.timeline import Timeline
from roomful.domain import events
from roomful.domain.events import KnownBody, Sender

ANN, BOB = Sender("p1", "ann", "person"), Sender("p2", "bob", "guest")


def told(seq: int, body: KnownBody, sender: Sender = ANN) -> Told:
    return Told("#r", seq, 1_000 + seq, sender, "", body)


def test_a_message_is_shown_as_it_is_now() -> None:
    room = Timeline(
        [
            told(1, events.Message("helo @bob", mentions=("p2",))),
            told(2, events.Edit(1, "hello")),
            told(3, events.Reaction(1, "👍"), BOB),
            told(4, events.Reaction(1, "🎉")),
            told(5, events.Reaction(1, "👍")),
            told(6, events.Reaction(1, "🎉", on=False)),
            told(7, events.Message("yes?", thread=1), BOB),
            told(8, events.Pin(1)),
        ]
    )
    line = room.line(1)
    assert line is not None
    assert (line.text, line.edited, line.mentions, line.pinned, line.replies) == ("hello", 2, (), True, 1)
    assert line.reactions == (("👍", (BOB, ANN)),)
    assert [one.seq for one in room.lines()] == [1, 7]
    assert [one.text for one in room.lines(thread=1)] == ["yes?"]
    assert [one.seq for one in room.pins()] == [1]


def test_taking_gives_the_message_that_is_another_now() -> None:
    room = Timeline()
    assert room.take(told(1, events.Message("a"))) == room.line(1)
    changed = room.take(told(2, events.Edit(1, "b")))
    assert changed is not None
    assert changed.text == "b"
    assert room.take(told(3, events.Join())) is None
    assert room.take(told(4, events.Reaction(99, "x"))) is None, "of a message that was not told"


def test_what_was_erased_by_age_or_in_the_log_shows_no_text() -> None:
    room = Timeline([told(1, events.Message("", redacted=0)), told(3, events.Edit(2, "", redacted=9))])
    room.take(told(2, events.Message("the log was read before the redaction came")))
    assert [(line.text, line.redacted) for line in room.lines()] == [("", True), ("", True)]


def test_what_was_forgotten_is_not_shown() -> None:
    room = Timeline([told(1, events.Message("a")), told(2, events.Pin(1)), told(3, events.Message("b"))])
    room.forget(before=3)
    assert [line.text for line in room.lines()] == ["b"]
    assert room.pins() == []


MESSAGES = 4
SENDERS = st.sampled_from((ANN, BOB))
TARGETS = st.integers(1, MESSAGES)
CHANGES = st.one_of(
    st.builds(events.Edit, TARGETS, st.sampled_from(("x", "y", "z"))),
    st.builds(events.Redaction, TARGETS),
    st.builds(events.Reaction, TARGETS, st.sampled_from("ab"), st.booleans()),
    st.builds(events.Pin, TARGETS, st.booleans()),
    st.builds(events.Message, st.just("reply"), thread=TARGETS),
)


@given(st.lists(st.tuples(CHANGES, SENDERS), max_size=25), st.data())
def test_the_order_of_telling_makes_no_difference(changes: list[tuple[KnownBody, Sender]], data: st.DataObject) -> None:
    log = [told(seq, events.Message(f"line {seq}")) for seq in range(1, MESSAGES + 1)]
    log += [told(seq, body, sender) for seq, (body, sender) in enumerate(changes, MESSAGES + 1)]
    in_order = Timeline(log)
    otherwise = Timeline(data.draw(st.permutations([*log, *log[::3]])))
    assert otherwise.lines() == in_order.lines()
    assert otherwise.pins() == in_order.pins()
    redacted = {one.body.target for one in log if isinstance(one.body, events.Redaction)}
    for line in in_order.lines():
        assert (line.text == "") is (line.seq in redacted)
        edits = [one for one in log if isinstance(one.body, events.Edit) and one.body.target == line.seq]
        if edits and not line.redacted:
            assert (line.text, line.edited) == (edits[-1].body.text, edits[-1].seq)  # type: ignore[union-attr]
