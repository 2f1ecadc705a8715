"""What a check found out about a proxy, and the reasons for which one fails."""

from collections.abc import Iterable

from msgspec import Struct, field

from .proxy import Proxy

TRANSPARENT, ANONYMOUS, ELITE = "transparent", "anonymous", "elite"

REASONS = {
    # What was done to us comes first: it says more than any other reason.
    "tls_intercepted": "It opened the encrypted connection with a certificate of its own: nothing was sent through it.",
    "altered": "What came back was not what was sent: something was put in or taken out on the way.",
    "wrong_page": "It answered by itself instead of passing on: a login page, a notice, something else than was asked for.",
    "auth_failed": "It did not accept the user and password.",
    "auth_required": "It wants a user and a password, and none were given.",
    "bad_status": "The target answered with another status through the proxy than it does otherwise: it may block it.",
    "tls_untrusted": "No authority that is trusted here signed the certificate, and there was no direct one to compare it with.",
    "tls_failed": "The encrypted connection could not be set up through it.",
    "cut": "It closed the connection in the middle of an answer.",
    "too_slow": "It began to answer, and was not done in time.",
    "target_unreachable": "It says that it cannot reach or does not find the target.",
    "rejected": "It says no: it does not serve us, this target or this port.",
    "unsupported": "It says that it does not do this: the command, or the kind of address.",
    "garbage": "It answered with something that is not this protocol.",
    "closed": "It closed the connection without a word.",
    "silent": "It took the connection and said nothing.",
    "timeout": "No connection to it came about in time.",
    "refused": "Nothing listens at its port.",
    "unreachable": "There is no way to its address.",
    "unresolved": "Its name has no address.",
    "target_unresolved": "The target's name has no address that this protocol could be given.",
    "no_sockets": "This machine had no file descriptor or port left: the proxy was not judged.",
    "not_tried": "Nothing was asked for that this protocol can carry: plain HTTP needs a judge or a target with http://.",
}
"""Every reason by its code, the ones that say most first."""

_RANK = {code: rank for rank, code in enumerate(REASONS)}


class Result(Struct, frozen=True):
    """What a proxy is, as far as a check could tell. What could not be found out is "" or None, never a guess."""

    proxy: Proxy
    protocols: tuple[str, ...] = ()  # of PROTOCOLS: those through which an answer came back that was right
    working: bool = False  # whether the target was reached, by most of the tries
    via: str = ""  # the protocol by which the target was reached
    latency: float | None = None  # s from the first packet to the head of the target's answer: the median of the tries
    jitter: float | None = None  # s: how far the tries are from the median, on average
    throughput: float | None = None  # bytes/s, from the judge
    anonymity: str = ""  # transparent: the judge saw our address; anonymous: that there is a proxy; elite: neither
    remote_dns: bool | None = None  # whether it takes names and resolves them
    intercepts_tls: bool | None = None  # None: nothing encrypted was asked for, or there was nothing to compare with
    tries: int = 0  # requests to the target
    successes: int = 0
    failures: dict[str, str] = field(default_factory=dict)  # protocol: code of REASONS
    checked_at: float = 0.0  # s since 1970 UTC
    exit: str = ""  # the address from which the judge was reached
    country: str = ""  # ISO 3166 code, lower case, where a database was given

    @property
    def success_rate(self) -> float:
        """The share of tries that succeeded, 0 to 1."""
        return self.successes / self.tries if self.tries else 0.0

    @property
    def failure(self) -> str:
        """Why it does not work, by the code that says most; "" when it works."""
        return "" if self.working else main_reason(self.failures.values()) or "not_tried"

    @property
    def url(self) -> str:
        """The proxy as programs take it, for the protocol by which the target was reached; with the password."""
        return self.proxy.url_by(self.via or self.proxy.scheme)


def main_reason(codes: Iterable[str]) -> str:
    """The one of several reasons that says most; "" of none."""
    return min(codes, key=lambda code: _RANK.get(code, len(_RANK)), default="")
