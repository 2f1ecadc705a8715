"""What stands around the input line: the prompt, answers that grow, the toolbar, what can be completed, and that one types."""

import asyncio
from collections.abc import Callable

from roomful.client import ConnectionLost
from roomful.errors import RoomfulError
from roomful.terminal.completing import Completion, completions
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import Room
from roomful.terminal.text import one_line
from roomful.terminal.view import Line, counted, listed

TYPING_EVERY = 3.0  # s between two typing signals: the server drops what comes sooner
_SAYING = ("me", "reply", "thread", "notice", "search")  # commands whose text goes to the room


class Desk:
    """A conversation as the input line needs it.

    Args:
        now: monotonic time, s.
        waiting: how many typed lines are on their way.
    """

    def __init__(self, conversation: Conversation, *, now: Callable[[], float], waiting: Callable[[], int]) -> None:
        self._conversation = conversation
        self._now = now
        self._waiting = waiting
        self._typing_in: Room | None = None  # the room that was told so
        self._told: dict[str, float] = {}  # room -> when it was told last
        self._signals: set[asyncio.Task[None]] = set()

    # -- around the line ---------------------------------------------------------------------------

    def prompt(self) -> str:
        """What stands before the input."""
        room = self._conversation.current
        return f"{one_line(room.title)}> " if room else "> "

    def toolbar(self) -> Line:
        """What stands below it: how things are, at a glance."""
        parts = [one_line(self._conversation.client.me.nick)]
        if self._conversation.outage:
            return (("class:outage", f" {parts[0]} · no connection: trying to get it back{self._on_their_way()}"),)
        room = self._conversation.current
        if room is not None and room.peer is None and room.here:
            parts.append(f"{len(room.here)} here")
        if room is not None and (typists := room.typists(self._now())):
            parts.append(
                f"{listed([one_line(nick) for nick in typists])} {'is' if len(typists) == 1 else 'are'} typing…"
            )
        if room is not None and (speakers := room.speakers(self._now())):
            parts.append(
                f"{listed([one_line(nick) for nick in speakers])} {'is' if len(speakers) == 1 else 'are'} speaking…"
            )
        return (("", " " + " · ".join(parts) + self._on_their_way()),)

    def growing(self) -> list[Line]:
        """What bots are writing in the current room just now."""
        room = self._conversation.current
        if room is None:
            return []
        view = self._conversation.view
        return [line for growing in room.timeline.drafts for line in view.growing(growing, room.peer)]

    def _on_their_way(self) -> str:
        waiting = self._waiting()
        return f" · {counted(waiting, 'line')} on the way" if waiting else ""

    def completions(self, before: str, *, asked: bool) -> list[Completion]:
        """How the text before the cursor may go on; `asked`: Tab was pressed."""
        names = self._conversation.room_names.union(room.title for room in self._conversation.rooms.values())
        bots = sorted(self._conversation.bot_names, key=str.casefold)
        return completions(before, sorted(names), self._nicks(), bots, asked=asked)

    def _nicks(self) -> list[str]:
        """Those of the current room, the last speakers first."""
        room, me = self._conversation.current, self._conversation.client.me.id
        if room is None:
            return []
        speakers = [line.sender.id for line in reversed(room.timeline.lines())]
        order = dict.fromkeys(id for id in (*speakers, *sorted(room.members, key=room.members.__getitem__)) if id != me)
        return room.nicks(order)

    # -- typing -------------------------------------------------------------------------------------

    def typed(self, text: str) -> None:
        """The input line now holds this: let the room know that somebody types, or does not any more."""
        self._conversation.being.touched()
        room = self._conversation.current
        if room is None or self._conversation.outage:
            return
        if _is_for_the_room(text):
            if self._now() - self._told.get(room.name, -TYPING_EVERY) >= TYPING_EVERY:
                self._typing_in = room
                self._signal(room, on=True)
        elif not text and self._typing_in is not None:
            self._signal(self._typing_in, on=False)
            self._typing_in = None

    def sent(self) -> None:
        """The line was entered: its event says by itself that nobody types any more."""
        self._typing_in = None

    def _signal(self, room: Room, *, on: bool) -> None:
        self._told[room.name] = self._now()
        task = asyncio.get_running_loop().create_task(self._tell(room, on))
        self._signals.add(task)
        task.add_done_callback(self._signals.discard)

    async def _tell(self, room: Room, on: bool) -> None:
        try:
            await self._conversation.client.typing(room.name, on)
        except (RoomfulError, ConnectionLost):
            return  # a hint: refused or lost with the connection, it is forgotten in seconds anyway


def _is_for_the_room(text: str) -> bool:
    if not text.startswith("/") or text.startswith("//"):
        return bool(text.strip())
    words = text[1:].split(maxsplit=1)
    return len(words) == 2 and words[0].lower() in _SAYING
