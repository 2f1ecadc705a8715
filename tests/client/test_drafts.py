"""Answers of others while they grow: whatever of it is lost, nobody is shown what was not written."""

from hypothesis import given
from hypothesis import strategies as st

from roomful.client import Growing, Signalled, Timeline, Told
from roomful.domain import events, signals
from roomful.domain.events import Sender
from roomful.domain.signals import Draft, OpenDraft, State

ELIZA, GPT = Sender("b1", "eliza", "bot"), Sender("b2", "gpt", "bot")


def signal(body: signals.KnownSignal, sender: Sender | None = ELIZA) -> Signalled:
    return Signalled("#r", sender, body)


def said(text: str, nonce: str = "d1", sender: Sender = ELIZA) -> Told:
    return Told("#r", 7, 1_000, sender, nonce, events.Message(text))


def room(*bodies: signals.KnownSignal) -> Timeline:
    timeline = Timeline()
    for body in bodies:
        timeline.hear(signal(body, None if isinstance(body, State) else ELIZA))
    return timeline


def texts(timeline: Timeline) -> list[str]:
    return [growing.text for growing in timeline.drafts]


def test_an_answer_grows_until_its_message_takes_its_place() -> None:
    timeline = room(Draft("d1", 0, "Once"), Draft("d1", 4, " upon"))
    assert list(timeline.drafts) == [Growing("d1", ELIZA, "Once upon")]
    timeline.take(said("something else", "n1"))
    assert texts(timeline) == ["Once upon"], "a notice between is not its end"
    assert timeline.take(said("Once upon a time")) is not None
    assert not timeline.drafts


def test_hearing_says_whether_there_is_something_new_to_see() -> None:
    timeline = Timeline()
    assert timeline.hear(signal(Draft("d1", 0, "Once")))
    assert not timeline.hear(signal(Draft("d1", 9, "time"))), "what came before it was lost"
    assert not timeline.hear(signal(signals.Typing()))
    assert timeline.hear(signal(State(drafts=(OpenDraft("d1", ELIZA, "Once upon a"),)), None))
    assert not timeline.hear(signal(State(drafts=(OpenDraft("d1", ELIZA, "Once upon a"),)), None))


def test_an_answer_of_which_nothing_comes_is_forgotten() -> None:
    for end in (Draft("d1", 4, dropped=True), State(), signals.Presence(gone=("b1",)), Draft("d2", 0, "")):
        timeline = room(Draft("d1", 0, "Once"))
        assert timeline.hear(signal(end))
        assert texts(timeline) in ([], [""])
    timeline = room(Draft("d1", 0, "Once"), Draft("d0", 4, dropped=True))
    assert texts(timeline) == ["Once"], "it was another that was dropped"


def test_whoever_comes_late_waits_for_the_state() -> None:
    timeline = room(Draft("d1", 9, "a time"))
    assert texts(timeline) == []
    timeline.hear(signal(State(drafts=(OpenDraft("d1", ELIZA, "Once upon a time"), OpenDraft("d2", GPT, "Hi"))), None))
    assert texts(timeline) == ["Once upon a time", "Hi"]


PARTS = st.lists(st.text("aé🌍 ", min_size=1, max_size=5), min_size=1, max_size=12)


@given(PARTS, st.data())
def test_whatever_is_lost_what_is_shown_is_how_it_begins(parts: list[str], data: st.DataObject) -> None:
    timeline, text = Timeline(), ""
    for part in parts:
        heard = data.draw(st.sampled_from(("part", "nothing", "state")))
        at, text = len(text), text + part
        if heard == "part":
            timeline.hear(signal(Draft("d1", at, part)))
        elif heard == "state":
            timeline.hear(signal(State(drafts=(OpenDraft("d1", ELIZA, text),)), None))
            assert texts(timeline) == [text]
        assert all(text.startswith(shown) for shown in texts(timeline))
    timeline.take(said(text))
    assert not timeline.drafts
