"""What should be shown of a room: messages as they are now, with their edits, reactions, pins and threads. Pure.

A log tells what happened in its order; this tells what it comes to. It may be told in parts, twice, and in any order: of two
edits the later number counts, and a message whose redaction was told never shows a text again. What bots are still writing, as
signals tell it, stands in `drafts`, until the message takes its place.
"""

from collections.abc import Iterable

from msgspec import Struct

from roomful.client.drafts import Drafts
from roomful.domain import events
from roomful.domain.events import Sender
from roomful.domain.files import Attachment
from roomful.protocol.native import Signalled, Told


class Line(Struct, frozen=True):
    """A message as it is now."""

    seq: int
    at: int  # ms since 1970 UTC
    sender: Sender
    text: str  # empty once it is redacted
    style: str = "text"
    reply_to: int | None = None
    thread: int | None = None
    mentions: tuple[str, ...] = ()
    everybody: bool = False
    edited: int = 0  # the number of its newest edit; 0: none
    redacted: bool = False
    reactions: tuple[tuple[str, tuple[Sender, ...]], ...] = ()  # by emoji, the first one first
    pinned: bool = False
    replies: int = 0  # messages in its thread
    cut: str = ""  # why a bot's answer is not whole: `stopped`, or `failed`
    causes: tuple[int, ...] = ()  # numbers of the lines that a bot answers
    conversation: int | None = None  # the number of the conversation of bots in which it is said
    attachments: tuple[Attachment, ...] = ()
    heard: str = ""  # of one that was spoken: who made its text, as `this machine` or a host


class Timeline:
    """A room as far as it was told."""

    def __init__(self, told: Iterable[Told] = ()) -> None:
        self._messages: dict[int, tuple[Told, events.Message]] = {}
        self._edits: dict[int, tuple[int, events.Edit]] = {}  # by target: the newest
        self._redacted: set[int] = set()
        self._reactions: dict[int, dict[tuple[str, str], tuple[int, bool, Sender]]] = {}  # by target, emoji and sender
        self._pins: dict[int, tuple[int, bool]] = {}  # by target: the newest
        self._threads: dict[int, set[int]] = {}
        self.drafts = Drafts()  # answers that are still being written
        for one in told:
            self.take(one)

    def take(self, told: Told) -> Line | None:
        """Follow an event. Returns the message that it concerns as it is now, if it concerns one that is known."""
        match told.body:
            case events.Message():
                self._say(told, told.body)
                return self.line(told.seq)
            case events.Edit(target=target):
                self._edit(told.seq, told.body)
            case events.Redaction(target=target):
                self._redact(target)
            case events.Reaction(target=target, emoji=emoji, on=on):
                given = self._reactions.setdefault(target, {})
                if told.seq >= given.get((emoji, told.sender.id), (0,))[0]:
                    given[emoji, told.sender.id] = (told.seq, on, told.sender)
            case events.Pin(target=target, on=on):
                self._pins[target] = max((told.seq, on), self._pins.get(target, (0, False)))
            case _:
                return None
        return self.line(target)

    def hear(self, signal: Signalled) -> bool:
        """Follow a signal of the room. Returns whether something that is still being written is another now."""
        return self.drafts.hear(signal)

    def _say(self, told: Told, body: events.Message) -> None:
        self.drafts.told(told)
        self._messages[told.seq] = (told, body)
        if body.thread is not None:
            self._threads.setdefault(body.thread, set()).add(told.seq)
        if body.redacted is not None:
            self._redact(told.seq)

    def _edit(self, seq: int, body: events.Edit) -> None:
        if body.redacted is not None:
            self._redact(body.target)
        elif seq > self._edits.get(body.target, (0,))[0]:
            self._edits[body.target] = (seq, body)

    def _redact(self, target: int) -> None:
        self._redacted.add(target)

    def __len__(self) -> int:
        return len(self._messages)

    # -- as it is now ---------------------------------------------------------------------------

    def line(self, seq: int) -> Line | None:
        """The message of this number; None if it was not told, or is none."""
        if seq not in self._messages:
            return None
        told, body = self._messages[seq]
        edited, edit = self._edits.get(seq, (0, None))
        redacted = seq in self._redacted
        shown: events.Message | events.Edit = edit or body
        return Line(
            seq,
            told.at,
            told.sender,
            "" if redacted else shown.text,
            body.style,
            body.reply_to,
            body.thread,
            () if redacted else shown.mentions,
            body.everybody and not redacted,
            edited,
            redacted,
            self._reacted(seq),
            self._is_pinned(seq),
            len(self._threads.get(seq, ())),
            body.cut,
            body.causes,
            body.conversation,
            () if redacted else body.attachments,
            body.heard,
        )

    def lines(self, *, thread: int | None = None) -> list[Line]:
        """All messages in the order of their numbers; with `thread`, those said in it."""
        wanted = self._messages.keys() if thread is None else self._threads.get(thread, ())
        return [line for seq in sorted(wanted) if (line := self.line(seq)) is not None]

    def pins(self) -> list[Line]:
        """The pinned messages, the newest pin first."""
        found = sorted(((at, seq) for seq, (at, _) in self._pins.items() if self._is_pinned(seq)), reverse=True)
        return [line for _, seq in found if (line := self.line(seq)) is not None]

    def forget(self, before: int) -> None:
        """Forget messages with smaller numbers, and what was done to them."""
        for by_target in (self._messages, self._edits, self._reactions, self._pins):
            for seq in [seq for seq in by_target if seq < before]:
                del by_target[seq]
        self._redacted = {seq for seq in self._redacted if seq >= before}

    def _reacted(self, seq: int) -> tuple[tuple[str, tuple[Sender, ...]], ...]:
        given = sorted(self._reactions.get(seq, {}).items(), key=lambda item: item[1][0])
        found: dict[str, list[Sender]] = {}
        for (emoji, _), (_, on, sender) in given:
            if on:
                found.setdefault(emoji, []).append(sender)
        return tuple((emoji, tuple(senders)) for emoji, senders in found.items())

    def _is_pinned(self, seq: int) -> bool:
        return self._pins.get(seq, (0, False))[1] and seq not in self._redacted
