"""The settings of bots: `[[bots]]`, `[[conversations]]` and `[budget]` of the configuration, and `/bot add` and `/bot set`.

Names and defaults are a contract; the descriptions are the manual.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

import msgspec
from msgspec import Meta, Struct

from roomful.bots.engine.modes import BadMode, active_hours, parse_mode

S = TypeVar("S", bound=Struct)
Mode = Annotated[
    str,
    Meta(
        max_length=200,
        description="When it speaks: `off`, `mention`, `lines:N`, `interval:SECONDS`, `keywords:WORD,WORD`, "
        "`schedule:CRON` or `lively`.",
    ),
]
Host = Annotated[
    bool, Meta(description="It answers whoever is alone with it, unaddressed. A room has at most one host.")
]
CountBots = Annotated[bool, Meta(description="In mode `lines` and `keywords`, lines by other bots count too.")]
Related = Annotated[
    bool, Meta(description="In mode `interval`, it goes on with the talk; else it says something new, unrelated to it.")
]
MaxIdle = Annotated[
    int,
    Meta(
        ge=0,
        le=10_080,
        description="In mode `interval`, it pauses when no person has spoken for so many minutes, or none is there; 0: never.",
    ),
]
Active = Annotated[
    str, Meta(description="In mode `interval`, the hours in which it speaks, as `08:00-22:00`; empty: always.")
]
Senders = Annotated[
    tuple[str, ...], Meta(max_length=100, description="Nicks of those whom it answers; empty: everybody.")
]
Searches = Annotated[bool, Meta(description="It answers `/search` in its rooms; else the librarian does.")]
Usd = Annotated[float, Meta(ge=0, description="USD a day, for paid models; 0: no limit of its own.")]


class Checked(Struct, frozen=True):
    """Settings whose words are looked at when they are read."""

    def check(self) -> None:
        """Raises ValueError: what is wrong and what would be right, beginning with the setting's name."""

    def __post_init__(self) -> None:
        self.check()


