"""A trace that can be switched while the connection runs."""

from collections.abc import Callable
from typing import get_args

from roomful.protocol.trace import Level, Trace, Way, tracer

LEVELS: tuple[Level, ...] = get_args(Level)


class TraceSwitch:
    """Makes a connection's trace, of which only the chosen level is written.

    All levels follow the connection from its first byte, so that frames are counted and cut rightly whenever one is chosen.

    Args:
        level: what is written; None: nothing.
        write: takes lines.
        clock: ms since 1970 UTC.
    """

    def __init__(self, level: Level | None, write: Callable[[str], None], clock: Callable[[], int]) -> None:
        self.level = level
        self._makers = [tracer(each, self._gate(each, write), clock) for each in LEVELS]

    def __call__(self, peer: str) -> Trace:
        """The trace of the connection with this peer."""
        return _All([make(peer) for make in self._makers])

    def _gate(self, level: Level, write: Callable[[str], None]) -> Callable[[str], None]:
        def pass_on(lines: str) -> None:
            if self.level == level:
                write(lines)

        return pass_on


class _All:
    """One trace that is several."""

    def __init__(self, traces: list[Trace]) -> None:
        self._traces = traces

    def status(self, text: str) -> None:
        for trace in self._traces:
            trace.status(text)

    def moved(self, way: Way, data: bytes) -> None:
        for trace in self._traces:
            trace.moved(way, data)
