"""The guard over what bots say: whatever they try, they come to an end, and whoever is asked may answer."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomful.domain.events import Concluded, Continued, Conversation, KnownBody, Message, Named, Sender, Stopped
from roomful.domain.talk import DEFAULTS, LINES, Talk, TalkLimits
from roomful.errors import BadCauses, BotPace, BounceSpent, ConversationOver, LetPeopleSpeak, Refused

ANN = Sender("p1", "ann", "person")
ELIZA, PARRY, MUSE = (Sender(f"b{n}", nick, "bot") for n, nick in enumerate(("eliza", "parry", "muse")))
UNLIMITED = TalkLimits(run=10**6, pace=0, minute=10**6, pair=10**6)
SECOND = 1_000


class Room:
    """A talk with the log that it is evolved from; time goes on by itself."""

    def __init__(self, limits: TalkLimits = DEFAULTS) -> None:
        self.talk = Talk()
        self.limits = limits
        self.head = 0
        self.now = 1_000_000
        self.step = 60 * SECOND

    def record(self, sender: Sender, body: KnownBody) -> int:
        self.head += 1
        self.now += self.step
        self.talk.follow(self.head, self.now, sender, body)
        return self.head

    def person(self, text: str = "hello") -> int:
        return self.record(ANN, Message(text))

    def bot(self, bot: Sender, causes: Sequence[int] = (), conversation: int | None = None, max_bounce: int = 0) -> int:
        now = self.now + self.step
        bounce = self.talk.bounce(bot.id, causes, conversation, now, max_bounce, self.limits)
        return self.record(bot, Message("line", causes=tuple(causes), bounce=bounce, conversation=conversation))

    def converse(self, *bots: Sender, turns: int = 4, seconds: int = 3600) -> int:
        named = tuple(Named(bot.id, bot.nick) for bot in bots)
        return self.record(ANN, Conversation(named, "tea", turns, seconds))


def test_a_bot_answers_a_person_and_wakes_no_other_bot() -> None:
    room = Room()
    asked = room.person()
    said = room.bot(ELIZA, [asked])
    with pytest.raises(BounceSpent):
        room.bot(PARRY, [said], max_bounce=5)


def test_every_bot_may_answer_a_person_once() -> None:
    room = Room()
    asked = room.person()
    room.bot(ELIZA, [asked])
    room.bot(PARRY, [asked])
    with pytest.raises(BadCauses, match="answered message 1 already"):
        room.bot(ELIZA, [asked])


def test_with_bounces_bots_answer_each_other_as_often_as_their_owners_allow() -> None:
    room = Room()
    said = room.bot(ELIZA, [room.person()], max_bounce=2)
    said = room.bot(PARRY, [said], max_bounce=9)
    said = room.bot(ELIZA, [said], max_bounce=9)
    with pytest.raises(BounceSpent):
        room.bot(PARRY, [said], max_bounce=9)


def test_what_a_bot_says_unasked_wakes_no_bot() -> None:
    room = Room()
    with pytest.raises(BounceSpent):
        room.bot(PARRY, [room.bot(ELIZA, max_bounce=9)], max_bounce=9)


@pytest.mark.parametrize("cause", [7, 2])
def test_causes_are_recent_lines_of_others(cause: int) -> None:
    room = Room()
    room.person()
    room.bot(ELIZA)
    with pytest.raises(BadCauses):
        room.bot(ELIZA, [cause])


def test_a_line_that_is_too_old_is_no_cause() -> None:
    room = Room()
    old = room.person()
    for _ in range(LINES):
        room.person()
    with pytest.raises(BadCauses, match="last 100 messages"):
        room.bot(ELIZA, [old])


def test_after_a_run_of_bots_a_person_speaks_or_lets_them_go_on() -> None:
    room = Room()
    lines = [room.person() for _ in range(12)]
    for line in lines[:8]:
        room.bot(ELIZA, [line])
    with pytest.raises(LetPeopleSpeak):
        room.bot(ELIZA, [lines[8]])
    room.record(ANN, Continued())
    room.bot(ELIZA, [lines[8]])
    room.person()
    room.bot(ELIZA, [lines[9]])


def test_told_to_be_quiet_bots_are_until_somebody_speaks() -> None:
    room = Room()
    asked = room.person()
    room.record(ANN, Stopped())
    for causes in ([asked], []):
        with pytest.raises(LetPeopleSpeak, match="told to be quiet"):
            room.bot(ELIZA, causes)
    room.bot(ELIZA, [room.person()])


def test_a_bot_is_paced_unless_a_person_asks() -> None:
    room = Room()
    room.step = SECOND
    room.bot(ELIZA)
    with pytest.raises(BotPace) as refused:
        room.bot(ELIZA)
    assert refused.value.retry_after == 4.0
    room.bot(ELIZA, [room.person()])


def test_bots_say_so_many_lines_a_minute() -> None:
    room = Room(TalkLimits(run=100, minute=3))
    room.step = SECOND
    asked = [room.person() for _ in range(4)]
    for line in asked[:3]:
        room.bot(ELIZA, [line])
    with pytest.raises(BotPace) as refused:
        room.bot(ELIZA, [asked[3]])
    assert refused.value.retry_after is not None
    room.now += round(refused.value.retry_after * 1000)
    room.bot(ELIZA, [asked[3]])


def test_two_that_exchange_too_much_cool_down() -> None:
    room = Room(TalkLimits(run=100, pace=0, minute=100, pair=4))
    room.step = SECOND
    said = room.bot(ELIZA, [room.person()], max_bounce=50)
    for turn in range(4):
        said = room.bot((PARRY, ELIZA)[turn % 2], [said], max_bounce=50)
    with pytest.raises(BotPace) as refused:
        room.bot(PARRY, [said], max_bounce=50)
    room.bot(MUSE, [said], max_bounce=50)
    room.now += round((refused.value.retry_after or 0) * 1000)
    room.bot(PARRY, [said], max_bounce=50)


# -- conversations -----------------------------------------------------------------------------------


def test_a_conversation_has_exactly_its_turns() -> None:
    room = Room()
    seq = room.converse(ELIZA, PARRY, turns=4)
    for turn in range(4):
        room.bot((ELIZA, PARRY)[turn % 2], [], seq)
    with pytest.raises(ConversationOver, match="its 4 lines"):
        room.bot(ELIZA, [], seq)


def test_a_conversation_wakes_nobody_who_is_not_in_it() -> None:
    room = Room()
    seq = room.converse(ELIZA, PARRY)
    said = room.bot(ELIZA, [], seq)
    with pytest.raises(ConversationOver):
        room.bot(MUSE, [said], seq)
    with pytest.raises(BounceSpent):
        room.bot(MUSE, [said], max_bounce=9)


def test_a_person_interrupts_and_may_let_it_go_on_with_the_time_it_had() -> None:
    room = Room()
    room.step = SECOND
    seq = room.converse(ELIZA, PARRY, seconds=60)
    room.bot(ELIZA, [], seq)
    room.person("wait")
    with pytest.raises(ConversationOver, match="A person has spoken"):
        room.bot(PARRY, [], seq)
    room.now += 3_600 * SECOND
    room.record(ANN, Continued())
    room.bot(PARRY, [], seq)
    room.now += 60 * SECOND
    with pytest.raises(ConversationOver, match="time is over"):
        room.bot(ELIZA, [], seq)


@pytest.mark.parametrize("end", [Stopped(), Concluded(1, "settled")])
def test_what_ended_stays_ended(end: KnownBody) -> None:
    room = Room()
    seq = room.converse(ELIZA, PARRY)
    room.record(ELIZA, end)
    room.record(ANN, Continued())
    with pytest.raises(ConversationOver):
        room.bot(ELIZA, [], seq)


# -- whatever they try ------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(bounces=st.lists(st.integers(0, 3), min_size=3, max_size=3), order=st.randoms(use_true_random=False))
def test_without_any_other_limit_a_persons_line_has_a_finite_tree_of_answers(bounces: list[int], order: object) -> None:
    room = Room(UNLIMITED)
    room.person()
    bots = list(zip((ELIZA, PARRY, MUSE), bounces, strict=True))
    progress = True
    while progress:
        progress = False
        tries = [(bot, most, seq) for bot, most in bots for seq in range(1, room.head + 1)]
        order.shuffle(tries)  # type: ignore[attr-defined]
        for bot, most, seq in tries:
            try:
                room.bot(bot, [seq], max_bounce=most)
            except Refused:
                continue
            progress = True
            assert room.head <= 1 + 3 * (1 + 2 + 4 + 8)


attempts = st.tuples(
    st.sampled_from([ANN, ELIZA, PARRY, MUSE]),
    st.lists(st.integers(1, 40), max_size=3),
    st.sampled_from([None, 1, 2, 5]),
    st.integers(0, 120 * SECOND),
    st.sampled_from([None, None, None, None, Stopped(), Continued(), Concluded(1, "settled")]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(attempts, max_size=80), st.integers(1, 6))
def test_whatever_happens_the_limits_hold_and_a_fork_agrees_with_its_log(tried: list[tuple], turns: int) -> None:  # type: ignore[type-arg]
    room = Room()
    room.converse(ELIZA, PARRY, turns=turns)
    in_it, run = 0, 0
    for who, causes, conversation, wait, event in tried:
        room.now += wait
        before = room.talk
        kept = repr(state_of(before))
        room.talk = before.fork()
        if event is not None:
            room.record(ANN, event)
            run = 0 if isinstance(event, Continued) else run
        elif who.kind == "person":
            room.person()
            run = 0
        else:
            try:
                room.bot(who, causes, conversation, max_bounce=3)
            except Refused:
                assert repr(state_of(room.talk)) == kept
                continue
            in_it += conversation is not None
            run += conversation is None and bool(causes)
        assert run <= DEFAULTS.run
        assert in_it <= turns
        assert repr(state_of(before)) == kept


def state_of(talk: Talk) -> tuple[object, ...]:
    return tuple(getattr(talk, name) for name in Talk.__slots__)
