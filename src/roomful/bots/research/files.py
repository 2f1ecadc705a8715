"""What is written of conversations: every turn as it is over, a summary of each run, and a table of all runs.

FOLDER/experiment.json    what was asked for: the bots with their models and personas, topic, policy, parameters
FOLDER/run-001.jsonl      a line for each turn, and one for the end
FOLDER/run-001.json       the summary
FOLDER/summary.csv        the summaries of all runs
"""

import csv
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import msgspec

from roomful import __version__
from roomful.domain.events import timestamp

from .conversation import Ended, Line, Run, Wanted

EXPERIMENT, SUMMARY = "experiment.json", "summary.csv"
COLUMNS = (
    *("run", "seed", "bots", "models", "policy", "topic", "temperature", "allowed_turns", "how"),
    *("lines", "turns", "tokens_in", "tokens_out", "cost_usd", "charged_usd", "first_token_s", "models_s", "real_s"),
)


class Folder:
    """The record of an experiment, in a folder that holds none yet."""

    def __init__(self, path: Path) -> None:
        """Raises FileExistsError, OSError."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._table = _new(path / SUMMARY)
        self._rows = csv.DictWriter(self._table, COLUMNS, lineterminator="\r\n")  # RFC 4180
        self._rows.writeheader()
        self._lines: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.close()
        if self._lines is not None:
            self._lines.close()

    def experiment(self, wanted: Wanted, repeat: int, now: int) -> None:
        """What was asked for. `now`: ms since 1970."""
        with _new(self._path / EXPERIMENT) as file:
            file.write(
                _pretty({"roomful": __version__, "began": timestamp(now), "repeat": repeat, **described(wanted)})
            )

    def begin(self, wanted: Wanted) -> None:
        """A run begins."""
        self._lines = _new(self._path / f"run-{wanted.number:03}.jsonl")

    def line(self, line: Line) -> None:
        """A turn is over: it is on the disk before the next one begins."""
        assert self._lines is not None
        self._lines.write(_json(line) + "\n")
        self._lines.flush()

    def end(self, run: Run) -> None:
        """A run is over."""
        assert self._lines is not None
        self._lines.write(_json(run.ended) + "\n")
        self._lines.close()
        self._lines = None
        row = summary(run)
        with _new(self._path / f"run-{run.wanted.number:03}.json") as file:
            file.write(_pretty(row))
        self._rows.writerow({name: _cell(row[name]) for name in COLUMNS})
        self._table.flush()


def described(wanted: Wanted) -> dict[str, Any]:
    """A conversation that is wanted."""
    bots = [
        {"nick": bot.nick, "models": bot.models, "persona": bot.persona, "persona_file": bot.persona_file}
        for bot in wanted.bots
    ]
    return {
        "bots": bots,
        "topic": wanted.topic,
        "policy": wanted.policy,
        "allowed_turns": wanted.turns,
        "allowed_tokens": wanted.tokens,
        "first_seed": wanted.parameters.seed,
        "temperature": wanted.parameters.temperature,
        "max_tokens": {bot.nick: bot.max_tokens for bot in wanted.bots},
    }


def summary(run: Run) -> dict[str, Any]:
    """A conversation that is over."""
    wanted = run.wanted
    ended: dict[str, Any] = msgspec.structs.asdict(run.ended)
    return {
        "run": wanted.number,
        "seed": wanted.parameters.seed,
        "bots": [bot.nick for bot in wanted.bots],
        "models": sorted({line.model for line in run.turns if line.model}),  # as they call themselves
        "policy": wanted.policy,
        "topic": wanted.topic,
        "temperature": wanted.parameters.temperature,
        "allowed_turns": wanted.turns,
        **ended,
        "verdicts": _counted(run.turns),
    }


def _counted(turns: tuple[Line, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in turns:
        counts[line.verdict] = counts.get(line.verdict, 0) + 1
    return counts


def _cell(value: Any) -> str:
    """A cell of the table. One that a spreadsheet would compute is no formula any more."""
    if value is None:
        return ""
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _json(value: Line | Ended) -> str:
    return msgspec.json.encode(value).decode()


def _pretty(value: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def _new(path: Path) -> TextIO:
    """A new file, which only its owner can read. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
