"""Reading out: sounds of what was said in a room, for those who may read it there.

Nothing else is spoken: the text must stand in a message, or in an answer that is being written, so that nobody uses the
server, and the account at whichever service speaks for it, to speak what they like.
"""

from typing import TYPE_CHECKING

from roomful.domain.events import Edit, Event, Message
from roomful.errors import BadRequest, NoSuchEvent, NotAllowed
from roomful.speech.plain import plain

from .asking.readable import readable
from .bots import voice_of
from .hearing import Sound, check_stays
from .limits import Buckets
from .session import Participant

if TYPE_CHECKING:
    from .hub import Hub
    from .rooms import Room

LONGEST = 1_000  # characters
A_SECOND, AT_ONCE = 4.0, 40  # texts, of one participant
EDITS = 500  # of a message that are looked at


class Speaking:
    """Lets texts be spoken."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._rates = Buckets("texts to be spoken", A_SECOND, AT_ONCE, hub.monotonic)

    def forget_full(self) -> None:
        """Forget whoever has not asked for so long that it might ask as if it never had."""
        self._rates.forget_full()

    async def sound(
        self, me: Participant, reference: str, text: str, *, seq: int = 0, draft: str = "", voice: str = ""
    ) -> Sound:
        """How a part of a message sounds: number `seq`, or the open answer `draft`. `voice`: else its bot's own.

        Raises NotAllowed, BadRequest, RateLimited, NoSuchRoom, NotMember, NoSuchEvent, SpeechError, ModelError, TryLater.
        """
        ears = self.hub.hearing.ears
        if ears is None or not ears.speaks_by:
            raise NotAllowed("Nobody speaks here: [speech] in the server's configuration says who reads texts out.")
        if not text.strip() or len(text) > LONGEST:
            raise BadRequest(f"Of a text at most {LONGEST:,} characters are spoken at once, and one.", field="text")
        if bool(seq) == bool(draft):
            raise BadRequest("Say where the text stands: in the message `seq`, or in the open answer `draft`.")
        if self.hub.limits.enabled:
            self._rates.take(me.sender.id)
        room = await readable(self.hub, me, reference)
        check_stays(room.state, ears.speaks_by)
        sender = await self._said(me, room, text, seq) if seq else _writes(room, text, draft)
        words = plain(text)
        if not any(one.isalnum() for one in words):
            raise BadRequest("There are no words in this to be spoken.", field="text")
        bot = self.hub.bots.known.get(sender)
        voice = voice or (voice_of(bot) if bot is not None else "")
        async with self.hub.hearing.purse.opened(me, room.state, "speak", ears.speaks_for, len(words)) as payment:
            too_dear = payment.most is not None and payment.most < len(words)
            sound = await ears.speak(words, voice, whom=me.sender.id, kept_only=too_dear)
            payment.used = len(words) if sound.made else 0
        return sound

    async def _said(self, me: Participant, room: "Room", text: str, seq: int) -> str:
        """Who has said the text in this message, in its first words or as they were edited. Raises NoSuchEvent, BadRequest."""
        found: list[Event] = []
        if room.state.first_of(me.sender.id) <= seq <= room.state.head:
            found = await self.hub.store.events(room.state.id, [seq])
        body = found[0].body if found else None
        if not isinstance(body, Message):
            raise NoSuchEvent(f"{room.address} has no message {seq} that you may read.", field="seq")
        if text not in body.text:
            edits = await self.hub.store.related(room.state.id, seq, ("edit",), after=0, limit=EDITS)
            if not any(isinstance(edit := one.body, Edit) and text in edit.text for one in edits):
                raise _elsewhere(f"message {seq}")
        return found[0].sender.id


def _writes(room: "Room", text: str, draft: str) -> str:
    """Who is writing the text. Raises NoSuchEvent, BadRequest."""
    found = next((one for one in room.drafts.values() if one.draft == draft), None)
    if found is None:
        raise NoSuchEvent(f"No answer {draft:.64} is being written in {room.address}.", field="draft")
    if text not in found.text:
        raise _elsewhere("that answer")
    return found.sender.id


def _elsewhere(where: str) -> BadRequest:
    return BadRequest(f"This text does not stand in {where}: only what was said there is spoken.", field="text")
