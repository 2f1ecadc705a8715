"""Giving way: those who type come first, clips wait a moment longer, and nobody else does."""

import contextlib
import os

NICE = 19


def give_way() -> None:
    """Let the server have the processors at once whenever it wants them; to be called before there are threads.

    On Linux SCHED_IDLE says so (sched(7)): the server does not even wait for the end of this process's turn. That holds within
    a session only, where sessions are weighed against each other (autogroups): so this process stays in the server's.
    Programs of others get no more for it than they would.
    """
    os.nice(NICE)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # a container may forbid it: then niceness must do
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def processors() -> int:
    """How many there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
