"""How bot talk ends: chains of answers, runs, conversations."""

from itertools import pairwise

import pytest

from roomful.bots.engine.actions import Conclude, StartTurn
from roomful.bots.engine.conversations import CLOSING, Said, closes, settled
from roomful.bots.engine.engine import Engine
from roomful.bots.engine.inputs import ConversationOpened, Here, Moment
from roomful.bots.engine.limits import Limits

from .world import World, bot

TALK = "@muse well {n}"


def test_a_bots_line_wakes_no_other_bot_by_itself() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt ask muse")
    world.finish("@muse what do you think?")
    world.flush()
    assert world.rules() == [("gpt", "mention")]
    assert (
        "muse kept silent: a bot named it, and no more answers of bots may hang on that line (0 tokens)" in world.words
    )


def test_chains_end_when_their_bounces_are_spent() -> None:
    world = World(bot("gpt", max_bounce=4), bot("muse", max_bounce=4), here=("ada", "bob"))
    world.say("ada", "@gpt talk with muse")
    world.run(3600, "@muse @gpt and {n}")
    assert [line.bounce for line in world.lines()] == [None, 4, 3, 2, 1, 0]


def test_a_run_of_eight_ends_until_a_person_lets_it_go_on() -> None:
    world = World(bot("gpt", max_bounce=100), bot("muse", max_bounce=100), here=("ada", "bob"))
    world.say("ada", "@gpt talk with muse")
    world.run(3600, "@muse @gpt and {n}")
    assert len(world.started) == 8
    capped = world.verdicts[-1]
    assert (capped.verdict, capped.rule) == ("capped", "run_of_bots")
    assert capped.words.startswith("gpt kept silent: bots have said 8 lines in a row; a person speaks first, or types")
    world.go_on()
    world.run(3600, "@muse @gpt and {n}")
    assert len(world.started) == 16


def test_a_person_takes_the_floor_from_a_run() -> None:
    world = World(bot("gpt", max_bounce=100), bot("muse", max_bounce=100), here=("ada", "bob"))
    world.say("ada", "@gpt talk with muse")
    while len(world.started) < 4 or world.running is None:
        world.run(0.5, "@muse @gpt and {n}", speaking=0.5)
    world.tick()
    world.say("bob", "I have to go")
    assert world.cancelled is not None
    assert world.cancelled.keep
    world.finish(outcome="cancelled")
    assert world.run(3600) == 0
    assert any(words.endswith("said nothing: bob spoke first (0 tokens)") for words in world.words)


