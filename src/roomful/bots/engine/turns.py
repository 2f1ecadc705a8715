"""Turns: one bot at a time has the floor of a room. How a turn begins, how it is cut short, and what its end means."""

from collections.abc import Iterable
from math import inf
from typing import Any

from .actions import CancelTurn, StartTurn
from .inputs import Moment, TurnEnded
from .ledger import MOST_WORDS, Ledger
from .limits import Limits
from .room import Room
from .rules import ADDRESSED, VerdictName, reason
from .seat import Ask, Seat

# What a refusal by the server means.
CAPPED = {
    "bounce_spent": "bounce_spent",
    "bad_causes": "bounce_spent",
    "let_people_speak": "run_of_bots",
    "conversation_over": "conversation_over",
    **dict.fromkeys(("bot_pace", "rate_limited", "slow_mode", "try_later"), "server_pace"),
}


class Turn:
    """A turn under way."""

    __slots__ = ("asks", "cancelled", "last", "seat", "start", "until", "who")

    def __init__(self, start: StartTurn, seat: Seat, asks: tuple[Ask, ...], until: float) -> None:
        self.start, self.seat, self.asks = start, seat, asks
        self.last = start.last  # of the lines that are done with, when it ends well
        self.until = until  # it is given up for lost then, monotonic seconds
        self.cancelled = ""  # by which rule
        self.who = ""  # the nick of whoever cancelled it

    @property
    def of_bots_only(self) -> bool:
        """Whether only bots' lines woke it."""
        return bool(self.asks) and all(ask.by_bot for ask in self.asks)

    @property
    def askers(self) -> tuple[str, ...]:
        """Ids of the people who wait for it."""
        return people(self.asks)


