"""`roomful models`: the providers of AI models, what is set up of them, and with `--probe` whether they answer."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import Parameter
from msgspec import structs

from roomful.config import ConfigError
from roomful.egress.routing import routed
from roomful.models import Entry, ModelsSettings, entries, variables
from roomful.models.discovering import Finding, discover
from roomful.models.probing import probe

from .common import USAGE, ConfigFile, failed, settings
from .listing import tabled, write_out

if TYPE_CHECKING:
    from roomful.config import Config

COLUMNS = ("provider", "kind", "goes to", "default model", "models", "working", "remarks")
MANY = 4  # models in a row of the table; JSON has them all


def models(
    *,
    probe_: Annotated[
        bool, Parameter(name="--probe", negative=(), help="Try each that is set up with a real, small call.")
    ] = False,
    form: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    out: Annotated[Path | None, Parameter(help="Write into this new file.")] = None,
    config_file: ConfigFile = None,
) -> int:
    """List the AI models that bots can be made of: a model is named PROVIDER:MODEL.

    Nothing is asked of the internet without --probe, which ends with exit code 1 when one of those set up does not work.
    """
    try:
        found = settings(config_file, None)
    except ConfigError as why:
        return failed(str(why), USAGE)
    known = ModelsSettings(found.providers, variables())
    listed, there = asyncio.run(_probed(known, found) if probe_ else _looked_up(known))
    if form == "json":
        text = json.dumps(msgspec.to_builtins([*listed]), indent=1, ensure_ascii=False) + "\n"
    else:
        text = tabled(COLUMNS, [_row(one) for one in listed], "table") + _said(there)
    code = write_out(text, out)
    return code or int(any(one.working is False for one in listed))


async def _looked_up(known: ModelsSettings) -> tuple[list[Entry], list[Finding]]:
    return list(entries(known)), await discover(known)


async def _probed(known: ModelsSettings, found: "Config") -> tuple[list[Entry], list[Finding]]:
    """All that is set up, and the servers on this machine that answer."""
    here = [one.provider for one in await discover(known)]
    ways = [one.proxy for one in found.providers.values()]
    async with routed(found.egress, ways, found.data, failed) as routes:
        return await probe(structs.replace(known, route=routes), also=here), []


def _row(one: Entry) -> dict[str, str]:
    more = f", … ({len(one.models)})" if len(one.models) > MANY else ""
    return {
        "provider": one.name,
        "kind": one.kind,
        "goes to": one.destination,
        "default model": one.default_model,
        "models": ", ".join(one.models[:MANY]) + more,
        "working": {True: "yes", False: "no", None: ""}[one.working],
        "remarks": one.problem,
    }


def _said(there: list[Finding]) -> str:
    """What was found, a line each."""
    lines = [f"{one.provider}: {one.why}; lines would go to {one.destination}\n" for one in there]
    return "\nFound, and not used until somebody says so:\n" + "".join(lines) if lines else ""
