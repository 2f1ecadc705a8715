"""The numbers of the turn engine, all in one place. Each may be set otherwise where an engine is made."""

from msgspec import Struct

from roomful.domain.talk import DEFAULTS, LINES, TalkLimits


class Limits(Struct, frozen=True):
    """Defaults are those of docs/bots.md. Seconds, unless it says otherwise."""

    follow_seconds: float = 120  # how long whoever was answered need not name the bot again …
    follow_lines: int = 3  # … and for how many lines by people
    quiet_gap: float = 2  # `lines:N` speaks when nobody has spoken for so long …
    deadline: float = 15  # … and at the latest so long after the Nth line
    typing: float = 6  # how long somebody who began to type is taken to be typing
    typing_hold: float = 4  # how long an answer waits at most for its asker, who types on
    interval_gap: float = 20  # `interval:S` does not speak into talk of the last so many seconds, or S/2
    empties: int = 3  # so many turns without a result double the interval
    most_doubled: int = 64  # as far as it grows
    lively_lines: int = 20  # `lively` looks in after so many lines
    flush: float = 1  # how long silences are gathered before they are recorded …
    most_flush: float = 8  # … and where people talk without a pause, whom a verdict every second would only burden
    pause: float = 5  # what is a pause
    shown: float = 600  # how long a silence is not shown again to the same person, by the same bot, for the same reason
    failure_notice: float = 600  # how long a failure of the same kind is not announced again
    budget_notice: float = 3600  # the same for a budget
    turn: float = 600  # how long a turn may take before it is given up for lost
    cancel: float = 30  # how long a cancelled one may
    echo: float = 5  # how long the next bot waits to see the line of the one before
    breath: float = 1  # between two lines of a conversation
    most_causes: int = 20  # lines that one of `lines:N` names as its causes
    remembered: int = LINES  # lines back that may still be answered, as the server has it
    talk: TalkLimits = DEFAULTS
