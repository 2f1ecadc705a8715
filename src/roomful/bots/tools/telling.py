"""What bots do with tools is told in the room, by notices. What comes while none may be said yet is one notice, later."""

from typing import TYPE_CHECKING

from roomful.client import ConnectionLost
from roomful.errors import Refused, TryLater

if TYPE_CHECKING:
    from roomful.bots.resident import Resident
    from roomful.bots.room import Room

AT_ONCE = 10  # lines a notice
HELD = 50  # lines that wait; no more are taken
LONGEST_WAIT = 60.0  # s


class Telling:
    """The lines that one bot has to tell one room."""

    def __init__(self, room: "Room", resident: "Resident") -> None:
        self._room, self.resident = room, resident
        self._lines: list[str] = []
        self._busy = False
        self._held = 0  # turns that hold them back

    def hold(self) -> None:
        """Keep lines back: the bot's answer comes first, which a notice just before it would keep out (pace)."""
        self._held += 1

    def release(self) -> None:
        """Let them go."""
        self._held -= 1
        self._start()

    def add(self, line: str) -> None:
        """One more line, as soon as it may be said."""
        if len(self._lines) < HELD:
            self._lines.append(line)
        self._start()

    def _start(self) -> None:
        if self._lines and not self._busy and not self._held:
            self._busy = True
            self._room.tasks.start("a notice about tools", self._tell())

    async def _tell(self) -> None:
        try:
            while self._lines and not self._held:
                lines = self._lines[:AT_ONCE]
                try:
                    await self.resident.voice.post(self._room.name, "\n".join(lines), style="notice")
                except TryLater as why:
                    await self._room.sleep(min(why.retry_after or 1.0, LONGEST_WAIT))
                    continue
                del self._lines[: len(lines)]
        except (Refused, ConnectionLost) as why:  # told to be quiet, or gone: they come with the next ones
            self._room.log.info("a notice about tools waits", room=self._room.name, reason=why.message)
        finally:
            self._busy = False
