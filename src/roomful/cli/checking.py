"""`roomful proxies check`: what is true of proxies."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from roomful.config import ConfigError
from roomful.egress import PROTOCOLS, REASONS, Journal, Proxy, Result, check, raise_limit
from roomful.egress.pool import Pool
from roomful.egress.sources import Bad, Source, SourceError, scrape
from roomful.egress.sources.cells import proxy_of
from roomful.egress.sources.files import read_file

from .common import FAILED, USAGE, ConfigFile, Data, failed, settings
from .progress import Progress
from .proxying import (
    Chart,
    Countries,
    Format,
    Out,
    PoolError,
    Wanted,
    chosen,
    finishes,
    form_of,
    journal_file,
    placing,
    pool_errors,
    pool_file,
    put_results,
    taken,
)
from .scraping import wanted, web_of

if TYPE_CHECKING:
    from roomful.config import Config

SHOWN = 20  # bad rows of a list that are told one by one
REASONS_SHOWN = 5


@Parameter(name="*")
@dataclass(frozen=True)
class How:
    """How proxies are checked."""

    target: Annotated[str, Parameter(help="The page that they must reach; else [egress] target.")] = ""
    judge: Annotated[str, Parameter(help="Where a judge runs, for anonymity and throughput; else [egress] judge.")] = ""
    timeout: Annotated[float, Parameter(help="s for one try; else 5.")] = 5.0
    at_once: Annotated[int, Parameter(help="How many at the same time; else 1,000.")] = 1000
    samples: Annotated[int, Parameter(help="Requests to the target, for latency and success rate; else 3.")] = 3
    attempt: Annotated[
        tuple[str, ...], Parameter(name="--try", negative=(), help=f"Try only this protocol: {', '.join(PROTOCOLS)}.")
    ] = ()
    expect: Annotated[str, Parameter(help="A text that the target's page must hold.")] = ""
    status: Annotated[int | None, Parameter(help="The target's right status; else the one that it gives directly.")] = (
        None
    )
    pin: Annotated[str, Parameter(help="SHA-256 of the judge's certificate, which is then taken.")] = ""
    bind: Annotated[str, Parameter(help="The local address to connect from.")] = ""

    def given(self, settings: "Config") -> dict[str, Any]:
        """What `roomful.egress.check` takes. Raises ValueError."""
        if unknown := set(self.attempt) - set(PROTOCOLS):
            raise ValueError(f"{min(unknown)} is no protocol of proxies: there are {', '.join(PROTOCOLS)}.")
        same = ("timeout", "at_once", "samples", "expect", "status", "pin", "bind")
        return {
            **{name: getattr(self, name) for name in same},
            "target": self.target or settings.egress.target,
            "judge": self.judge or settings.egress.judge,
            "protocols": self.attempt or PROTOCOLS,
        }


def checked(
    file: Annotated[
        Path | None,
        Parameter(help="A list: .txt, .csv, .json, .jsonl, or /dev/stdin; else what the enabled sources have."),
    ] = None,
    /,
    *,
    how: How = How(),
    resume: Annotated[
        bool, Parameter(negative=(), help="Go on where a check of the same list and target was interrupted.")
    ] = False,
    pool: Annotated[
        bool, Parameter(negative="--no-pool", help="Take those that work into the pool; --no-pool: do not.")
    ] = True,
    which: Wanted = Wanted(),  # noqa: B008 - frozen
    countries: Countries = None,
    chart: Chart = None,
    form: Format = None,
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Find out what is true of proxies: what they speak, whether they reach the target, how fast, what they tell of you.

    Ctrl-C keeps what was found, and --resume goes on from there.
    """
    try:
        found = settings(config_file, data)
        filter_ = which.filter()
        job = _Job(found, file, how.given(found), resume, pool)
        if code := job.refused() or taken(out, chart, over=resume):
            return code
        with placing(countries, found) as placed:
            whole = asyncio.run(job.run())
            results = chosen(placed(job.results.values()), filter_)
        code = put_results(results, form_of(form, out), out, chart)
        if whole and not code:
            job.journal.unlink(missing_ok=True)
    except (ConfigError, ValueError) as why:
        return failed(str(why), USAGE)
    except (OSError, SourceError, PoolError) as why:
        return failed(str(why))
    sys.stderr.write(_summary(job.results.values(), whole))
    return code or (0 if whole else FAILED)


