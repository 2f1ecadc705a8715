"""What the server and the booth's process say to each other: JSON, a line each. The first line is the setup."""

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from roomful.egress.settings import EgressSettings
from roomful.models.settings import Provider
from roomful.speech.contract import Transcript
from roomful.speech.settings import SpeechSettings


class Setup(Struct, frozen=True):
    """What the process is to know. It may hold keys: it goes through a pipe, and into no log."""

    speech: SpeechSettings
    providers: dict[str, Provider] = {}
    egress: EgressSettings = EgressSettings()
    data: str = ""  # the data folder; sounds are kept in `speech` there

    def __repr__(self) -> str:
        return "Setup()"


class Listen(Struct, frozen=True, tag_field="what", tag="listen"):
    """Make text of a recording."""

    id: int
    path: str
    language: str = ""


class Speak(Struct, frozen=True, tag_field="what", tag="speak"):
    """Make sound of a text."""

    id: int
    text: str
    voice: str = ""


class Heard(Struct, frozen=True, tag_field="what", tag="heard"):
    """Answers `listen`."""

    id: int
    transcript: Transcript


class Spoken(Struct, frozen=True, tag_field="what", tag="spoken"):
    """Answers `speak`: the sound is in a file, which is kept for the next time."""

    id: int
    path: str
    type: str  # MIME


class Failed(Struct, frozen=True, tag_field="what", tag="failed"):
    """Answers either."""

    id: int
    code: str
    message: str
    retry_after: float | None = None


Job = Listen | Speak
Outcome = Heard | Spoken | Failed

encode = Encoder().encode
decode_setup = Decoder(Setup).decode
decode_job = Decoder(Job).decode
decode_outcome = Decoder(Outcome).decode
