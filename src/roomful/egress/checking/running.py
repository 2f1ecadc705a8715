"""Many proxies at once."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable

from msgspec import structs

from ..proxy import PROTOCOLS, Proxy
from ..result import Result
from .descriptors import room
from .examining import examine
from .pages import JudgePage, Means, Page, TargetPage
from .plan import Plan

AT_ONCE = 1000
Proxies = Iterable[Proxy] | AsyncIterable[Proxy]


async def check(
    proxies: Proxies,  # read as they are needed, so they may come from a scrape that still runs
    *,
    target: str = "",  # the page that matters: `working` means that it was reached; without one, the judge is it
    judge: str = "",  # where a judge runs; without one, anonymity and throughput are not known
    at_once: int = AT_ONCE,  # proxies at the same time; fewer where the process may not open that many files
    timeout: float = 5.0,  # noqa: ASYNC109 - s for each try, not for the whole
    budget: float = 0.0,  # s for one proxy in all; 0: six times `timeout`
    samples: int = 3,  # requests to the target, for latency and success rate
    payload: int = 256 * 1024,  # bytes asked of the judge for throughput; 0: none
    protocols: tuple[str, ...] = PROTOCOLS,  # those to try
    expect: str = "",  # a text that the target's page must hold
    status: int | None = None,  # the target's right status; None: its direct one, or any that is no refusal
    pin: str = "",  # SHA-256 of the judge's certificate in hex; it is then taken although nobody vouches for it
    bind: str = "",  # the local address to connect from
    tls: ssl.SSLContext | None = None,  # which authorities are trusted; None: those of the system
    tell: Callable[[str], object] = lambda _: None,  # is told, in a sentence, what could not be compared and why
    clock: Callable[[], float] = time.time,  # for `checked_at`
) -> AsyncGenerator[Result]:
    """Check proxies, many at once; results come as they are done, in any order.

    Whoever stops reading, or is cancelled, keeps what came. Close the generator then (`contextlib.aclosing`): nothing goes on
    after that.

    Raises ValueError: an address is none, or what should be a judge is none; and whatever `proxies` raises.
    """
    aim, court = _pages(target, judge, expect, status)
    means = Means(timeout, bind, tls or ssl.create_default_context(), pin.replace(":", "").lower())
    await asyncio.gather(*(_learn(page, means, tell) for page in {aim, court} if page))
    plan = Plan(aim, court, protocols, timeout, budget or 6 * timeout, samples, payload, bind, clock)
    places = min(at_once, room())
    if places < at_once:
        tell(f"{places} proxies at once and not {at_once}: the process may not open more files (`ulimit -n`).")
    async with contextlib.aclosing(_run(proxies, plan, places)) as results:
        async for result in results:
            yield result


def _pages(target: str, judge: str, expect: str, status: int | None) -> tuple[Page, JudgePage | None]:
    if not target and not judge:
        raise ValueError("Nothing to reach: a check needs a target, a judge, or both.")
    court = JudgePage(judge) if judge else None
    if court is not None and not target:
        return court, court
    return TargetPage(target, status, expect), court


async def _learn(page: Page, means: Means, tell: Callable[[str], object]) -> None:
    judges = isinstance(page, JudgePage)
    if why := await page.learn(means if judges else structs.replace(means, pin="")):
        lacking = (
            "our own address is not known" if judges else "answers through proxies cannot be compared with a direct one"
        )
        tell(f"{page.place} cannot be reached from here without a proxy ({why}): {lacking}.")


async def _run(proxies: Proxies, plan: Plan, places: int) -> AsyncGenerator[Result]:
    done: asyncio.Queue[Result | None] = asyncio.Queue()
    feeding = asyncio.create_task(_feed(proxies, plan, places, done), name="proxies")
    try:
        while (result := await done.get()) is not None:
            yield result
        await feeding  # what ended it early, if anything did
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _feed(proxies: Proxies, plan: Plan, places: int, done: asyncio.Queue[Result | None]) -> None:
    free = asyncio.Semaphore(places)

    async def one(proxy: Proxy) -> None:
        try:
            done.put_nowait(await examine(proxy, plan))
        finally:
            free.release()

    try:
        async with asyncio.TaskGroup() as group:
            async for proxy in _each(proxies):
                await free.acquire()
                group.create_task(one(proxy))
    except BaseExceptionGroup as why:  # whoever gave us the proxies gets his own error back, not a group of one
        raise why.exceptions[0] from None
    finally:
        done.put_nowait(None)


async def _each(proxies: Proxies) -> AsyncIterator[Proxy]:
    if isinstance(proxies, AsyncIterable):
        async for proxy in proxies:
            yield proxy
    else:
        for proxy in proxies:
            yield proxy
