"""Scripts: those that come with Roomful are sound, and one that is not says where and why."""

from pathlib import Path

import pytest

from roomful.errors import ModelUnknown
from roomful.models.offline import model
from roomful.models.offline.catalogue import doctor, packaged
from roomful.models.offline.lint import lint, main
from roomful.models.offline.outline import BadScript
from roomful.models.offline.paranoia import parse as parse_paranoia
from roomful.models.offline.script import parse

from .talking import SMALL, bot, messages, script


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_rule_of_ours_is_out_of_reach(language: str) -> None:
    assert lint(doctor(language)) == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_there_is_enough_to_say(language: str) -> None:
    keys = {key.word: key for key in doctor(language).keys.values()}
    assert len(keys) >= 30 + 10 * (language == "en")
    single = [key for key in keys.values() if sum(len(rule.replies) for rule in key.rules) < 2]
    assert not single, "a keyword with one reply is heard to be a machine"


def test_lines_are_short_enough_for_a_room() -> None:
    for name in ("doctor.en.script", "doctor.de.script", "parry.en.script"):
        long = [row for row in packaged(name).splitlines() if not row.startswith(("tag", "key")) and len(row) > 165]
        assert not long


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("key a 1\n    * a *\n        {5}\n", 13, "parts"),
        ("key a 1\n    * a *\n        {x}\n", 13, "{x}"),
        ("key a 1\n    * a *\n", 12, "no reply"),
        ("key a 1\n    * @pet *\n        A.\n", 12, "@pet"),
        ("key a 1\n    *\n        => b\n", 13, "'b'"),
        ("key a 1\n    *\n        =>\n", 13, "=>"),
        ("key a 1\n", 11, "no patterns"),
        ("key a 1\n    *\n        A.\nkey a 2\n    *\n        B.\n", 14, "taken"),
        ("kye a 1\n", 11, "'kye'"),
        ("key a 1\n  *\n", 12, "spaces"),
        ("key a 1\n\t*\n", 12, "tab"),
        ("key a 1\n        A.\n", 12, "further in"),
        ("tag pets\n", 11, "tag NAME"),
        ("swap\n    a b\n", 12, "words = other words"),
        ("swap\n    a = b\n    a = c\n", 13, "twice"),
        ("memory a\n    *\n        A.\n", 12, "'a'"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, line: int, word: str) -> None:
    with pytest.raises(BadScript) as told:
        script(text)
    assert (told.value.file, told.value.line) == ("own.script", line)
    assert word in told.value.why
    assert str(told.value).startswith(f"own.script, line {line}: ")


def test_what_every_script_needs_is_asked_for() -> None:
    with pytest.raises(BadScript, match="'none'"):
        parse("opening\n    Hello.\n", "own.script")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("key a\n    *\n        A.\n    * b *\n        B.\n", 14, "takes it all"),
        ("key a\n    * a *\n        A.\n    * a b *\n        B.\n", 14, "takes it all"),
        ("swap\n    dont = don't\nkey dont\n    *\n        A.\n        B.\n", 13, "never seen"),
        ("key a\n    * a *\n        Is it {2}?\n", 13, "always 'a'"),
        ("key a\n    *\n        => b\nkey b\n    *\n        => a\n", 12, "circle"),
        ("key a\n    *\n        A.\n        A.\n", 14, "twice"),
    ],
)
def test_the_lint_finds_what_nothing_reaches(text: str, line: int, word: str) -> None:
    found = [finding for finding in lint(script(text)) if "fewer than" not in finding[1]]
    assert any(at == line and word in what for at, what in found), found


def test_a_narrow_pattern_before_a_wide_one_is_well() -> None:
    found = lint(script("key a\n    * a b *\n        B.\n    * a *\n        A.\n    *\n        C.\n"))
    assert [what for _, what in found if "fewer than" not in what] == []


def test_the_lint_is_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.script", tmp_path / "bad.script"
    good.write_text(packaged("doctor.en.script"), encoding="utf-8")
    bad.write_text(SMALL + "key a\n    * a *\n        {9}\n", encoding="utf-8")
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    assert f"{bad}, line 13: " in capsys.readouterr().out


def test_a_script_of_ones_own_is_a_model(tmp_path: Path) -> None:
    own = tmp_path / "socrates.script"
    own.write_text(SMALL + "key know\n    *\n        Do you know it?\n", encoding="utf-8")
    one = model(f"eliza:{own}")
    assert one.name == f"offline:eliza:{own}"
    assert one.speak(messages([("ann", "I know that")], "me"), 0) == "Do you know it?"


def test_a_script_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    own = tmp_path / "own.script"
    with pytest.raises(ModelUnknown, match=r"own\.script"):
        model(f"eliza:{own}")
    own.write_text(SMALL + "kye a\n", encoding="utf-8")
    with pytest.raises(ModelUnknown, match="line 11"):
        model(f"eliza:{own}")


@pytest.mark.parametrize(
    ("text", "word"),
    [("say any\n    A.\n", "say probe"), ("start fear x\n", "float"), ("cool joy 1\n", "fear, anger, mistrust")],
)
def test_a_fault_in_parrys_script_is_told_too(text: str, word: str) -> None:
    with pytest.raises(BadScript, match=word):
        parse_paranoia(text, "own.script")


def test_every_saying_of_parry_is_called_for() -> None:
    """`parse` refuses sayings for an intent or a mood that there is not; every intent has sayings."""
    made = parse_paranoia(packaged("parry.en.script"), "parry.en.script")
    assert {intent.name for intent in made.intents} <= {what for what, _ in made.says}
    assert bot("parry").greeting
