"""Egress: proxies found, checked, pooled. Usable alone:

    from roomful.egress import Proxy, check

    async for result in check([Proxy.parse("203.0.113.7:8080")], target="https://api.openai.com/v1/models"):
        print(result.proxy, result.working, result.failure)

proxy.py    a proxy by its address, in every usual spelling
result.py   what a check found out, and the reasons for which a proxy fails
checking/   the checker: protocols, target, latency, anonymity, interception
seen.py     the page that says what reached a judge       judge.py   the judge itself
"""

import importlib
from typing import TYPE_CHECKING, Any

from .proxy import PROTOCOLS, Proxy, parse
from .result import REASONS, Result

if TYPE_CHECKING:
    from .checking import Journal, check, raise_limit

__all__ = ["PROTOCOLS", "REASONS", "Journal", "Proxy", "Result", "check", "parse", "raise_limit"]


def __getattr__(name: str) -> Any:
    """The checker, loaded when it is asked for: a server that reads its settings does not wait for it (PEP 562)."""
    if name in ("Journal", "check", "raise_limit"):
        return getattr(importlib.import_module(".checking", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
