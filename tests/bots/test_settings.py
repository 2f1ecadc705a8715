"""Settings of bots: the names are a contract; what is wrong is said with what would be right."""

import pytest

from roomful.bots.engine.modes import Interval, Keywords, Lines, Lively, Mention, Off, Scheduled, parse_mode
from roomful.bots.settings import BotSettings, BudgetSettings, ConversationSettings, RoomBotSettings, one_host

GPT = {"nick": "gpt", "model": "openai:gpt-5-mini"}


def test_the_names_of_the_configuration() -> None:
    bot = BotSettings.read(
        {
            **GPT,
            "rooms": ["#lobby"],
            "mode": "lines:5",
            "persona": "You are …",
            "host": True,
            "count_bots": True,
            "max_bounce": 3,
            "tools": ["search_room"],
        }
    )
    assert bot.models == ("openai:gpt-5-mini",)
    assert bot.in_room() == RoomBotSettings("lines:5", host=True, count_bots=True, max_bounce=3)
    chain = BotSettings.read({"nick": "gpt", "model": ["openai:a", "ollama:b"]})
    assert chain.models == ("openai:a", "ollama:b")
    assert chain.mode == "mention"
    talk = ConversationSettings.read({"room": "#lobby", "bots": ["gpt", "muse"], "topic": "Is TCP fair?", "turns": 12})
    assert talk.next_speaker == "round_robin"
    assert (
        BudgetSettings.read({"server_usd_day": 2.00, "room_usd_day": 1.00, "person_usd_day": 0.50}) == BudgetSettings()
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("off", Off),
        (" Mention ", Mention),
        ("lines:5", Lines),
        ("interval: 300", Interval),
        ("keywords:tea, Good morning", Keywords),
        ("schedule:0 9 * * 1-5", Scheduled),
        ("lively", Lively),
    ],
)
def test_modes(text: str, kind: type) -> None:
    assert isinstance(parse_mode(text), kind)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"mode": "often"}, "mode: a mode is off, mention, lines:N"),
        ({"mode": "lines"}, "as in 'lines:5'"),
        ({"mode": "lines:0"}, "a whole number from 1 to 1,000"),
        ({"mode": "lines:¹"}, "a whole number from 1 to 1,000"),
        ({"mode": "interval:1"}, "a whole number from 5 to 604,800"),
        ({"mode": "keywords: , "}, "as in 'keywords:tea,coffee'"),
        ({"mode": "schedule:9:00"}, "a schedule has five fields"),
        ({"mode": "mention:5"}, "is none of them"),
        ({"active": "8-22"}, "active: active hours are two times, as '08:00-22:00'"),
        ({"active": "08:00-08:00"}, "active hours are two times"),
        ({"persona": "x", "persona_file": "y"}, "one of them says who the bot is"),
        ({"model": []}, "name one at least"),
        ({"modes": "off"}, "modes"),
        ({"max_bounce": -1}, "max_bounce"),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        BotSettings.read({**GPT, **values})


def test_a_room_has_one_host_at_most() -> None:
    host = RoomBotSettings(host=True)
    assert one_host({"eliza": host, "gpt": RoomBotSettings()}) == "eliza"
    assert one_host({}) == ""
    with pytest.raises(ValueError, match="eliza and gpt both want to be it"):
        one_host({"eliza": host, "gpt": host})


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="next_speaker"):
        ConversationSettings.read({"room": "#lobby", "bots": ["a", "b"], "next_speaker": "loudest"})
