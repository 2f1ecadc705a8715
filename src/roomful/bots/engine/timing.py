"""When a bot may speak: what it waits for, and until when. Monotonic seconds; never is infinity."""

from datetime import datetime, tzinfo
from math import inf
from typing import Any

from msgspec import Struct

from .inputs import Moment
from .limits import Limits
from .room import Room
from .seat import Ask, Seat

RECHECK = 60.0  # s: how often a bot looks whether its hours have come


def asked_at(seat: Seat, room: Room, limits: Limits) -> float:
    """When it may answer what it was asked."""
    if not seat.asks or seat.held:
        return inf
    ask = next(iter(seat.asks.values()))
    return max(seat.not_before, _typed_out(ask, room, limits)) if room.typing else seat.not_before


def _typed_out(ask: Ask, room: Room, limits: Limits) -> float:
    """Whoever asked, and types on, has a moment to finish."""
    return min(room.typing.get(ask.sender.id, ask.s), ask.s + limits.typing_hold)


def counted_at(seat: Seat, room: Room, limits: Limits) -> float:
    """When it may speak after as many lines as it waits for."""
    if seat.ripe == inf or room.quiet or room.conversing() is not None:
        return inf
    quiet = max(room.last_line + limits.quiet_gap, room.typing_until(room.last_line))
    return max(seat.not_before, min(quiet, seat.ripe + limits.deadline))


def own_accord_at(seat: Seat, room: Room, limits: Limits, now: Moment) -> float:
    """When it speaks by itself, next."""
    if room.conversing() is not None:
        return inf
    if seat.schedule is not None and seat.next_utc:
        return max(seat.not_before, now.s + (seat.next_utc - now.utc) / 1000)
    if not seat.every or seat.paused or room.quiet or seat.next_at == inf:
        return inf
    gap = room.last_line + min(limits.interval_gap, seat.every / 2)
    if not seat.settings.max_idle:  # the plain "every S seconds" is not put off for ever by people who talk
        gap = min(gap, seat.next_at + seat.every)
    return max(seat.not_before, seat.next_at, gap)


def due(seat: Seat, room: Room, limits: Limits, now: Moment) -> float:
    """When it may speak, for whatever reason."""
    at = asked_at(seat, room, limits) if seat.asks else inf
    if seat.ripe != inf:
        at = min(at, counted_at(seat, room, limits))
    if seat.every or seat.schedule is not None:
        at = min(at, own_accord_at(seat, room, limits, now))
    return at


class Pause(Struct, frozen=True):
    """Why a bot in mode `interval` does not speak."""

    rule: str
    detail: dict[str, Any]
    until: float  # infinity: until somebody comes or speaks


def pause(seat: Seat, room: Room, limits: Limits, now: Moment, zone: tzinfo) -> Pause | None:
    """Why a bot in mode `interval` pauses, when its time has come; None: it speaks."""
    if seat.active is not None and not _within(seat.active, now.utc, zone):
        return Pause("inactive", {"hours": seat.settings.active.strip()}, now.s + RECHECK)
    minutes = seat.settings.max_idle
    if not minutes:
        return None
    if not room.people:
        return Pause("nobody_here", {}, inf)
    if now.s - room.last_person > minutes * 60:
        return Pause("idle", {"minutes": minutes}, inf)
    return None


def _within(active: tuple[int, int], utc: int, zone: tzinfo) -> bool:
    here = datetime.fromtimestamp(utc / 1000, zone)
    minute, (first, last) = here.hour * 60 + here.minute, active
    return first <= minute < last if first < last else minute >= first or minute < last
