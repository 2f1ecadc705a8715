"""What is asked for through proxies: the target that matters, and the judge; and what is known of them without a proxy."""

import asyncio
import itertools
import operator
import secrets
import socket
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable

from msgspec import Struct

from .. import seen as judged
from ..proxy import Proxy, split_url
from .handshakes import refusal
from .http import Answer, read_answer, request
from .tls import Certificate, Tls, Trust, unverified
from .wire import Attempt, Failed, Stream, connected

MOST_READ = 64 * 1024  # bytes of a page
_BLOCKED = frozenset((403, 407, 429, 451))  # what a target says to a proxy that it knows


class Means(Struct, frozen=True):
    """How a page is asked for without a proxy."""

    patience: float  # s
    bind: str  # the local address; "": any
    context: ssl.SSLContext
    pin: str = ""  # SHA-256 of the judge's certificate in hex, where it is known


class Page(ABC):
    """A page by its URL, and how to tell whether an answer is it. `learn` first."""

    def __init__(self, url: str) -> None:
        """Raises ValueError."""
        self.scheme, self.host, self.port, self.path = split_url(url)
        self.tls = self.scheme == "https"
        self.own: str = ""  # our address as a direct connection's socket has it
        self.address4 = self.address6 = ""
        self.trust: Trust | None = None
        self._certificate: Certificate | None = None
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.place = shown if self.port == (443 if self.tls else 80) else f"{shown}:{self.port}"

    @property
    def is_named(self) -> bool:
        """Whether it has a name, that somebody has to resolve."""
        return self.host not in (self.address4, self.address6)

    def next_path(self) -> str:
        """The path for one more request."""
        return self.path

    @abstractmethod
    def check(self, answer: Answer, path: str, proxy: Proxy, *, forwarded: bool) -> judged.Seen | None:
        """Raises Failed when this answer is not the page. Returns what the judge saw, where the page is the judge's.

        forwarded: it came from the proxy itself, not through a tunnel.
        """

    async def learn(self, means: Means) -> str:
        """Resolve its name, and ask for it directly. Returns the code for why that did not work, or "".

        Raises ValueError when it is not what it should be.
        """
        await self._resolve()
        why = ""
        try:
            async with asyncio.timeout(means.patience):
                await self._direct(means)
        except Failed as failed:  # whoever needs proxies may have no other way to it
            why = failed.code
        except TimeoutError:
            why = "timeout"
        self.trust = Trust(means.context, means.pin, self._certificate) if self.tls else None
        return why

    async def _resolve(self) -> None:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            return
        self.address4 = next((str(one[4][0]) for one in found if one[0] == socket.AF_INET), "")
        self.address6 = next((str(one[4][0]) for one in found if one[0] == socket.AF_INET6), "")

    async def _direct(self, means: Means) -> None:
        """Raises Failed."""
        try:
            await self._ask(means.bind, means.context, trusted=True)
        except ssl.SSLCertVerificationError:
            await self._ask(means.bind, unverified(), trusted=False)

    async def _ask(self, bind: str, context: ssl.SSLContext, *, trusted: bool) -> None:
        async with connected(Attempt(), self.host, self.port, bind) as connection:
            stream: Stream = connection
            self.own = connection.local
            if self.tls:
                stream = tls = Tls(connection, context, self.host)
                self._certificate = Certificate(await tls.shake_hands(), trusted)
            path = self.next_path()
            stream.write(request(path, self.place))
            self.see(await read_answer(stream, MOST_READ, time.perf_counter), path)

    @abstractmethod
    def see(self, answer: Answer, path: str) -> None:
        """A direct answer came: remember what matters of it."""


class TargetPage(Page):
    """The target that matters. What is right is said by whoever checks, or learned from direct answers."""

    def __init__(self, url: str, status: int | None = None, expect: str = "") -> None:
        """status: the one that is right; expect: a text that must be in the page. Raises ValueError."""
        super().__init__(url)
        self._status = status
        self._expect = expect.encode()
        self._kind = ""
        self._bodies: list[bytes] = []

    def see(self, answer: Answer, path: str) -> None:
        self._status = answer.status if self._status is None else self._status
        self._kind = _kind(answer)
        self._bodies.append(answer.body)

    async def learn(self, means: Means) -> str:
        why = await super().learn(means)
        if not why and not self.tls:  # twice: whether it is the same each time
            await super().learn(means)
        return why

    def check(self, answer: Answer, path: str, proxy: Proxy, *, forwarded: bool) -> None:
        """Raises Failed."""
        if forwarded and answer.status in (407, 502, 503, 504):
            raise Failed(refusal(answer.status, proxy))
        if self._expect and self._expect not in answer.body:
            raise Failed("wrong_page")
        if not self._is_right(answer.status):
            raise Failed("bad_status")
        if self.tls or self._expect or not self._bodies:
            return  # encrypted by the target, or nothing to compare with
        if _kind(answer) != self._kind:
            raise Failed("wrong_page")
        first, *others = self._bodies
        if others and all(body == first for body in others) and answer.body != first:  # always the same, but now
            raise Failed("altered" if _grew_from(answer.body, first) else "wrong_page")

    def _is_right(self, status: int) -> bool:
        if self._status is not None:
            return status == self._status
        return status < 500 and status not in _BLOCKED


class JudgePage(Page):
    """Our judge: what is right is known to the byte."""

    def __init__(self, url: str) -> None:
        """Raises ValueError."""
        super().__init__(url)
        self.addresses: set[str] = set()  # ours, as it saw them
        self._base = self.path.rstrip("/")

    def next_path(self) -> str:
        return f"{self._base}/{secrets.token_hex(8)}"

    def bytes_path(self, count: int) -> str:
        """Where that many bytes are to be had."""
        return f"{self._base}/bytes/{count}"

    def see(self, answer: Answer, path: str) -> None:
        try:
            self.addresses |= {judged.read(answer.body).address, self.own}
        except ValueError:
            raise judged.NoJudge(
                f"What answers at {self.place} is no judge: `roomful proxies judge` runs one."
            ) from None

    def check(self, answer: Answer, path: str, proxy: Proxy, *, forwarded: bool) -> judged.Seen:
        try:
            seen = judged.read(answer.body)
        except judged.NoJudge:
            raise Failed(refusal(answer.status, proxy) if forwarded else "wrong_page") from None
        except judged.Altered:
            raise Failed("altered") from None
        if not seen.target.endswith(path):
            raise Failed("wrong_page")  # another one's: from a cache
        return seen


def _kind(answer: Answer) -> str:
    return answer.fields.get("content-type", "").partition(";")[0].strip().lower()


def _grew_from(body: bytes, original: bytes) -> bool:
    """Whether most of the original is still there, around what was put in or taken out."""
    before = _alike(body, original)
    after = _alike(reversed(body), reversed(original))
    return before + after >= len(original) / 2


def _alike(one: Iterable[int], other: Iterable[int]) -> int:
    """How many bytes at the beginning are the same."""
    return sum(1 for _ in itertools.takewhile(bool, map(operator.eq, one, other)))
