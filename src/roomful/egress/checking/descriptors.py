"""File descriptors: how many a check may take, so that it never runs out of them."""

import contextlib
import resource
from pathlib import Path

RESERVE = 64  # left to whatever else the process does
EACH = 4  # of one proxy at once: one for each family of protocols


def room() -> int:
    """How many proxies may be tried at once within what the process may still open (`ulimit -n`), 1 at least."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 2**31
    return max(1, (soft - _opened() - RESERVE) // EACH)


def raise_limit(wanted: int) -> int:
    """Let the process open more, as far as its hard limit goes. Returns what it may open now. For commands, not libraries."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):  # some systems have a limit below the hard one
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _opened() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return sum(1 for _ in Path(folder).iterdir())
        except OSError:
            continue
    return 0
