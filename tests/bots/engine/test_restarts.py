"""A bot host that dies: the one after it answers nothing twice, and forgets nothing."""

from roomful.bots.engine.inputs import BudgetState

from .world import World, bot


def test_what_came_meanwhile_is_answered() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish("hi")
    world.keep_marks()
    world.restart()
    assert world.running is None
    world.say("ada", "@gpt how are you?")
    world.restart()
    assert world.started[-1].causes == (3,)


def test_the_same_turn_has_the_same_nonce() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.restart()
    assert [start.nonce for start in world.started] == ["a1", "a1"]


def test_what_the_log_says_counts_even_if_no_mark_was_kept() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    for n in range(5):
        world.say("ada", f"@gpt {n}")
        world.finish(f"{n}")
    world.restart()
    assert len(world.started) == 5


def test_a_line_whose_turn_failed_is_owed_until_a_turn_ends_well() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish(outcome="failed", code="model_refused")
    assert world.marks == {}
    world.restart(crash=False)
    assert world.started[-1].causes == (1,)
    world.finish("hi")
    world.restart(crash=False)
    assert world.running is None


def test_a_failed_line_is_new_to_the_next_turn() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish(outcome="failed", code="model_refused")
    world.say("ada", "@gpt are you there?")
    assert world.started[-1].first == 1


def test_a_mark_never_passes_a_line_that_is_being_answered() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt one")
    world.say("ada", "@gpt two")
    world.stop()
    assert world.marks == {}
    world.say("ada", "@gpt three")  # /stop is over with it
    world.restart(crash=False)
    world.run(60)
    assert world.lines()[-1].causes[-1] == 4


def test_counting_goes_on_where_it_was() -> None:
    world = World(bot("muse", "lines:3"), here=("ada", "bob"))
    world.say("ada", "one")
    world.say("ada", "two")
    world.restart()
    world.run(60)
    assert not world.started
    world.say("ada", "three")
    world.run(60)
    assert [start.causes for start in world.started] == [(1, 2, 3)]


def test_counting_begins_anew_after_its_own_line_whatever_was_kept() -> None:
    world = World(bot("muse", "lines:3"), here=("ada", "bob"))
    world.say("ada", "one")
    world.say("ada", "@muse two")
    world.finish("yes?")
    world.restart()
    world.pass_time(200)
    world.say("bob", "three")
    world.say("bob", "four")
    world.run(60)
    assert len(world.started) == 1


def test_whoever_was_answered_before_may_still_go_on_talking() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish("hi")
    world.restart()
    world.say("ada", "and how are you?")
    assert world.rules()[-1] == ("gpt", "follow_up")


def test_nobody_is_shown_what_was_decided_while_nobody_ran() -> None:
    world = World(bot("eliza", host=True), here=("ada", "bob"))
    world.say("ada", "hello")
    world.clear()
    world.restart()
    world.pass_time(2)
    assert world.words == ["eliza kept silent: two people here, nobody named it (0 tokens)"]
    assert not world.shown("ada")


def test_what_is_older_than_a_hundred_lines_is_not_answered_but_said() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt @muse hello")
    for n in range(101):
        world.say("bob", f"{n}")
    world.finish(outcome="failed", code="model_refused")
    assert world.words[-1] == "muse kept silent: more than 100 lines have been said since (0 tokens)"


def test_a_bot_that_is_new_here_answers_nothing_that_was_said_before() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish("hi")
    world.settings([*world.bots, bot("muse")])
    world.say("ada", "@muse hello")
    assert world.rules()[-1] == ("muse", "mention")
    engine = world._engine()
    actions = engine.restore(world.moment, {}, world.log)
    assert not [action for action in actions if type(action).__name__ == "StartTurn"]


def test_a_mark_never_passes_a_line_that_is_still_to_be_answered() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt one")
    world.say("ada", "@gpt two", thread=1)
    world.say("ada", "@gpt three")
    world.finish("a")
    world.finish("b")
    assert world.marks == {"id-gpt": 2}
    world.restart(crash=False)
    assert world.started[-1].causes == (3,)


def test_a_bot_that_has_left_and_come_back_does_not_fall_behind() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    gpt, muse = world.bots
    world.say("ada", "@gpt @muse hello")
    world.settings([muse])
    world.say("ada", "well")
    world.settings([gpt, muse])
    world.marks["id-gpt"] = world.engine.mark("id-gpt")
    assert world.marks["id-gpt"] == 2
    world.finish(outcome="cancelled")  # the world refuses a mark that goes down
    assert world.marks["id-gpt"] == 2


def test_what_is_owed_stays_owed_whatever_else_is_decided() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt one")
    world.finish(outcome="failed", code="model_refused")
    world.see(BudgetState("id-gpt", "room"))
    world.say("ada", "@gpt two")
    assert world.verdicts[-1].verdict == "over_budget"
    assert world.marks == {}
