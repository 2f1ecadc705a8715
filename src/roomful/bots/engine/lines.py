"""What a line does: it wakes bots, counts, resets, interrupts; or it was a bot's own."""

from math import inf

from roomful.domain.events import Sender

from .choosing import Chooser
from .gate import Facts, Fate, judge
from .inputs import Line, Moment
from .ledger import Ledger
from .limits import Limits
from .room import Follow, Room
from .rules import ADDRESSED
from .seat import Ask, Counted, Seat
from .turns import Turns

MOST_COUNTED = 1_000
HINT = "Two people are here now:"
TALKING = 2  # lines by bots in a row that make a run: a person who speaks takes the floor from it


class Lines:
    """Follows what is said."""

    __slots__ = ("_chooser", "_ledger", "_limits", "_room", "_turns", "live")

    def __init__(self, room: Room, turns: Turns, chooser: Chooser, ledger: Ledger, limits: Limits) -> None:
        self._room, self._turns, self._chooser = room, turns, chooser
        self._ledger, self._limits = ledger, limits
        self.live = True  # not while a room is restored: nobody is shown what was decided long ago

    # -- one line, all bots -----------------------------------------------------------------------------

    def judge(self, facts: Facts, own: Seat | None, now: Moment) -> None:
        """What each bot makes of a line, but the one that said it."""
        line, room = facts.line, self._room
        seq, person = line.seq, "" if line.by_bot or not self.live else facts.sender
        silent = self._ledger.silent
        for seat in room.seats.values():
            if seat is own:
                continue
            judged = judge(facts, seat, room, now.s)
            if judged.fate is Fate.ASKED and not line.by_bot and judged.rule in ADDRESSED:
                self._remember(seat, facts)
            if seq <= seat.mark:
                continue
            if judged.fate is Fate.ASKED:
                place = facts.places.get(seat.id, 0)
                seat.asks[seq] = Ask(seq, judged.rule, line.sender, line.by_bot, line.thread, now.s, place, judged.word)
                continue
            if judged.fate is Fate.COUNTED:
                self._count(seat, line, now)
            silent(seat, seq, person, judged, now.s)

    def _remember(self, seat: Seat, facts: Facts) -> None:
        seat.heard[facts.line.seq] = (facts.sender, facts.line.thread)
        if len(seat.heard) > self._limits.remembered:
            del seat.heard[next(iter(seat.heard))]

    def _count(self, seat: Seat, line: Line, now: Moment) -> None:
        seat.counted.append(Counted(line.seq, line.sender, line.by_bot))
        needed = seat.count or self._limits.lively_lines
        if seat.ripe == inf and len(seat.counted) >= needed:
            seat.ripe = now.s
        if len(seat.counted) > MOST_COUNTED:
            del seat.counted[0]

    # -- a bot's own --------------------------------------------------------------------------------------

    def own(self, seat: Seat, line: Line, now: Moment) -> None:
        """A bot has spoken: its counters begin anew, and whom it answered need not name it for a while."""
        if line.style == "notice":
            self._room.hinted = self._room.hinted or line.text.startswith(HINT)  # before a restart, perhaps
            return
        seat.said.append(line.text)
        seat.counted.clear()
        seat.ripe = inf
        for seq in line.causes:
            seat.asks.pop(seq, None)
            seat.owed.discard(seq)
            self._may_follow_up(seat, seq, now)
        if seat.every and (self._turns.current is None or self._turns.current.seat is not seat):
            seat.next_at = now.s + seat.every * seat.factor

    def _may_follow_up(self, seat: Seat, seq: int, now: Moment) -> None:
        by = seat.heard.pop(seq, None)
        if by is None or not seat.follows:
            return
        room = self._room
        last = room.said_by_people + self._limits.follow_lines
        room.follow.pop(by, None)
        room.follow[by] = Follow(seat.id, now.s + self._limits.follow_seconds, last)
        for one in [one for one, follow in room.follow.items() if follow.until < now.s]:
            del room.follow[one]

    # -- a person's ----------------------------------------------------------------------------------------

    def by_person(self, line: Line, run: int, now: Moment) -> None:
        """A person has spoken. `run`: how many lines bots had said in a row."""
        room, turn = self._room, self._turns.current
        room.quiet = False
        if turn is not None and not turn.cancelled:
            if turn.of_bots_only and run >= TALKING:
                self._turns.cancel("interrupted", now, line.sender.nick)
            elif turn.seat.every and turn.start.rule == turn.seat.rule:
                self._turns.cancel("interrupted", now, line.sender.nick, keep=False)
        for seat in room.seats.values():
            seat.held = False
            if seat.asks and run >= TALKING:
                self._give_way(seat, line.sender, now)
            if seat.every:
                self._wake_up(seat, now)

    def _give_way(self, seat: Seat, person: Sender, now: Moment) -> None:
        asks = tuple(ask for ask in seat.asks.values() if ask.by_bot)
        if asks:
            self._chooser.drop(seat, asks, "interrupted", now, who=person.nick)

    def _wake_up(self, seat: Seat, now: Moment) -> None:
        """A person resets what made a bot in mode `interval` speak less often, or not at all."""
        seat.factor, seat.empties = 1, 0
        seat.paused_said = False
        if seat.paused or seat.next_at != inf:
            seat.next_at = min(seat.next_at, now.s + seat.every)
        seat.paused = False

    def people_changed(self, now: Moment) -> None:
        """Somebody came or went: who paused since nobody was here looks again."""
        if not self._room.people:
            return
        for seat in self._room.seats.values():
            if seat.paused:
                seat.paused = False
                seat.next_at = min(seat.next_at, now.s + min(self._limits.interval_gap, seat.every / 2))

    def hint(self, now: Moment) -> None:
        """Tell the room, once, that from two people on its host needs its name."""
        host = next((seat for seat in self._room.seats.values() if seat.host and not seat.off), None)
        if host is None or self._room.hinted or not self.live:
            return
        self._room.hinted = True
        text = f"{HINT} {host.nick} answers when you write @{host.nick}, or reply to it."
        self._ledger.notice(host, "two_people", text, now.s, inf)

    # -- what else happens to lines -------------------------------------------------------------------------

    def redacted(self, target: int, now: Moment) -> None:
        """A line is gone: nobody answers it, and it does not count."""
        self._room.recent.pop(target, None)
        for seat in self._room.seats.values():
            ask = seat.asks.get(target)
            if ask is not None:
                self._chooser.drop(seat, (ask,), "redacted", now)
            if any(line.seq == target for line in seat.counted):
                seat.counted = [line for line in seat.counted if line.seq != target]
                if len(seat.counted) < (seat.count or self._limits.lively_lines):
                    seat.ripe = inf
        self._turns.redacted(target, now)

    def stopped(self, by: Sender, now: Moment) -> None:
        """Somebody typed /stop: whoever speaks breaks off, and nobody begins before a person speaks."""
        self._room.quiet = True
        self._turns.cancel("stopped", now, by.nick)
        for seat in self._room.seats.values():
            seat.counted.clear()
            seat.ripe = inf
            if seat.asks:
                self._chooser.drop(seat, tuple(seat.asks.values()), "stopped", now, who=by.nick)
