"""By which ways the server's own requests leave: webhooks, and previews of links."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from roomful.egress.routing import DIRECT, routed
from roomful.egress.settings import EgressSettings

from .failures import StartError


async def ways_out(
    settings: EgressSettings,
    wanted: Mapping[str, str],
    folder: Path,
    tell: Callable[[str], object],
    stack: contextlib.AsyncExitStack,
) -> dict[str, str]:
    """The proxy for each who wants one, by the name of its table; empty: none.

    Args:
        wanted: what the settings of each say, by the name of its table.
        stack: closes the pool, if somebody uses it.

    Raises StartError.
    """
    routes = await stack.enter_async_context(routed(settings, wanted.values(), folder, tell))
    ways = {name: routes(way, name) for name, way in wanted.items()}
    for name, way in ways.items():
        if way.startswith("socks"):
            raise StartError(
                f"{name.capitalize()} leave through http:// proxies or the pool only: "
                f'say so, or [{name}] proxy = "{DIRECT}"'
            )
    return {name: "" if way == DIRECT else way for name, way in ways.items()}
