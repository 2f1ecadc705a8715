"""Answers that are still being written, as far as they were told. Pure.

They are told by signals, which may be lost: a part that does not fit behind what is known is left out, and so are those after
it, until a `state` tells all of it, or the message comes, which is what was meant. A draft is one of its sender's: with another
id another begins.
"""

from collections.abc import Iterator

from msgspec import Struct

from roomful.domain import events, signals
from roomful.domain.events import Sender
from roomful.protocol.native import Signalled, Told


class Growing(Struct, frozen=True):
    """An answer as far as it has grown."""

    draft: str  # its id, which will be the message's nonce
    sender: Sender
    text: str


class Drafts:
    """Those of one room."""

    def __init__(self) -> None:
        self._by_sender: dict[str, Growing] = {}

    def __iter__(self) -> Iterator[Growing]:
        return iter(self._by_sender.values())

    def __len__(self) -> int:
        return len(self._by_sender)

    def hear(self, signal: Signalled) -> bool:
        """Follow a signal of the room. Returns whether a draft is another one now."""
        match signal.body:
            case signals.Draft() if signal.sender is not None:
                return self._grow(signal.sender, signal.body)
            case signals.State(drafts=drafts):
                known, self._by_sender = self._by_sender, {}
                for one in drafts:
                    self._by_sender[one.sender.id] = Growing(one.draft, one.sender, one.text)
                return known != self._by_sender
            case signals.Presence(gone=gone):
                return len([id for id in gone if self._by_sender.pop(id, None)]) > 0
        return False

    def _grow(self, sender: Sender, part: signals.Draft) -> bool:
        growing = self._by_sender.get(sender.id)
        text = growing.text if growing is not None and growing.draft == part.draft else ""
        if part.dropped:
            return self.ended(sender.id, part.draft)
        if part.at > len(text):
            return False  # something before it was not heard
        self._by_sender[sender.id] = Growing(part.draft, sender, text[: part.at] + part.append)
        return True

    def told(self, told: Told) -> bool:
        """Follow an event: a message is the end of the draft that it was. Returns whether there was one."""
        return isinstance(told.body, events.Message) and self.ended(told.sender.id, told.nonce)

    def ended(self, sender: str, draft: str) -> bool:
        """A draft is no more. Returns whether it was known."""
        growing = self._by_sender.get(sender)
        if growing is None or growing.draft != draft:
            return False
        del self._by_sender[sender]
        return True

    def clear(self) -> None:
        """Nothing is known of any: the connection was lost."""
        self._by_sender.clear()
