"""The event loop, and what else of the process delays it."""

import asyncio
import gc
import selectors
from collections.abc import Callable

from roomful.log import Log


def factory(name: str, log: Log) -> Callable[[], asyncio.AbstractEventLoop]:
    """Makes the loop of this name: uvloop, asyncio, select. Where uvloop is missing, asyncio's."""
    if name == "select":
        log.warning(
            "loop=select", note="select.select() serves descriptors below 1024 only: fewer than 1,000 connections"
        )
        return lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())
    if name == "uvloop":
        try:
            import uvloop
        except ImportError:
            log.warning("uvloop is not installed", note="using asyncio, which is slower")
        else:
            return uvloop.new_event_loop
    return asyncio.SelectorEventLoop


def calm_collector() -> None:
    """Let the cycle collector look seldom: nothing on a message's way makes cycles, and a full look holds up every reader."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
