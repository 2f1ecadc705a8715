"""When bots speak, and what is said about it when they do not."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from roomful.bots.engine.inputs import BudgetState, Line, TurnEnded, Typing
from roomful.domain.events import Sender

from .world import World, bot

# -- addressed ------------------------------------------------------------------------------------


def test_whoever_is_alone_with_the_host_need_not_name_it() -> None:
    world = World(bot("eliza", host=True), bot("gpt"))
    world.say("ada", "hello")
    assert world.rules() == [("eliza", "host_alone")]
    assert world.started[0].causes == (1,)
    assert world.started[0].requester == "id-ada"


def test_two_people_and_nobody_named_it() -> None:
    world = World(bot("eliza", host=True), here=("ada", "bob"))
    world.say("ada", "hello")
    assert not world.started
    assert world.words == ["eliza kept silent: two people here, nobody named it (0 tokens)"]
    assert world.shown("ada") == world.words
    assert not world.shown("bob")


def test_a_silence_is_shown_once_in_ten_minutes_to_each_person() -> None:
    world = World(bot("eliza", host=True), here=("ada", "bob", "eve"))
    for _ in range(3):
        world.say("ada", "hello")
        world.pass_time(60)
    world.say("bob", "hello")
    assert len(world.shown("ada")) == 1
    assert world.shown("bob") == ["eliza kept silent: three people here, nobody named it (0 tokens)"]
    world.pass_time(600)
    world.say("ada", "hello")
    assert len(world.shown("ada")) == 2


def test_the_room_is_told_once_that_the_host_needs_its_name_now() -> None:
    world = World(bot("eliza", host=True))
    world.arrive("bob")
    world.leave("bob")
    world.arrive("bob")
    world.restart()
    world.leave("bob")
    world.arrive("bob")
    assert [notice.text for notice in world.notices] == [
        "Two people are here now: eliza answers when you write @eliza, or reply to it."
    ]


def test_no_webhook_wakes_a_bot_and_a_person_may_ask_about_what_it_said() -> None:
    world = World(bot("eliza", host=True), bot("gpt"), bot("lark", "lines:1"))
    world._say(Sender("w-ci", "ci", "webhook"), "@gpt the build is red", style="text", bounce=0)
    world.pass_time(60)
    assert not world.started
    assert {verdict.rule for verdict in world.verdicts} == {"said_by_webhook"}
    assert not world.shown("ada")
    world.say("ada", "@gpt what does that mean?")
    assert world.rules()[0] == ("gpt", "mention")


def test_a_name_without_its_sign_is_no_mention_but_is_explained() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "gpt, what is TCP?")
    assert world.shown("ada") == ["gpt kept silent: its name needs an @ in front, as in @gpt (0 tokens)"]


@pytest.mark.parametrize("text", ["misaka is nice", "@Misaka hello", "the bots"])
def test_a_part_of_a_word_is_no_name(text: str) -> None:
    world = World(bot("Misa"), bot("bot"), here=("ada", "bob"))
    world.say("ada", text)
    world.flush()
    assert not world.started
    assert not world.shown("ada")


def test_a_reply_addresses_a_bot_as_its_name_does() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish("hi")
    world.pass_time(600)
    world.say("bob", "really?", reply_to=2)
    assert world.rules() == [("gpt", "mention"), ("gpt", "reply")]


def test_in_a_direct_room_each_line_is_for_the_bot() -> None:
    world = World(bot("gpt"), direct=True)
    world.say("ada", "hello")
    assert world.rules() == [("gpt", "direct")]


def test_a_line_that_names_people_wakes_no_bot_not_even_the_host() -> None:
    world = World(bot("eliza", host=True), here=("ada",))
    world.here["id-bob"] = Sender("id-bob", "bob", "person")  # a member who is away
    world.say("ada", "@bob are you there?")
    world.flush()
    assert world.words == ["eliza kept silent: the line names people only (0 tokens)"]


def test_bots_that_a_line_names_answer_in_the_order_of_the_text_each_after_the_other() -> None:
    world = World(bot("aaa"), bot("bbb"), bot("ccc"), here=("ada", "bob"))
    world.say("ada", "@ccc and @aaa and @bbb: who are you?")
    for _ in range(3):
        assert world.running is not None
        world.finish("me", echo_first=False)
    assert [nick for nick, _ in world.rules()] == ["ccc", "aaa", "bbb"]
    assert [start.last for start in world.started] == [1, 2, 3]  # each has seen the answer before


def test_the_next_bot_waits_to_see_the_answer_before_its_own() -> None:
    world = World(bot("aaa"), bot("bbb"), here=("ada", "bob"))
    world.say("ada", "@aaa @bbb hello")
    start = world.running
    assert start is not None
    end, line = world._post(start, "hi", None)  # type: ignore[arg-type]
    world.running = None
    world.see(end)
    assert world.running is None
    assert line is not None
    world.record(line)
    assert world.running is not None


def test_lines_that_come_meanwhile_are_one_batch() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt one")
    world.say("bob", "@gpt two")
    world.say("ada", "@gpt three")
    world.finish("first")
    assert [start.causes for start in world.started] == [(1,), (2, 3)]
    assert world.started[1].requester == "id-ada"


def test_threads_are_answered_apart_and_where_they_are() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt one")
    world.say("ada", "@gpt two", thread=1)
    world.say("ada", "@gpt three")
    world.finish("a")
    world.finish("b")
    assert [(start.thread, start.causes) for start in world.started] == [(None, (1,)), (1, (2,)), (None, (3,))]


def test_off_is_off_and_says_so_to_whoever_names_it() -> None:
    world = World(bot("gpt", "off"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    assert not world.started
    assert world.shown("ada") == ["gpt kept silent: it is switched off here (0 tokens)"]


def test_a_bot_may_answer_some_people_only() -> None:
    world = World(bot("gpt", senders=("bob",)), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    assert world.shown("ada") == ["gpt kept silent: it does not answer ada here (0 tokens)"]
    world.say("bob", "@gpt hello")
    assert world.rules() == [("gpt", "mention")]


def test_notices_and_what_bots_say_to_nobody_wake_nobody() -> None:
    world = World(bot("gpt", max_bounce=5), bot("muse", "lines:1"), here=("ada", "bob"))
    world.say("ada", "@gpt hello", style="notice")
    world.flush()
    assert not world.started
    assert world.words[0] == "gpt kept silent: a notice wakes no bot (0 tokens)"


# -- the follow-up window ---------------------------------------------------------------------------


def answered_ada() -> World:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish("hi ada")
    world.clear()
    return world


def test_whoever_was_answered_may_go_on_without_the_name() -> None:
    world = answered_ada()
    world.say("ada", "and what about UDP?")
    assert world.rules() == [("gpt", "follow_up")]


def test_not_after_two_minutes() -> None:
    world = answered_ada()
    world.pass_time(121)
    world.say("ada", "and what about UDP?")
    assert not world.started


def test_not_after_three_lines() -> None:
    world = answered_ada()
    for text in ("one", "two", "three"):
        world.say("bob", text)
    world.say("ada", "and what about UDP?")
    assert not world.started


def test_the_third_line_is_still_within() -> None:
    world = answered_ada()
    world.say("bob", "one")
    world.say("bob", "two")
    world.say("ada", "and what about UDP?")
    assert world.rules() == [("gpt", "follow_up")]


@pytest.mark.parametrize(("nick", "text"), [("bob", "me too?"), ("ada", "@bob you?"), ("ada", "@muse you?")])
def test_nobody_else_and_not_when_somebody_else_is_named(nick: str, text: str) -> None:
    world = answered_ada()
    world.say(nick, text)
    assert ("gpt", "follow_up") not in world.rules()


def test_whoever_answered_last_is_the_one_who_is_talked_to() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt @muse hello")
    world.finish("hi")
    world.finish("hi")
    world.clear()
    world.say("ada", "thanks. And you?")
    assert world.rules() == [("muse", "follow_up")]


def test_the_host_leaves_it_to_the_bot_that_one_is_talking_with() -> None:
    world = World(bot("eliza", host=True), bot("gpt"))
    world.say("ada", "@gpt hello")
    world.finish("hi ada")
    world.clear()
    world.say("ada", "and what about UDP?")
    assert world.rules() == [("gpt", "follow_up")]
    world.pass_time(121)
    world.finish("oh dear")
    world.clear()
    world.pass_time(121)
    world.say("ada", "hello?")
    assert world.rules() == [("eliza", "host_alone")]


def test_a_bot_that_only_searches_is_asked_each_time() -> None:
    librarian = replace(bot("librarian"), follows=False)
    world = World(bot("eliza", host=True), librarian)
    world.say("ada", "@librarian where are the apples?")
    world.finish("in the cellar")
    world.clear()
    world.say("ada", "thank you")
    assert world.rules() == [("eliza", "host_alone")]


# -- lines:N ------------------------------------------------------------------------------------------


def test_every_n_lines_after_a_quiet_gap() -> None:
    world = World(bot("muse", "lines:3"), here=("ada", "bob"))
    for text in ("one", "two", "@bob three"):
        world.say("ada", text)
        world.pass_time(0.5)
    assert not world.started
    world.pass_time(1.4)
    assert not world.started
    world.pass_time(0.2)
    assert world.rules() == [("muse", "lines:3")]
    assert world.started[0].causes == (1, 2, 3)
    world.finish("hm")
    assert world.words[-1] == "muse answered: 3 lines since it last spoke (34 tokens, $0.0010)"


def test_at_the_latest_15_seconds_after_the_nth_line() -> None:
    world = World(bot("muse", "lines:3"), here=("ada", "bob"))
    for n in range(30):
        world.say("ada", f"{n}")
        if world.started:
            break
        world.pass_time(1)
    assert world.now == pytest.approx(2 + 15)


def test_not_while_somebody_types() -> None:
    world = World(bot("muse", "lines:2"), here=("ada", "bob"))
    world.say("ada", "one")
    world.say("ada", "two")
    world.see(Typing("id-bob"))
    world.pass_time(5.9)
    assert not world.started
    world.pass_time(0.2)
    assert world.started


def test_the_count_begins_anew_whenever_it_speaks() -> None:
    world = World(bot("muse", "lines:3"), here=("ada", "bob"))
    world.say("ada", "one")
    world.say("ada", "@muse two")
    world.finish("yes?")
    world.pass_time(200)
    world.say("bob", "one")
    world.say("bob", "two")
    world.run(60)
    assert world.rules() == [("muse", "mention")]
    world.say("bob", "three")
    world.run(3)
    assert world.rules() == [("muse", "mention"), ("muse", "lines:3")]


def test_lines_of_other_bots_count_only_if_asked_and_only_while_they_may_wake_somebody() -> None:
    for counts, max_bounce, expected in ((False, 3, 0), (True, 0, 0), (True, 3, 1)):
        world = World(bot("muse", "lines:2", count_bots=counts), bot("gpt", max_bounce=max_bounce), here=("ada", "bob"))
        world.say("ada", "@gpt hello")
        world.clear()
        world.finish("hello")
        world.run(4)
        assert len([rule for rule in world.rules() if rule[0] == "muse"]) == expected


def test_waiting_is_told_in_numbers() -> None:
    world = World(bot("muse", "lines:5"), here=("ada", "bob"))
    for text in ("one", "two", "three"):
        world.say("ada", text)
    world.pass_time(1)
    assert [(v.first, v.last, v.verdict, v.rule, v.words) for v in world.verdicts] == [
        (1, 3, "not_addressed", "lines:5", "muse kept silent: 3 of 5 lines since it last spoke (0 tokens)")
    ]


# -- interval:S ----------------------------------------------------------------------------------------


def test_every_s_seconds_something_new() -> None:
    world = World(bot("muse", "interval:100"))
    world.say("ada", "hello")
    world.pass_time(99)
    assert not world.started
    world.pass_time(1.1)
    assert world.started[0].fresh
    assert world.started[0].causes == ()
    world.finish("did you know")
    world.pass_time(99)
    assert len(world.started) == 1
    world.pass_time(2)
    assert len(world.started) == 2


def test_not_into_talk() -> None:
    world = World(bot("muse", "interval:60"))
    world.pass_time(50)
    world.say("ada", "hello")
    world.pass_time(19)
    assert not world.started
    world.pass_time(2)
    assert world.started


def test_it_pauses_without_people_and_says_so_once() -> None:
    world = World(bot("muse", "interval:60"))
    world.say("ada", "hello")
    world.run(60 * 60 * 3)
    assert [notice.text for notice in world.notices] == [
        "muse pauses: no person has spoken here for 60 minutes; the next line wakes it."
    ]
    assert world.now - world.lines()[-2].at / 1000 + 1_763_632_800 > 3600
    assert world.run(3600) == 0
    world.say("ada", "hello")
    assert world.run(70) == 1


def test_it_pauses_when_nobody_is_here_and_goes_on_when_somebody_comes() -> None:
    world = World(bot("muse", "interval:60"), here=())
    world.say("ada", "hello")
    assert world.run(600) == 0
    assert world.words[-1] == "muse waits: no person is here; it goes on when somebody comes (0 tokens)"
    world.arrive("ada")
    assert world.run(30) == 1


def test_max_idle_0_is_plainly_every_s_seconds() -> None:
    world = World(bot("muse", "interval:60", max_idle=0), here=())
    assert world.run(3600 * 2, speaking=1.0) == pytest.approx(7200 / 61, abs=2)


def test_three_empty_turns_double_the_interval_and_a_person_resets_it() -> None:
    world = World(bot("muse", "interval:60", max_idle=0))
    at = []
    for _ in range(5):
        while world.running is None:
            world.pass_time(1)
        at.append(world.now)
        world.finish(outcome="empty")
    gaps = [round(b - a) for a, b in pairwise(at)]
    assert gaps == [60, 60, 120, 120]
    world.say("ada", "hello")
    world.pass_time(62)
    assert world.running is not None


def test_active_hours() -> None:
    world = World(bot("muse", "interval:60", max_idle=0, active="09:30-10:30"))  # it begins at 10:00
    assert world.run(29 * 60) > 20
    world.pass_time(120)
    if world.running:
        world.finish()
    world.clear()
    for _ in range(22):
        world.say("ada", "are you asleep?")
        assert world.run(3600) == 0
    assert [notice.rule for notice in world.notices] == ["inactive", "inactive"]  # every twelve hours at most
    assert world.run(3600 * 2) > 20


# -- keywords, schedule, lively ----------------------------------------------------------------------------


def test_keywords_are_whole_words_or_phrases() -> None:
    world = World(bot("tea", "keywords:oolong, Good  Morning"), here=("ada", "bob"))
    world.say("ada", "oolongs")
    world.say("ada", "@bob oolong?")
    assert not world.started
    world.say("ada", "good\n morning!")
    assert world.rules() == [("tea", "keywords")]
    world.finish("Good morning.")
    assert world.words[-1].startswith("tea answered: somebody said “good\n morning”")


def test_a_schedule_speaks_at_its_minute() -> None:
    world = World(bot("bell", "schedule:*/15 * * * *"), here=())
    world.pass_time(899)
    assert not world.started
    world.pass_time(2)
    assert world.rules() == [("bell", "schedule")]
    world.finish("ding")
    assert world.run(3600 - 901 + 2) == 3


def test_lively_looks_in_every_20_lines_and_is_silent_otherwise() -> None:
    world = World(bot("muse", "lively"), here=("ada", "bob"))
    for n in range(19):
        world.say("ada", f"{n}")
        world.pass_time(20)
    assert not world.started
    world.say("ada", "20")
    world.pass_time(3)
    assert world.rules() == [("muse", "lively")]
    assert world.started[0].may_pass
    world.finish(outcome="empty")
    assert world.words[-1] == "muse said nothing: it had nothing to add (34 tokens, $0.0010)"
    for n in range(19):
        world.say("ada", f"{n}")
    world.pass_time(20)
    assert len(world.started) == 1


# -- holding off, and giving up -------------------------------------------------------------------------


def test_an_asker_who_types_on_has_a_moment() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@muse first")
    world.say("ada", "@gpt hello")
    world.see(Typing("id-ada"))
    world.finish("yes")
    assert len(world.started) == 1
    world.say("ada", "@gpt how are you?")
    assert world.started[-1].causes == (2, 4)


def test_nobody_types_for_ever() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@muse first")
    world.say("ada", "@gpt hello")
    for _ in range(4):
        world.see(Typing("id-ada"))
        world.pass_time(1)
    world.finish("yes")
    assert len(world.started) == 2


def test_a_redacted_line_is_answered_by_nobody() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.say("ada", "@muse hello")
    world.redact(2)
    world.redact(1)
    assert world.cancelled is not None
    assert not world.cancelled.keep
    world.finish(outcome="cancelled")
    assert world.run(60) == 0


def test_over_budget_costs_no_turn_and_is_announced_once_an_hour() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.see(BudgetState("id-gpt", "room"))
    for _ in range(4):
        world.say("ada", "@gpt hello")
        world.pass_time(700)
    assert not world.started
    assert [v.verdict for v in world.verdicts] == ["over_budget"] * 4
    assert world.words[0] == "gpt kept silent: today's budget of this room is spent (0 tokens)"
    assert [notice.rule for notice in world.notices] == ["budget:room"]
    world.pass_time(1000)
    world.say("ada", "@gpt hello")
    assert len(world.notices) == 2
    world.see(BudgetState("id-gpt", ""))
    world.say("ada", "@gpt hello")
    assert len(world.started) == 1


def test_a_budget_that_refuses_the_amount_is_told_the_same_way() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    world.finish(outcome="refused", code="over_budget", level="person")
    assert world.verdicts[-1].verdict == "over_budget"
    assert world.verdicts[-1].rule == "budget:person"
    assert world.verdicts[-1].words.startswith("gpt kept silent: today's budget of ada is spent")


def test_a_failure_is_a_notice_now_and_then_and_always_a_verdict() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    for _ in range(3):
        world.say("ada", "@gpt hello")
        world.finish(outcome="failed", code="model_refused")
        world.pass_time(60)
    assert [v.verdict for v in world.verdicts if v.rule != "said_by_bot"] == ["failed"] * 3
    assert len(world.notices) == 1
    assert len(world.shown("ada")) == 1


def test_a_turn_that_never_ends_is_given_up() -> None:
    world = World(bot("gpt"), bot("muse"), here=("ada", "bob"))
    world.say("ada", "@gpt @muse hello")
    world.pass_time(599)
    assert world.cancelled is None
    world.running = None  # the host has lost it
    world.pass_time(2)
    assert len(world.started) == 1  # it is cancelled, and may still end
    world.pass_time(30)
    assert world.rules() == [("gpt", "mention"), ("muse", "mention")]
    late = TurnEnded(world.started[0].turn, "cancelled", tokens_in=900, tokens_out=40, cost=0.01)
    world.see(late)
    world.see(late)
    counted = [one for one in world.verdicts if one.rule == "late"]
    assert [(one.verdict, one.cost) for one in counted] == [("passed", 0.01)]


def test_the_answer_to_somebody_may_be_the_same_again_but_not_what_nobody_asked() -> None:
    world = World(bot("muse", "lines:1"), here=("ada", "bob"))
    world.say("ada", "@muse what is it?")
    world.finish("It is what it is, and nothing else.")
    world.say("ada", "@muse what is it?")
    assert not world.engine.repeats("id-muse", "It is what it is, and nothing else.")
    world.finish("It is what it is, and nothing else.")
    world.pass_time(200)
    world.say("bob", "well")
    world.pass_time(3)
    assert world.engine.repeats("id-muse", "it is what it is and nothing else")
    assert not world.engine.repeats("id-muse", "Something else altogether.")
    world.finish(outcome="same_again")
    assert world.words[-1] == "muse said nothing: it would have said nearly the same again (34 tokens, $0.0010)"


def test_a_line_told_twice_counts_once() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt hello")
    line = world.log[0]
    assert isinstance(line, Line)
    world.see(line)
    world.finish("hi")
    world.see(line)
    assert len(world.started) == 1


def test_a_line_told_twice_counts_once_in_lines_too() -> None:
    world = World(bot("muse", "lines:2"), here=("ada", "bob"))
    world.say("ada", "hello")
    line = world.log[0]
    assert isinstance(line, Line)
    world.see(line)
    assert world.run(60) == 0


def test_ten_thousand_lines_that_address_nobody_start_no_turn() -> None:
    modes = ("off", "mention", "keywords:tea", "interval:86400", "schedule:0 0 1 1 *")
    world = World(*(bot(f"b{n}", mode) for n, mode in enumerate(modes)), here=("ada", "bob"))
    for n in range(10_000):
        world.say("ada" if n % 3 else "bob", f"line {n}")
        world.pass_time(0.05)
    world.pass_time(8)
    assert not world.started
    silent = [v for v in world.verdicts if v.bot == "id-b1"]
    assert (silent[0].first, silent[-1].last) == (1, 10_000)
    assert len(silent) < 80  # gathered: every eight seconds, where people talk without a pause
    assert all(after.first == before.last + 1 for before, after in pairwise(silent))
    world.pass_time(6)
    world.say("ada", "after a pause")
    world.pass_time(1.1)
    assert world.verdicts[-1].last == 10_001


def test_what_was_kept_of_a_cancelled_turn_is_an_answer_that_broke_off() -> None:
    world = World(bot("gpt"), here=("ada", "bob"))
    world.say("ada", "@gpt tell me a story")
    world.stop("bob")
    start = world.running
    assert start is not None
    world.running = None
    world.see(TurnEnded(start.turn, "cancelled", 3, "stopped", tokens_in=30, tokens_out=4))
    verdict = world.verdicts[-1]
    assert (verdict.verdict, verdict.answer) == ("answered", 3)
    assert verdict.words == "gpt broke off its answer: bob typed /stop (34 tokens)"
