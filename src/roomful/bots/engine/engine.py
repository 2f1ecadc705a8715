"""The turn engine of one room: told what happens, it says which bot speaks, and why each of the others keeps silent.

Pure: no I/O, no clock, no chance. The same inputs at the same moments give the same actions, which is what makes its
decisions testable, and a recorded room replayable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from math import inf
from typing import Any

from roomful.domain.events import Sender

from . import inputs
from .actions import Action, Wake
from .choosing import Chooser
from .conversations import POLICIES
from .conversing import Conversing
from .gate import Facts
from .inputs import BotHere, Input, Line, Moment
from .ledger import Ledger
from .limits import Limits
from .lines import Lines
from .room import Room, body
from .seat import Seat
from .similar import same_again
from .timing import due
from .turns import Turns, addressed

APART = 2_000  # ms: clocks that differ by less are taken for the same, since events take their time
SOONEST = 0.02  # s: a wake is never nearer than that


class Engine:
    """All bots of one room."""

    def __init__(
        self,
        room: str,
        now: Moment,
        bots: Sequence[BotHere] = (),
        *,
        direct: bool = False,
        head: int = 0,
        zone: tzinfo = UTC,
        limits: Limits | None = None,
        next_speaker: str = "round_robin",
        hinted: bool = False,
    ) -> None:
        """An engine that knows nothing of the room yet.

        Args:
            room: its id.
            direct: it is a room for two.
            head: the number of its newest event; lines up to it are answered by nobody. See `restore`.
            zone: of schedules and active hours.
            next_speaker: the policy of conversations: `round_robin`, or `addressed_first`.
            hinted: the room was told already that its host needs its name when two people are here.
        """
        self._limits = limits or Limits()
        self._zone = zone
        self._room = Room(room, direct=direct, remembered=self._limits.remembered)
        self._room.head, self._room.hinted = head, hinted
        self._ledger = Ledger(self._room, self._limits)
        self._turns = Turns(self._room, self._ledger, self._limits)
        self._chooser = Chooser(self._room, self._turns, self._ledger, self._limits, zone)
        self._conversing = Conversing(
            self._room, self._turns, self._chooser, self._ledger, self._limits, POLICIES[next_speaker]
        )
        self._lines = Lines(self._room, self._turns, self._chooser, self._ledger, self._limits)
        self._live = True
        self._wake = inf
        self._apart: int | None = None  # ms that the server's clock is ahead
        self._handlers = self._handling()
        self._settings(inputs.SettingsChanged(tuple(bots)), now)

    # -- what the host calls -----------------------------------------------------------------------------

    def see(self, now: Moment, event: Input) -> list[Action]:
        """Something happened. Events of the log come in the order of their numbers; one told twice counts once."""
        now = self._by_server(now, getattr(event, "at", None))
        self._handlers[type(event)](event, now)
        return self._advance(now)

    def tick(self, now: Moment) -> list[Action]:
        """Time has passed. To be called when a `Wake` said so; more often does no harm."""
        return self._advance(self._by_server(now))

    def flush(self) -> list[Action]:
        """Record the silences that are being gathered, now: somebody asks why."""
        self._ledger.flush_all()
        return self._ledger.take()

    def restore(self, now: Moment, marks: Mapping[str, int], events: Iterable[Input]) -> list[Action]:
        """Take up where an engine before this one left off, and answer what came meanwhile.

        Args:
            marks: each bot's watermark. A bot without one is new here, and answers nothing that was said before.
            events: the newest events of the log, oldest first: from the oldest watermark on, and a hundred lines at least.
        """
        seen = list(events)
        head = max([self._room.head, *(seq for event in seen if (seq := getattr(event, "seq", 0)))])
        for seat in self._room.seats.values():
            seat.mark = marks.get(seat.id, head)
        self._room.head = 0
        self._live, self._lines.live = False, False
        at = now.utc
        for event in seen:
            at = min(now.utc, getattr(event, "at", at))
            self._handlers[type(event)](event, Moment(now.s - (now.utc - at) / 1000, at))
        self._live = self._lines.live = True
        self._room.head = max(head, self._room.head)
        return self._advance(now)

    def repeats(self, bot: str, text: str) -> bool:
        """Whether a bot says nothing rather than this, since it is nearly what it said before.

        Whoever addressed it gets an answer all the same: the same question may have the same answer.
        """
        turn = self._turns.current
        if turn is not None and turn.seat.id == bot and turn.askers and addressed(turn.start.rule):
            return False
        seat = self._room.seats.get(bot)
        return seat is not None and same_again(text, seat.said)

    def _by_server(self, now: Moment, at: int | None = None) -> Moment:
        """The moment by the server's clock, by which its guard goes; a host on another machine may have a wrong one.

        An event comes after it was recorded, never before: the least late one so far tells how far the clocks are apart.
        """
        if at is not None and (self._apart is None or at - now.utc > self._apart):
            self._apart = at - now.utc
        if self._apart is None or abs(self._apart) < APART:
            return now
        return Moment(now.s, now.utc + self._apart)

    def mark(self, bot: str) -> int:
        """A bot's watermark."""
        return self._room.seats[bot].mark

    # -- what happens --------------------------------------------------------------------------------------

    def _handling(self) -> dict[type, Callable[[Any, Moment], None]]:
        return {
            Line: self._line,
            inputs.Redacted: self._redacted,
            inputs.ConversationOpened: self._opened,
            inputs.ConversationConcluded: self._concluded,
            inputs.Stopped: self._stopped,
            inputs.Continued: self._continued,
            inputs.Passed: self._passed,
            inputs.Here: self._here,
            inputs.Arrived: self._arrived,
            inputs.Left: self._left,
            inputs.Typing: self._typing,
            inputs.TurnEnded: self._ended,
            inputs.SettingsChanged: self._settings,
            inputs.BudgetState: self._budget,
        }

    def _line(self, line: Line, now: Moment) -> None:
        if line.seq <= self._room.head:
            return
        conversing, run = self._room.conversing(), self._room.talk.run
        facts = Facts(line, self._room)
        self._follow(line)
        self._room.heard(line, now.s)
        if line.conversation is not None:
            self._conversing.heard(line, now)
        own = self._room.seats.get(line.sender.id)
        if own is not None:
            self._lines.own(own, line, now)
        elif not line.by_bot:
            self._lines.by_person(line, run, now)
            if conversing is not None and line.style != "notice":
                self._conversing.interrupted(conversing, line.sender, now)
        self._lines.judge(facts, own, now)

    def _redacted(self, event: inputs.Redacted, now: Moment) -> None:
        if self._follow(event):
            self._lines.redacted(event.target, now)

    def _opened(self, event: inputs.ConversationOpened, now: Moment) -> None:
        if self._follow(event):
            self._conversing.opened(event, now)

    def _concluded(self, event: inputs.ConversationConcluded, now: Moment) -> None:
        if self._follow(event) and self._room.exchange is not None:
            self._conversing.ended(now)

    def _stopped(self, event: inputs.Stopped, now: Moment) -> None:
        if self._follow(event):
            self._room.exchange = None
            self._lines.stopped(event.by, now)

    def _continued(self, event: inputs.Continued, now: Moment) -> None:
        if self._follow(event):
            self._room.quiet = False
            for seat in self._room.seats.values():
                seat.held = False

    def _passed(self, event: inputs.Passed, now: Moment) -> None:
        self._follow(event)

    def _follow(self, event: Any) -> bool:
        """Move the head, and let the guard follow. False: the event was told before."""
        if event.seq <= self._room.head:
            return False
        self._room.head = event.seq
        if (follows := body(event)) is not None:
            sender = event.sender if isinstance(event, Line) else getattr(event, "by", _NOBODY)
            self._room.talk.follow(event.seq, event.at, sender, follows)
        return True

    def _here(self, event: inputs.Here, now: Moment) -> None:
        self._room.people = {who.id: who for who in event.who if who.kind not in _PROGRAMS}
        self._lines.people_changed(now)

    def _arrived(self, event: inputs.Arrived, now: Moment) -> None:
        if event.who.kind in _PROGRAMS:
            return
        self._room.people[event.who.id] = event.who
        self._lines.people_changed(now)
        if len(self._room.people) == 2:
            self._lines.hint(now)

    def _left(self, event: inputs.Left, now: Moment) -> None:
        self._room.people.pop(event.id, None)
        self._room.typing.pop(event.id, None)

    def _typing(self, event: inputs.Typing, now: Moment) -> None:
        typing = self._room.typing
        typing.pop(event.id, None)
        for id in [id for id, until in typing.items() if until <= now.s]:
            del typing[id]
        if event.on and event.id not in self._room.seats:
            typing[event.id] = now.s + self._limits.typing

    def _ended(self, event: inputs.TurnEnded, now: Moment) -> None:
        turn = self._turns.ended(event, now)
        if turn is not None and turn.start.conversation is not None:
            self._conversing.turn_ended(turn, event, now)

    def _settings(self, event: inputs.SettingsChanged, now: Moment) -> None:
        before, seats = self._room.seats, {}
        for bot in event.bots:
            seat = before.get(bot.id)
            if seat is None:
                seat = Seat(bot, self._room.head)
                self._arm(seat, now)
            elif seat.settings != bot.settings or seat.nick != bot.nick:
                self._ledger.flush(seat)
                seat.apply(bot)
                self._arm(seat, now)
                if seat.off and seat.asks:
                    self._chooser.drop(seat, tuple(seat.asks.values()), "switched_off", now)
            seats[bot.id] = seat
        for id, seat in before.items():
            if id not in seats:
                self._ledger.flush(seat)
        self._room.seats = seats
        self._room.hosted = any(seat.host and not seat.off for seat in seats.values())
        turn = self._turns.current
        if turn is not None and (turn.seat.id not in seats or turn.seat.off):
            self._turns.cancel("switched_off", now)

    def _arm(self, seat: Seat, now: Moment) -> None:
        if seat.every:
            seat.next_at = now.s + seat.every
        if seat.schedule is not None:
            seat.next_utc = seat.schedule.after(now.utc, self._zone) or 0

    def _budget(self, event: inputs.BudgetState, now: Moment) -> None:
        if (seat := self._room.seats.get(event.bot)) is not None:
            seat.over = event.over

    # -- what follows from it -------------------------------------------------------------------------------

    def _advance(self, now: Moment) -> list[Action]:
        if not self._live:
            return []
        lost = self._turns.give_up(now) if self._turns.current is not None else None
        if lost is not None and lost.start.conversation is not None:
            self._conversing.fail(lost.seat, now)
        self._chooser.choose(now)
        if self._room.exchange is not None:
            self._conversing.go_on(now)
        if now.s >= self._ledger.flush_at:
            self._ledger.flush_all(now.s)
        self._wake_at(now)
        return self._ledger.take()

    def _wake_at(self, now: Moment) -> None:
        at = min(self._ledger.flush_at, self._conversing.next_at(now))
        turn = self._turns.current
        if turn is not None:
            at = min(at, turn.until)
        else:
            wanted = min((due(seat, self._room, self._limits, now) for seat in self._room.seats.values()), default=inf)
            at = min(at, max(wanted, self._turns.free_at(now.s)))
        at = max(at, now.s + SOONEST)
        if at != inf and (abs(at - self._wake) > SOONEST or self._wake <= now.s):
            self._ledger.do(Wake(at))
        self._wake = at


_PROGRAMS = ("bot", "service", "webhook")
_NOBODY = Sender("", "", "person")
