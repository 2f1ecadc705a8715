"""`roomful proxies scrape`: proxies from the sources of the configuration."""

import asyncio
import csv
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from roomful.config import ConfigError
from roomful.egress.export import Form, listed, table
from roomful.egress.sources import Done, Found, Source, Trouble, Web, example, scrape
from roomful.models.environment import variables

from .common import FAILED, USAGE, ConfigFile, Data, failed, settings
from .proxying import FOLDER, Format, Out, finishes, form_of, put, taken

if TYPE_CHECKING:
    from roomful.config import Config


def scraped(
    *,
    source: Annotated[
        tuple[str, ...], Parameter(negative=(), help="Only this one, enabled or not; may be said several times.")
    ] = (),
    demo: Annotated[
        bool, Parameter(negative=(), help="Show the whole chain on this machine, with pages and proxies of our own.")
    ] = False,
    form: Format = None,
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Collect proxies from the sources that are enabled in roomful.toml. Without any, show what one looks like.

    What is found is only what somebody says: `roomful proxies check` finds out what is true of it.
    """
    if code := taken(out):
        return code
    if demo:
        from .demonstrating import demonstrated

        return demonstrated(form, out)
    try:
        found = settings(config_file, data)
        sources = wanted(found, source)
    except ConfigError as why:
        return failed(str(why), USAGE)
    if not sources:
        return _shown(found)
    proxies: list[Found] = []
    whole = asyncio.run(_all(found, sources, proxies))
    if not whole:
        sys.stderr.write("Interrupted: this is what was found until then.\n")
    code = put(_written(proxies, form_of(form, out, "txt")), out)
    return code or (0 if whole and proxies else FAILED)


def wanted(settings: "Config", names: Sequence[str]) -> list[Source]:
    """The sources of these names; without names those that are enabled. Raises ConfigError."""
    rows = settings.egress.sources
    if unknown := set(names) - {row.name for row in rows}:
        raise ConfigError(
            f"No [[egress.sources]] has the name {min(unknown)}. There are: {', '.join(row.name for row in rows) or 'none'}."
        )
    return [row for row in rows if (row.name in names if names else row.enabled)]


def web_of(settings: "Config") -> Web:
    """How pages are asked for: those that came before are in the data folder, keys are in the environment or in .env."""
    return Web(settings.data / FOLDER / "pages", variables=variables())


def tell(what: Trouble | Done) -> None:
    """Say on standard error what is the matter with a source, or how much it had."""
    sys.stderr.write(f"{what}\n")


async def _all(settings: "Config", sources: list[Source], proxies: list[Found]) -> bool:
    async def work() -> None:
        async with web_of(settings) as web:
            async for found in scrape(sources, web=web, tell=tell):
                proxies.append(found)  # noqa: PERF401 - what is there when somebody interrupts is kept

    return await finishes(work())


def _shown(settings: "Config") -> int:
    """What to do when no source is enabled."""
    off = [row.name for row in settings.egress.sources]
    sys.stdout.write(example.WORDS)
    sys.stdout.write(f"#\n# Your rows, none of them enabled: {', '.join(off)}.\n" if off else f"\n{example.TABLE}")
    return 0


def _written(proxies: list[Found], form: Form) -> str:
    rows = [
        {"address": one.proxy.address, "url": listed(one.proxy), "protocol": one.proxy.scheme, "source": one.source}
        for one in proxies
    ]
    match form:
        case "txt":
            return "".join(f"{row['url']}\n" for row in rows)
        case "json":
            return msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n"
        case "jsonl":
            return "".join(f"{msgspec.json.encode(row).decode()}\n" for row in rows)
        case "csv":
            text = io.StringIO()
            writer = csv.DictWriter(text, ("address", "url", "protocol", "source"))
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue()
        case "table":
            return table([{**row, "address": one.proxy.key} for row, one in zip(rows, proxies, strict=True)], _SHOWN)


_SHOWN = ("address", "protocol", "source")
