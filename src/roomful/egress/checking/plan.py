"""What a check is to do: said once, the same for all its proxies."""

import time
from collections.abc import Callable

from msgspec import Struct, field

from ..proxy import PROTOCOLS
from .pace import Pace
from .pages import JudgePage, Page

GRACE = 1.0  # s that silent protocols are given at least, once another one has answered


class Plan(Struct, frozen=True):
    """How proxies are tried."""

    target: Page
    judge: JudgePage | None
    protocols: tuple[str, ...] = PROTOCOLS
    timeout: float = 5.0  # s for one try
    budget: float = 30.0  # s for one proxy
    samples: int = 3  # requests to the target
    payload: int = 256 * 1024  # bytes for throughput; 0: not measured
    bind: str = ""  # the local address to connect from
    clock: Callable[[], float] = time.time
    pace: Pace = field(default_factory=Pace)

    def page_for(self, protocol: str) -> Page | None:
        """The page with which a protocol is tried out: the judge where it can carry that, else the target."""
        pages = (self.judge, self.target) if self.judge else (self.target,)
        return next((page for page in pages if carries(protocol, page)), None)


def carries(protocol: str, page: Page) -> bool:
    """Whether a page can be asked for by a protocol: an HTTP proxy forwards only what is not encrypted."""
    return protocol != "http" or not page.tls
