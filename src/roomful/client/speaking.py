"""What somebody says in rooms, and does to what was said."""

import contextlib
from collections.abc import Sequence
from typing import Literal

from roomful.client.asking import Asking
from roomful.domain import commands
from roomful.domain.answers import Done, Receipt
from roomful.domain.events import Style
from roomful.domain.files import Attachment
from roomful.domain.texts import check_text

Cut = Literal["", "stopped", "failed"]


class Speaking(Asking):
    """Part of `Client`. A receipt says under which number it is recorded."""

    async def post(
        self,
        room: str,
        text: str,
        *,
        style: Style = "text",
        reply_to: int | None = None,
        thread: int | None = None,
        causes: tuple[int, ...] = (),
        conversation: int | None = None,
        cut: Cut = "",
        nonce: str | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Receipt:
        """Say something in a room. Returns when it is recorded.

        Args:
            text: 1 to `welcome.max_text` bytes of UTF-8; with attachments it may be empty.
            style: `action` for what one does, `notice` for what programs say and no program should answer.
            reply_to: the number of an event of this room.
            thread: the number of the message in whose thread this is said.
            causes: of a bot: the numbers of the lines that woke it.
            conversation: of a bot: the number of the conversation in which it says this.
            cut: of a bot: why its answer is not whole.
            nonce: what makes it one and the same post, however often it is sent, by a program that was started again too: a
                bot takes one that follows from what it answers.
            attachments: files that were uploaded to this room.

        Raises BadText, NotMember, NoSuchRoom, NoSuchEvent, NoSuchFile, FileAttached, Muted, Archived, SlowMode, RateLimited,
        StoreUnavailable; and a bot also BadCauses, BounceSpent, ConversationOver, LetPeopleSpeak, BotPace.
        """
        if text or not attachments:
            _check(text, self.welcome.max_text)
        own, again = (next(self._nonces), False) if nonce is None else (nonce, True)
        files = tuple(file.id for file in attachments)
        return await self._act(
            commands.Post(0, room, own, text, style, reply_to, again, thread, causes, conversation, cut, files)
        )

    async def edit(self, room: str, seq: int, text: str) -> Receipt:
        """Give a message of one's own another text. Raises BadText, NoSuchEvent, NotAllowed."""
        _check(text, self.welcome.max_text)
        return await self._act(commands.Edit(id=0, room=room, nonce=next(self._nonces), seq=seq, text=text))

    async def redact(self, room: str, seq: int, reason: str = "") -> Receipt:
        """Erase a message's text for ever: one's own; a moderator, that of others. Raises NoSuchEvent, NotAllowed."""
        return await self._act(commands.Redact(id=0, room=room, nonce=next(self._nonces), seq=seq, reason=reason))

    async def react(self, room: str, seq: int, emoji: str, on: bool = True) -> Receipt:
        """React to a message, or take it back. Raises NoSuchEvent, BadText."""
        return await self._act(commands.React(id=0, room=room, nonce=next(self._nonces), seq=seq, emoji=emoji, on=on))

    async def pin(self, room: str, seq: int, on: bool = True) -> Receipt:
        """Pin a message, or unpin it. Raises NoSuchEvent, NotAllowed, NothingToDo, TooMany."""
        return await self._act(commands.Pin(id=0, room=room, nonce=next(self._nonces), seq=seq, on=on))

    async def typing(self, room: str, on: bool = True) -> None:
        """Tell the room that one types, or has stopped. Raises NotMember."""
        await self._outbox.ask_first(commands.Typing(0, room, on), Done).answer

    async def mark(self, room: str, seq: int, *, thread: int | None = None) -> None:
        """Say how far one has read the room, or one of its threads. One's other devices are told. Raises NotMember."""
        await self._outbox.ask(commands.Mark(0, room, seq, thread), Done).answer


def _check(text: str, most: int) -> None:
    """Raises BadText before the server would."""
    with contextlib.suppress(UnicodeEncodeError):  # half a surrogate pair, which the outbox refuses in any field
        check_text(text, most)
