"""A recorded room, replayed: what each bot would have decided, without a model."""

from roomful.bots.engine.replay import Replayed, replay
from roomful.bots.settings import RoomBotSettings
from roomful.domain import events
from roomful.domain.events import KnownBody, Sender
from roomful.protocol.native import Told

ADA, BOB = Sender("p1", "ada", "person"), Sender("p2", "bob", "guest")
GPT = Sender("b1", "gpt", "bot")
BEGAN = 1_763_632_800_000


def recorded(*said: tuple[float, Sender, KnownBody]) -> list[Told]:
    return [
        Told("#lobby", n, BEGAN + round(s * 1000), sender, "", body)
        for n, (s, sender, body) in enumerate(said, start=1)
    ]


def told(decisions: list[Replayed]) -> list[tuple[str, int, int, str, str]]:
    return [(one.bot, one.first, one.last, one.verdict, one.rule) for one in decisions]


ROOM = recorded(
    (0, ADA, events.Join()),
    (1, ADA, events.Message("hello, is anybody here?")),
    (60, BOB, events.Join()),
    (61, BOB, events.Message("hi ada")),
    (62, ADA, events.Message("@gpt what is TCP?", mentions=("b1",))),
    (65, GPT, events.Message("A protocol.", causes=(5,), bounce=0)),
    (70, BOB, events.Message("@Eliza and you?")),
    (3000, ADA, events.Message("tea?")),
)


def test_what_each_bot_would_have_decided() -> None:
    bots = {
        "gpt": RoomBotSettings(),
        "eliza": RoomBotSettings(host=True),
        "muse": RoomBotSettings("lines:3"),
        "tea": RoomBotSettings("keywords:tea"),
    }
    found = told(replay(ROOM, bots))
    assert [one for one in found if one[3] == "would_speak"] == [
        ("eliza", 2, 2, "would_speak", "host_alone"),
        ("gpt", 5, 5, "would_speak", "mention"),
        ("muse", 2, 5, "would_speak", "lines:3"),
        ("eliza", 7, 7, "would_speak", "mention"),
        ("eliza", 8, 8, "would_speak", "host_alone"),
        ("tea", 8, 8, "would_speak", "keywords"),
    ]
    assert ("eliza", 4, 4, "not_addressed", "two_people") in found
    assert replay(ROOM, bots) == replay(ROOM, bots)


def test_the_same_room_in_another_mode() -> None:
    spoke = [one for one in replay(ROOM, {"muse": RoomBotSettings("lines:1")}) if one.verdict == "would_speak"]
    assert [(one.first, one.last) for one in spoke] == [(2, 2), (4, 5), (7, 7), (8, 8)]
    assert spoke[0].words == "muse would speak: 1 line since it last spoke"
    assert spoke[0].at == "2025-11-20T10:00:03.000Z"


def test_an_empty_room() -> None:
    assert replay([], {"gpt": RoomBotSettings()}) == []
