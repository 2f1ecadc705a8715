"""Replaying a recorded room: what each bot would have decided, without a model. For tuning modes.

Bots that are tried say nothing in the replay, since nobody knows what they would have said: each of their turns ends empty
after a moment, and those that would have spoken are counted. What the recorded bots said is part of the record: where one that
is tried spoke then, its turn ends with what it said.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from math import inf
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from roomful.bots.hearing import heard
from roomful.bots.settings import RoomBotSettings
from roomful.domain.events import Message, Sender, timestamp
from roomful.domain.names import mentioned
from roomful.protocol.native import Told

from .actions import Action, Decided, StartTurn, Wake
from .engine import Engine
from .inputs import BotHere, Here, Input, Line, Moment, TurnEnded
from .limits import Limits
from .rules import reason

TAKES = 2.0  # s that a turn is taken to last
BACK = 1_800.0  # s after which somebody who has said nothing is taken to have gone
AFTER = 20.0  # s that are replayed after the last event


class Replayed(Struct, frozen=True):
    """One decision of a bot that is tried."""

    at: str  # RFC 3339
    bot: str  # nick
    first: int
    last: int
    verdict: Literal["would_speak", "passed", "not_addressed", "capped", "cooling", "over_budget", "failed"]
    rule: str
    words: str


class Replay:
    """One run over a room."""

    def __init__(
        self, bots: Sequence[BotHere], *, direct: bool, zone: tzinfo, limits: Limits | None, next_speaker: str
    ) -> None:
        self._bots, self._zone, self._limits, self._direct = bots, zone, limits, direct
        self._next_speaker = next_speaker
        self._nicks = {bot.id: bot.nick for bot in bots}
        self._engine: Engine | None = None
        self._said: dict[int, str] = {}  # by line: its sender's id
        self._here: dict[str, tuple[Sender, int]] = {}  # people, and when they spoke last
        self._began = self._last_at = 0  # ms
        self._wake = inf
        self._turn: tuple[StartTurn, float] | None = None
        self.decisions: list[Replayed] = []

    def event(self, event: Told) -> None:
        """One recorded event."""
        if self._engine is None:
            self._began = event.at
            self._engine = Engine(
                event.room,
                self._moment(event.at),
                self._bots,
                direct=self._direct,
                zone=self._zone,
                limits=self._limits,
                next_speaker=self._next_speaker,
            )
        self._until(event.at)
        told = heard(event, lambda seq: self._said.get(seq, ""))
        if isinstance(told, Line):
            self._said[told.seq] = told.sender.id
            if not told.by_bot:
                self._present(told)
        self._see(self._moment(event.at), told)
        if isinstance(told, Line) and self._turn is not None and self._turn[0].bot == told.sender.id:
            start, self._turn = self._turn[0], None
            self._see(self._moment(event.at), TurnEnded(start.turn, "said", told.seq))

    def end(self) -> None:
        """Let the last deadlines pass."""
        if self._engine is not None:
            last = self._last_at + round(AFTER * 1000)
            self._until(last)
            self._do(self._engine.flush(), self._moment(last))

    def _present(self, line: Line) -> None:
        """A log does not tell who was connected: whoever spoke within half an hour is taken to have been."""
        known = self._here.get(line.sender.id)
        self._here[line.sender.id] = (line.sender, line.at)
        gone = [id for id, (_, at) in self._here.items() if line.at - at > BACK * 1000]
        for id in gone:
            del self._here[id]
        if known is None or gone:
            self._see(self._moment(line.at), Here(tuple(who for who, _ in self._here.values())))

    def _moment(self, at: int) -> Moment:
        return Moment((at - self._began) / 1000, at)

    def _at(self, s: float) -> int:
        return self._began + round(s * 1000)

    def _until(self, at: int) -> None:
        """Let time pass: wake the engine when it wants it, and end the turn under way."""
        assert self._engine is not None
        self._last_at = at
        until = (at - self._began) / 1000
        while (due := min(self._wake, self._turn[1] if self._turn else inf)) <= until:
            if self._turn is not None and self._turn[1] <= due:
                start = self._turn[0]
                self._turn = None
                self._see(self._moment(self._at(due)), TurnEnded(start.turn, "empty"))
            else:
                self._wake = inf
                self._do(self._engine.tick(Moment(due, self._at(due))), self._moment(self._at(due)))

    def _see(self, now: Moment, event: Input) -> None:
        assert self._engine is not None
        self._do(self._engine.see(now, event), now)

    def _do(self, actions: list[Action], now: Moment) -> None:
        for action in actions:
            match action:
                case StartTurn():
                    self._turn = (action, now.s + TAKES)
                    self._would_speak(action, now)
                case Wake(at=at):
                    self._wake = at
                case Decided(verdict=seen) if seen.rule != "nothing_to_say" and seen.verdict != "answered":
                    self.decisions.append(
                        Replayed(
                            timestamp(now.utc),
                            self._nicks[seen.bot],
                            seen.first,
                            seen.last,
                            seen.verdict,
                            seen.rule,
                            seen.words,
                        )
                    )

    def _would_speak(self, start: StartTurn, now: Moment) -> None:
        nick = self._nicks[start.bot]
        who = next((one.nick for one, _ in self._here.values() if one.id == start.requester), "somebody")
        limits = self._limits or Limits()
        why = reason(start.rule, nick, who=who, word="one of its words", count=limits.lively_lines)
        causes = start.causes or (0,)
        self.decisions.append(
            Replayed(
                timestamp(now.utc),
                nick,
                min(causes),
                max(causes),
                "would_speak",
                start.rule,
                f"{nick} would speak: {why}",
            )
        )


def replay(
    events: Iterable[Told],
    bots: Mapping[str, RoomBotSettings],
    *,
    direct: bool = False,
    zone: tzinfo = UTC,
    limits: Limits | None = None,
    next_speaker: str = "round_robin",
) -> list[Replayed]:
    """What each bot would have decided on a recorded room.

    Args:
        events: of the room, oldest first, as an export has them.
        bots: by nick. One that took part in the room is taken for itself: lines that named it then name it now. Of another
            one, mentions are found by its nick.
    """
    recorded = list(events)
    ids = {event.sender.nick.casefold(): event.sender.id for event in recorded if event.sender.kind == "bot"}
    here = [BotHere(ids.get(nick.casefold(), f"replayed:{nick}"), nick, settings) for nick, settings in bots.items()]
    run = Replay(here, direct=direct, zone=zone, limits=limits, next_speaker=next_speaker)
    names = {bot.nick.casefold(): bot.id for bot in here}
    for event in recorded:
        run.event(with_mentions(event, names))
    run.end()
    return run.decisions


def with_mentions(event: Told, ids: Mapping[str, str]) -> Told:
    """The event, with those added to its mentions who were not in the room when it was recorded."""
    if not isinstance(event.body, Message) or "@" not in event.body.text:
        return event
    found = mentioned(event.body.text)
    named = [id for nick, id in ids.items() if nick in found and id not in event.body.mentions]
    if not named:
        return event
    return replace(event, body=replace(event.body, mentions=(*event.body.mentions, *named)))
