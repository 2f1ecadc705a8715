"""Following: everything that comes over the connection is shown, each thing once."""

from collections.abc import Callable
from datetime import date

from roomful.client import Ended, HistoryReplaced, Lost, Resumed, RoomLost, RoomRenamed
from roomful.domain import events, signals
from roomful.domain.answers import Joined
from roomful.domain.events import Sender
from roomful.protocol.native import Signalled, Told
from roomful.terminal.conversation import Conversation
from roomful.terminal.rooms import TYPING_LASTS, Room
from roomful.terminal.view import listed


class Following:
    """Shows a conversation's events, and what its signals and its connection bring.

    Args:
        now: monotonic time, s.
        today: the day whose lines need no date above them.
    """

    def __init__(self, conversation: Conversation, *, now: Callable[[], float], today: date) -> None:
        self._conversation = conversation
        self._client = conversation.client
        self._view = conversation.view
        self._now = now
        self._day = today

    async def run(self) -> Ended | None:
        """Until the connection ends for good; how, if it was the server that ended it."""
        ended = None
        async for item in self._client.events():
            match item:
                case Told():
                    await self._told(item)
                case Signalled():
                    self._signalled(item)
                case Lost():
                    self._lost(item)
                case Resumed():
                    self._resumed(item)
                case HistoryReplaced():
                    self._conversation.note(
                        f"The server's history is another one now ({item.reason}). On from its present:"
                    )
                    self._conversation.start_over()
                case RoomLost():
                    self._room_lost(item)
                case RoomRenamed(old=old, room=name):
                    self._conversation.renamed(old, name)
                case Ended():
                    ended = item
            await self._conversation.moved()
            self._conversation.front.refresh()
        return ended

    # -- events ---------------------------------------------------------------------------------

    async def _told(self, told: Told) -> None:
        room = await self._room_of(told)
        if room is None:
            return
        said = isinstance(told.body, events.Message)
        if not said and self._is_news(room, told):
            self._show_day(told.at)
            where = "" if isinstance(told.body, events.Nick) else self._conversation.prefix(room)
            self._conversation.show(self._view.fact(told, where))
        room.take(told)
        if said and (line := room.timeline.line(told.seq)) is not None:
            self._show_missed_mark(room, told)
            self._show_day(told.at)
            self._conversation.show_message(room, line)
            self._conversation.show_silences(room, room.silences, told.seq)
            if told.sender.id != self._client.me.id:
                self._conversation.marking.shown(room.name, told.seq, line.thread)
            if self._conversation.reading is not None and told.seq > room.replayed:
                self._conversation.reading.take(room.name, line)
        if isinstance(told.body, events.Nick):  # told in every room that is shared, and news in the first of them
            self._renamed(told.sender.id, told.body.nick)

    def _renamed(self, id: str, nick: str) -> None:
        for room in self._conversation.rooms.values():
            if id in room.members:
                room.rename(id, nick)

    async def _room_of(self, told: Told) -> Room | None:
        """The room of an event; a direct room that the other side opened is opened here too. None: it was left."""
        rooms = self._conversation.rooms
        if told.room not in rooms:
            async with self._conversation.entering:
                pass  # it is being entered: its heading comes first
        room, peer = rooms.get(told.room), self._client.peer(told.room)
        if room is None and peer is not None:
            room = self._conversation.opened(Joined(told.room, 0, 2, (peer,), peer=peer))
            self._show_how_to_answer(peer)
        return room

    def _show_how_to_answer(self, peer: Sender) -> None:
        """Above the first line that somebody says to one alone: an answer typed as usual would be read by the whole room."""
        if self._conversation.front.asks:
            self._conversation.note(f"Only {peer.nick} and you read what follows. To answer: /msg {peer.nick} TEXT")

    def _is_news(self, room: Room, told: Told) -> bool:
        """Whether a notice is worth its line: who came and went in the past is not, nor what one did oneself."""
        id, mine = told.sender.id, told.sender.id == self._client.me.id
        match told.body:
            case events.Join():
                return not mine and room.peer is None and told.seq > room.replayed
            case events.Leave():  # of those who were gone before, their going was told
                return not mine and room.peer is None and id in room.here
            case events.Nick(nick=nick):
                return not mine and room.members.get(id) != nick
            case events.Edit(target=target, redacted=redacted):  # of a line that stands above
                return redacted is None and room.timeline.line(target) is not None
            case events.Kick(target=target) | events.Ban(target=events.Named() as target):
                if target.id == self._client.me.id:
                    return False  # `RoomLost` says so
            case events.Unknown():
                return True
        return told.seq > room.entered  # what was done before is seen in how things are

    def _show_missed_mark(self, room: Room, told: Told) -> None:
        """Before the first line that was missed: while one was not here, or while the connection was lost."""
        if room.read and told.sender.id != self._client.me.id and told.seq > room.read:
            if len(room.timeline) > 1 and told.seq <= room.entered:
                self._conversation.show(self._view.rule("new since you read here last"))
            room.read = 0
        if room.missed_until and told.sender.id != self._client.me.id:
            if told.seq <= room.missed_until:
                where = "" if room is self._conversation.current else f" in {room.title}"
                self._conversation.show(self._view.rule(f"missed{where} while the connection was lost"))
            room.missed_until = 0

    def _show_day(self, at: int) -> None:
        day = self._view.local(at).date()
        if day != self._day:
            self._day = day
            self._conversation.show(self._view.day(at))

    # -- signals ----------------------------------------------------------------------------------

    def _signalled(self, item: Signalled) -> None:
        if isinstance(item.body, signals.Invited) and item.sender is not None:
            self._conversation.note(f"{item.sender.nick} invites you to {item.room}. To enter: /join {item.room}")
        if isinstance(item.body, signals.Marked):
            self._conversation.marking.marked(item.room, item.body.seq, item.body.thread)
        room = self._conversation.rooms.get(item.room)
        if room is None:
            return
        room.timeline.hear(item)
        match item.body:
            case signals.Typing() if item.sender is not None and item.sender.id != self._client.me.id:
                room.members[item.sender.id] = item.sender.nick
                doing = room.speaking if item.body.speaking else room.typing
                doing[item.sender.id] = self._now() + TYPING_LASTS if item.body.on else 0.0
            case signals.Presence():
                self._show_presence(room, item.body)
            case signals.State():
                room.state(item.body, self._now())
            case signals.Decision(tell=tell) if self._client.me.id in tell:
                self._conversation.show(self._view.decision(item.body, self._conversation.prefix(room)))

    def _show_presence(self, room: Room, presence: signals.Presence) -> None:
        came, went = room.presence(presence)
        for ids, said in ((came, "back"), (went, "gone")):
            nicks = room.nicks(id for id in ids if id != self._client.me.id)
            if nicks and room.peer is None:
                verb = "is" if len(nicks) == 1 else "are"
                line = self._view.notice(f"{listed(nicks)} {verb} {said}", room=self._conversation.prefix(room))
                self._conversation.show(line)

    # -- the connection --------------------------------------------------------------------------

    def _lost(self, lost: Lost) -> None:
        if not self._conversation.outage:
            self._conversation.note(f"Connection lost ({lost.reason}). What you type is sent when it is back.")
        self._conversation.outage = lost.reason or "lost"
        for room in self._conversation.rooms.values():
            room.timeline.drafts.clear()

    def _resumed(self, resumed: Resumed) -> None:
        self._conversation.outage = ""
        self._conversation.view.me = resumed.me.id  # another one, if the server has forgotten the visit
        self._conversation.note("The connection is back.")
        if resumed.me.nick != self._conversation.nick:
            self._conversation.nick = resumed.me.nick
            self._conversation.note(f"Your nick was given to somebody else meanwhile: you are {resumed.me.nick} now.")
        for name, head in resumed.rooms.items():
            if room := self._conversation.rooms.get(name):
                room.missed_until = room.replayed = head

    def _room_lost(self, lost: RoomLost) -> None:
        if room := self._conversation.rooms.get(lost.room):
            self._conversation.refuse(f"You are not in {room.title} any more: {lost.message}")
            self._conversation.left(room)
