"""How far something is, on one line of a terminal: done, rate, time left."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

EVERY = 0.1  # s between two pictures
BAR = 24  # characters


class Progress:
    """One line that is drawn over and over. On anything but a terminal, nothing is written.

    Args:
        total: how many there are; None: nobody knows yet.
        out: where to; None: standard error.
    """

    def __init__(
        self, total: int | None, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total, self.done, self.good = total, 0, 0
        self._out = out or sys.stderr
        self._clock = clock
        self._began = clock()
        self._drawn = 0.0
        self._shows = self._out.isatty()

    def step(self, good: bool) -> None:
        """One more is done."""
        self.done += 1
        self.good += good
        now = self._clock()
        if self._shows and (now - self._drawn >= EVERY or self.done == self.total):
            self._drawn = now
            width = shutil.get_terminal_size().columns - 1
            self._out.write("\r\x1b[K" + self.line(now)[:width])
            self._out.flush()

    def say(self, text: str) -> None:
        """Write a line above."""
        self.clear()
        self._out.write(text + "\n")

    def clear(self) -> None:
        """Take the line away."""
        if self._shows:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def line(self, now: float) -> str:
        """The line as it is now."""
        rate = self.done / max(now - self._began, 1e-3)
        told = f"{rate:,.0f}/s  {self.good:,} work"
        if self.total is None:
            return f"{self.done:,} checked  {told}"
        share = self.done / self.total if self.total else 1.0
        full = int(BAR * share)
        left = span((self.total - self.done) / rate) if rate else "?"
        return f"[{'#' * full}{'-' * (BAR - full)}] {self.done:,} of {self.total:,}  {told}  {left} left"


def span(seconds: float) -> str:
    """A time as 0:07, 12:30 or 1:02:03."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
