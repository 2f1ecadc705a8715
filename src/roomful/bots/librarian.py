"""The librarian in its room: it looks for what a question asks, and answers with what it found, and with no model."""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from roomful.domain.answers import Found
from roomful.domain.events import parse_timestamp
from roomful.models import Answer, Message, Tool, Usage
from roomful.models.offline.librarian import Hit, answer, queries_of
from roomful.models.offline.model import by_hand

from .engine.actions import StartTurn

if TYPE_CHECKING:
    from .resident import Resident
    from .room import Room

HITS = 20


class Librarian:
    """A model that searches one room. See roomful.models.Model."""

    name = "offline:librarian"
    local = True
    destination = "this machine"

    def __init__(self, room: "Room", resident: "Resident", start: StartTurn) -> None:
        self._room, self._resident, self._start = room, resident, start

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        """The answer to the newest line that woke it."""
        return Answer(self._pieces())

    async def _pieces(self) -> AsyncGenerator[str | Usage, None]:
        question = self._question()
        text = answer(question, await self._hits(question))
        for piece in re.findall(r"\S+\s*", text):
            await by_hand(piece)
            yield piece
        yield Usage(self.name, 0, 0, 0.0, None, 0.0, "stop")

    def _question(self) -> str:
        asked = [line.text for line in self._room.remembered.lines if line.seq in self._start.causes]
        return re.sub(rf"@{re.escape(self._resident.nick)}\b[:,]?\s*", "", asked[-1]).strip() if asked else ""

    async def _hits(self, question: str) -> list[Hit]:
        """What was said about it before, and not by the librarian or to it."""
        nicks = self._room.nicks() - {self._resident.nick}
        for query in queries_of(question, nicks):
            found = await self._resident.voice.search(query, room=self._room.name, limit=HITS)
            if hits := [_hit(one) for one in found.hits if self._said_before(one)]:
                return hits
        return []

    def _said_before(self, found: Found) -> bool:
        first = min(self._start.causes, default=self._start.last + 1)
        to_it = f"@{self._resident.nick}".casefold() in found.snippet.casefold()
        return found.seq < first and found.sender.id != self._resident.id and not to_it


def _hit(found: Found) -> Hit:
    return Hit(found.seq, found.sender.nick, found.snippet, parse_timestamp(found.at))
