"""Limits: what one participant, one address, or all together may use."""

import ipaddress
import math
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from roomful.errors import RateLimited

Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[limits]`: what strangers and slow readers may use."""

    enabled: Annotated[
        bool,
        Meta(description="False lifts rates and connection counts (for benchmarks), not sizes and timeouts."),
    ] = True
    max_connections: Annotated[Count, Meta(description="Connections in all.")] = 10_000
    max_connections_per_address: Annotated[Count, Meta(description="Connections from one address.")] = 256
    by_address: Annotated[
        bool,
        Meta(
            description="False: one address may be a whole classroom, so that only its connections and requests before the login "
            "count together. `--lan` sets it so."
        ),
    ] = True
    max_frame: Annotated[int, Meta(ge=65_536, le=16_777_216, description="Largest payload of a frame, bytes.")] = 65_536
    max_text: Annotated[int, Meta(ge=1, le=16_000, description="Largest text of a message, bytes of UTF-8.")] = 16_000
    max_in_flight: Annotated[
        int, Meta(ge=1, le=1000, description="Unanswered requests of a connection before the server stops reading it.")
    ] = 64
    login_timeout: Annotated[Positive, Meta(description="Seconds a connection may take to log in.")] = 15.0
    idle: Annotated[Positive, Meta(description="Seconds of silence after which a connection is ended.")] = 120.0
    slow_reader: Annotated[
        Positive, Meta(description="Seconds a full socket may stay full before the connection is ended.")
    ] = 60.0
    messages_per_second: Annotated[
        Positive, Meta(description="Commands a second and participant, in the long run.")
    ] = 10.0
    messages_burst: Annotated[Count, Meta(description="Commands a participant may send at once.")] = 40
    questions_per_second: Annotated[Positive, Meta(description="Questions a second and participant.")] = 20.0
    questions_burst: Annotated[Count, Meta(description="Questions a participant may ask at once.")] = 100
    address_per_second: Annotated[
        Positive, Meta(description="Requests a second and address, all its participants together.")
    ] = 400.0
    address_burst: Annotated[Count, Meta(description="Requests of one address at once.")] = 2_000
    logins_per_second: Annotated[Positive, Meta(description="Logins a second and address, in the long run.")] = 10.0
    logins_burst: Annotated[Count, Meta(description="Logins of one address at once.")] = 200


def counted_as(host: str) -> str:
    """What limits count a peer by: its address; for IPv6 its network of 64 bits, all of which one customer has (RFC 6177)."""
    if ":" not in host:
        return host
    address = ipaddress.IPv6Address(host)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return host if address.is_loopback else str(ipaddress.IPv6Network((address, 64), strict=False))


class Buckets:
    """Token buckets by key (RFC 2697 in spirit): `rate` tokens a second flow in, up to `burst`.

    Only buckets that are not full are kept, so that memory follows activity and not the number of strangers seen.
    """

    __slots__ = ("_buckets", "_burst", "_clock", "_rate", "_what")

    def __init__(self, what: str, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._what = what
        self._rate = rate
        self._burst = burst
        self._clock = clock  # seconds, never going back
        self._buckets: dict[str, tuple[float, float]] = {}  # key -> (tokens, when)

    def take(self, key: str) -> None:
        """Take one token. Raises RateLimited with the time until there is one."""
        now = self._clock()
        tokens, then = self._buckets.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        if tokens < 1:
            wait = max(1, math.ceil((1 - tokens) / self._rate * 1000)) / 1000  # ms: never 0, which would mean now
            raise RateLimited(f"Too many {self._what}: wait {wait:.2g} s.", retry_after=wait)
        self._buckets[key] = (tokens - 1, now)

    def give_back(self, key: str) -> None:
        """Put a token back that was not needed after all."""
        if found := self._buckets.get(key):
            self._buckets[key] = (min(self._burst, found[0] + 1), found[1])

    def forget_full(self) -> None:
        """Drop the buckets that have filled up again."""
        now = self._clock()
        full = [k for k, (tokens, then) in self._buckets.items() if tokens + (now - then) * self._rate >= self._burst]
        for key in full:
            del self._buckets[key]

    def __len__(self) -> int:
        return len(self._buckets)


def is_loopback(address: str) -> bool:
    """Whether the peer is on this machine."""
    address = address.removeprefix("::ffff:")  # IPv4 on a socket of IPv6 (RFC 4291, 2.5.5.2)
    return address.startswith("127.") or address in ("::1", "")
