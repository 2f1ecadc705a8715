"""What Tab gives, and what is offered unasked."""

from pathlib import Path

import pytest

from roomful.terminal.completing import completions, offers

ROOMS = ["#dev", "#lobby"]
NICKS = ["bob", "alice", "Alan"]
BOTS = ["eliza", "gpt"]


def texts(before: str, *, asked: bool = True) -> list[str]:
    return [found.text for found in completions(before, ROOMS, NICKS, BOTS, asked=asked)]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("/he", ["/help "]),
        ("/WHO", ["/users", "/whois "]),
        ("/join #d", ["#dev"]),
        ("/join ", ROOMS),
        ("/leave lo", []),
        ("see #L", ["#lobby"]),
        ("hi @al", ["@alice", "@Alan"]),
        ("al", ["alice: ", "Alan: "]),
        ("hi al", ["alice", "Alan"]),
        ("/msg ", NICKS),
        ("/msg b", ["bob"]),
        ("/ban ", NICKS),
        ("/whois b", ["bob"]),
        ("/trace f", ["frames"]),
        ("/help mod", ["moderation"]),
        ("/set s", ["slow"]),
        ("/room models ", ["local", "any"]),
        ("/set history j", ["joined"]),
        ("/bot ", ["add", "set", "remove"]),
        ("/bot remove ", BOTS),
        ("/bot set gpt m", ["mode", "model"]),
        ("/bot set gpt mode li", ["lines:", "lively"]),
        ("/duet e", ["eliza"]),
        ("/duet eliza ", BOTS),
        ("/duet eliza gpt tea --", ["--turns"]),
        ("/memory ", [*BOTS, "edit"]),
        ("/why t", ["totals"]),
        ("/duet @a", ["@alice", "@Alan"]),
        ("//he", []),
        ("", []),
        ("hi ", []),
    ],
)
def test_tab_completes_commands_nicks_and_rooms(before: str, found: list[str]) -> None:
    assert texts(before) == found


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("/send ", ['"a plan.pdf"', "notes/", "two.txt"]),
        ("/send no", ["notes/"]),
        ("/send notes/", ['"notes/my days/', "notes/one.txt"]),
        ("/send a", ['"a plan.pdf"']),
        ('/send "a p', ['"a plan.pdf"']),
        ("/send 'notes/my days/", ["'notes/my days/first.md'"]),
        ("/send .", [".hidden"]),
        ("/send two.txt ", []),
        ("/send two.txt al", []),
        ('/send "a plan.pdf" al', []),
        ("/send nowhere/", []),
        ("/send ~nobody-at-all/", []),
        ("/save 7", []),
        ("/save 7 ", ["notes/"]),
        ("/save 7 notes/", ['"notes/my days/']),
    ],
)
def test_tab_completes_paths(before: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes" / "my days").mkdir(parents=True)
    for name in ("a plan.pdf", "two.txt", "bad\x07name", ".hidden", "notes/one.txt", "notes/my days/first.md"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert texts(before) == found
    assert texts(before, asked=False) == [], "a folder is not looked into unasked"


def test_a_path_replaces_what_was_typed_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b").touch()
    monkeypatch.chdir(tmp_path)
    for begun in ('"a', '"a ', "a"):
        (found,) = completions(f"/send {begun}", ROOMS, NICKS, asked=True)
        assert found[:2] == ('"a b"', len(begun))


def test_an_offer_says_what_it_does_and_what_it_replaces() -> None:
    (found,) = completions("/jo", ROOMS, NICKS, asked=False)
    assert found == ("/join ", 3, "enter a room, or turn to one you are in")


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ("/he", True),
        ("hi @al", True),
        ("/join #d", True),
        ("al", False),
        ("/msg b", False),
        ("//he", False),
        ("", False),
    ],
)
def test_only_the_unmistakable_is_offered_unasked(before: str, offered: bool) -> None:
    assert offers(before) is offered
    assert bool(texts(before, asked=False)) is offered
