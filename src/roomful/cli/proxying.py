"""What the commands about proxies share: which results one wants, where they are written, and what Ctrl-C leaves."""

import asyncio
import contextlib
import hashlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import apsw
from cyclopts import Parameter

from roomful.egress import PROTOCOLS, Result
from roomful.egress.export import FORMS, Form, written
from roomful.egress.filters import Filter, duration

from .common import FAILED, USAGE, failed

if TYPE_CHECKING:
    from roomful.config import Config

FOLDER = "egress"  # in the data folder: pages as they last came, checks that were interrupted

Format = Annotated[
    Form | None,
    Parameter(name="--format", help="table, csv, json, jsonl or txt; else as --out is called, else a table."),
]
Out = Annotated[Path | None, Parameter(help="Write into this new file, for its owner's eyes only.")]
Countries = Annotated[Path | None, Parameter(help="A database of countries (.mmdb); else [egress] countries.")]
Chart = Annotated[Path | None, Parameter(help="Draw the latencies into this new SVG file.")]


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """Which results."""

    working: Annotated[bool, Parameter(negative=(), help="Those that reach the target.")] = False
    protocol: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help=f"Those that speak it: {', '.join(PROTOCOLS)}. Several: one is enough."),
    ] = ()
    country: Annotated[
        tuple[str, ...], Parameter(negative=(), help="Those of this country, as de; takes a database of countries.")
    ] = ()
    anonymity: Annotated[
        Literal["transparent", "anonymous", "elite"] | None, Parameter(help="Those that hide at least so much.")
    ] = None
    max_latency: Annotated[float, Parameter(help="Those that answer within so many seconds.")] = 0.0
    max_age: Annotated[str, Parameter(help="Those that were checked within 90s, 15m, 6h or 2d.")] = ""

    def filter(self) -> Filter:
        """As a filter. Raises ValueError."""
        if unknown := set(self.protocol) - set(PROTOCOLS):
            raise ValueError(f"{min(unknown)} is no protocol of proxies: there are {', '.join(PROTOCOLS)}.")
        age = duration(self.max_age) if self.max_age else 0.0
        return Filter(self.working, self.protocol, self.country, self.anonymity or "", self.max_latency, age)


def chosen(results: Iterable[Result], wanted: Filter) -> list[Result]:
    """Those that are wanted, the best first: by latency, then by what is the matter with them."""
    now = time.time()
    return sorted((one for one in results if wanted.lets(one, now)), key=_order)


def _order(result: Result) -> tuple[bool, float, str, str]:
    return not result.working, result.latency or 0.0, result.failure, result.proxy.key


def form_of(form: Form | None, out: Path | None, otherwise: Form = "table") -> Form:
    """In which form to write: as asked for, else as the file is called."""
    if form is not None:
        return form
    return next((one for one in FORMS if out is not None and out.suffix == f".{one}"), otherwise)


def taken(*files: Path | None, over: bool = False) -> int:
    """Says which of these files cannot be written, before any work is done. Returns the exit code; 0: all can.

    over: they may be there already.
    """
    named = [file for file in files if file is not None]
    if lost := [str(file) for file in named if not file.parent.is_dir()]:
        return failed(f"The folder of {', '.join(lost)} is not there: make it, or name another one.", USAGE)
    there = [str(file) for file in named if file.exists() and not over]
    return failed(f"{', '.join(there)} is there already: name another file.", USAGE) if there else 0


def put(text: str, out: Path | None) -> int:
    """Write to standard output, or into a file that only its owner can read: all of it or nothing. Returns the exit code."""
    if out is None:
        sys.stdout.write(text)
        return 0
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(text)
        draft.replace(out)
    except OSError as why:
        return failed(f"{out} cannot be written: {why.strerror}.", FAILED)
    return 0


def put_results(results: list[Result], form: Form, out: Path | None, chart: Path | None) -> int:
    """Write results, and their chart where one is wanted. Returns the exit code."""
    return put(written(results, form), out) or put_chart(results, chart)


def put_chart(results: list[Result], chart: Path | None) -> int:
    """Draw the chart where one is wanted. Returns the exit code."""
    if chart is None:
        return 0
    from roomful.egress.chart import draw

    return put(draw(results), chart)


async def finishes(work: Coroutine[Any, Any, None]) -> bool:
    """Do this to its end, or until Ctrl-C or SIGTERM; a second one ends at once. Returns whether it came to its end."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()
        for number in signals:
            loop.remove_signal_handler(number)

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        if not interrupted:
            task.cancel()
            raise
        return False
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
    return True


@contextlib.contextmanager
def placing(database: Path | None, settings: "Config") -> Iterator[Callable[[Iterable[Result]], list[Result]]]:
    """Opens the database of countries, where there is one; gives what puts results where they are. Raises ValueError."""
    path = database or (Path(settings.egress.countries) if settings.egress.countries else None)
    if path is None:
        yield list
        return
    from roomful.egress.countries import Countries as Database

    with contextlib.closing(Database(path)) as known:
        yield lambda results: [known.placed(one) for one in results]


def journal_file(settings: "Config", *what: str) -> Path:
    """Where the results of a check are kept until it is done: the same list and target have the same place."""
    name = hashlib.sha256("\n".join(what).encode()).hexdigest()[:24]
    return settings.data / FOLDER / "checks" / f"{name}.jsonl"


def pool_file(settings: "Config") -> Path:
    """Where the pool is."""
    from roomful.egress.routing import FILE

    return settings.data / FILE


class PoolError(Exception):
    """The pool's file cannot be used. The message is one sentence."""


@contextlib.contextmanager
def pool_errors(settings: "Config") -> Iterator[None]:
    """What SQLite says of the pool's file, as a PoolError."""
    try:
        yield
    except apsw.Error as why:
        raise PoolError(f"The pool in {pool_file(settings)} cannot be used: {why}.") from None
