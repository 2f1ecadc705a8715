"""How a conversation of bots goes on: whose turn it is, what interrupts it, how it ends."""

from math import inf
from typing import Literal

from roomful.domain.events import Sender

from .actions import Conclude
from .choosing import Chooser
from .conversations import Exchange, NextSpeaker, Said
from .inputs import ConversationOpened, Line, Moment, TurnEnded
from .ledger import Ledger
from .limits import Limits
from .room import Room
from .seat import Seat
from .turns import Turn, Turns

How = Literal["settled", "turns", "time", "tokens", "failed"]


class Conversing:
    """Follows the conversation of a room; there is one at a time."""

    __slots__ = ("_chooser", "_ledger", "_limits", "_policy", "_room", "_turns")

    def __init__(
        self, room: Room, turns: Turns, chooser: Chooser, ledger: Ledger, limits: Limits, policy: NextSpeaker
    ) -> None:
        self._room, self._turns, self._chooser = room, turns, chooser
        self._ledger, self._limits, self._policy = ledger, limits, policy

    def opened(self, event: ConversationOpened, now: Moment) -> None:
        """A conversation begins; one that was under way is over."""
        if self._room.exchange is not None:
            self.ended(now)
        self._room.exchange = Exchange(event.seq, event.bots, event.tokens, self._policy)

    def ended(self, now: Moment) -> None:
        """It is over: what is still being said for it will not be taken any more."""
        exchange, turn = self._room.exchange, self._turns.current
        self._room.exchange = None
        if exchange is not None and turn is not None and turn.start.conversation == exchange.seq:
            self._turns.cancel("conversation_over", now, keep=False)

    def heard(self, line: Line, now: Moment) -> None:
        """A line of it was recorded."""
        exchange = self._room.exchange
        if exchange is not None and line.conversation == exchange.seq:
            exchange.heard(Said(line.sender.id, line.text, line.mentions))
            exchange.waits_until = now.s + self._limits.breath

    def interrupted(self, exchange: Exchange, by: Sender, now: Moment) -> None:
        """A person has spoken: whoever is speaking breaks off, and the conversation rests."""
        turn = self._turns.current
        if turn is not None and turn.start.conversation == exchange.seq:
            self._turns.cancel("interrupted", now, by.nick)
        seats = self._seats(exchange)
        if seats and not exchange.concluded:
            who = " and ".join(seat.nick for seat in seats)
            text = f"{who} pause: {by.nick} has spoken. /continue lets them go on."
            self._ledger.notice(seats[0], "conversation_interrupted", text, now.s, 0)

    def turn_ended(self, turn: Turn, end: TurnEnded, now: Moment) -> None:
        """What the end of a turn means for the conversation."""
        exchange = self._room.exchange
        if exchange is None or turn.start.conversation != exchange.seq:
            return
        exchange.tokens += end.tokens_in + end.tokens_out
        exchange.waits_until = now.s + self._limits.breath
        if end.outcome in ("empty", "same_again"):
            exchange.passes += 1
        elif end.code == "over_budget":
            self._conclude("tokens" if end.level == "run" else "failed", turn.seat)
        elif end.outcome == "failed" or (end.outcome == "refused" and end.code != "conversation_over"):
            self._conclude("failed", turn.seat)

    def fail(self, seat: Seat, now: Moment) -> None:
        """A turn of it was given up for lost."""
        self._conclude("failed", seat)

    def go_on(self, now: Moment) -> None:
        """Give the floor to whoever is next, or conclude."""
        exchange = self._room.conversing()
        if exchange is None:
            return
        free = self._turns.free_at(now.s) <= now.s
        how = self._over(exchange, now, free)
        if how is not None:
            self._conclude(how)
            if not free:
                self._turns.cancel("conversation_over", now, keep=False)
        elif free and now.s >= exchange.waits_until and not self._chooser.converse(exchange, now):
            self._conclude("failed")

    def next_at(self, now: Moment) -> float:
        """When the conversation goes on, or is over, if nothing happens until then."""
        exchange = self._room.conversing()
        if exchange is None:
            return inf
        open_ = self._room.talk.conversation
        over = now.s + (open_.until + 1 - now.utc) / 1000 if open_ is not None else inf
        return over if self._turns.current is not None else min(over, exchange.waits_until)

    def _over(self, exchange: Exchange, now: Moment, free: bool) -> How | None:
        open_ = self._room.talk.conversation
        if open_ is None:
            return None
        if now.utc > open_.until:
            return "time"
        if not free:
            return None
        if exchange.settled:
            return "settled"
        if open_.left <= 0:
            return "turns"
        return "tokens" if exchange.out_of_tokens else None

    def _conclude(self, how: How, seat: Seat | None = None) -> None:
        exchange = self._room.exchange
        if exchange is None or exchange.concluded:
            return
        exchange.concluded = True
        last = exchange.lines[-1].bot if exchange.lines else ""
        seat = seat or self._room.seats.get(last) or next(iter(self._seats(exchange)), None)
        if seat is not None:
            self._ledger.do(Conclude(self._room.id, seat.id, exchange.seq, how))

    def _seats(self, exchange: Exchange) -> list[Seat]:
        return [self._room.seats[bot] for bot in exchange.bots if bot in self._room.seats]