def test_a_person_does_not_cut_short_what_a_person_asked_for() -> None:
    world = World(bot("gpt", max_bounce=3), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt ask muse")
    world.finish("@muse well?")
    world.pass_time(6)
    assert world.running is not None
    world.say("bob", "lol")
    assert world.cancelled is None


def test_one_bot_says_a_line_every_five_seconds_unless_a_person_asks() -> None:
    world = World(bot("gpt", max_bounce=9), bot("muse", max_bounce=9), here=("ada", "bob"))
    world.say("ada", "@gpt talk with muse")
    world.run(20, "@muse @gpt and {n}", speaking=0.1)
    at = [line.at for line in world.lines() if line.sender.nick == "muse"]
    assert all(later - earlier >= 5_000 for earlier, later in pairwise(at))
    assert "pace" in {v.rule for v in world.verdicts if v.verdict == "cooling"}
    world.pass_time(100)
    if world.running:
        world.finish()
    before = len(world.started)
    world.say("ada", "@gpt one")
    world.finish()
    world.say("ada", "@gpt two")
    assert len(world.started) == before + 2


def test_bots_say_20_lines_a_minute_at_most() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    for _ in range(30):
        world.say("ada", "@gpt hello")
        world.run(0.5, speaking=0.1)
    said = [line.at for line in world.lines() if line.sender.nick == "gpt"]
    assert len(said) == 20
    world.run(60)
    waited = [v.words for v in world.verdicts if v.rule == "room_pace"]
    assert waited[0].startswith("gpt waits: bots have said 20 lines here within a minute; ")
    assert len(waited) == 1
    assert world.started[-1].causes[-1] == world.log.index(world.lines()[-2]) + 1  # nothing was forgotten


def test_stop_ends_what_is_under_way_and_what_was_asked() -> None:
    world = World(bot("gpt", max_bounce=9), bot("muse", "lines:1"), here=("ada", "bob"))
    world.say("ada", "@gpt @muse hello")
    world.stop("bob")
    assert world.cancelled is not None
    assert world.cancelled.keep
    world.finish("as I was")  # what was said is kept
    assert world.run(600) == 0
    assert "muse said nothing: bob typed /stop (0 tokens)" in world.words
    world.say("ada", "@muse hello")
    assert world.run(60) == 1


# -- conversations ------------------------------------------------------------------------------------


def test_a_conversation_has_its_turns_and_no_more() -> None:
    world = World(bot("eliza"), bot("parry"), here=("ada", "bob"))
    world.converse("eliza", "parry", turns=6)
    world.run(600, "well, what about {n}?")
    assert world.rules() == [("eliza", "conversation"), ("parry", "conversation")] * 3
    assert [line.bounce for line in world.lines()] == [5, 4, 3, 2, 1, 0]
    assert [one.how for one in world.concluded] == ["turns"]


def test_its_own_turns_replace_run_and_pace() -> None:
    world = World(bot("eliza"), bot("parry"), limits=Limits(breath=0))
    world.converse("eliza", "parry", turns=30)
    assert world.run(10, "what about {n}?", speaking=0.1) == 30


def test_settled_is_told_apart() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry", turns=20)
    world.run(600, "Agreed. Goodbye!")
    assert [one.how for one in world.concluded] == ["settled"]
    assert len(world.lines()) == 4


def test_one_says_the_agreed_closing() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry", turns=20)
    world.finish("Is it so?")
    world.pass_time(1)
    world.finish(f"It is. {CLOSING}")
    world.pass_time(1)
    assert [one.how for one in world.concluded] == ["settled"]


def test_nobody_has_anything_to_say() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry", turns=20)
    for _ in range(2):
        world.finish(outcome="empty")
        world.pass_time(2)
    assert [one.how for one in world.concluded] == ["settled"]
    assert world.run(60) == 0


def test_its_time_ends_even_in_the_middle_of_a_line() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry", turns=20, seconds=10)
    world.pass_time(11)
    assert [one.how for one in world.concluded] == ["time"]
    assert world.cancelled is not None
    world.finish(outcome="cancelled")
    assert world.run(60) == 0


def test_its_tokens_end_too() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry", turns=20, tokens=100)
    world.run(60, "what about {n}?")
    assert [one.how for one in world.concluded] == ["tokens"]
    assert len(world.lines()) == 3  # 34 tokens each


def test_a_bot_that_fails_ends_it() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry")
    world.finish(outcome="failed", code="model_refused")
    assert [one.how for one in world.concluded] == ["failed"]


def test_a_person_interrupts_it_and_lets_it_go_on() -> None:
    world = World(bot("eliza", host=True), bot("parry"))
    world.converse("eliza", "parry")
    world.finish("Hello.")
    world.pass_time(1)
    world.say("ada", "wait")
    assert world.cancelled is not None
    assert world.notices[-1].text == "eliza and parry pause: ada has spoken. /continue lets them go on."
    world.clear()
    world.finish(outcome="cancelled")
    world.run(120)
    assert world.rules() == [("eliza", "host_alone")]
    world.go_on()
    world.run(60, "what about {n}?")
    assert world.rules()[1:3] == [("parry", "conversation"), ("eliza", "conversation")]
    assert world.concluded[-1].how == "turns"


def test_stop_ends_it_for_good() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry")
    world.finish("Hello.")
    world.stop()
    assert world.run(600) == 0
    world.go_on()
    assert world.run(600) == 0


def test_nobody_else_joins_in() -> None:
    world = World(
        bot("eliza"), bot("parry"), bot("muse", "lines:1", count_bots=True), bot("tick", "interval:10", max_idle=0)
    )
    world.converse("eliza", "parry", turns=20)
    world.run(50, "@muse what about {n}?")
    assert {nick for nick, _ in world.rules()} == {"eliza", "parry"}
    assert "muse kept silent: the line belongs to a conversation of bots (0 tokens)" in world.words
    assert not [v for v in world.verdicts if v.bot == "id-muse" and v.rule == "bounce_spent"]


def test_whoever_was_about_to_join_in_waits_for_its_end() -> None:
    world = World(bot("eliza"), bot("parry"), bot("muse", "lines:1"), bot("tick", "interval:10", max_idle=0))
    world.say("ada", "hello")
    world.converse("eliza", "parry", turns=10)
    world.run(60, "what about {n}?")
    assert [nick for nick, _ in world.rules()][:11] == ["eliza", "parry"] * 5 + ["muse"]


def test_whoever_is_named_speaks_next_where_that_is_the_policy() -> None:
    world = World(bot("aaa"), bot("bbb"), bot("ccc"), policy="addressed_first")
    world.converse("aaa", "bbb", "ccc")
    world.finish("@ccc what do you say?")
    world.pass_time(1)
    world.finish("Hm.")
    world.pass_time(1)
    assert [nick for nick, _ in world.rules()] == ["aaa", "ccc", "aaa"]


def test_a_restart_goes_on_with_it() -> None:
    world = World(bot("eliza"), bot("parry"))
    world.converse("eliza", "parry")
    world.finish("Hello.")
    world.restart()
    world.run(60, "what about {n}?")
    assert [line.sender.nick for line in world.lines()] == ["eliza", "parry"] * 3
    assert world.concluded[-1].how == "turns"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Agreed.", True),
        ("Yes, goodbye!", True),
        ("Thank you, take care.", True),
        ("Yes?", False),
        ("Yes, but TCP is older.", False),
        ("No.", False),
        ("", False),
        ("Yes yes yes yes yes yes yes yes yes", False),
    ],
)
def test_what_is_a_closing(text: str, expected: bool) -> None:
    assert closes(text) is expected


def test_both_must_close_and_twice() -> None:
    bots = ("a", "b")
    assert not settled(bots, [Said("a", "Agreed."), Said("b", "Agreed.")])
    assert not settled(bots, [Said("a", "Agreed."), Said("b", "But why?"), Said("a", "Yes."), Said("b", "Bye.")])
    assert settled(bots, [Said("a", "But why?"), *[Said(one, "Agreed.") for one in ("b", "a", "b", "a")]])


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_host_with_a_wrong_clock_goes_by_the_servers(hours: int) -> None:
    world = World(bot("eliza"), bot("parry"))
    bots, here = tuple(world.bots), tuple(world.here.values())
    began = world.moment.utc
    wrong = Moment(world.moment.s, began + hours * 3_600_000)
    engine = Engine("room", wrong, bots)
    engine.see(wrong, Here(here))
    actions = engine.see(wrong, ConversationOpened(1, began, here[0], tuple(one.id for one in bots), seconds=60))
    assert any(isinstance(action, StartTurn) for action in actions)
    later = Moment(wrong.s + 61, wrong.utc + 61_000)
    assert any(isinstance(action, Conclude) and action.how == "time" for action in engine.tick(later))
