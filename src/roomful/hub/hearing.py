"""Voice lines: a clip is made text of before its post is decided, as a password is looked at before its login is.

So there is one message, with text and clip, when it is heard; and search, mentions, bots and every door know nothing of voice.
Until then the room is told that somebody is speaking.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from roomful.domain.commands import Post
from roomful.domain.room import RoomState
from roomful.domain.signals import Typing
from roomful.errors import BadRequest, NoSpeech, NoSuchFile, NotAllowed, RateLimited, RoomfulError
from roomful.speech.contract import THIS_MACHINE, Transcript
from roomful.speech.prices import Rate
from roomful.store import FileRecord

from .asking.readable import readable
from .beside import Beside
from .purse import Purse
from .session import Participant, Session
from .work import Pending

if TYPE_CHECKING:
    from .hub import Hub
    from .rooms import Room

AT_ONCE = 4  # clips of one participant
TOLD_EVERY = 4.0  # s: who speaks is forgotten after six
SOUNDS = ("audio/", "video/mp4")  # of files: whether there are pictures in MP4, its first bytes do not tell
VOICE = "voice"  # the style of such a post


class Sound(Protocol):
    """A file with what was spoken."""

    @property
    def path(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def made(self) -> bool:
        """It was spoken for this; else it was there already."""
        ...


class Understood(Protocol):
    """What was said in a recording; without text, a service has found nothing in it, and `remark` says so."""

    @property
    def transcript(self) -> Transcript: ...
    @property
    def seconds(self) -> float:
        """How long the recording is."""
        ...


class Ears(Protocol):
    """Who listens and speaks (roomful.voice)."""

    @property
    def listens_by(self) -> str:
        """Where clips go, for people; empty: nobody listens."""
        ...

    @property
    def speaks_by(self) -> str:
        """Where texts go that are spoken; empty: nobody speaks."""
        ...

    @property
    def listens_for(self) -> Rate:
        """What a second of a clip costs."""
        ...

    @property
    def speaks_for(self) -> Rate:
        """What a character of a text costs."""
        ...

    @property
    def longest(self) -> float:
        """How long a clip may be, in s."""
        ...

    async def listen(self, path: Path, language: str = "", *, whom: str = "", most: float | None = None) -> Understood:
        """What is said in a recording. Raises SpeechError, ModelError, TryLater; OverBudget: it is longer than `most` s.

        `whom`: whose it is, of several who take turns.
        """
        ...

    async def speak(self, text: str, voice: str = "", *, whom: str = "", kept_only: bool = False) -> Sound:
        """A text's sound. Raises SpeechError, ModelError, TryLater; OverBudget: it was not spoken before, and must not be now."""
        ...

    async def close(self) -> None:
        """Let go of everything."""


