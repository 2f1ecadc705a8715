"""One proxy examined: what it speaks, whether it reaches the target, how fast, and what it does to us on the way."""

import asyncio
import statistics

from ..proxy import PROTOCOLS, Proxy
from ..result import Result
from .anonymity import anonymity, worst
from .handshakes import BY_ADDRESS
from .pages import Page
from .plan import GRACE, Plan, carries
from .trying import Fetched, Tries
from .wire import Failed

FAMILIES = (("http",), ("https",), ("socks5h", "socks5"), ("socks4a", "socks4"))
"""Protocols that are tried one after the other, because they begin alike. Families are tried at the same time."""

BEST_FIRST = ("socks5h", "https", "socks4a", "socks5", "socks4", "http")
"""Which one to reach the target by, where the list that named the proxy claims none: who resolves names himself first."""

NOTHING_THERE = frozenset(("timeout", "refused", "unreachable", "unresolved", "no_sockets"))
_ALL_ALIKE = NOTHING_THERE | {
    "silent",
    "garbage",
    "auth_required",
    "auth_failed",
}  # the family's next would fare the same
_INSTANT = 0.001  # s
_HURRY = 2.0  # times the first success, for protocols that are silent


async def examine(proxy: Proxy, plan: Plan) -> Result:
    """Try a proxy by every protocol, then the target by the best of those that worked."""
    examination = Examination(proxy, plan)
    await examination.recognize()
    if not examination.intercepted:
        await examination.reach()
        await examination.measure()
    return examination.result()


class Examination:
    """What is known of one proxy so far."""

    def __init__(self, proxy: Proxy, plan: Plan) -> None:
        self._loop = asyncio.get_running_loop()
        self._proxy = proxy
        self._plan = plan
        self._deadline = self._loop.time() + plan.budget
        self._tries = Tries(proxy, plan, self._deadline)
        self._fetched: dict[str, Fetched] = {}  # the first success by each protocol
        self._failures: dict[str, str] = {}
        self._made = 0  # tries, of any page
        self._latencies: list[float] = []  # of the target, by `_via`
        self._asked = 0  # tries for them
        self._via = ""
        self._throughput: float | None = None
        self.intercepted = False

    async def recognize(self) -> None:
        """Find out which protocols it speaks."""
        families = self._families()
        if not families:
            return
        first = asyncio.ensure_future(self._family(families[0]))
        try:
            await asyncio.wait((first, self._tries.up), return_when=asyncio.FIRST_COMPLETED)
            if self._tries.up.done():  # else there is nothing there, for whatever protocol
                await asyncio.gather(first, *map(self._family, families[1:]))
        finally:
            first.cancel()
        if not self._tries.up.done():
            why = self._failures[families[0][0]]
            self._failures |= {name: why for family in families for name in family}

    def _families(self) -> list[list[str]]:
        wanted = [name for name in self._plan.protocols if self._plan.page_for(name) is not None]
        self._failures = {name: "not_tried" for name in self._plan.protocols if name not in wanted}
        families = [[name for name in family if name in wanted] for family in FAMILIES]
        return sorted(filter(None, families), key=lambda names: self._proxy.scheme not in names)

    async def _family(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            page = self._plan.page_for(name)
            assert page is not None
            fetched = await self._try(name, page)
            if fetched is None and self._failures[name] in _ALL_ALIKE:
                self._failures |= dict.fromkeys(names[at:], self._failures[name])
                return
            if fetched is not None:
                if not self._fetched:
                    self._tries.hurry(self._loop.time() + max(GRACE, _HURRY * fetched.took))
                self._fetched[name] = fetched

    async def _try(self, protocol: str, page: Page) -> Fetched | None:
        self._made += 1
        try:
            return await self._tries.fetch(protocol, page)
        except Failed as why:
            self._failures[protocol] = why.code
            self.intercepted = self.intercepted or why.code == "tls_intercepted"
            return None

    async def reach(self) -> None:
        """Ask for the target: by one protocol after the other until one reaches it, then several times by that one."""
        target = self._plan.target
        order = sorted(BEST_FIRST, key=lambda name: name != self._proxy.scheme)
        for name in order:
            if name not in self._fetched or not carries(name, target) or self._is_late:
                continue
            known = self._fetched[name] if self._fetched[name].page is target else await self._try(name, target)
            if self.intercepted:
                return
            if known is not None:
                await self._sample(name, known.took)
                return

    async def _sample(self, name: str, took: float) -> None:
        self._via, self._asked, self._latencies = name, 1, [took]
        while self._asked < self._plan.samples and not self._is_late and not self.intercepted:
            self._asked += 1
            fetched = await self._try(name, self._plan.target)
            if fetched is not None:
                self._latencies.append(fetched.took)

    async def measure(self) -> None:
        """Take a number of bytes from the judge."""
        plan = self._plan
        if not self._via or plan.judge is None or not plan.payload or self._is_late or self.intercepted:
            return
        names = [name for name in (self._via, *self._fetched) if carries(name, plan.judge)]
        path = plan.judge.bytes_path(plan.payload)
        try:
            fetched = await self._tries.fetch(names[0], plan.judge, path, plan.payload)
        except Failed:
            return  # whoever cuts what is long is still one who reaches the target
        answer = fetched.answer
        if answer.status == 200 and answer.size == plan.payload:
            took = answer.done_at - answer.head_at
            # All of it may be there with the head, on a short way: then only the whole can be measured.
            self._throughput = answer.size / (took if took > _INSTANT else took + fetched.took)

    @property
    def _is_late(self) -> bool:
        return self._loop.time() >= self._deadline

    def result(self) -> Result:
        """All that came out."""
        seen = [one for one in self._fetched.values() if one.seen is not None]
        own = self._plan.judge.addresses if self._plan.judge else set()
        successes = len(self._latencies)
        median = statistics.median(self._latencies) if successes else None
        jitter = sum(abs(one - median) for one in self._latencies) / successes if median is not None else None
        return Result(
            proxy=self._proxy,
            protocols=tuple(name for name in PROTOCOLS if name in self._fetched),
            working=not self.intercepted and successes * 2 > self._asked,
            via=self._via,
            latency=median,
            jitter=jitter,
            throughput=self._throughput,
            anonymity=worst(anonymity(one.seen, own | {one.own}) for one in seen if one.seen is not None),
            remote_dns=self._remote_dns(),
            intercepts_tls=self._intercepts(),
            tries=self._asked or self._made,
            successes=successes,
            failures=self._failures,
            checked_at=self._plan.clock(),
            exit=next((one.seen.address for one in seen if one.seen is not None), ""),
        )

    def _remote_dns(self) -> bool | None:
        named = {name for name, one in self._fetched.items() if one.page.is_named}
        if named - BY_ADDRESS:
            return True
        return False if named else None

    def _intercepts(self) -> bool | None:
        if self.intercepted:
            return True
        encrypted = (one.page.trust for one in self._fetched.values())
        target = self._plan.target.trust if self._via else None
        return False if any(trust is not None and trust.compares for trust in (*encrypted, target)) else None
