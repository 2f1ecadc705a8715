"""Verdicts: what a bot made of lines, and why. They stand beside a room's log, not in it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Verdict(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a bot made of some lines, and why."""

    bot: Annotated[str, Meta(max_length=64, description="The bot's id.")]
    first: Annotated[Number, Meta(description="The first of the lines; 0: it was no line.")]
    last: Annotated[Number, Meta(description="The last of the lines.")]
    verdict: Annotated[
        Literal["answered", "passed", "not_addressed", "capped", "cooling", "over_budget", "failed"],
        Meta(description="What came of it."),
    ]
    rule: Annotated[str, Meta(max_length=64, description="Which rule said so, as docs/bots.md lists them.")]
    words: Annotated[str, Meta(max_length=500, description="The same for people.")] = ""
    answer: Annotated[Number, Meta(description="The number of the bot's message; 0: there is none.")] = 0
    model: Annotated[str, Meta(max_length=200, description="As the provider calls it.")] = ""
    person: Annotated[str, Meta(max_length=64, description="Id of whoever is answered, and pays.")] = ""
    tokens_in: Annotated[Number, Meta(description="Tokens read.")] = 0
    tokens_out: Annotated[Number, Meta(description="Tokens written.")] = 0
    cost: Annotated[float, Meta(ge=0, description="USD; 0 where nothing is paid.")] = 0.0
    first_token: Annotated[float, Meta(ge=0, description="Seconds until the model's first word.")] = 0.0
    took: Annotated[float, Meta(ge=0, description="Seconds in all.")] = 0.0
    at: Annotated[str, Meta(max_length=40, description="When it was recorded: RFC 3339, UTC; from the server.")] = ""
    told: Annotated[bool, Meta(description="Somebody who would have expected an answer was told; from the server.")] = (
        False
    )


class Total(Struct, frozen=True, gc=False, omit_defaults=True):
    """What one bot's verdicts by one rule add up to."""

    bot: Annotated[str, Meta(description="The bot's id.")]
    verdict: Annotated[str, Meta(description="What came of it, as in a verdict.")]
    rule: Annotated[str, Meta(description="Which rule said so.")]
    lines: Annotated[int, Meta(description="About how many lines.")] = 0
    tokens: Annotated[int, Meta(description="Tokens read and written.")] = 0
    cost: Annotated[float, Meta(description="USD.")] = 0.0


class Used(Struct, frozen=True, gc=False, omit_defaults=True):
    """What was used in one day, of one model, by one bot or for speech, in one room, for one person."""

    day: Annotated[str, Meta(description="UTC, as 2026-11-20.")]
    bot: Annotated[str, Meta(description="The bot's id; empty: it was speech.")]
    model: Annotated[str, Meta(description="As the provider calls it.")] = ""
    room: Annotated[str, Meta(description="`#name` or `!id`.")] = ""
    person: Annotated[str, Meta(description="Id of whoever was answered; empty: nobody had asked.")] = ""
    turns: Annotated[int, Meta(description="How many times it was called.")] = 0
    tokens_in: Annotated[int, Meta(description="Tokens read.")] = 0
    tokens_out: Annotated[int, Meta(description="Tokens written.")] = 0
    cost: Annotated[float, Meta(description="USD.")] = 0.0
    speech: Annotated[
        Literal["", "listen", "speak"],
        Meta(description="A service has listened to clips, or spoken texts; empty: a bot has answered."),
    ] = ""
    amount: Annotated[float, Meta(description="Of speech: seconds of clips, or characters of texts.")] = 0.0


class Memory(Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that a bot remembers of a room."""

    memory: Annotated[str, Meta(description="Its id.")]
    bot: Annotated[str, Meta(description="The bot's id.")]
    text: Annotated[str, Meta(description="What it remembers.")]
    kind: Annotated[
        str, Meta(description="`note`, or `summary`: of the room up to `seq`; take another word for `note`.")
    ] = "note"
    seq: Annotated[int, Meta(description="The line that it comes from, or up to which it goes; 0: none.")] = 0
    author: Annotated[str, Meta(description="Id of whoever said that line.")] = ""
    at: Annotated[str, Meta(description="When: RFC 3339, UTC.")] = ""


class Kept(Struct, frozen=True, gc=False):
    """A value that a bot keeps."""

    key: Annotated[str, Meta(description="Its name.")]
    value: Annotated[str, Meta(description="The value.")]
    version: Annotated[int, Meta(description="How often it was put.")]


class BotPlace(Struct, frozen=True, gc=False, omit_defaults=True):
    """How a bot is in one room."""

    room: Annotated[str, Meta(description="`#name` or `!id`.")]
    mode: Annotated[str, Meta(description="When it speaks: docs/bots.md lists the modes.")] = "mention"
    host: Annotated[bool, Meta(description="It answers somebody who is alone with it.")] = False
    settings: Annotated[str, Meta(description="All the rest, for the bot host: JSON.")] = "{}"


class BotBudget(Struct, frozen=True, gc=False, omit_defaults=True):
    """What may be spent in a day (UTC) for a bot's answers by models of others, at one level."""

    level: Annotated[
        str, Meta(description="`server`: by all bots; `room`: in this room; `bot`: by it; `person`: for oneself.")
    ]
    usd: Annotated[float, Meta(description="USD; 0: no limit.")] = 0.0
    tokens: Annotated[int, Meta(description="Tokens; 0: no limit.")] = 0
    spent: Annotated[
        float | None,
        Meta(description="USD spent today; null: of the server and the bot, only owners of the server are told."),
    ] = None
    used: Annotated[int | None, Meta(description="Tokens used today; null likewise.")] = None


class BotInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A bot."""

    bot: Annotated[str, Meta(description="Its id.")]
    nick: Annotated[str, Meta(description="Its nick.")]
    model: Annotated[str, Meta(description="`provider:model`.")] = ""
    destination: Annotated[str, Meta(description="Where the lines go that it reads; empty: this machine.")] = ""
    max_bounce: Annotated[int, Meta(description="How many answers of bots may hang on one of its lines.")] = 0
    settings: Annotated[str, Meta(description="For bot hosts: JSON.")] = "{}"
    places: Annotated[
        tuple[BotPlace, ...], Meta(description="How it is in rooms; only those that one may know of.")
    ] = ()
    online: Annotated[bool, Meta(description="It is connected.")] = False
    voice: Annotated[str, Meta(description="How it sounds where it is read out; empty: as everybody.")] = ""
    persona: Annotated[
        str, Meta(description="Of one bot, to members of its rooms: who it is, in the words that its model is given.")
    ] = ""
    persona_kept: Annotated[
        bool, Meta(description="Its persona stands in a file of whoever runs it, and is not told.")
    ] = False
    budgets: Annotated[
        tuple[BotBudget, ...], Meta(description="Of one bot, to members of its rooms: what limits what it costs.")
    ] = ()
