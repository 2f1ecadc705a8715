"""Whose turn is next. What came first is answered first; who was named first in a line answers first."""

from datetime import tzinfo
from math import inf
from typing import Any

from .conversations import Exchange
from .guard import Objection, objection
from .inputs import Moment
from .ledger import Ledger
from .limits import Limits
from .room import Room
from .seat import Ask, Counted, Seat
from .timing import asked_at, counted_at, own_accord_at, pause
from .turns import Turns, people


class Chooser:
    """Gives the floor to whoever is due."""

    __slots__ = ("_ledger", "_limits", "_room", "_turns", "_zone")

    def __init__(self, room: Room, turns: Turns, ledger: Ledger, limits: Limits, zone: tzinfo) -> None:
        self._room, self._turns, self._ledger = room, turns, ledger
        self._limits, self._zone = limits, zone

    def choose(self, now: Moment) -> None:
        """Begin the next turn, if the floor is free and somebody is due."""
        while self._turns.free_at(now.s) <= now.s:
            due = self._due(now)
            if not due:
                return
            _, _, kind, seat = min(due, key=lambda one: one[:3])
            if kind == 0:
                self._answer(seat, now)
            elif kind == 1:
                self._join_in(seat, now)
            else:
                self._speak_up(seat, now)

    def _due(self, now: Moment) -> list[tuple[int, int, int, Seat]]:
        """Who may speak now: the line it is about, its place among those whom the line names, the kind of turn."""
        found = []
        for order, seat in enumerate(self._room.seats.values()):
            if seat.asks and asked_at(seat, self._room, self._limits) <= now.s:
                ask = next(iter(seat.asks.values()))
                found.append((ask.seq, ask.place, 0, seat))
            elif seat.ripe != inf and counted_at(seat, self._room, self._limits) <= now.s:
                found.append((seat.counted[-1].seq, order, 1, seat))
            elif (seat.every or seat.schedule) and own_accord_at(seat, self._room, self._limits, now) <= now.s:
                found.append((self._room.head + 1, order, 2, seat))
        return found

    # -- asked ------------------------------------------------------------------------------------------

    def _answer(self, seat: Seat, now: Moment) -> None:
        first = next(iter(seat.asks.values()))
        asks = tuple(ask for ask in seat.asks.values() if ask.thread == first.thread)
        old = tuple(ask for ask in asks if ask.seq not in self._room.recent)
        if old:
            self.drop(seat, old, "too_old", now, count=self._limits.remembered)
            return
        if seat.over:
            self.drop(seat, asks, f"budget:{seat.over}", now)
            self._turns.announce_budget(seat, seat.over, now)
            return
        against = self._objection(seat, tuple(ask.seq for ask in asks), now)
        if against is None:
            for ask in asks:
                del seat.asks[ask.seq]
            self._turns.begin(seat, first.rule, now, asks, thread=first.thread, nonce=f"a{asks[-1].seq}")
        elif against.seconds:
            self._cool(seat, against, now, asks)
        elif against.rule == "run_of_bots":
            seat.held = True
            self._record(seat, asks, "run_of_bots", now, count=self._limits.talk.run)
        else:
            self.drop(seat, asks, against.rule, now)

    def drop(self, seat: Seat, asks: tuple[Ask, ...], rule: str, now: Moment, **detail: Any) -> None:
        """The bot will not answer these any more."""
        for ask in asks:
            seat.asks.pop(ask.seq, None)
        if not seat.asks:
            seat.held = False
        self._record(seat, asks, rule, now, **detail)
        self._ledger.mark(seat, asks[-1].seq)

    def _record(self, seat: Seat, asks: tuple[Ask, ...], rule: str, now: Moment, **detail: Any) -> None:
        verdict = "passed" if rule in ("interrupted", "stopped", "switched_off", "redacted") else "capped"
        if rule.startswith("budget:"):
            verdict = "over_budget"
        detail.setdefault("who", asks[-1].sender.nick)
        self._ledger.decide(
            seat,
            (asks[0].seq, asks[-1].seq),
            verdict,  # type: ignore[arg-type]
            rule,
            s=now.s,
            askers=people(asks),
            **detail,
        )

    # -- not asked --------------------------------------------------------------------------------------

    def _join_in(self, seat: Seat, now: Moment) -> None:
        """Modes `lines` and `lively`."""
        recent = [line for line in seat.counted if line.seq in self._room.recent][-self._limits.most_causes :]
        causes = tuple(line.seq for line in recent)
        lively = seat.rule == "lively"
        if seat.over:
            self._unasked_over_budget(seat, recent, now)
        elif not causes:
            self._start_counting_again(seat)
        elif (against := self._objection(seat, causes, now)) is not None:
            if against.seconds:
                self._cool(seat, against, now)
            else:
                self._decide_unasked(seat, recent, "capped", against.rule, now)
        else:
            asks = tuple(Ask(line.seq, seat.rule, line.sender, line.by_bot, None, now.s) for line in recent)
            self._start_counting_again(seat)
            self._turns.begin(seat, seat.rule, now, asks, requester="", may_pass=lively, nonce=f"n{causes[-1]}")

    def _decide_unasked(self, seat: Seat, recent: list[Counted], verdict: str, rule: str, now: Moment) -> None:
        lines = (recent[0].seq, recent[-1].seq) if recent else (0, 0)
        self._start_counting_again(seat)
        self._ledger.decide(seat, lines, verdict, rule, s=now.s, count=self._limits.talk.run)  # type: ignore[arg-type]
        self._ledger.mark(seat, lines[1])

    def _unasked_over_budget(self, seat: Seat, recent: list[Counted], now: Moment) -> None:
        self._decide_unasked(seat, recent, "over_budget", f"budget:{seat.over}", now)
        self._turns.announce_budget(seat, seat.over, now)

    def _start_counting_again(self, seat: Seat) -> None:
        seat.counted.clear()
        seat.ripe = inf

    def _speak_up(self, seat: Seat, now: Moment) -> None:
        """Modes `interval` and `schedule`."""
        against = self._objection(seat, (), now)
        if against is not None and against.seconds:
            self._cool(seat, against, now)
        elif seat.schedule is not None:
            self._on_schedule(seat, now)
        else:
            self._on_interval(seat, now)

    def _on_schedule(self, seat: Seat, now: Moment) -> None:
        assert seat.schedule is not None
        planned = seat.next_utc
        seat.next_utc = seat.schedule.after(max(now.utc, planned), self._zone) or 0
        if seat.over:
            self._unasked_over_budget(seat, [], now)
        else:
            self._turns.begin(seat, seat.rule, now, nonce=f"s{planned}")

    def _on_interval(self, seat: Seat, now: Moment) -> None:
        why = pause(seat, self._room, self._limits, now, self._zone)
        if why is not None:
            seat.next_at = why.until
            seat.paused = why.until == inf
            if not seat.paused_said:
                seat.paused_said = True
                self._ledger.decide(seat, (0, 0), "cooling", why.rule, s=now.s, **why.detail)
                self._ledger.say_pause(seat, why.rule, why.detail, now.s)
        elif seat.over:
            seat.next_at = now.s + seat.every * seat.factor
            seat.factor = min(seat.factor * 2, self._limits.most_doubled)
            self._unasked_over_budget(seat, [], now)
        else:
            seat.paused_said = False
            self._turns.begin(seat, seat.rule, now, fresh=not seat.settings.related, nonce=f"i{now.utc}")

    # -- conversations ------------------------------------------------------------------------------------

    def converse(self, exchange: Exchange, now: Moment) -> bool:
        """Give the floor to whoever is next in a conversation. False: nobody who took part is left."""
        present = [bot for bot in exchange.bots if bot in self._room.seats]
        if len(present) < 2:
            return False
        seat = self._room.seats[exchange.next(present)]
        talk = self._room.talk.conversation
        self._turns.begin(
            seat,
            "conversation",
            now,
            conversation=exchange.seq,
            last_turn=talk is not None and talk.left <= len(present),
            nonce=f"c{exchange.seq}.{exchange.count}",
        )
        return True

    # -- within -------------------------------------------------------------------------------------------

    def _objection(self, seat: Seat, causes: tuple[int, ...], now: Moment) -> Objection | None:
        return objection(self._room.talk, seat.id, causes, None, now.utc, seat.max_bounce, self._limits.talk)

    def _cool(self, seat: Seat, against: Objection, now: Moment, asks: tuple[Ask, ...] = ()) -> None:
        seat.not_before = now.s + against.seconds
        if seat.cooling == against.rule:
            return
        seat.cooling = against.rule
        talk = self._limits.talk
        count = talk.pair if against.rule == "pair_cools" else talk.minute
        lines = (asks[0].seq, asks[-1].seq) if asks else (0, 0)
        self._ledger.decide(
            seat,
            lines,
            "cooling",
            against.rule,
            s=now.s,
            askers=people(asks),
            who=asks[-1].sender.nick if asks else "another bot",
            seconds=against.seconds,
            count=count,
            limit=f"{talk.pace / 1000:g}",
        )
