"""What the turn engine wants done. It does nothing itself; the bot host does, and tells it how turns ended."""

from typing import Literal

from msgspec import Struct

from roomful.domain.verdicts import Verdict


class StartTurn(Struct, frozen=True):
    """Let a bot think. The host builds the context, asks the budgets, calls the model, posts, and tells `TurnEnded`."""

    turn: int  # its number in this engine, for TurnEnded and CancelTurn
    bot: str  # id
    room: str
    rule: str  # why it speaks: `mention`, `reply`, `lines:5`, `interval:300`, `conversation` …
    causes: tuple[int, ...] = ()  # the lines that woke it, for the post; none: nobody's line did
    first: int = 0  # of the lines that are new to it and that it is to answer; 0: there are none
    last: int = 0
    requester: str = ""  # id of the person who is answered, and pays; empty: nobody asked
    thread: int | None = None  # where it answers
    conversation: int | None = None  # for the post
    fresh: bool = False  # say something new, unrelated to the talk (mode `interval`)
    may_pass: bool = False  # it may find that it has nothing to add, and say nothing (mode `lively`)
    last_turn: bool = False  # in a conversation: it will not speak again there
    nonce: str = ""  # for the post: the same turn after a restart has the same one


class CancelTurn(Struct, frozen=True):
    """End a turn under way. The host tells `TurnEnded` all the same."""

    turn: int
    bot: str
    room: str
    rule: str  # why: `stopped`, `interrupted`, `redacted`, `switched_off`
    keep: bool = True  # post what was said so far, marked as cut; else nothing comes of it


class Decided(Struct, frozen=True):
    """What a bot made of some lines, and why: to be recorded."""

    room: str
    verdict: Verdict
    show_to: tuple[str, ...] = ()  # ids of those who would have expected an answer: clients show it to them unasked


class SayNotice(Struct, frozen=True):
    """Post a notice, which wakes nobody."""

    room: str
    bot: str
    rule: str
    text: str


class Mark(Struct, frozen=True):
    """The bot's watermark: it is done with every line up to this one. To be kept, as late as the host likes."""

    room: str
    bot: str
    seq: int


class Conclude(Struct, frozen=True):
    """A conversation has come to its end: tell the server."""

    room: str
    bot: str  # one of those who took part
    conversation: int
    how: Literal["settled", "turns", "time", "tokens", "failed"]


class Wake(Struct, frozen=True):
    """Call `tick` then, in monotonic seconds, unless something else comes before. The newest one counts."""

    at: float


Action = StartTurn | CancelTurn | Decided | SayNotice | Mark | Conclude | Wake
