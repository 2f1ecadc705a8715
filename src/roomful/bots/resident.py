"""A bot that lives in this host: its connection, its model, what it keeps."""

import asyncio
import contextlib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from roomful.client import Client
from roomful.domain.verdicts import BotInfo
from roomful.errors import ModelError
from roomful.models import Model, ModelsSettings, parse
from roomful.models.names import Name, split

from . import rows
from .marks import Marks
from .reports import Reports
from .settings import BotSettings, RoomBotSettings
from .tasks import Tasks

if TYPE_CHECKING:
    from .room import Room

OFFLINE = "offline"
LIBRARIAN = "offline:librarian"


class ModelDesk(Protocol):
    """Makes models; roomful.models.Desk does."""

    def model(self, names: str | Sequence[str]) -> Model:
        """The model of a name, or a chain of several. Raises ModelError."""
        ...

    async def close(self) -> None:
        """Close all connections."""


class Resident:
    """One bot."""

    def __init__(self, info: BotInfo, voice: Client, models: ModelsSettings, desk: ModelDesk, tasks: Tasks) -> None:
        self.id, self.voice, self.tasks = info.bot, voice, tasks
        self._models, self._desk = models, desk
        self.marks = Marks(voice.state_put, voice.state_get, tasks)
        self.reports = Reports(voice.decide, voice.why, tasks)
        self.rooms: dict[str, Room] = {}  # by address
        self.describe(info)

    def describe(self, info: BotInfo) -> None:
        """Be as the server's rows say."""
        self.info, self.nick = info, info.nick
        self.settings = msgspec.convert(rows.bot_values(info), BotSettings)
        self._model: Model | None = None  # made anew, which costs nothing before it is asked
        self.problem: ModelError | None = None
        try:
            self.names: tuple[Name, ...] = tuple(parse(name, self._models) for name in split(self.settings.models))
        except ModelError as why:
            self.names, self.problem = (), why

    @property
    def local(self) -> bool:
        """Whether nothing that it reads leaves this machine."""
        return bool(self.names) and all(name.local for name in self.names)

    @property
    def scripted(self) -> bool:
        """Whether it is no language model: it needs neither memory nor recall."""
        return bool(self.names) and all(name.source.kind == OFFLINE for name in self.names)

    @property
    def searches(self) -> bool:
        """Whether it answers from the room's history, without any model."""
        return [str(name) for name in self.names] == [LIBRARIAN]

    @property
    def destinations(self) -> tuple[str, ...]:
        """Where lines go that it reads, this machine apart."""
        return tuple(dict.fromkeys(name.destination for name in self.names if not name.local))

    def place(self, room: str) -> RoomBotSettings:
        """How it is in a room, by the room's address."""
        place = next((place for place in self.info.places if place.room == room), None)
        return msgspec.convert(rows.place_values(place) | {"max_bounce": self.info.max_bounce}, RoomBotSettings)

    def kept_out(self, room: "Room") -> str:
        """Why it may not answer in a room, in a sentence; empty: it may."""
        if room.models != "local" or self.local:
            return ""
        return f"{room.name} takes no models on other machines, and {self.nick} is one: /room models any lets it in."

    async def model(self) -> Model:
        """Its model, made when it is first needed. Raises ModelError."""
        if self.problem is not None:
            raise self.problem
        if self._model is None:
            if not self.scripted:
                await asyncio.to_thread(load)
            self._model = self._desk.model([str(name) for name in self.names])
        return self._model

    async def settle(self) -> None:
        """Wait until what it has to tell the server is told."""
        await self.tasks.settle()

    async def persona(self) -> str:
        """Who it is, in the words of its settings or of a file. Raises ModelError where the file is not there."""
        if not self.settings.persona_file:
            return self.settings.persona
        try:
            return await asyncio.to_thread(_read, self.settings.persona_file)
        except (OSError, UnicodeDecodeError) as why:
            raise ModelError(f"The persona in {self.settings.persona_file} cannot be read: {why}.") from None


def _read(file: str) -> str:
    return Path(file).expanduser().read_text("utf-8")


def load() -> None:
    """Import what is slow to import before a model on another machine is first asked, so never on the event loop."""
    for name in ("roomful.models.remote", "genai_prices"):
        with contextlib.suppress(ImportError):  # whoever asks for a model is told what is missing
            importlib.import_module(name)
