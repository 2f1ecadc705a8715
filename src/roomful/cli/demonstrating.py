"""`roomful proxies scrape --demo`: the whole chain on this machine, with nothing of anybody else's."""

import asyncio
import sys
from pathlib import Path

from roomful.egress import Result, check
from roomful.egress.demo import Demo, demonstration
from roomful.egress.export import Form, line, table, written
from roomful.egress.filters import Filter
from roomful.egress.sources import Done, Trouble, scrape

from .common import failed
from .proxying import chosen, form_of, put

COLUMNS = ("address", "it", "working", "protocols", "latency", "anonymity", "tries", "failure")


def demonstrated(form: Form | None, out: Path | None) -> int:
    """Scrape, check and export, and say what is done. Returns the exit code."""
    try:
        results = asyncio.run(_chain())
    except OSError as why:
        return failed(f"Nothing can listen on the loopback: {why.strerror}.")
    except KeyboardInterrupt:
        return failed("Interrupted.")
    working = [one for one in results if one.working]
    chosen_form = form_of(form, out, "csv")
    sys.stdout.write(f"\n3. Export, as {chosen_form}: the {len(working)} that work.\n\n")
    return put(written(working, chosen_form), out)


async def _chain() -> list[Result]:
    async with demonstration() as demo:
        sys.stdout.write("1. Scrape: a site on this machine shows lists in several shapes.\n\n")
        found = [one async for one in scrape(demo.sources, tell=_tell)]
        sys.stdout.write(f"\n2. Check: each is tried in every way, for {demo.target}, with the judge {demo.judge}.\n\n")
        checked = check(
            [one.proxy for one in found],
            target=demo.target,
            judge=demo.judge,
            bind=demo.own,
            timeout=2.0,
            payload=64 * 1024,
            tell=lambda words: sys.stdout.write(f"{words}\n"),
        )
        results = chosen([one async for one in checked], Filter())
        sys.stdout.write(_shown(demo, results))
        return results


def _tell(what: Trouble | Done) -> None:
    sys.stdout.write(f"   {what}\n")


def _shown(demo: Demo, results: list[Result]) -> str:
    habits = {one.proxy.address: one.habit.name for one in demo.proxies}
    return table([{**line(one), "it": habits[one.proxy.address]} for one in results], COLUMNS)
