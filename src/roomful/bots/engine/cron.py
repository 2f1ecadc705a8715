"""Schedules in five fields, as cron has them: minute, hour, day of the month, month, day of the week.

Each field is `*`, a number, a range `1-5`, a list `1,15`, any of them with a step `*/10`; months and days of the week may be
called by their first three letters, and Sunday is 0 or 7. As in cron, where day and weekday are both restricted, either will do.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
DAYS = "sun mon tue wed thu fri sat".split()  # noqa: SIM905
AHEAD = 366 * 8 + 1  # days looked at: 29 February may be eight years away


class BadSchedule(ValueError):
    """What stands there is no schedule. The message says what would be right."""


class Field(Struct, frozen=True):
    """One of the five."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, tuple(MONTHS)),
    Field("day of the week", 0, 7, tuple(DAYS)),
)


class Schedule(Struct, frozen=True):
    """When to speak."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0: Sunday
    either: bool  # day and weekday are both restricted: one of them will do

    def after(self, utc: int, zone: tzinfo = UTC) -> int | None:
        """The first time after `utc`, both in ms since 1970, by clocks of this zone; None: there is none in eight years.

        An hour that a clock skips in spring counts an hour later; one that comes twice in autumn counts once.
        """
        today = datetime.fromtimestamp(utc / 1000, zone).date()
        for day in (today + timedelta(n) for n in range(-1, AHEAD)):
            if self._fits(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        at = round(datetime.combine(day, time(hour, minute), zone).timestamp() * 1000)
                        if at > utc:
                            return at
        return None

    def _fits(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_day or by_weekday if self.either else by_day and by_weekday


def parse_schedule(text: str) -> Schedule:
    """A schedule of five fields. Raises BadSchedule."""
    words = text.split()
    if len(words) != len(FIELDS):
        raise BadSchedule(
            f"a schedule has five fields (minute, hour, day, month, weekday), as '0 9 * * 1-5'; '{text}' has {len(words)}"
        )
    minutes, hours, days, months, weekdays = map(_values, words, FIELDS)
    either = not words[2].startswith("*") and not words[4].startswith("*")
    return Schedule(
        " ".join(words),
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(months),
        frozenset(day % 7 for day in weekdays),
        either,
    )


def _values(word: str, field: Field) -> set[int]:
    return {value for part in word.split(",") for value in _part(part, field)}


def _part(part: str, field: Field) -> range:
    span, slash, step = part.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
        raise BadSchedule(f"a step is a number above 0, as in '*/10'; '{part}' has '{step}'")
    if span == "*":
        first, last = field.low, field.high
    else:
        low, dash, high = span.partition("-")
        first = _number(low, field)
        last = _number(high, field) if dash else field.high if slash else first
        if last < first:
            raise BadSchedule(f"the {field.name} '{span}' ends before it begins")
    return range(first, last + 1, int(step) if slash else 1)


def _number(word: str, field: Field) -> int:
    if word.lower() in field.names:
        return field.names.index(word.lower()) + field.low
    if word.isascii() and word.isdigit() and field.low <= int(word) <= field.high:
        return int(word)
    raise BadSchedule(f"the {field.name} is {field.low} to {field.high}, not '{word}'")
