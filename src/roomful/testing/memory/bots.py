"""Bots of the store in memory: who they are, why they speak, and what they keep."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec.structs import replace

from roomful.domain.events import timestamp
from roomful.domain.verdicts import Kept, Memory, Total, Used, Verdict
from roomful.store import (
    BotRecord,
    DropMemory,
    PlaceRecord,
    PutBot,
    PutKept,
    PutMemory,
    PutPlace,
    PutVerdict,
    Taken,
    UseSpeech,
)
from roomful.store.silences import joined

DAY = 86_400_000  # ms
PAID_KEPT = 400 * DAY  # ms for which a verdict that used tokens stays longer than others


class Recorded(NamedTuple):
    """A verdict, and when it was recorded."""

    at: int  # ms
    verdict: Verdict


class RoomBots:
    """What a database holds of bots in one room."""

    def __init__(self) -> None:
        self.places: dict[str, PlaceRecord] = {}  # by bot
        self.recorded: list[Recorded] = []
        self.speech: list[UseSpeech] = []
        self.memories: dict[str, Memory] = {}  # by id, in the order in which they were put

    def put(self, row: PutPlace | PutVerdict | PutMemory | DropMemory | UseSpeech) -> None:
        """Write a row."""
        match row:
            case PutPlace():
                self.places[row.bot] = PlaceRecord(row.room, row.mode, row.host, row.settings)
            case PutVerdict():
                self.recorded.append(Recorded(row.at, replace(row.verdict, at=timestamp(row.at))))
            case PutMemory(memory=new):
                if new.kind == "summary":
                    self._forget(lambda old: old.bot == new.bot and old.kind == "summary")
                self.memories.pop(new.memory, None)
                self.memories[new.memory] = replace(new, at=timestamp(row.at))
            case DropMemory():
                self.memories.pop(row.memory, None)
            case UseSpeech():
                self.speech.append(row)

    def forget_line(self, seq: int) -> None:
        """Delete notes of a line, and summaries that cover it."""
        self._forget(lambda one: one.seq == seq or (one.kind == "summary" and one.seq >= seq))

    def drop(self, bot: str) -> None:
        """A bot is gone."""
        self.places.pop(bot, None)
        self.recorded = [one for one in self.recorded if one.verdict.bot != bot]
        self._forget(lambda one: one.bot == bot)

    def prune(self, before: int) -> None:
        """Forget verdicts from before that time, those that used tokens 400 days later."""
        self.recorded = [one for one in self.recorded if one.at >= before - (PAID_KEPT if _paid(one) else 0)]
        self.speech = [one for one in self.speech if one.at // DAY >= (before - PAID_KEPT) // DAY]

    def verdicts(self, seq: int | None) -> list[Verdict]:
        """See `Store.verdicts`."""
        found = [one.verdict for one in reversed(self.recorded)]
        if seq is not None:
            return [one for one in found if one.first <= seq <= one.last]
        newest: dict[str, Verdict] = {}
        for one in found:
            newest.setdefault(one.bot, one)
        return list(newest.values())

    def told(self, first: int, last: int, limit: int) -> tuple[list[Verdict], int]:
        """See `Store.told`."""
        all_ = [one.verdict for one in self.recorded]
        found = [(no, one) for no, one in enumerate(all_) if one.told and first <= one.last <= last]
        found.sort(key=lambda row: (row[1].last, row[0]), reverse=True)

        def otherwise(since: int, until: int, one: Verdict) -> bool:
            between = (other for other in all_[since + 1 : until] if other.bot == one.bot)
            return any((other.verdict, other.rule) != (one.verdict, one.rule) for other in between)

        return joined(found, limit, otherwise)

    def remembered(self, bot: str) -> list[Memory]:
        """See `Store.memories`."""
        return [one for one in reversed(self.memories.values()) if bot in ("", one.bot)]

    def _forget(self, gone: Callable[[Memory], bool]) -> None:
        self.memories = {id: one for id, one in self.memories.items() if not gone(one)}


class MemoryBots:
    """What a database holds of bots beside their rooms."""

    def __init__(self) -> None:
        self.bots: dict[str, PutBot] = {}
        self._kept: dict[tuple[str, str], Kept] = {}  # by participant and key

    def taken(self, row: object) -> Taken:
        """Whether somebody else has put the value since: "kept"; else empty."""
        if not isinstance(row, PutKept):
            return ""
        old = self._kept.get((row.participant, row.key))
        return "" if (0 if old is None else old.version) == row.version else "kept"

    def put(self, row: object) -> None:
        """Write a row of bots that hangs on no room; another is passed over."""
        if isinstance(row, PutBot):
            self.bots[row.id] = row
        elif isinstance(row, PutKept):
            self._kept[row.participant, row.key] = Kept(row.key, row.value, row.version + 1)

    def drop(self, id: str) -> None:
        """An account is gone."""
        self.bots.pop(id, None)
        self._kept = {key: one for key, one in self._kept.items() if key[0] != id}

    def kept(self, participant: str, key: str, after: str) -> list[Kept]:
        """See `Store.kept`."""
        return [
            one
            for (who, name), one in sorted(self._kept.items())
            if who == participant and name.startswith(key) and name > after
        ]


def record(bot: PutBot, nick: str, places: Iterable[PlaceRecord]) -> BotRecord:
    """A bot as the hub wants it."""
    return BotRecord(bot.id, nick, bot.model, bot.destination, bot.max_bounce, bot.settings, tuple(places))


def totals(recorded: Iterable[Recorded], since: int) -> list[Total]:
    """See `Store.totals`."""
    sums: dict[tuple[str, str, str], Total] = {}
    for verdict in (one.verdict for one in recorded if one.at >= since):
        key = (verdict.bot, verdict.verdict, verdict.rule)
        old = sums.get(key, Total(*key))
        sums[key] = replace(
            old,
            lines=old.lines + (verdict.last - verdict.first + 1 if verdict.first else 0),
            tokens=old.tokens + verdict.tokens_in + verdict.tokens_out,
            cost=old.cost + verdict.cost,
        )
    return sorted(sums.values(), key=lambda one: (one.bot, -one.lines, one.rule))


def used(rooms: Iterable[tuple[str, RoomBots]], since: int) -> list[Used]:
    """See `Store.used`; `rooms`: what is there of bots, by room's id."""
    sums: dict[tuple[str, str, str, str, str, str], Used] = {}
    for room, there in rooms:
        for one in there.recorded:
            verdict = one.verdict
            if one.at >= since and _paid(one):
                _add(
                    sums,
                    Used(
                        verdict.at[:10],
                        verdict.bot,
                        verdict.model,
                        room,
                        verdict.person,
                        1,
                        verdict.tokens_in,
                        verdict.tokens_out,
                        verdict.cost,
                    ),
                )
        for row in there.speech:
            if row.at // DAY >= since // DAY:
                day = timestamp(row.at)[:10]
                _add(sums, Used(day, "", row.model, room, row.person, 1, 0, 0, row.cost, row.what, row.amount))
    return [sums[key] for key in sorted(sorted(sums), key=lambda key: key[0], reverse=True)]


def _add(sums: dict[tuple[str, str, str, str, str, str], Used], one: Used) -> None:
    key = (one.day, one.model, one.bot, one.room, one.person, one.speech)
    old = sums.get(key)
    sums[key] = (
        one
        if old is None
        else replace(
            one,
            turns=old.turns + one.turns,
            tokens_in=old.tokens_in + one.tokens_in,
            tokens_out=old.tokens_out + one.tokens_out,
            cost=old.cost + one.cost,
            amount=old.amount + one.amount,
        )
    )


def _paid(one: Recorded) -> bool:
    return one.verdict.tokens_in + one.verdict.tokens_out > 0
