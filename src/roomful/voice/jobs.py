"""What the server and the booth's processes say to each other: JSON, a line each. The first line is the setup."""

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
    whom: str = ""  # whose it is: people take turns
    most: float | None = None  # s that may be paid for; None: as many as the settings take


class Speak(Struct, frozen=True, tag_field="what", tag="speak"):
    """Make sound of a text."""

    id: int
    text: str
    voice: str = ""
    whom: str = ""
    kept_only: bool = False  # nothing may be paid any more: only what was spoken before


class Heard(Struct, frozen=True, tag_field="what", tag="heard"):
    """Answers `listen`."""

    id: int
    transcript: Transcript
    seconds: float = 0.0  # of the clip


class Spoken(Struct, frozen=True, tag_field="what", tag="spoken"):
    """Answers `speak`: the sound is in a file, which is kept for the next time."""

    id: int
    path: str
    type: str  # MIME
    made: bool = True  # else it was there already


class Failed(Struct, frozen=True, tag_field="what", tag="failed"):
    """Answers either."""

    id: int
    code: str
    message: str
    retry_after: float | None = None
    seconds: float = 0.0  # of a clip, in which a service has found nothing, and which it was paid for


Job = Listen | Speak
Outcome = Heard | Spoken | Failed

encode = Encoder().encode
decode_setup = Decoder(Setup).decode
decode_job = Decoder(Job).decode
decode_outcome = Decoder(Outcome).decode
