"""The contract of a front end: where lines come from and where they are shown. plain.py and prompt.py are the two."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Protocol

from roomful.terminal.view import Line

if TYPE_CHECKING:
    from roomful.terminal.desk import Desk

HISTORY = "chat_history"  # in the data folder: what was typed


class Front(Protocol):
    """Where somebody types and reads."""

    live: bool
    """A person types while others do: lines are numbered, and typed ones queue. Otherwise each is dealt with before the next."""

    asks: bool
    """There is somebody to ask."""

    def show(self, lines: Sequence[Line]) -> None:
        """Show lines above the input line."""

    def refresh(self) -> None:
        """What the desk says has changed: about the prompt, the toolbar, or answers that are still being written."""

    def give_back(self, text: str) -> None:
        """Put what was typed back where it was typed, if nothing else stands there by now."""

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask for one line; one that is secret is not shown. Raises EOFError at the end of input, or on Ctrl-C."""

    def lines(self, desk: "Desk") -> AsyncIterator[str]:
        """What is typed, a message at a time; ends with the input, or when the person asks to leave."""

    async def close(self) -> None:
        """Show what is not shown yet, and give the terminal back."""


class OutputGone(Exception):
    """Nobody reads what is shown: the pipe is broken, or the terminal was closed."""
