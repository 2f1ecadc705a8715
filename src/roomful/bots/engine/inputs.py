"""What the turn engine is told. Everything it knows of a room came through one of these.

The engine has no clock: each input comes with the `Moment` at which it is told.
"""

from typing import Literal

from msgspec import Struct

from roomful.bots.settings import RoomBotSettings
from roomful.domain.events import Sender


class Moment(Struct, frozen=True, gc=False):
    """A point in time, by two clocks: one that never goes back, and one that tells the day."""

    s: float  # monotonic seconds: windows, gaps, deadlines
    utc: int  # ms since 1970 UTC: schedules, active hours, and the server's guard, which goes by the times of events


class Line(Struct, frozen=True, gc=False):
    """A message was recorded."""

    seq: int
    at: int  # ms since 1970 UTC
    sender: Sender
    text: str
    style: str = "text"
    mentions: tuple[str, ...] = ()  # ids
    everybody: bool = False
    reply_to: int | None = None
    replied: str = ""  # id of whoever said the line that this one answers; empty: it answers none
    thread: int | None = None
    causes: tuple[int, ...] = ()
    bounce: int | None = None  # None: a person's line, which any bot may answer
    conversation: int | None = None

    @property
    def by_bot(self) -> bool:
        """Whether a bot said it, or a webhook. Everybody else counts as a person, as in the server's guard."""
        return self.sender.kind in ("bot", "webhook")


class Redacted(Struct, frozen=True, gc=False):
    """A line is gone. Nobody answers it any more. (Edits wake nobody, so the engine is not told of them.)"""

    seq: int
    target: int


class ConversationOpened(Struct, frozen=True, gc=False):
    """Somebody lets bots talk with each other."""

    seq: int
    at: int  # ms since 1970 UTC
    by: Sender
    bots: tuple[str, ...]  # ids, in their order
    topic: str = ""
    turns: int = 12
    seconds: int = 600
    tokens: int = 0  # 0: as many as their budgets allow


class ConversationConcluded(Struct, frozen=True, gc=False):
    """A conversation has come to its end by itself."""

    seq: int
    at: int
    conversation: int
    how: str


class Stopped(Struct, frozen=True, gc=False):
    """Somebody told the bots to be quiet."""

    seq: int
    at: int
    by: Sender


class Continued(Struct, frozen=True, gc=False):
    """Somebody lets the bots go on."""

    seq: int
    at: int
    by: Sender


class Passed(Struct, frozen=True, gc=False):
    """An event that means nothing to bots: it only moves the room's head."""

    seq: int


class Here(Struct, frozen=True, gc=False):
    """Who is connected, all of them."""

    who: tuple[Sender, ...]


class Arrived(Struct, frozen=True, gc=False):
    """Somebody connected."""

    who: Sender


class Left(Struct, frozen=True, gc=False):
    """Somebody is not connected any more."""

    id: str


class Typing(Struct, frozen=True, gc=False):
    """Somebody types, or stopped. Forgotten after 6 seconds, or at the sender's next line."""

    id: str
    on: bool = True


Outcome = Literal["said", "empty", "same_again", "failed", "cancelled", "refused"]


class TurnEnded(Struct, frozen=True, gc=False):
    """What came of a StartTurn. Each has exactly one of these, a cancelled one too."""

    turn: int  # as in StartTurn
    outcome: Outcome  # refused: by a budget before the call (code `over_budget`), or by the server
    seq: int = 0  # of the line that was said
    cut: str = ""  # `stopped`, `failed`: the line is not whole
    code: str = ""  # of a failure or refusal
    level: str = ""  # with `over_budget`: the level that refused
    words: str = ""  # of a failure or refusal: one sentence for people
    model: str = ""  # as the provider calls it
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0  # USD, as it counted against the budgets
    first_token: float = 0.0  # s
    took: float = 0.0  # s


class BotHere(Struct, frozen=True):
    """A bot in this room."""

    id: str
    nick: str
    settings: RoomBotSettings = RoomBotSettings()
    follows: bool = True  # whom it answered need not name it for a while; one that only searches is asked each time


class SettingsChanged(Struct, frozen=True):
    """The room's bots, all of them, and how each is there: one came, went, or is otherwise."""

    bots: tuple[BotHere, ...]


class BudgetState(Struct, frozen=True, gc=False):
    """Whether a bot may spend anything at all. The amount of each call is checked by the host, before the call."""

    bot: str
    over: str = ""  # the level that is used up: `server`, `room`, `bot`, `person`, `run`; empty: none is


Input = (
    Line
    | Redacted
    | ConversationOpened
    | ConversationConcluded
    | Stopped
    | Continued
    | Passed
    | Here
    | Arrived
    | Left
    | Typing
    | TurnEnded
    | SettingsChanged
    | BudgetState
)
