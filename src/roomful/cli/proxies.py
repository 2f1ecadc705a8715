"""`roomful proxies`: proxies found, checked, listed, handed on; and the judge that a check needs."""

import asyncio
import contextlib
import ssl
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from roomful.config import ConfigError
from roomful.egress.export import SHOWN, Form, line, read, table

from .common import USAGE, ConfigFile, Data, failed, settings
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
    placing,
    pool_errors,
    pool_file,
    put,
    put_chart,
    put_results,
    taken,
)

if TYPE_CHECKING:
    from roomful.config import Config
    from roomful.egress import Result
    from roomful.egress.pool import Record

proxies = App(
    name="proxies",
    help="Proxies: find them, check what is true of them, list, export; a judge for checks.",
    default_parameter=Parameter(show_default=False, negative=()),
)
proxies.command(
    "roomful.cli.scraping:scraped", name="scrape", help="Collect proxies from the sources that you enabled."
)
proxies.command("roomful.cli.checking:checked", name="check", help="Find out what is true of the proxies of a list.")
proxies.command(
    "roomful.cli.rotating:served", name="serve", help="Run a local proxy, HTTP and SOCKS5, over those that work."
)

File = Annotated[Path | None, Parameter(help="Results of a check, in JSON, JSONL or CSV; else what the pool knows.")]


@proxies.command(name="list")
def list_(
    file: File = None,
    /,
    *,
    which: Wanted = Wanted(),  # noqa: B008 - frozen
    countries: Countries = None,
    chart: Chart = None,
    form: Format = None,
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Show results: those of a file, or those that the pool has. A table has no passwords in it; other forms do."""
    return _handed_on(file, which, countries, chart, form_of(form, out), out, config_file, data)


@proxies.command
def export(
    file: File = None,
    /,
    *,
    all_: Annotated[bool, Parameter(name="--all", negative=(), help="Those, too, that do not work.")] = False,
    which: Wanted = Wanted(),  # noqa: B008 - frozen
    countries: Countries = None,
    chart: Chart = None,
    form: Format = None,
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Write the proxies that work for other programs, passwords and all: CSV, JSON, JSONL, or one address a line."""
    working = which if all_ else replace(which, working=True)
    return _handed_on(file, working, countries, chart, form_of(form, out, "csv"), out, config_file, data)


@proxies.command
def judge(
    listen: Annotated[str, Parameter(help="HOST:PORT; port 0 takes a free one.")] = "127.0.0.1:5080",
    /,
    *,
    certificate: Annotated[Path | None, Parameter(help="PEM file of a certificate: then it answers by HTTPS.")] = None,
    key: Annotated[Path | None, Parameter(help="PEM file of its key, where that is another one.")] = None,
) -> int:
    """Run the page that says what reached it, for `roomful proxies check --judge`. It ends with Ctrl-C.

    It has to stand where the proxies can reach it, with nothing in front of it.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        return failed(f"{listen} is no place to listen: one would be 0.0.0.0:5080.", USAGE)
    try:
        tls = None
        if certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(certificate, key)
        asyncio.run(_judging(host.strip("[]"), int(port), tls))
    except ssl.SSLError as why:
        return failed(f"{certificate} and its key do not serve: {why.reason}.", USAGE)
    except OSError as why:
        return failed(f"The judge cannot listen at {listen}: {why.strerror}.")
    return 0


async def _judging(host: str, port: int, tls: ssl.SSLContext | None) -> None:
    from roomful.egress.judge import judging

    async with judging(host, port, tls) as url:
        print(f"ready judge={url}", flush=True)
        await finishes(_for_ever())


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _handed_on(
    file: Path | None,
    which: Wanted,
    countries: Path | None,
    chart: Path | None,
    form: Form,
    out: Path | None,
    config_file: Path | None,
    data: Path | None,
) -> int:
    """Read results, choose, write. Returns the exit code."""
    try:
        wanted = which.filter()
        found = settings(config_file, data)
        records = {} if file is not None else _pool(found)
        results = read(file) if file is not None else [one.result for one in records.values() if one.result is not None]
        with placing(countries, found) as placed:
            kept = chosen(placed(results), wanted)
    except (ConfigError, ValueError) as why:
        return failed(str(why), USAGE)
    except OSError as why:
        return failed(f"{file or pool_file(found)} cannot be read: {why.strerror}.")
    except PoolError as why:
        return failed(str(why))
    if code := taken(out, chart):
        return code
    if file is None and not records:
        sys.stderr.write("The pool is empty: `roomful proxies check FILE --target URL` fills it.\n")
    if form == "table" and records:
        return put(_with_standing(kept, records), out) or put_chart(kept, chart)
    return put_results(kept, form, out, chart)


def _pool(settings: "Config") -> "dict[str, Record]":
    """What the pool knows, by key."""
    from roomful.egress.pool.table import Table

    path = pool_file(settings)
    if not path.exists():
        return {}
    with pool_errors(settings), contextlib.closing(Table(path)) as opened:
        return {one.key: one for one in opened.all()}


def _with_standing(results: "list[Result]", records: "dict[str, Record]") -> str:
    """A table with what the pool makes of each: whether it may be chosen now, and how likely it is to work."""
    now = time.time()
    rows = []
    for one in results:
        record = records[one.proxy.key]
        more = {
            "pool": record.standing(now),
            "score": f"{record.score(now):.2f}",
            "failure": record.reason or one.failure,
        }
        rows.append(line(one) | more)
    return table(rows, (*SHOWN[:-1], "pool", "score", "failure"))
