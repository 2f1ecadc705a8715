"""Typing without being seen."""

import contextlib
import sys
import termios
from collections.abc import Iterator


@contextlib.contextmanager
def unseen(descriptor: int) -> Iterator[None]:
    """While this lasts, a terminal does not show what is typed. What is no terminal shows nothing anyway."""
    try:
        before = termios.tcgetattr(descriptor)
    except termios.error:
        yield
        return
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        sys.stderr.write("\n")  # the one that was typed was not shown either