class _Job:
    """A check: of which proxies, and what came of it so far."""

    def __init__(self, settings: "Config", file: Path | None, how: dict[str, Any], resume: bool, pool: bool) -> None:
        self.results: dict[Proxy, Result] = {}
        self.journal = journal_file(settings, str(file and file.absolute()), how["target"], how["judge"])
        self._settings, self._file, self._how, self._resume, self._pool = settings, file, how, resume, pool
        self._sources: dict[Proxy, str] = {}

    def refused(self) -> int:
        """Says why this cannot be done. Returns the exit code; 0: it can. Raises ConfigError."""
        if self._file is None and not wanted(self._settings, ()):
            return failed(
                "There is nothing to check: name a FILE, or enable a source (`roomful proxies scrape` says how).", USAGE
            )
        if self.journal.exists() and self.journal.stat().st_size and not self._resume:
            return failed(
                f"A check of this list and target was interrupted: go on with --resume, or remove {self.journal}.",
                USAGE,
            )
        return 0

    async def run(self) -> bool:
        """Check what has no result yet. Returns whether it came to its end."""
        async with AsyncExitStack() as stack:
            stack.enter_context(pool_errors(self._settings))
            listed = None if self._file is None else list(self._read())
            self.journal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.callback(self._tidy)
            journal = stack.enter_context(Journal(self.journal))
            self.results |= journal.results
            if listed is not None:
                listed = list(journal.missing(listed))
            progress = Progress(None if listed is None else len(listed))
            pool = None
            if self._pool:
                pool = await Pool.open(pool_file(self._settings))
                stack.push_async_callback(pool.close)
            stack.callback(progress.clear)
            return await finishes(self._check(listed, journal, pool, progress))

    def _tidy(self) -> None:
        """Leave no journal of nothing."""
        if not self.results:
            self.journal.unlink(missing_ok=True)

    async def _check(self, listed: list[Proxy] | None, journal: Journal, pool: Pool | None, progress: Progress) -> None:
        proxies = self._scraped(progress) if listed is None else listed
        raise_limit(4 * self._how["at_once"] + 200)  # connections of each; and whatever else is open
        async with aclosing(check(proxies, tell=progress.say, **self._how)) as results:
            async for result in results:
                journal.add(result)
                self.results[result.proxy] = result
                if pool is not None:
                    pool.checked(result, self._sources.get(result.proxy, self._file.name if self._file else ""))
                progress.step(result.working)

    def _read(self) -> Iterator[Proxy]:
        """The proxies of the list, each once; rows that are none are told. Raises SourceError."""
        assert self._file is not None
        keys: set[str] = set()
        bad: list[str] = []
        for row in read_file(self._file):
            try:
                if isinstance(row, Bad):
                    raise ValueError(row.why)
                proxy = proxy_of(row)
            except ValueError as why:
                bad.append(f"{self._file}, {row.place}: {why}\n")
                continue
            if proxy.key not in keys:
                keys.add(proxy.key)
                yield proxy
        more = f"{self._file}: {len(bad) - SHOWN:,} more rows that are none.\n" if len(bad) > SHOWN else ""
        sys.stderr.write("".join(bad[:SHOWN]) + more)

    async def _scraped(self, progress: Progress) -> AsyncIterator[Proxy]:
        """The proxies of the enabled sources, while they are found."""
        sources: list[Source] = wanted(self._settings, ())
        async with (
            web_of(self._settings) as web,
            aclosing(scrape(sources, web=web, tell=lambda what: progress.say(str(what)))) as found,
        ):
            async for one in found:
                if one.proxy not in self.results:
                    self._sources[one.proxy] = one.source
                    yield one.proxy


def _summary(results: Iterable[Result], whole: bool) -> str:
    """How many work, and why the others do not."""
    everything = list(results)
    reasons = Counter(one.failure for one in everything if not one.working)
    lines = [f"{len(everything):,} checked, {len(everything) - reasons.total():,} work."]
    lines += [f"{count:>7,}  {code}: {REASONS.get(code, '')}" for code, count in reasons.most_common(REASONS_SHOWN)]
    if not whole:
        lines.append("Interrupted: --resume goes on from here.")
    return "\n".join(lines) + "\n"