class Turns:
    """Who has the floor."""

    __slots__ = ("_given_up", "_ledger", "_limits", "_number", "_room", "current", "expected", "expected_until")

    def __init__(self, room: Room, ledger: Ledger, limits: Limits) -> None:
        self._room, self._ledger, self._limits = room, ledger, limits
        self._number = 0
        self.current: Turn | None = None
        self._given_up: dict[int, Turn] = {}  # by number, until they end after all
        self.expected = 0  # the line of the last turn: whoever speaks next is to have seen it
        self.expected_until = 0.0  # monotonic seconds: the log heals, and nobody waits for ever

    def free_at(self, s: float) -> float:
        """When the floor is free, as far as time alone decides; `s`: it is free now."""
        if self.current is not None:
            return inf
        return self.expected_until if self.expected > self._room.head and self.expected_until > s else s

    # -- beginning ------------------------------------------------------------------------------------

    def begin(self, seat: Seat, rule: str, now: Moment, asks: tuple[Ask, ...] = (), **fields: Any) -> None:
        """Let a bot speak. `fields` are those of StartTurn that the rule decides."""
        self._number += 1
        seat.cooling = ""
        by_people = [ask for ask in asks if not ask.by_bot]
        fields.setdefault("causes", tuple(ask.seq for ask in asks))
        fields.setdefault("requester", by_people[-1].sender.id if by_people else "")
        start = StartTurn(
            self._number,
            seat.id,
            self._room.id,
            rule,
            first=seat.mark + 1 if seat.mark < self._room.head else 0,
            last=self._room.head,
            **fields,
        )
        self.current = Turn(start, seat, asks, now.s + self._limits.turn)
        seat.next_at = inf
        seat.answering = start.causes
        self._ledger.flush(seat)
        self._ledger.do(start)

    # -- cutting short ----------------------------------------------------------------------------------

    def cancel(self, rule: str, now: Moment, who: str = "", *, keep: bool = True) -> None:
        """End the turn under way, if there is one; its TurnEnded is still to come."""
        turn = self.current
        if turn is None or turn.cancelled:
            return
        turn.cancelled, turn.who = rule, who
        turn.until = now.s + self._limits.cancel
        self._ledger.do(CancelTurn(turn.start.turn, turn.seat.id, self._room.id, rule, keep))

    def redacted(self, target: int, now: Moment) -> None:
        """A line is gone; a turn that nothing else woke ends without a word."""
        turn = self.current
        if turn is None or target not in turn.start.causes:
            return
        if all(seq not in self._room.recent for seq in turn.start.causes):
            self.cancel("redacted", now, keep=False)

    # -- ending -------------------------------------------------------------------------------------------

    def ended(self, end: TurnEnded, now: Moment) -> Turn | None:
        """What came of a turn: record it. None: no such turn is under way, it was given up."""
        turn = self.current
        if turn is None or turn.start.turn != end.turn:
            self._ended_late(end, now)
            return None
        self.current = None
        turn.seat.answering = ()
        if end.seq > self._room.head:
            self.expected, self.expected_until = end.seq, now.s + self._limits.echo
        verdict, rule, detail = self._meaning(turn, end)
        self._decide(turn, verdict, rule, end, now, detail)
        if verdict == "failed":
            turn.seat.owed.update(ask.seq for ask in turn.asks)
            self._announce_failure(turn, end, now)
        else:
            turn.seat.owed.clear()
            self._ledger.mark(turn.seat, turn.last)
        if verdict == "over_budget":
            self.announce_budget(turn.seat, end.level, now)
        self._by_itself(turn, end, now)
        return turn

    def give_up(self, now: Moment) -> Turn | None:
        """Cancel a turn that has not ended by itself in all that time; if even that has no answer, it counts as failed.

        Returns it then.
        """
        turn = self.current
        if turn is None or now.s < turn.until:
            return None
        if not turn.cancelled:
            self.cancel("lost", now)
            return None
        self._given_up[turn.start.turn] = turn
        return self.ended(TurnEnded(turn.start.turn, "failed", code="lost"), now)

    def _ended_late(self, end: TurnEnded, now: Moment) -> None:
        """A turn that was given up has ended after all. What it took is counted."""
        turn = self._given_up.pop(end.turn, None)
        if turn is not None and (end.seq or end.tokens_in or end.tokens_out):
            self._decide(turn, "answered" if end.seq else "passed", "late", end, now, {})

    def _meaning(self, turn: Turn, end: TurnEnded) -> tuple[VerdictName, str, dict[str, Any]]:
        if end.code == "lost" or (end.outcome == "cancelled" and turn.cancelled == "lost"):
            return "failed", "lost", {"minutes": round(self._limits.turn / 60)}
        match end.outcome:
            case "said":
                return "answered", turn.start.rule, {"word": turn.asks[0].word if turn.asks else ""}
            case "empty":
                return "passed", "nothing_to_say", {}
            case "same_again":
                return "passed", "same_again", {}
            case "cancelled":  # what was said until then may have been kept, and is an answer, though not a whole one
                verdict: VerdictName = "answered" if end.seq else "passed"
                return verdict, turn.cancelled or "stopped", {"who": turn.who or "somebody"}
        if end.code == "over_budget":
            return "over_budget", f"budget:{end.level or 'server'}", {}
        if end.outcome == "refused" and end.code in CAPPED:
            return "capped", CAPPED[end.code], {"count": self._limits.talk.run}
        rule = "refused" if end.outcome == "refused" else "model_failed"
        return "failed", rule, {"words": _said(end) or end.code or "no reason was given"}

    def _decide(
        self, turn: Turn, verdict: VerdictName, rule: str, end: TurnEnded, now: Moment, detail: dict[str, Any]
    ) -> None:
        causes = turn.start.causes
        lines = (min(causes), max(causes)) if causes else (0, 0)
        askers = turn.askers if verdict != "answered" else ()
        detail.setdefault("who", self._who(turn))
        detail.setdefault("count", self._limits.lively_lines)
        self._ledger.decide(
            turn.seat, lines, verdict, rule, s=now.s, askers=askers, ended=end, person=turn.start.requester, **detail
        )

    def _who(self, turn: Turn) -> str:
        asks = [ask for ask in turn.asks if not ask.by_bot] or list(turn.asks)
        return asks[-1].sender.nick if asks else self._room.nick(turn.start.requester) or "somebody"

    def _announce_failure(self, turn: Turn, end: TurnEnded, now: Moment) -> None:
        rule = f"failed:{end.code or 'unknown'}"
        why = _said(end) or reason("lost" if end.code == "lost" else "model_failed", words=end.code or "unknown")
        text = f"{turn.seat.nick} could not answer: {why.rstrip('.')}. /why tells more."
        self._ledger.notice(turn.seat, rule, text, now.s, self._limits.failure_notice)

    def announce_budget(self, seat: Seat, level: str, now: Moment) -> None:
        """One notice an hour that a budget is used up."""
        why = reason(f"budget:{level or 'server'}", seat.nick, who="this person")
        again = "." if level == "run" else "; it speaks again tomorrow (UTC), or when the budget is raised."
        self._ledger.notice(
            seat, f"budget:{level}", f"{seat.nick} keeps silent: {why}{again}", now.s, self._limits.budget_notice
        )

    def _by_itself(self, turn: Turn, end: TurnEnded, now: Moment) -> None:
        """When a bot in mode `interval` speaks next: three turns without a result in a row double the time."""
        seat = turn.seat
        if not seat.every:
            return
        if turn.start.rule == seat.rule and end.outcome not in ("said", "cancelled"):
            seat.empties += 1
            if seat.empties >= self._limits.empties:
                seat.empties, seat.factor = 0, min(seat.factor * 2, self._limits.most_doubled)
        elif end.outcome == "said":
            seat.empties = 0
        seat.next_at = now.s + seat.every * seat.factor


def people(asks: Iterable[Ask]) -> tuple[str, ...]:
    """Ids of the people among those who asked."""
    return tuple(dict.fromkeys(ask.sender.id for ask in asks if not ask.by_bot))


def addressed(rule: str) -> bool:
    """Whether a turn answers somebody who addressed the bot."""
    return rule in ADDRESSED


def _said(end: TurnEnded) -> str:
    return " ".join(end.words.split())[:MOST_WORDS]
