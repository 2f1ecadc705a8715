"""Effects: what follows in memory and on other connections once something is recorded."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from roomful.domain.events import Ban, Event, Kick, Leave, Redaction, Sender
from roomful.domain.signals import Invited, Marked, Removed

from .rooms import Room
from .session import Participant, Session

if TYPE_CHECKING:
    from .hub import Hub


class Effects:
    """Carries them out."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub

    def unfollow_all(self, participant: str, room: str, why: str, *, but: Session | None = None) -> None:
        """The participant's membership ended: none of its connections follows the room any more. All but one are told why."""
        known = self.hub.participants.get(participant)
        address = self.hub.rooms.by_id[room].address if room in self.hub.rooms.by_id else "!" + room
        for session in known.sessions if known else ():
            if room in session.rooms:
                self.hub.readers.unfollow(session, room)
                if session is not but and session.open:
                    session.write(session.wire.signal(address, None, Removed(why)))

    def unfollow_each(self, participants: Iterable[str], room: str, why: str) -> None:
        """See `unfollow_all`."""
        for participant in participants:
            self.unfollow_all(participant, room, why)

    def follow_on(self, room: Room, events: list[Event]) -> None:
        """Events that another hub recorded were told: what follows from them for the sessions of this one."""
        for body in [event.body for event in events]:
            if isinstance(body, Leave | Kick | Ban):
                reason = {Kick: "kicked", Ban: "banned"}.get(type(body), "left")
                for id in [id for id in room.here if id not in room.state.members]:
                    self.unfollow_all(id, room.state.id, reason)
            elif isinstance(body, Redaction):
                self.erased(room.state.id)

    def room_deleted(self, id: str) -> None:
        """A room is no more: whoever follows it is told, and it is forgotten."""
        room = self.hub.rooms.by_id.get(id)
        if room is None:
            return
        for participant in list(room.here):
            self.unfollow_all(participant, id, "deleted")
        self.hub.rooms.drop([room])
        if self.hub.indexer is not None:
            self.hub.indexer.forget(id)
        self.hub.hooks.room_deleted(id)
        self.erased(id)

    def erased(self, id: str) -> None:
        """Texts of a room were erased: nothing that was encoded may be told again, and soon no file may hold them."""
        if room := self.hub.rooms.by_id.get(id):
            self.hub.rooms.drop_tails(room)
        self.hub.retention.erased()
        self.hub.files.erased()

    async def expired(self, room: str, seqs: Sequence[int]) -> None:
        """Texts have gone by age: whatever was made of them goes too, and what hung on them."""
        self.hub.files.erased()
        if self.hub.indexer is not None:
            await self.hub.indexer.expired(room, seqs)

    def tell_invited(self, participant: str, room: str, by: Sender) -> None:
        """Tell somebody who is connected that it may enter a room."""
        known, there = self.hub.participants.get(participant), self.hub.rooms.by_id.get(room)
        for session in known.sessions if known and there else ():
            assert there is not None
            session.write(session.wire.signal(there.address, by, Invited()))

    def tell_marked(self, me: Participant, but: Session, room: str, seq: int, thread: int | None) -> None:
        """Tell somebody's other connections how far it has read."""
        there = self.hub.rooms.by_id.get(room)
        for session in me.sessions if there else ():
            if session is not but:
                assert there is not None
                session.write(session.wire.signal(there.address, None, Marked(seq, thread)))
