"""A bot in a room, as the engine knows it: its settings, what it was asked, what it has counted, when it may speak."""

from collections import deque
from math import inf

from msgspec import Struct

from roomful.domain.events import Sender

from .inputs import BotHere
from .modes import Interval, Keywords, Lines, Lively, Mode, Off, Scheduled, active_hours, parse_mode


class Ask(Struct, frozen=True, gc=False):
    """A line that the bot is to answer."""

    seq: int
    rule: str
    sender: Sender
    by_bot: bool
    thread: int | None
    s: float  # when it came, monotonic seconds
    place: int = 0  # among the bots that the line names
    word: str = ""  # of mode `keywords`: the one that was said


class Counted(Struct, frozen=True, gc=False):
    """A line that counts in mode `lines` or `lively`."""

    seq: int
    sender: Sender
    by_bot: bool


class Silence(Struct, gc=False):
    """Lines, one after another, about which the bot has the same to say: nothing, for the same reason."""

    first: int
    last: int
    capped: bool  # it was addressed, and enough was said
    rule: str
    who: str
    have: int  # lines counted by then, in mode `lines` or `lively`


class Seat:
    """One bot in one room. Times are monotonic seconds."""

    __slots__ = (
        "active", "answering", "asks", "cooling", "count", "counted", "empties", "every", "factor", "folded", "follows", "heard",
        "held", "host", "id", "keywords", "mark", "max_bounce", "mode", "next_at", "next_utc", "nick", "not_before", "off",
        "over", "owed", "paused", "paused_said", "ripe", "rule", "said", "schedule", "settings", "silences",
    )  # fmt: skip

    def __init__(self, bot: BotHere, mark: int) -> None:
        self.id = bot.id
        self.mark = mark  # done with every line up to this one
        self.asks: dict[int, Ask] = {}  # by line, in order
        self.heard: dict[
            int, tuple[str, int | None]
        ] = {}  # lines by people that addressed it: by whom, in which thread
        self.counted: list[Counted] = []
        self.ripe = inf  # when the last of the lines that it waits for came
        self.owed: set[int] = set()  # lines whose turn failed: the next one brings them along
        self.answering: tuple[int, ...] = ()  # lines whose turn is under way
        self.said: deque[str] = deque(maxlen=3)
        self.silences: list[Silence] = []  # not recorded yet
        self.over = ""  # the level of budget that is used up
        self.not_before = 0.0  # it cools until then
        self.cooling = ""  # why, as far as that was recorded
        self.held = False  # its asks wait for people to speak, or for /continue
        self.next_at = inf  # when it speaks again by itself
        self.next_utc = 0  # ms: the same for a schedule
        self.factor, self.empties = 1, 0
        self.paused = self.paused_said = False
        self.apply(bot)

    def apply(self, bot: BotHere) -> None:
        """Take other settings. What was counted is forgotten with the mode."""
        self.nick, self.folded = bot.nick, bot.nick.casefold()
        self.settings, self.follows = bot.settings, bot.follows
        self.host, self.max_bounce = bot.settings.host, bot.settings.max_bounce
        self.mode: Mode = parse_mode(bot.settings.mode)
        self.off = isinstance(self.mode, Off)
        self.keywords = self.mode if isinstance(self.mode, Keywords) else None
        self.schedule = self.mode.schedule if isinstance(self.mode, Scheduled) else None
        self.every = self.mode.seconds if isinstance(self.mode, Interval) else 0.0
        self.count = self.mode.count if isinstance(self.mode, Lines) else 0
        self.rule = _rule(self.mode)
        self.active = active_hours(bot.settings.active)
        self.counted.clear()
        self.ripe, self.next_at, self.next_utc = inf, inf, 0
        self.factor, self.empties, self.paused, self.paused_said = 1, 0, False, False

    def done_with(self, last: int) -> bool:
        """Move the watermark, as far as nothing before it is still open. Whether it moved."""
        still_open = [*self.owed, *self.answering, *self.asks]
        mark = min(last, min(still_open) - 1) if still_open else last
        if mark <= self.mark:
            return False
        self.mark = mark
        if self.counted and self.counted[0].seq <= mark:
            self.counted = [line for line in self.counted if line.seq > mark]
            if len(self.counted) < self.count:
                self.ripe = inf
        return True


def _rule(mode: Mode) -> str:
    match mode:
        case Lines(count):
            return f"lines:{count}"
        case Interval(seconds):
            return f"interval:{seconds:g}"
        case Scheduled():
            return "schedule"
        case Lively():
            return "lively"
    return ""
