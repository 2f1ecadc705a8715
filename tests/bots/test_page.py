"""What docs/bots.md lists is what there is: rules with their words, verdicts, modes, settings, limits."""

import re
from pathlib import Path
from typing import get_args

from roomful.bots.asked import OF_BOT, OF_PLACE
from roomful.bots.engine.limits import Limits
from roomful.bots.engine.modes import parse_mode
from roomful.bots.engine.rules import WHY, VerdictName
from roomful.bots.settings import BotSettings, BudgetSettings

PAGE = (Path(__file__).parents[2] / "docs/bots.md").read_text(encoding="utf-8")
SUMMARY = "summary"  # a rule of the host, not of the engine


def section(heading: str) -> str:
    """The text below a heading, up to the next one of any level."""
    return PAGE.partition(f" {heading}\n")[2].partition("\n#")[0]


def rows(heading: str) -> list[list[str]]:
    """The cells of all tables below a heading, without their heads."""
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section(heading).splitlines()]
    return [row for row in cells if len(row) > 1 and row[0].startswith("`")]


def test_every_rule_is_listed_with_its_words() -> None:
    listed = {row[0].strip("`"): row[1] for row in rows("Rules")}
    assert set(listed) == {*WHY, SUMMARY}
    for rule, template in WHY.items():
        pattern = re.escape(template)
        pattern = re.sub(r"\\\{\w+\\\}", ".+", pattern).replace("line.+", "lines?")
        if not template.startswith("{") or " " in template:
            assert re.fullmatch(pattern, listed[rule]), (rule, template, listed[rule])


def test_every_verdict_is_listed() -> None:
    assert [row[0].strip("`") for row in rows("Verdicts")] == list(get_args(VerdictName))


def test_modes_are_listed_with_examples_that_are_modes() -> None:
    examples = [row[-1].strip("`").partition(" mode ")[2] for row in rows("Modes")]
    assert len({type(parse_mode(example)) for example in examples}) == len(examples) == 7
    assert parse_mode("schedule:*/15 8-18 * * mon-fri")


def test_settings_that_it_names_can_be_set() -> None:
    named = {row[0].strip("`") for row in rows("Letting bots come, changing them, letting them go")}
    assert named <= {*OF_PLACE, *OF_BOT}
    defaults = BotSettings("gpt", "offline:eliza")
    assert f"| `max_tokens` | its longest answer | {defaults.max_tokens} |" in PAGE
    (of_place,) = re.findall(r"\n((?:`\w+`(?:, | and ))+`\w+` are of a bot in one room)", PAGE)
    assert set(re.findall(r"`(\w+)`", of_place)) == set(OF_PLACE)


def test_numbers_are_those_of_the_limits() -> None:
    limits, budget = Limits(), BudgetSettings()
    for number in (
        f"for {limits.follow_seconds:g} seconds, and for three lines",
        f"a pause of {limits.quiet_gap:g} seconds",
        f"but {limits.deadline:g} seconds at most",
        f"after every {limits.lively_lines} lines",
        f"the answer waits, {limits.typing_hold:g} seconds at most",
        f"After {limits.talk.run} lines by bots",
        f"every {limits.talk.pace // 1000} seconds, unless",
        f"{limits.talk.minute} lines by bots a minute",
        f"{budget.server_usd_day:.2f} USD a day (UTC)",
        f"{budget.room_usd_day:.2f} USD a day |",
        f"{budget.person_usd_day:.2f} USD a day |",
    ):
        assert number in " ".join(PAGE.split()), number
    assert limits.follow_lines == 3
