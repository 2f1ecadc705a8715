"""The server's log: structured lines on standard error, readable on a terminal, JSON for machines. No secrets, no texts.

log = Log(write, form="text", least="info")
log.info("login", nick="alice", peer="127.0.0.1")
"""

import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

Level = Literal["debug", "info", "warning", "error"]
Form = Literal["text", "json"]

_ORDER: dict[Level, int] = {"debug": 0, "info": 1, "warning": 2, "error": 3}


class Log:
    """Writes lines of an event's name and its fields."""

    def __init__(self, write: Callable[[str], object], form: Form = "text", least: Level = "info") -> None:
        self._write = write
        self.form, self.least = form, least
        self._order = _ORDER[least]

    def info(self, event: str, **fields: Any) -> None:
        """Something that was to be expected."""
        self._log("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something that somebody may want to look after."""
        self._log("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something that failed."""
        self._log("error", event, fields)

    def exception(self, event: str, **fields: Any) -> None:
        """Something that failed, with the trace of the exception being handled."""
        self._log("error", event, {**fields, "trace": traceback.format_exc()})

    def _log(self, level: Level, event: str, fields: dict[str, Any]) -> None:
        if _ORDER[level] < self._order:
            return
        now = datetime.now(UTC)
        try:
            self._write(_FORMS[self.form](now, level, event, fields))
        except OSError:
            return  # nobody reads standard error any more: there is no better place to say so


def _text(now: datetime, level: Level, event: str, fields: dict[str, Any]) -> str:
    trace = str(fields.pop("trace", ""))
    said = " ".join(f"{name}={_shown(value)}" for name, value in fields.items())
    line = f"{now.astimezone():%H:%M:%S} {level:<7} {event}{'  ' if said else ''}{said}\n"
    return line + trace


def _json(now: datetime, level: Level, event: str, fields: dict[str, Any]) -> str:
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = msgspec.json.encode({"at": at, "level": level, "event": event, **fields})
    return str(line, "utf-8") + "\n"


def _shown(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text and text else repr(text)


_FORMS: dict[Form, Callable[[datetime, Level, str, dict[str, Any]], str]] = {"text": _text, "json": _json}


def to_stderr(line: str) -> None:
    """Write a line to standard error at once."""
    sys.stderr.write(line)
    sys.stderr.flush()
