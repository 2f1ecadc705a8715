"""`[[bots]]`, `[[conversations]]`, `[budget]` and `[providers.NAME]` in the configuration's file."""

from pathlib import Path

import pytest

from roomful.bots import launch
from roomful.config import ConfigError, load

GOOD = """
[budget]
server_usd_day = 3.0

[[bots]]
nick = "gpt"
model = ["openai:gpt-5-mini", "ollama:llama3"]
mode = "lines:5"

[[bots]]
nick = "Eliza"
model = "offline:eliza"
rooms = ["#garden"]

[providers.work]
kind = "azure"
base_url = "https://work.example"

[[conversations]]
room = "#lobby"
bots = ["gpt", "eliza"]
turns = 6
"""


def test_all_of_it_reaches_the_bot_host(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    config = load(tmp_path / "a.toml", {}, {})
    told = launch.decode(launch.encode(launch.of(config, "tcp://127.0.0.1:5002", "secret")))
    assert told.bots is not None
    assert [(bot.nick, bot.models, bot.rooms) for bot in told.bots] == [
        ("gpt", ("openai:gpt-5-mini", "ollama:llama3"), ("#lobby",)),
        ("Eliza", ("offline:eliza",), ("#garden",)),
    ]
    assert (told.budget.server_usd_day, told.conversations[0].turns) == (3.0, 6)
    assert told.providers["work"].base_url == "https://work.example"
    assert "secret" not in repr(told)


def test_with_bots_of_ones_own_the_offline_ones_wait_to_be_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    wanted = launch.of(load(tmp_path / "a.toml", {}, {}), "", "").wanted()
    assert [(bot.nick, bot.rooms) for bot in wanted[2:]] == [("parry", ()), ("librarian", ())]


def test_without_a_word_eliza_is_host_of_the_lobby() -> None:
    eliza = launch.Launch("", "").wanted()[0]
    assert (eliza.nick, eliza.rooms, eliza.host) == ("eliza", ("#lobby",), True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('mode = "lines:5"', 'mood = "good"', r"a.toml, line 8: \[\[bots\]\] has no key mood. Did you mean mode\?"),
        ('mode = "lines:5"', 'mode = "lines"', r"a.toml, line 5: \[\[bots\]\] does not fit: mode: .*'lines:5'"),
        ("[[conversations]]", "[conversations]", r"\[\[conversations\]\] stands before each of these"),
        ('kind = "azure"', 'kint = "azure"', r"\[providers.NAME\] has no key kint. Did you mean kind\?"),
        ("turns = 6", "turns = 1", r"\[\[conversations\]\] does not fit: .*>= 2"),
        ("server_usd_day", "server_usd", r"\[budget\] has no key server_usd. Did you mean server_usd_day\?"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError, match=words):
        load(tmp_path / "a.toml", {}, {})


@pytest.mark.parametrize(
    ("addresses", "way"),
    [
        ({"tcp": "127.0.0.1:5002"}, ("tcp://127.0.0.1:5002", None)),
        ({"tcp": "0.0.0.0:5002", "tls": "0.0.0.0:5004"}, ("tcp://127.0.0.1:5002", None)),
        ({"tls": "[::]:5004"}, ("tls://[::1]:5004", "sha256:ab")),
        ({"http": "127.0.0.1:5003"}, ("", None)),
    ],
)
def test_the_way_in_is_on_this_machine(addresses: dict[str, str], way: tuple[str, str | None]) -> None:
    assert launch.way_in(addresses, "sha256:ab") == way
