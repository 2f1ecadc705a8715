"""Presence: who is connected, told at most once a second and room; and what ends by time.

Being here is a signal, membership is logged. A connection lost without `bye` shows as reconnecting for 15 s, then as gone;
a guest's membership ends 10 minutes after its last session.
"""

from itertools import takewhile
from typing import TYPE_CHECKING

from roomful.domain.events import Sender
from roomful.domain.signals import Presence, Status, Typing
from roomful.errors import Bye, Idle, LoginTimeout, Replaced, TooSlow

from .rooms import Room
from .session import Participant, Session
from .work import NICK_KEPT, RENEWED, Expire, Renew

if TYPE_CHECKING:
    from .hub import Hub

RECONNECTING = 15.0  # s
TYPING_TOLD = 3.0  # s between two typing signals of one participant in a room
TYPING_LASTS = 6.0  # s
TYPING_TOLD_TO = 100  # participants here at most: in a larger room everybody's typing is told to nobody
SHOWN = 100  # changes in one presence signal
ROOM_KEPT = 600.0  # s a room stays in memory that nobody follows
RECEIPTS_KEPT = 7 * 24 * 3600 * 1000  # ms


class PresenceKeeper:
    """Knows who is here, and lets time end what time must end. `tick` is called once a second."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._dirty: set[str] = set()  # rooms whose presence changes are not told yet
        # (participant, room) told as reconnecting -> until when (monotonic s), in the order of that
        self._lost: dict[tuple[str, str], float] = {}
        self._typed: dict[tuple[str, str], float] = {}  # (participant, room) -> when last told
        self._next_renewal = hub.monotonic() + RENEWED / 1000
        # After a start, those who were here before get time to come back before their memberships end.
        self._next_expiry = hub.monotonic() + NICK_KEPT / 1000
        self._next_minute = hub.monotonic() + 60

    # -- participants ------------------------------------------------------------------------------

    def arrive(
        self,
        session: Session,
        sender: Sender,
        sid: bytes,
        *,
        account: str | None = None,
        owner: bool = False,
        device: str = "",
    ) -> None:
        """A login was recorded: the session has its participant. `account`: its name, and whether it owns the server."""
        if session.transport is None:
            self._let_go(session, sender.id)
            return
        participant = self.hub.participants.get(sender.id)
        if participant is None:
            participant = self.hub.participants[sender.id] = Participant(sender)
        participant.sender, participant.account, participant.owner = sender, account, owner
        for other in participant.sessions:
            if other.sid == sid:
                other.end(Replaced())
        participant.sessions = (*participant.sessions, session)
        self.hub.origins.note(sender.id, session.address)
        session.participant, session.sid, session.device, session.guest = participant, sid, device, ""
        self.hub.log.info("login", id=sender.id, **session.described())

    def forget_guest(self, session: Session) -> None:
        """The connection is lost. If a login of a new guest was not answered, its nick may be claimed: free it."""
        if session.guest:
            self._let_go(session, session.guest)

    def _let_go(self, session: Session, id: str) -> None:
        """A login's connection was lost before its answer. Nobody can come back as a new guest: its nick is free at once."""
        if id not in self.hub.participants:
            self.hub.submit(Renew((id,), 0 if id == session.guest else self.hub.clock() + NICK_KEPT))

    def depart(self, session: Session, *, for_good: bool) -> None:
        """The session has no participant any more: it logged out, or its connection was lost."""
        participant = session.participant
        if participant is None:
            return
        participant.sessions = tuple(s for s in participant.sessions if s is not session)
        self.hub.origins.note(participant.sender.id, session.address)
        for id in list(session.rooms):
            self.hub.readers.unfollow(session, id)
        if not for_good:
            self.hub.accounts.left(session)
        if not participant.sessions:
            id = participant.sender.id
            self.hub.participants.pop(id, None)
            if not for_good:
                now = self.hub.clock()
                self.hub.submit_in_time(Renew((id,), now + NICK_KEPT, now))
        session.participant, session.sid, session.device, session.since = None, b"", "", self.hub.monotonic()

    def say_bye(self, session: Session) -> None:
        """The visit has ended; with a guest's last connection, what is kept for its calls over HTTP too."""
        me = session.participant
        self.depart(session, for_good=True)
        session.end(Bye())
        if me is not None and me.account is None and all(other.called for other in me.sessions):
            for other in me.sessions:
                self.say_bye(other)

    def say(self, participant: Participant, state: str, text: str) -> None:
        """The participant says how it is there."""
        status = None if (state, text) == ("online", "") else Status(participant.sender.id, state, text)
        if status == participant.status:
            return
        participant.status = status
        for id in {id for session in participant.sessions for id in session.rooms}:
            if room := self.hub.rooms.by_id.get(id):
                room.statuses[participant.sender.id] = status or Status(participant.sender.id)
                self._dirty.add(id)

    def rename(self, sender: Sender) -> None:
        """The participant has another nick."""
        if participant := self.hub.participants.get(sender.id):
            participant.sender = sender

    # -- rooms -----------------------------------------------------------------------------------------

    def came(self, room: Room, session: Session) -> None:
        """A session begins to follow a room."""
        assert session.participant is not None
        id = session.participant.sender.id
        self._lost.pop((id, room.state.id), None)
        room.here[id] = room.here.get(id, 0) + 1
        if room.here[id] == 1:
            self._change(room, id, "online")

    def went(self, room: Room, session: Session) -> None:
        """A session follows a room no more."""
        assert session.participant is not None
        id = session.participant.sender.id
        left = room.here.get(id, 0) - 1
        if left > 0:
            room.here[id] = left
            return
        room.here.pop(id, None)
        room.typing.pop(id, None)
        self.hub.bots.left(room, id)
        if session.transport is not None:
            self._change(room, id, "gone")
            return
        self._change(room, id, "reconnecting")
        self._lost[id, room.state.id] = self.hub.monotonic() + RECONNECTING

    def _change(self, room: Room, id: str, what: str) -> None:
        room.changes[id] = what
        self._dirty.add(room.state.id)

    def typing(self, session: Session, room: Room, on: bool) -> None:
        """Tell a room that somebody types, not too often."""
        assert session.participant is not None
        sender = room.state.members[session.participant.sender.id].sender
        now = self.hub.monotonic()
        key = (sender.id, room.state.id)
        if len(room.here) > TYPING_TOLD_TO:
            return
        if not on:
            if room.typing.pop(sender.id, None) is None:
                return  # what nobody was told need not be taken back
        elif now - self._typed.get(key, -TYPING_TOLD) < TYPING_TOLD:
            return
        else:
            self._typed[key] = now
            room.typing[sender.id] = now + TYPING_LASTS
        self.hub.telling.signal(room, sender, Typing(on), but=session)

    # -- time ------------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """What a second brings: presence told, the silent and the slow ended; now and then, claims and rooms."""
        now = self.hub.monotonic()
        self._give_up_lost(now)
        for id in self._dirty:
            if room := self.hub.rooms.by_id.get(id):
                self._tell(room)
        self._dirty.clear()
        for session in list(self.hub.sessions):
            self._look_after(session, now)
        if now >= self._next_renewal:
            self._next_renewal = now + RENEWED / 1000
            self._renew()
        if now >= self._next_minute:
            self._next_minute = now + 60
            await self._every_minute(now)
        await self.hub.retention.tick()
        if self.hub.indexer is not None:
            await self.hub.indexer.tick()

    def _give_up_lost(self, now: float) -> None:
        """Those who have not come back to a room in time are gone from it."""
        for (id, room_id), _ in list(takewhile(lambda lost: lost[1] <= now, self._lost.items())):
            del self._lost[id, room_id]
            if room := self.hub.rooms.by_id.get(room_id):
                self._change(room, id, "gone")

    def _tell(self, room: Room) -> None:
        changes, room.changes = room.changes, {}
        online = [
            room.state.members[id].sender
            for id, what in changes.items()
            if what == "online" and id in room.state.members
        ]
        reconnecting = [id for id, what in changes.items() if what == "reconnecting"]
        gone = [id for id, what in changes.items() if what == "gone"]
        statuses, room.statuses = [*room.statuses.values()], {}
        more = max(len(online), len(reconnecting), len(gone), len(statuses)) > SHOWN
        signal = Presence(
            tuple(online[:SHOWN]),
            tuple(reconnecting[:SHOWN]),
            tuple(gone[:SHOWN]),
            tuple(statuses[:SHOWN]),
            len(room.here),
            more,
        )
        self.hub.telling.signal(room, None, signal)

    def _look_after(self, session: Session, now: float) -> None:
        limits = self.hub.limits
        if session.paused_at is not None:
            if now - session.paused_at > limits.slow_reader:
                session.end(TooSlow(retry_after=0))
        elif session.participant is None and now - session.since > limits.login_timeout:
            session.end(LoginTimeout(f"No login within {limits.login_timeout:g} s.", retry_after=1))
        elif now - session.heard > limits.idle:
            session.end(Idle(f"Nothing was heard for {limits.idle:g} s. Send `ping` in time.", retry_after=0))

    def _renew(self) -> None:
        if here := tuple(self.hub.participants):
            now = self.hub.clock()
            self.hub.submit(Renew(here, now + NICK_KEPT + RENEWED, now))
            self.hub.accounts.renewed()

    async def _every_minute(self, now: float) -> None:
        self.hub.door.forget_full()
        self.hub.hooks.forget_full()
        self.hub.speaking.forget_full()
        self.hub.previewing.forget_full()
        self.hub.files.forget_old()
        connected = [(s.participant.sender.id, s.address) for s in self.hub.sessions if s.participant is not None]
        self.hub.origins.forget_old(connected)
        self.hub.committer.try_again()
        self._typed = {key: at for key, at in self._typed.items() if now - at < TYPING_TOLD}
        self.hub.committer.unused = [r for r in self.hub.rooms if not r.here and now - r.used_at > ROOM_KEPT]
        await self.hub.store.prune(self.hub.clock() - RECEIPTS_KEPT)
        if now >= self._next_expiry:
            for id in await self.hub.store.expired(self.hub.clock()):
                self.hub.submit(Expire(id))
