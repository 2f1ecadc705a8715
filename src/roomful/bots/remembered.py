"""The newest lines of a room as they stand now: edits applied, nothing redacted."""

from collections.abc import Iterable

from roomful.domain import events
from roomful.protocol.native import Told

from .context import ContextLine

KEPT = 300  # lines


class Remembered:
    """Follows a room's log."""

    def __init__(self) -> None:
        self._lines: dict[int, ContextLine] = {}  # by number, oldest first
        self._spoke: dict[int, str] = {}  # by number: the id of whoever said it; notices too

    @property
    def lines(self) -> list[ContextLine]:
        """Oldest first. Notices are not among them: programs say them, and they mean nothing to the talk."""
        return list(self._lines.values())

    def whose(self, seq: int) -> str:
        """The id of whoever said a line; empty: it is too old, or none."""
        return self._spoke.get(seq, "")

    def nicks(self) -> set[str]:
        """What those are called who have spoken."""
        return {line.sender.nick for line in self._lines.values()}

    def follow(self, told: Told) -> None:
        """One event."""
        match told.body:
            case events.Message(redacted=None) as said:
                self._said(told, said)
            case events.Edit(target=target, text=text, redacted=None):
                if (line := self._lines.get(target)) is not None:
                    self._lines[target] = ContextLine(line.seq, line.at, line.sender, text, line.reply_to, line.action)
            case events.Redaction(target=target):
                self._lines.pop(target, None)

    def follow_all(self, several: Iterable[Told]) -> None:
        """Several, in their order."""
        for told in several:
            self.follow(told)

    def _said(self, told: Told, said: events.Message) -> None:
        self._spoke[told.seq] = told.sender.id
        if said.style != "notice":
            self._lines[told.seq] = ContextLine(
                told.seq, told.at, told.sender, _with_files(said), said.reply_to, said.style == "action"
            )
        for kept in (self._lines, self._spoke):
            while len(kept) > KEPT:
                del kept[next(iter(kept))]


def _with_files(said: events.Message) -> str:
    """What a message says; of its files a model is told that they are there, and what they are called."""
    files = (f"[file: {file.name}, {file.type}, {file.size:,} bytes]" for file in said.attachments)
    return "\n".join(filter(None, (said.text, *files)))
