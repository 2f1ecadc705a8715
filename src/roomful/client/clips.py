"""What is spoken: clips that become lines, and lines that are read out."""

from pathlib import Path
from urllib.parse import quote

import msgspec

from roomful.client.files import Files, Progress
from roomful.client.speaking import Speaking
from roomful.domain.answers import Receipt


class Clips(Files, Speaking):
    """Part of `Client`. `welcome.listens` and `welcome.speaks` say where clips and texts go; empty: nowhere."""

    async def say_clip(
        self,
        room: str,
        clip: Path | str | bytes,
        name: str | None = None,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        progress: Progress = lambda done, of: None,
    ) -> Receipt:
        """Say what is recorded in a clip: WAV, WebM, Ogg, FLAC, MP3 or MP4. Returns when it was heard, and is recorded.

        Args:
            clip: where it is; or its bytes.
            name: what it is called; else as it is where it is.

        Raises NotAllowed: nobody listens; BadAudio, AudioTooLong, NoSpeech, SpeechTrouble; and as `upload` and `post` do.
        """
        called = name or ("clip" if isinstance(clip, bytes) else None)
        file = await self.upload(room, clip, called, progress=progress)
        return await self.post(room, "", style="voice", reply_to=reply_to, thread=thread, attachments=(file,))

    async def spoken(self, room: str, text: str, *, seq: int = 0, draft: str = "", voice: str = "") -> bytes:
        """How a part of a message sounds, at most 1,000 characters: a file, WAV from the offline speaker, else MP3.

        Args:
            text: it stands in the message.
            seq: the message's number; or
            draft: the id of an answer that is still being written.
            voice: as the speaker calls it; else the bot's own, or the server's.

        Raises NotAllowed: nobody speaks; NoSuchEvent, NotMember, NoSuchVoice, SpeechTrouble, RateLimited, ConnectFailed.
        """
        asked = {"text": text, "seq": seq, "draft": draft, "voice": voice}
        return await self._ask(
            "POST",
            f"/api/v1/rooms/{quote(room, safe='')}/speech",
            data=msgspec.json.encode(asked),
            headers={"Content-Type": "application/json"},
        )
