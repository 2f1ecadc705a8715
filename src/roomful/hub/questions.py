"""Questions: what can be answered without changing anything. They run beside the commands, and are answered when read."""

from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from roomful.domain import commands
from roomful.domain.answers import Answer
from roomful.errors import RoomfulError

from .asking import accounts, bots, hooks, logs, people, rooms, server
from .beside import Beside
from .session import Participant, Session

if TYPE_CHECKING:
    from .hub import Hub


class Questions:
    """Answers them for the hub."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._beside = Beside()

    def ask(self, session: Session, question: commands.Question) -> None:
        """Take a question. A session's are answered in turn, none before its socket has taken the answer to the last."""
        assert session.participant is not None
        if session.asked is None:
            session.asked = deque()
        session.asked.append((session.participant, question))
        self.go_on(session)

    def go_on(self, session: Session) -> None:
        """Answer what the session has asked, unless that is under way or its socket is full."""
        if session.asked and not session.answering and session.paused_at is None:
            session.answering = True
            self._beside.start(self._answer_all(session, session.asked))

    async def close(self) -> None:
        """Let go of everything that is under way."""
        await self._beside.close()

    async def _answer_all(self, session: Session, asked: deque[tuple[Participant, commands.Question]]) -> None:
        try:
            while asked and session.paused_at is None and session.open:
                me, question = asked.popleft()
                await self._answer(session, me, question)
        finally:
            session.answering = False
            if not asked:
                session.asked = None

    async def _answer(self, session: Session, me: Participant, question: commands.Question) -> None:
        try:
            session.answer(question.id, await _FINDERS[type(question)](self.hub, session, me, question))
        except RoomfulError as refused:
            session.refuse(question.id, refused)
        except Exception:
            # The question's sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault while answering", request=type(question).__name__)
            session.refuse(question.id, RoomfulError())


# Each raises Refused, StoreUnavailable.
_FINDERS: dict[type, Callable[["Hub", Session, Participant, Any], Coroutine[Any, Any, Answer]]] = {
    commands.History: logs.history,
    commands.Thread: logs.thread,
    commands.Changes: logs.changes,
    commands.Pins: logs.pins,
    commands.Acts: logs.acts,
    commands.Search: logs.search,
    commands.Rooms: rooms.rooms,
    commands.Members: rooms.members,
    commands.Bans: rooms.bans,
    commands.Unread: people.unread,
    commands.Whois: people.whois,
    commands.Devices: accounts.devices,
    commands.Bots: bots.bots,
    commands.Why: bots.why,
    commands.Usage: bots.usage,
    commands.Memories: bots.memories,
    commands.StateGet: bots.kept,
    commands.Webhooks: hooks.webhooks,
    commands.Accounts: server.accounts,
    commands.ServerRooms: server.rooms,
    commands.Limits: server.limits,
}