class RoomBotSettings(Checked, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a bot is in one room."""

    mode: Mode = "mention"
    host: Host = False
    count_bots: CountBots = False
    related: Related = False
    max_idle: MaxIdle = 60
    active: Active = ""
    senders: Senders = ()
    max_bounce: Annotated[
        int, Meta(ge=0, le=100, description="How many answers of bots may hang on one of its lines.")
    ] = 0
    search: Searches = False

    def check(self) -> None:
        """See Checked."""
        _check_words(self.mode, self.active)


class BotSettings(Checked, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[[bots]]`: a bot, and how it is in its rooms."""

    nick: Annotated[str, Meta(min_length=1, max_length=32, description="What it is called.")]
    model: Annotated[
        str | tuple[str, ...],
        Meta(description="`provider:model`; several are a chain: the next one is asked when one fails."),
    ]
    rooms: Annotated[tuple[str, ...], Meta(max_length=100, description="The rooms that it is in.")] = ("#lobby",)
    mode: Mode = "mention"
    persona: Annotated[str, Meta(max_length=8_000, description="Who it is, in the words that the model is given.")] = ""
    persona_file: Annotated[str, Meta(description="A file that holds the persona, instead.")] = ""
    host: Host = False
    count_bots: CountBots = False
    max_bounce: Annotated[
        int, Meta(ge=0, le=100, description="How many answers of bots may hang on one of its lines.")
    ] = 0
    tools: Annotated[tuple[str, ...], Meta(max_length=50, description="The tools that it may use.")] = ()
    related: Related = False
    max_idle: MaxIdle = 60
    active: Active = ""
    senders: Senders = ()
    max_tokens: Annotated[int, Meta(ge=1, le=100_000, description="The longest answer, in tokens.")] = 800
    budget: Usd = 0.0
    search: Searches = False
    voice: Annotated[
        str, Meta(max_length=200, description="How it sounds where it is read out, as `[speech] speak` calls it.")
    ] = ""

    def check(self) -> None:
        """See Checked."""
        _check_words(self.mode, self.active)
        if self.persona and self.persona_file:
            raise ValueError("persona and persona_file: one of them says who the bot is")
        if not self.models:
            raise ValueError("model: name one at least, as 'openai:gpt-5-mini'")

    @property
    def models(self) -> tuple[str, ...]:
        """The chain of models, one at least."""
        return (self.model,) if isinstance(self.model, str) else self.model

    def in_room(self) -> RoomBotSettings:
        """How it is in its rooms, where nobody said otherwise."""
        return RoomBotSettings(
            self.mode,
            self.host,
            self.count_bots,
            self.related,
            self.max_idle,
            self.active,
            self.senders,
            self.max_bounce,
            self.search,
        )

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The settings that a table of the configuration holds, or the words of `/bot add`. Raises ValueError."""
        return _read(cls, values)


class ConversationSettings(Checked, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[[conversations]]`: bots that talk with each other, until they have had their turns."""

    room: Annotated[str, Meta(description="Where.")]
    bots: Annotated[tuple[str, ...], Meta(min_length=2, max_length=8, description="Nicks of those who talk.")]
    topic: Annotated[str, Meta(max_length=500, description="About what.")] = ""
    turns: Annotated[int, Meta(ge=2, le=500, description="How many lines, of all together.")] = 12
    seconds: Annotated[int, Meta(ge=10, le=86_400, description="For how long.")] = 600
    tokens: Annotated[int, Meta(ge=0, description="For how many tokens, of all together; 0: as budgets allow.")] = 0
    next_speaker: Annotated[
        str,
        Meta(
            pattern="^(round_robin|addressed_first)$",
            description="Who speaks next: `round_robin`: each in turn; `addressed_first`: whoever was named, else in turn.",
        ),
    ] = "round_robin"

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The settings that a table of the configuration holds. Raises ValueError."""
        return _read(cls, values)


class BudgetSettings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[budget]`: what may be spent in a day (UTC), checked before each call. What is done on this machine is free."""

    server_usd_day: Annotated[
        float, Meta(ge=0, description="USD a day, of all bots and for speech together; 0: no limit.")
    ] = 2.0
    room_usd_day: Annotated[float, Meta(ge=0, description="USD a day in one room; 0: no limit.")] = 1.0
    bot_usd_day: Annotated[float, Meta(ge=0, description="USD a day by one bot; 0: no limit.")] = 0.0
    person_usd_day: Annotated[float, Meta(ge=0, description="USD a day for one person; 0: no limit.")] = 0.5
    run_usd: Annotated[float, Meta(ge=0, description="USD for one conversation of bots; 0: no limit.")] = 0.0
    server_tokens_day: Annotated[int, Meta(ge=0, description="Tokens a day, of all bots together; 0: no limit.")] = 0
    room_tokens_day: Annotated[int, Meta(ge=0, description="Tokens a day in one room; 0: no limit.")] = 0
    bot_tokens_day: Annotated[int, Meta(ge=0, description="Tokens a day by one bot; 0: no limit.")] = 0
    person_tokens_day: Annotated[int, Meta(ge=0, description="Tokens a day for one person; 0: no limit.")] = 0
    run_tokens: Annotated[int, Meta(ge=0, description="Tokens for one conversation of bots; 0: no limit.")] = 0

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The settings that a table of the configuration holds. Raises ValueError."""
        return _read(cls, values)


def one_host(bots: Mapping[str, RoomBotSettings]) -> str:
    """The nick of the room's host; empty: it has none. Raises ValueError where two bots want to be."""
    hosts = [nick for nick, settings in bots.items() if settings.host]
    if len(hosts) > 1:
        raise ValueError(f"host: a room has at most one, and {' and '.join(hosts)} both want to be it")
    return hosts[0] if hosts else ""


def _check_words(mode: str, active: str) -> None:
    try:
        parse_mode(mode)
    except BadMode as why:
        raise ValueError(f"mode: {why}") from None
    try:
        active_hours(active)
    except BadMode as why:
        raise ValueError(f"active: {why}") from None


def _read(kind: type[S], values: Mapping[str, Any]) -> S:
    try:
        return msgspec.convert(dict(values), kind, strict=False)
    except msgspec.ValidationError as why:
        raise ValueError(str(why)) from None
