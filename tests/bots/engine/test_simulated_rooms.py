"""Thousands of simulated rooms: people and bots of every mode, faults, restarts. What must hold whatever happens.

The world looks at each action: one speaker at a time, no line answered twice, nothing that the server would refuse, marks
that only go up. Here it is driven at random; at the end nobody speaks any more, and nothing was forgotten.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomful.bots.engine.inputs import Line
from roomful.bots.engine.limits import Limits
from roomful.domain.talk import TalkLimits

from .driver import NICKS, PEOPLE, Evening
from .world import World, bot

ROOMS = 400
STEPS = 60


@pytest.mark.parametrize("part", range(8))
def test_many_evenings(part: int) -> None:
    for seed in range(part, ROOMS, 8):
        evening = Evening(seed)
        try:
            for _ in range(STEPS):
                evening.step()
            evening.night()
        except BaseException as why:
            why.add_note(f"Evening({seed})")
            raise


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(NICKS), min_size=1, max_size=4, unique=True), st.integers(0, 2)),
        min_size=1,
        max_size=12,
    )
)
def test_fairness(lines: list[tuple[list[str], int]]) -> None:
    """Who was named first answers first, and nobody is passed over, however fast people ask."""
    world = World(*(bot(nick) for nick in NICKS), here=PEOPLE, limits=Limits(talk=TalkLimits(run=1000, minute=1000)))
    asked: set[tuple[str, int]] = set()
    for nicks, turns in lines:
        seq = world.say("ada", " ".join(f"@{nick}" for nick in nicks))
        asked |= {(nick, seq) for nick in nicks}
        for _ in range(turns):
            if world.running:
                world.finish()
    while world.running:
        world.finish()
    order = []
    for start in world.started:
        first = world.log[start.causes[0] - 1]
        assert isinstance(first, Line)
        order.append((first.seq, first.text.split().index(start.bot.replace("id-", "@"))))
    assert order == sorted(order)
    assert {(start.bot[3:], seq) for start in world.started for seq in start.causes} == asked


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(("ada", "bob", "finish", "crash", "wait")), max_size=40), st.integers(0, 2))
def test_a_host_that_dies_again_and_again_answers_each_line_once(steps: list[str], lag: int) -> None:
    """Marks are kept late, or never; the log says what was answered."""
    world = World(bot("gpt"), bot("muse", "lines:2"), here=("ada", "bob"))
    asked = set()
    for n, step in enumerate(steps):
        if step == "finish":
            if world.running:
                world.finish(f"well {n}")
        elif step == "crash":
            world.restart()
        elif step == "wait":
            world.pass_time(3)
        else:
            asked.add(world.say(step, f"@gpt {n}"))
        if lag and n % lag == 0:
            world.keep_marks()
    world.restart()
    world.run(600)
    answered = [seq for line in world.lines() if line.sender.nick == "gpt" for seq in line.causes]
    assert sorted(answered) == sorted(asked)
