"""A conversation: a client in its rooms, and the front end that shows them. What the commands work on."""

import asyncio
import shlex
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from roomful.client import Attachment, Client
from roomful.client import Line as Shown
from roomful.domain.answers import Joined, Receipt, RoomInfo, UnreadInfo
from roomful.domain.events import Style
from roomful.domain.verdicts import BotInfo
from roomful.errors import RateLimited, Refused, SlowMode
from roomful.terminal.being import Being
from roomful.terminal.durations import spoken
from roomful.terminal.front import Front
from roomful.terminal.listening import Reading
from roomful.terminal.marking import Marking
from roomful.terminal.rooms import BOT, Room, Silences
from roomful.terminal.tracing import TraceSwitch
from roomful.terminal.view import Line, View, counted, listed

LOBBY = "#lobby"  # the room that `roomful chat` enters unasked
ENTERED_WITH = 50  # newest events shown on entering a room
STATE_WITHIN = 2.0  # s to wait for who is here, which is a hint and may never come
MANY = 1_000  # unread messages that the server counts at most
AGAIN_AFTER = 1.0  # s to wait after a rate limit that does not say how long


class Conversation:
    """What is said in the rooms one is in, one of which is the current one: there go the lines that are typed."""

    def __init__(
        self,
        client: Client,
        front: Front,
        view: View,
        trace: TraceSwitch,
        leaving: asyncio.Event,
        invitation: str,
        enter_as: Callable[[str], Awaitable[Client]],
        data: Path | None = None,
    ) -> None:
        self.client = client
        self.front = front
        self.view = view
        self.trace = trace
        self.nick = client.me.nick  # as it was shown last
        self.rooms: dict[str, Room] = {}  # by name on the wire
        self.current: Room | None = None
        self.leaving = leaving
        self.invitation = invitation  # what somebody else on this machine types to come here
        self.room_names: set[str] = set()  # of all rooms heard of, for completion
        self.bot_names: set[str] = set()  # of all bots heard of, likewise
        self.marking = Marking(client)
        self.being = Being(client, time.monotonic)
        self.reading: Reading | None = None  # who reads bots' answers out
        self.enter_as = enter_as  # gives a client that is logged in to an account
        self.data = data  # folder of the server that may run here; None: the platform's
        self.parting = False  # the connection is about to end, because one wanted it to
        self.successor: Client | None = None  # who goes on when this one has left
        self.outage = ""  # while the connection is lost: why
        self.entering = asyncio.Lock()  # held until a room's heading is shown: its events wait for that
        self._moved = asyncio.Condition()

    # -- showing --------------------------------------------------------------------------------

    def show(self, *lines: Line) -> None:
        """Show lines."""
        self.front.show(lines)

    def note(self, text: str) -> None:
        """Show a dim one-line notice of our own."""
        self.show(self.view.notice(text))

    def refuse(self, text: str, hint: str = "") -> None:
        """Show what did not work, and what to type instead."""
        self.show(self.view.refusal(text, hint))

    def show_message(self, room: Room, line: Shown, *, numbered: bool = False) -> None:
        """Show a message of one of the rooms."""
        answered = room.timeline.line(line.reply_to) if line.reply_to is not None else None
        prefix = "" if room.peer else self.prefix(room)
        numbered = numbered or (self.front.live and room is self.current)  # /reply takes numbers of the current room
        self.show(*self.view.message(line, room=prefix, peer=room.peer, answered=answered, numbered=numbered))

    def show_silences(self, room: Room, silences: Silences, seq: int) -> None:
        """Show why bots were silent at a line that was just shown; once."""
        prefix = self.prefix(room)
        for verdict, nick in silences.pop(seq, ()):
            self.show(self.view.silence(verdict, nick, prefix))

    def prefix(self, room: Room) -> str:
        """A room's name before its lines, unless it is the current one."""
        return "" if room is self.current else room.title

    async def hush(self) -> None:
        """Let nothing be read out any more."""
        reading, self.reading = self.reading, None
        if reading is not None:
            await reading.close()

    # -- rooms ---------------------------------------------------------------------------------------

    def find(self, reference: str) -> Room | None:
        """The room one is in that is called '#name', '!id' or '@nick'."""
        wanted = reference.casefold()
        return next((r for r in self.rooms.values() if wanted in (r.title.casefold(), r.name)), None)

    async def enter(self, reference: str, *, turn: bool = True) -> Room:
        """Join a room, show its newest lines and who is there, and by default turn to it. Raises Refused."""
        room = self.find(reference)
        if room is not None:
            if turn:
                self.turn_to(room)
            return room
        missed = await self._missed()
        async with self.entering:
            joined = await self.client.join(reference, last=ENTERED_WITH)
            silences = await self._silences_of(joined)
            room = self.opened(joined)
            room.silences = silences
            if turn:
                self.turn_to(room)
                if joined.welcome:
                    self.note(joined.welcome)
            if (info := missed.get(joined.room)) is not None and info.read:
                room.read = info.read
                if said := unread(info):
                    self.note(said)
        await self.until_shown(room, joined.head)
        if room.peer is None:
            await self._until(room, lambda: room.known, STATE_WITHIN)
            self._show_company(room)
        return room

    async def _silences_of(self, joined: Joined) -> Silences:
        """Why bots were silent at the lines that are shown on entering. Where none is a member, it is not asked."""
        bots = any(member.kind == BOT for member in joined.members) or joined.count > len(joined.members)
        if not bots:
            return {}
        return await self.silences(joined.room, joined.head - ENTERED_WITH + 1, joined.head)

    async def silences(self, room: str, first: int, last: int) -> Silences:
        """Why bots were silent at these lines, as people were told: what stands under each line."""
        if last < 1:
            return {}
        try:
            found = await self.client.told(room, max(1, first), last)
        except Refused:  # asked too often: then nothing is said of it
            return {}
        silences: Silences = {}
        for verdict in found.verdicts:
            silences.setdefault(verdict.last, []).append((verdict, found.nicks.get(verdict.bot, "")))
        return silences

    async def _missed(self) -> dict[str, UnreadInfo]:
        """What one has missed, by room; nothing for those who have just come."""
        if self.client.me.account is None:
            return {}
        try:
            return {info.room: info for info in await self.client.unread()}
        except Refused:  # asked too often: then nothing is said of it
            return {}

    def opened(self, joined: Joined) -> Room:
        """The room that was joined, in the list of those one is in."""
        return self.rooms.setdefault(joined.room, Room(joined))

    def turn_to(self, room: Room) -> None:
        """Make a room the current one."""
        if room is not self.current:
            self.current = room
            self.show(self.view.rule(room.heading))
        self.front.refresh()

    async def leave(self, room: Room) -> None:
        """Leave a room; if it was the current one, another becomes it. Raises Refused."""
        await self.client.leave(room.name)
        self.note(f"You left {room.title}.")
        self.left(room)

    def left(self, room: Room) -> None:
        """The room is none of ours any more."""
        self.rooms.pop(room.name, None)
        self.marking.forget(room.name)
        if room is self.current:
            self.current = None
            if self.rooms:
                self.turn_to(next(reversed(self.rooms.values())))
        self.front.refresh()

    async def list_rooms(self) -> list[RoomInfo]:
        """All rooms one may enter or is in. Raises Refused."""
        mine = {info.room: info for info in await self.client.rooms(mine=True)}
        found = {info.room: info for info in await self.client.rooms()} | mine
        self.room_names.update(name for name in found if name.startswith("#"))
        return list(found.values())

    async def list_bots(self, room: Room | None = None) -> tuple[BotInfo, ...]:
        """The bots of a room, or all that one may fetch. Raises Refused."""
        found = await self.client.bots(room.name if room else None)
        self.bot_names.update(bot.nick for bot in found)
        return found

    def start_over(self) -> None:
        """The server's history was replaced: the rooms are the same, their numbers are not."""
        for name, room in list(self.rooms.items()):
            self.rooms[name] = room.afresh()
            self.marking.forget(name)
            if room is self.current:
                self.current = self.rooms[name]

    def renamed(self, old: str, new: str) -> None:
        """A room is called something else."""
        if room := self.rooms.pop(old, None):
            room.name = new
            self.rooms[new] = room
            self.marking.forget(old)
            self.room_names.discard(old)
            self.room_names.add(new)

    def begin_again_in(self, otherwise: str) -> str:
        """The room in which whoever comes next begins."""
        return self.current.name if self.current is not None and self.current.peer is None else otherwise

    def _show_company(self, room: Room) -> None:
        """Who else is here: the last line on entering."""
        others = room.named(id for id in room.here if id != self.client.me.id)
        if not len(room.timeline):
            self.note("Nobody has said anything here yet.")
        if others:
            self.note(f"Here: {listed([*sorted(others, key=str.casefold), 'you'])}.")
        if not room.known or room.here - room.bots - {self.client.me.id}:
            return
        alone = "No other person is here" if others else "Only you are here"
        if room.kind == "private":
            self.note(f"{alone}, and nobody else finds this room. To let somebody in: /invite NICK")
        else:
            self.note(f"{alone}. To have company, type in another terminal: {self._invitation(room)}")

    def _invitation(self, room: Room) -> str:
        return self.invitation if room.name == LOBBY else f"{self.invitation} --room {shlex.quote(room.name)}"

    # -- speaking --------------------------------------------------------------------------------------

    async def post(
        self,
        room: Room,
        text: str,
        style: Style = "text",
        reply_to: int | None = None,
        thread: int | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """Say something, and wait until it is shown. What comes too fast is sent again in time. Raises Refused."""
        receipt = await self._in_time(
            lambda: self.client.post(
                room.name, text, style=style, reply_to=reply_to, thread=thread, attachments=attachments
            )
        )
        await self.until_shown(room, receipt.seq)

    async def act(self, room: Room, asked: Awaitable[Receipt]) -> None:
        """Wait until something is done, and shown. Raises Refused."""
        await self.until_shown(room, (await asked).seq)

    async def _in_time(self, send: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Send, and again after each rate limit.

        Raises SlowMode where somebody sits there, who would rather do something else meanwhile.
        """
        noted = False
        while True:
            try:
                return await send()
            except RateLimited as why:
                slow = isinstance(why, SlowMode)
                if slow and self.front.live:
                    raise
                if not noted:
                    rest = f"the next line goes out in {spoken(why.retry_after or 0)}."
                    fast = "That was fast: the next lines go out as the server's limit allows."
                    self.note(f"Slow mode: {rest}" if slow else fast)
                    noted = True
                await asyncio.sleep(why.retry_after or AGAIN_AFTER)

    # -- waiting ---------------------------------------------------------------------------------------

    async def moved(self) -> None:
        """An event or a state was taken: those who wait for it may look."""
        async with self._moved:
            self._moved.notify_all()

    async def until_shown(self, room: Room, seq: int) -> None:
        """Wait until an event is shown, or the room is left."""
        await self._until(room, lambda: room.shown >= seq)

    async def _until(self, room: Room, true: Callable[[], bool], within: float | None = None) -> None:
        async with self._moved:
            try:
                async with asyncio.timeout(within):
                    await self._moved.wait_for(lambda: true() or self.rooms.get(room.name) is not room)
            except TimeoutError:
                return  # a signal was waited for, and signals may be lost


def unread(info: UnreadInfo) -> str:
    """What is unread in a room: '12 unread, 2 mention you, 1 thread has news'; empty: nothing."""
    parts = []
    if info.unread:
        parts.append(f"{info.unread:,}{'+' if info.unread >= MANY else ''} unread")
    if info.mentions:
        parts.append(f"{info.mentions} mention{'s' if info.mentions == 1 else ''} you")
    if info.threads:
        news = counted(len(info.threads), "thread has news", "threads have news")
        parts.append(f"{news} ({', '.join(f'/thread {one.thread}' for one in info.threads[:3])})")
    return ", ".join(parts)
