"""What Tab gives, and what is offered unasked."""

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
