"""The modes: when a bot speaks without being addressed. In the configuration and in `/bot set`, each is a word.

| mode | it speaks |
|---|---|
| `off` | never |
| `mention` | when it is addressed; so it does in every mode below |
| `lines:5` | when five lines were said since it last spoke |
| `interval:300` | every 300 seconds, something new |
| `keywords:tea,coffee` | at a line that holds one of the words, or phrases |
| `schedule:0 9 * * 1-5` | when a clock says so: five fields, as cron has them |
| `lively` | when a small model finds, every 20 lines, that it has something to add |
"""

import re

from msgspec import Struct

from .cron import BadSchedule, Schedule, parse_schedule

MOST_LINES = 1_000
LEAST_SECONDS, MOST_SECONDS = 5, 7 * 86_400
MOST_WORDS = 50


class BadMode(ValueError):
    """What stands there is no mode. The message says what would be right."""


class Off(Struct, frozen=True):
    """Never."""


class Mention(Struct, frozen=True):
    """When addressed."""


class Lines(Struct, frozen=True):
    """Every so many lines."""

    count: int


class Interval(Struct, frozen=True):
    """Every so many seconds."""

    seconds: float


class Keywords(Struct, frozen=True):
    """At certain words."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]  # of casefolded text

    def found(self, folded: str) -> str:
        """The first of the words in a casefolded text; empty: there is none."""
        match = self.pattern.search(folded)
        return match[0] if match else ""


class Scheduled(Struct, frozen=True):
    """By the clock."""

    schedule: Schedule


class Lively(Struct, frozen=True):
    """When it finds that it has something to add."""


Mode = Off | Mention | Lines | Interval | Keywords | Scheduled | Lively
PLAIN: dict[str, Mode] = {"off": Off(), "mention": Mention(), "lively": Lively()}
FORMS = "off, mention, lines:N, interval:SECONDS, keywords:WORD,WORD, schedule:CRON or lively"


def parse_mode(text: str) -> Mode:
    """The mode that a word of the configuration means. Raises BadMode: one clause, to follow the place where it stands."""
    name, _, value = text.strip().partition(":")
    name, value = name.strip().lower(), value.strip()
    if name in PLAIN and not value:
        return PLAIN[name]
    match name:
        case "lines":
            return Lines(_whole(text, value, 1, MOST_LINES, "lines:5"))
        case "interval":
            return Interval(_whole(text, value, LEAST_SECONDS, MOST_SECONDS, "interval:300"))
        case "keywords":
            return _keywords(value)
        case "schedule":
            try:
                return Scheduled(parse_schedule(value))
            except BadSchedule as why:
                raise BadMode(f"{why}, as in 'schedule:0 9 * * 1-5'") from None
    raise BadMode(f"a mode is {FORMS}; '{text}' is none of them")


def _whole(text: str, value: str, low: int, high: int, example: str) -> int:
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise BadMode(f"'{text}' lacks a whole number from {low:,} to {high:,} after the colon, as in '{example}'")
    return int(value)


def _keywords(value: str) -> Keywords:
    words = tuple(dict.fromkeys(word for part in value.split(",") if (word := " ".join(part.split()).casefold())))
    if not 1 <= len(words) <= MOST_WORDS:
        raise BadMode(
            f"keywords are 1 to {MOST_WORDS} words or phrases with commas between, as in 'keywords:tea,coffee'"
        )
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
    return Keywords(words, re.compile(rf"(?<!\w)(?:{either})(?!\w)"))


def active_hours(text: str) -> tuple[int, int] | None:
    """Hours as `08:00-22:00`, in minutes since midnight, the end not included; empty text: None, always. Raises BadMode."""
    if not text.strip():
        return None
    match = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", text, re.ASCII)
    if match:
        first, last = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if int(match[2]) < 60 and int(match[4]) < 60 and first < 1440 and last <= 1440 and first != last:
            return first, last
    raise BadMode(f"active hours are two times, as '08:00-22:00' or '22:00-06:00', not '{text}'")
