"""The sentences: each rule has one, and it is whole whatever is known."""

import ast
from pathlib import Path

import pytest

from roomful.bots import engine
from roomful.bots.engine.rules import BUDGETS, VERBS, WHY, reason, words

SOURCES = sorted(Path(engine.__file__).parent.glob("*.py"))


NAMES = [f"{name}:30" if "{value}" in template else name for name, template in WHY.items()]


@pytest.mark.parametrize("rule", [*NAMES, *(f"budget:{level}" for level in BUDGETS)])
def test_each_rule_is_a_sentence_with_and_without_details(rule: str) -> None:
    detail = {
        "who": "ada",
        "people": 2,
        "have": 3,
        "count": 5,
        "seconds": 4.2,
        "minutes": 60,
        "hours": "08:00-22:00",
        "limit": "5",
        "word": "tea",
        "words": "The key was refused.",
    }
    for known in (detail, {}):
        said = words("not_addressed", rule, "eliza", **known)  # type: ignore[arg-type]
        assert said.startswith("eliza kept silent: ")
        assert said.endswith(" (0 tokens)")
        assert not set("{}_") & set(said)
        assert "  " not in said


def test_what_the_product_says() -> None:
    assert words("not_addressed", "two_people", "eliza", people=2) == (
        "eliza kept silent: two people here, nobody named it (0 tokens)"
    )
    assert words("answered", "mention", "gpt", 412, 0.0021, who="ada") == (
        "gpt answered: ada named it (412 tokens, $0.0021)"
    )
    assert words("answered", "lines:5", "gpt", 1, 0.00001) == (
        "gpt answered: 5 lines since it last spoke (1 token, under $0.0001)"
    )
    assert words("over_budget", "budget:person", "gpt", who="ada") == (
        "gpt kept silent: today's budget of ada is spent (0 tokens)"
    )
    assert words("failed", "model_failed", "gpt", words="The key was refused.") == (
        "gpt could not answer: The key was refused (0 tokens)"
    )
    assert words("cooling", "pace", "gpt", seconds=3.4, limit="5") == (
        "gpt waits: a bot says a line every 5 s, unless a person asks; 3 s to go (0 tokens)"
    )


def test_a_sentence_fits_where_it_is_kept() -> None:
    assert len(words("failed", "model_failed", "x" * 32, words="y" * 5_000)) <= 500


def test_each_verdict_has_a_verb() -> None:
    assert set(VERBS) == {"answered", "passed", "not_addressed", "capped", "cooling", "over_budget", "failed"}


def test_each_rule_that_the_engine_names_is_known() -> None:
    """A rule without a sentence would be shown as its bare name."""
    known = set(WHY)
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "Judged",
                "Objection",
                "Pause",
            ):
                place = 1 if getattr(node.func, "id", "") == "Judged" else 0
                rule = node.args[place]
                if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
                    assert rule.value in known, f"{path.name}: {rule.value}"


def test_what_a_name_or_a_failure_holds_is_no_template() -> None:
    assert reason("mention", who="{nick}") == "{nick} named it"
    assert reason("model_failed", words="{x} {0}") == "{x} {0}"