class Hearing:
    """Takes the posts that are spoken."""

    def __init__(self, hub: "Hub", ears: Ears | None) -> None:
        self.hub, self.ears = hub, ears
        self.purse = Purse(hub, hub.settings.speech_budget)
        self._beside = Beside()
        self._under_way: Counter[str] = Counter()  # clips, by participant

    @property
    def listens_by(self) -> str:
        """Where clips go, for people; empty: nobody listens."""
        return self.ears.listens_by if self.ears is not None else ""

    @property
    def speaks_by(self) -> str:
        """Where texts go that are spoken; empty: nobody speaks."""
        return self.ears.speaks_by if self.ears is not None else ""

    def take(self, session: Session, post: Post) -> None:
        """A post that is spoken; it is answered when it was heard. Raises NotAllowed, BadRequest, RateLimited."""
        if not self.listens_by:
            raise NotAllowed(
                "Nobody listens here: [speech] in the server's configuration says who makes text of clips."
            )
        if len(post.attachments) != 1 or post.text:
            raise BadRequest("A voice line is one clip, and its text is made here.", field="attachments")
        assert session.participant is not None
        id = session.participant.sender.id
        if self.hub.limits.enabled and self._under_way[id] >= AT_ONCE:
            raise RateLimited(f"At most {AT_ONCE} clips of yours are listened to at once.", retry_after=1.0)
        work = self._hear(session, session.participant, post)
        self._under_way[id] += 1
        self._beside.start(work, "hearing").add_done_callback(lambda _: self._done(id))

    def _done(self, id: str) -> None:
        self._under_way[id] -= 1
        if not self._under_way[id]:
            del self._under_way[id]

    async def close(self) -> None:
        """Let go of what is under way: whoever speaks has the clip, and posts again."""
        await self._beside.close()
        if self.ears is not None:
            await self.ears.close()

    async def _hear(self, session: Session, me: Participant, post: Post) -> None:
        try:
            text = await self._text(session, me, post)
        except RoomfulError as why:
            session.refuse(post.id, why)
        except Exception:
            # Its sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault in hearing")
            session.refuse(post.id, RoomfulError())
        else:
            self.hub.committer.submit(Pending(session, me, replace(post, text=text)))

    async def _text(self, session: Session, me: Participant, post: Post) -> str:
        """What was said; nothing of a clip that hangs on a line already: its post came before. Raises RoomfulError."""
        room = await readable(self.hub, me, post.room, "post")
        role = room.state.role_of(me.sender.id, server_owner=me.owner)
        room.state.check_may_write(me.sender.id, role, self.hub.clock())
        check_stays(room.state, self.listens_by)
        file = await self._clip(me, room.state, post.attachments[0])
        if file.seq:
            return ""
        assert self.ears is not None
        ears = self.ears
        async with (
            self._told(session, me, room.state),
            self.purse.opened(me, room.state, "listen", ears.listens_for, ears.longest) as payment,
        ):
            heard = await ears.listen(self.hub.files.place(file), whom=me.sender.id, most=payment.most)
            payment.used = heard.seconds
        if not heard.transcript.text:
            raise NoSpeech(heard.transcript.remark)
        return _within(heard.transcript.text, self.hub.limits.max_text)

    async def _clip(self, me: Participant, state: RoomState, id: str) -> FileRecord:
        """The clip, which is one's own and was sent to this room. Raises NoSuchFile, BadRequest."""
        file = await self.hub.files.find(me, id)
        if (file.room, file.uploader) != (state.id, me.sender.id):
            raise NoSuchFile(f"You have uploaded no file {id:.64} to {state.address}.", field="attachments")
        if not file.type.startswith(SOUNDS):
            raise BadRequest(f"{file.name} is no recording: it is {file.type}.", field="attachments")
        return file

    @contextlib.asynccontextmanager
    async def _told(self, session: Session, me: Participant, state: RoomState) -> AsyncIterator[None]:
        """The room is told that somebody speaks, until the block ends."""
        room = self.hub.rooms.by_id.get(state.id)
        if room is None:
            yield
            return
        telling = asyncio.get_running_loop().create_task(self._tell(session, me, room), name="speaking")
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            self.hub.telling.signal(room, me.sender, Typing(on=False, speaking=True), but=session)

    async def _tell(self, session: Session, me: Participant, room: "Room") -> None:
        while True:
            self.hub.telling.signal(room, me.sender, Typing(on=True, speaking=True), but=session)
            await asyncio.sleep(TOLD_EVERY)


def check_stays(state: RoomState, destination: str) -> None:
    """Raises NotAllowed: the room's lines stay on this machine, and what is said there would go to another one."""
    if state.settings.models == "local" and destination != THIS_MACHINE:
        raise NotAllowed(
            f"{state.address} keeps its lines on this machine (/room models local); this goes to {destination}."
        )


def _within(text: str, most: int) -> str:
    """As much of a text as a message may have, bytes of UTF-8."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - 4].decode(errors="ignore").rpartition(" ")[0] + " …"
