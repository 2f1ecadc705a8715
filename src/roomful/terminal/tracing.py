"""A trace that can be switched while the connection runs."""

from collections.abc import Callable
from typing import get_args

from roomful.errors import FrameTooLarge
from roomful.protocol.frames import cut
from roomful.protocol.trace import Level, Trace, Way, tracer

LEVELS: tuple[Level, ...] = get_args(Level)


class TraceSwitch:
    """Makes a connection's trace, of which only the chosen level is written.

    Args:
        level: what is written; None: nothing.
        write: takes lines.
        clock: ms since 1970 UTC.
    """

    def __init__(self, level: Level | None, write: Callable[[str], None], clock: Callable[[], int]) -> None:
        self.level = level
        self._write = write
        self._clock = clock

    def __call__(self, peer: str) -> Trace:
        """The trace of the connection with this peer."""
        return _Switched(self, peer)

    def make(self, peer: str) -> Trace | None:
        """A trace of the level that is chosen now."""
        return tracer(self.level, self._write, self._clock)(peer) if self.level else None


class _Switched:
    """Formats nothing while nothing is written: it only keeps the beginning of the frame that has not ended yet.

    So a trace that is switched on in mid-frame shows that frame whole, and cuts those after it rightly.
    """

    def __init__(self, switch: TraceSwitch, peer: str) -> None:
        self._switch = switch
        self._peer = peer
        self._level: Level | None = None
        self._trace: Trace | None = None
        self._begun: dict[Way, bytes] = {"->": b"", "<-": b""}
        self._upgraded = False  # to a WebSocket, of which a client is told whole frames
        self._unseen: set[Way] = set()  # ways of which the present trace has not been told what was begun

    def status(self, text: str) -> None:
        self._follow_switch()
        if self._trace is not None:
            self._trace.status(text)

    def upgraded(self) -> None:
        self._upgraded = True
        if self._trace is not None:
            self._trace.upgraded()

    def moved(self, way: Way, data: bytes) -> None:
        self._follow_switch()
        begun = self._begun[way] + data
        if self._trace is not None:
            self._trace.moved(way, begun if way in self._unseen else data)
            self._unseen.discard(way)
        if self._upgraded:
            return
        try:
            _, self._begun[way] = cut(begun)
        except FrameTooLarge:
            self._begun[way] = b""  # no frames of ours: the trace says so itself

    def _follow_switch(self) -> None:
        if self._level != self._switch.level:
            self._level = self._switch.level
            self._trace = self._switch.make(self._peer)
            if self._trace is not None and self._upgraded:
                self._trace.upgraded()
            self._unseen = {"->", "<-"}
