"""What the engine tells the host: decisions, silences gathered into ranges of lines, notices, marks."""

from math import inf
from typing import Any

from roomful.domain.verdicts import Verdict

from .actions import Action, Decided, Mark, SayNotice
from .gate import Fate, Judged
from .inputs import TurnEnded
from .limits import Limits
from .room import Room
from .rules import VerdictName, reason, words
from .seat import Seat, Silence
from .sparing import Sparing

NIGHT = 43_200.0  # s: how long its hours are not announced again
MOST_WORDS = 300  # characters of a failure that are passed on


class Ledger:
    """Gathers actions, in order."""

    __slots__ = ("_delay", "_flushed", "_limits", "_out", "_room", "_sparing", "flush_at")

    def __init__(self, room: Room, limits: Limits) -> None:
        self._room, self._limits = room, limits
        self._sparing = Sparing()
        self._out: list[Action] = []
        self._delay, self._flushed = limits.flush, -inf
        self.flush_at = inf  # when the silences that are gathered are due, monotonic seconds

    def do(self, action: Action) -> None:
        """One more action."""
        self._out.append(action)

    def take(self) -> list[Action]:
        """All actions since the last time."""
        out, self._out = self._out, []
        return out

    # -- silences -----------------------------------------------------------------------------------

    def silent(self, seat: Seat, seq: int, person: str, judged: Judged, s: float) -> None:
        """The bot says nothing to a line. `person`: id of who said it, where that may be shown to them; else empty."""
        silence = seat.silences[-1] if seat.silences else None
        capped = judged.fate is Fate.CAPPED
        if silence is not None and silence.rule == judged.rule and silence.capped == capped:
            silence.last, silence.who, silence.have = seq, judged.who, len(seat.counted)
        else:
            seat.silences.append(Silence(seq, seq, capped, judged.rule, judged.who, len(seat.counted)))
            if self.flush_at == inf:
                self._plan_flush(s)
        if judged.expected and person and self._shown(person, seat, judged.rule, s):
            self.flush(seat, (person,))

    def flush(self, seat: Seat, show_to: tuple[str, ...] = ()) -> None:
        """Record what was gathered of a bot's silences; the newest is shown to those who would have expected an answer."""
        silences, seat.silences = seat.silences, []
        for silence in silences:
            self._flush(seat, silence, show_to if silence is silences[-1] else ())

    def _flush(self, seat: Seat, silence: Silence, show_to: tuple[str, ...]) -> None:
        verdict: VerdictName = "capped" if silence.capped else "not_addressed"
        count = self._limits.lively_lines if seat.rule == "lively" else seat.count
        detail: dict[str, Any] = {"who": silence.who or "somebody", "people": len(self._room.people)}
        if silence.rule == seat.rule:
            detail |= {"ripe": True} if silence.have >= count > 0 else {"have": silence.have, "count": count}
        self._record(seat, silence.first, silence.last, verdict, silence.rule, detail, show_to)

    def _plan_flush(self, s: float) -> None:
        limits = self._limits
        paused = s - self._flushed > limits.pause
        self._delay = limits.flush if paused else min(self._delay * 2, limits.most_flush)
        self.flush_at = s + self._delay

    def flush_all(self, s: float | None = None) -> None:
        """Record all that was gathered. `s`: now, if nobody asked for it."""
        self._flushed = self._flushed if s is None else s
        for seat in self._room.seats.values():
            if seat.silences:
                self.flush(seat)
        self.flush_at = inf

    # -- decisions ----------------------------------------------------------------------------------

    def decide(
        self,
        seat: Seat,
        lines: tuple[int, int],
        verdict: VerdictName,
        rule: str,
        *,
        s: float,
        askers: tuple[str, ...] = (),
        ended: TurnEnded | None = None,
        person: str = "",
        **detail: Any,
    ) -> None:
        """Record what a bot made of some lines.

        Args:
            lines: the first and the last of them; (0, 0): it was no line.
            askers: ids of the people who wait for an answer: they are shown why there is none, though not too often.
            ended: what its turn took.
            person: id of whoever pays.
        """
        self.flush(seat)
        show_to = tuple(one for one in askers if self._shown(one, seat, rule, s))
        self._record(seat, *lines, verdict, rule, detail, show_to, ended, person)

    def notice(self, seat: Seat, rule: str, text: str, s: float, period: float) -> None:
        """Let the bot post a notice, unless it did so for the same reason within the period."""
        if self._sparing.may((seat.id, rule), s, period):
            self.do(SayNotice(self._room.id, seat.id, rule, text))

    def say_pause(self, seat: Seat, rule: str, detail: dict[str, Any], s: float) -> None:
        """A bot that speaks by itself says, once, why it does not for a while; its hours, every twelve hours at most."""
        text = f"{seat.nick} pauses: {reason(rule, seat.nick, **detail)}."
        self.notice(seat, rule, text, s, NIGHT if rule == "inactive" else self._limits.shown)

    def mark(self, seat: Seat, last: int) -> None:
        """The bot is done with the lines up to this one; not if it has left, and perhaps come back, since."""
        if self._room.seats.get(seat.id) is seat and seat.done_with(last):
            self.do(Mark(self._room.id, seat.id, seat.mark))

    # -- within ---------------------------------------------------------------------------------------

    def _shown(self, person: str, seat: Seat, rule: str, s: float) -> bool:
        return self._sparing.may((person, seat.id, rule), s, self._limits.shown)

    def _record(
        self,
        seat: Seat,
        first: int,
        last: int,
        verdict: VerdictName,
        rule: str,
        detail: dict[str, Any],
        show_to: tuple[str, ...],
        ended: TurnEnded | None = None,
        person: str = "",
    ) -> None:
        spent = ended or NOTHING
        tokens = spent.tokens_in + spent.tokens_out
        sentence = words(verdict, rule, seat.nick, tokens, spent.cost, cut=spent.cut, **detail)
        seen = Verdict(
            seat.id,
            first,
            last,
            verdict,
            rule[:64],
            sentence,
            spent.seq,
            spent.model,
            person,
            spent.tokens_in,
            spent.tokens_out,
            spent.cost,
            spent.first_token,
            spent.took,
        )
        self.do(Decided(self._room.id, seen, show_to))


NOTHING = TurnEnded(0, "empty")
