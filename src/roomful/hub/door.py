"""The door: every request comes through here, is counted, checked for who asks, and sent where it belongs."""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast, get_args

from roomful import __version__
from roomful.domain import commands
from roomful.domain.answers import Done, Welcome
from roomful.domain.commands import Request
from roomful.domain.texts import check_line
from roomful.errors import (
    BadCode,
    BadRequest,
    Bye,
    CodeRequired,
    Ended,
    GuestsOff,
    HelloRequired,
    LoginRequired,
    NotMember,
    RateLimited,
    Refused,
    RoomfulError,
    TooManyWrong,
    UnsupportedProtocol,
)

from .accounts import MOST_WRONG
from .hearing import VOICE
from .limits import Buckets, is_loopback
from .session import Session
from .work import BARRIERS, Pending

if TYPE_CHECKING:
    from .hub import Hub

OWN_CODES, OWN_CODES_PER_SECOND = 3, 1 / 600  # tries of `--lan`'s code that an address has for itself
MAX_STATUS = 400  # bytes of what somebody says of being away
DRAFTS, DRAFTS_BURST = 50.0, 250  # parts of a bot's drafts a second
ROOMS, ROOMS_PER_SECOND = 60, 0.1  # that one participant begins, at once and in the long run: they stay when it goes
MOST_AGENTS = 1_000  # names of programs
REST = 0.25  # s for which nothing is read from a connection whose address asks too much
BEFORE_HELLO: frozenset[type] = frozenset((commands.Hello, commands.Ping))
BEFORE_LOGIN: frozenset[type] = frozenset(
    (commands.Hello, commands.Ping, commands.Login, commands.Register, commands.Bye)
)
# Whoever has used up all rates may still leave: this makes room for others.
PARTING: frozenset[type] = frozenset((commands.Logout, commands.Bye))
QUESTIONS: frozenset[type] = frozenset(get_args(commands.Question))
# What is looked into before the committer decides: see accounts.py.
OF_ACCOUNTS: frozenset[type] = frozenset(
    (
        commands.Register,
        commands.SetPassword,
        commands.Unregister,
        commands.Revoke,
        commands.Token,
        commands.Code,
        commands.AccountSet,
        commands.AccountDrop,
    )
)


class Door:
    """Takes the requests of all sessions."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        limits, clock = hub.limits, hub.monotonic
        self._commands = Buckets("messages", limits.messages_per_second, limits.messages_burst, clock)
        self._drafts = Buckets("parts of drafts", DRAFTS, DRAFTS_BURST, clock)
        self._questions = Buckets("questions", limits.questions_per_second, limits.questions_burst, clock)
        self._by_address = Buckets("requests from your address", limits.address_per_second, limits.address_burst, clock)
        self._logins = Buckets("logins from your address", limits.logins_per_second, limits.logins_burst, clock)
        self._codes = Buckets("codes that were not right", 1.0, 7, clock)
        self._own_codes = Buckets("codes that were not right", OWN_CODES_PER_SECOND, OWN_CODES, clock)
        self._rooms = Buckets("new rooms", ROOMS_PER_SECOND, ROOMS, clock)
        self._rooms_by_address = Buckets("new rooms from your address", 10 * ROOMS_PER_SECOND, 10 * ROOMS, clock)
        self._agents: dict[str, str] = {}

    def forget_full(self) -> None:
        """Forget whoever has not asked for so long that it might ask as if it never had."""
        for buckets in (self._commands, self._drafts, self._questions, self._by_address, self._logins):
            buckets.forget_full()
        self._codes.forget_full()
        self._own_codes.forget_full()
        self._rooms.forget_full()
        self._rooms_by_address.forget_full()

    def route(self, session: Session, request: Request) -> None:
        """Take one request of a session."""
        try:
            kind = type(request)
            self._check(session, request, kind)
            if kind is commands.Post:  # first, being nearly all there is
                if cast("commands.Post", request).style == VOICE:
                    self.hub.hearing.take(session, cast("commands.Post", request))
                else:
                    self.hub.committer.submit(Pending(session, session.participant, request))
            elif kind in QUESTIONS:
                self.hub.questions.ask(session, cast("commands.Question", request))
            elif kind is commands.Bye and session.participant is None:
                session.answer(request.id, Done())
                session.end(Bye())
            elif kind in _AT_ONCE:
                _AT_ONCE[kind](self, session, request)
            elif kind is commands.Bot:
                self.hub.bots.ask(session, cast("commands.Bot", request))
            elif kind in OF_ACCOUNTS or (
                kind is commands.Login and not self._is_guest(cast("commands.Login", request))
            ):
                self.hub.accounts.take(session, request)
            else:
                if kind in BARRIERS:
                    session.hold()
                self.hub.committer.submit(Pending(session, session.participant, request))
        except Refused as refused:
            session.refuse(request.id, refused)
        except Ended as ended:
            session.end(ended)
        except Exception:
            # The request's sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault at the door", request=type(request).__name__)
            session.refuse(request.id, RoomfulError())

    def count_room(self, session: Session, id: str) -> None:
        """Count a room that a participant is about to begin. Raises RateLimited."""
        if self.hub.limits.enabled:
            if self.hub.limits.by_address:
                self._rooms_by_address.take(session.source)
            self._rooms.take(id)

    def reject(self, session: Session, re: int | None, error: BadRequest) -> None:
        """Refuse what is no request."""
        try:
            if self.hub.limits.enabled:
                self._count(session)
        except RateLimited as limited:
            session.refuse(re, limited)
        else:
            session.refuse(re, error)

    def _check(self, session: Session, request: Request, kind: type) -> None:
        limited = self.hub.limits.enabled and kind not in PARTING
        if limited:
            self._count(session)
        if not session.greeted and kind not in BEFORE_HELLO:
            raise HelloRequired
        participant = session.participant
        if participant is None:
            if kind not in BEFORE_LOGIN:
                raise LoginRequired
            if kind is commands.Login:
                self._check_login(session, cast("commands.Login", request))
        elif limited:
            if kind in QUESTIONS:
                self._questions.take(participant.sender.id)
            elif kind is commands.Draft:
                self._drafts.take(participant.sender.id)
            elif kind not in _AT_ONCE and participant.sender.kind != "service":  # our own, which brings many in at once
                self._commands.take(participant.sender.id)

    def _count(self, session: Session) -> None:
        """Count a request from the session's address. Beyond its rate, not only is it refused: less is read.

        Where an address may be a whole classroom, who has logged in counts alone.
        """
        known = session.participant if not self.hub.limits.by_address else None
        try:
            self._by_address.take(known.sender.id if known else session.source)
        except RateLimited:
            session.rest(REST)
            raise

    def _check_login(self, session: Session, request: commands.Login) -> None:
        if self._is_guest(request):
            guests, here = self.hub.settings.guests, is_loopback(session.address)
            if guests == "off" or (guests == "loopback" and not here):
                raise GuestsOff
            if self.hub.settings.code and not here and request.resume is None:
                self._check_code(session, request.code)
        if self.hub.limits.enabled and self.hub.limits.by_address:
            self._logins.take(session.source)

    def _is_guest(self, request: commands.Login) -> bool:
        """Whether a login asks for no account."""
        if request.account is not None or request.token is not None:
            return False
        return request.resume is None or not self.hub.proofs.device_of(request.resume)

    def _check_code(self, session: Session, code: str | None) -> None:
        if code is None:
            raise CodeRequired(field="code")
        count, key = self._count_code(session.source)
        if not hmac.compare_digest(code.strip().encode(), self.hub.settings.code.encode()):
            session.wrong += 1
            self.hub.log.warning("wrong code", **session.described())
            if session.wrong >= MOST_WRONG:
                raise TooManyWrong(retry_after=None)
            raise BadCode(field="code")
        count.give_back(key)

    def _count_code(self, source: str) -> tuple[Buckets, str]:
        """Count a try before it is looked at. Raises RateLimited.

        An address that has hardly been wrong of late has tries of its own, so that whoever guesses keeps nobody else out;
        all others share what is left: guessing is slow, whoever guesses, and from wherever.
        """
        try:
            self._own_codes.take(source)
        except RateLimited:
            self._codes.take("")
            return self._codes, ""
        return self._own_codes, source

    # -- requests that are answered at once -------------------------------------------------------------

    def _hello(self, session: Session, request: commands.Hello) -> None:
        if request.protocol != 1:
            raise UnsupportedProtocol(f"This server speaks version 1, not {request.protocol}.")
        session.greeted = True
        session.agent = self._known_agent(request.agent)
        limits = self.hub.limits
        welcome = Welcome(
            f"roomful/{__version__}",
            1,
            self.hub.epoch,
            self.hub.settings.features,
            limits.max_frame,
            limits.max_text,
            limits.max_in_flight,
            limits.idle,
            self.hub.http,
            self.hub.files.most,
            self.hub.hearing.listens_by,
            self.hub.hearing.speaks_by,
        )
        session.answer(request.id, welcome)

    def _known_agent(self, agent: str) -> str:
        """One copy of a program's name: thousands of connections are of a few programs. (Interning might keep it for ever.)"""
        if len(self._agents) >= MOST_AGENTS:
            self._agents.clear()
        return self._agents.setdefault(agent, agent)

    def _ping(self, session: Session, request: commands.Ping) -> None:
        session.answer(request.id, Done())

    def _typing(self, session: Session, request: commands.Typing) -> None:
        assert session.participant is not None
        room = self.hub.rooms.find(request.room)
        if room is None or session.participant.sender.id not in room.state.members:
            raise NotMember(f"You are not in {request.room}: join it first.", field="room")
        mute = room.state.mutes.get(session.participant.sender.id)
        if mute is None or mute.until <= self.hub.clock():
            self.hub.presence.typing(session, room, request.on)
        session.answer(request.id, Done())

    def _presence(self, session: Session, request: commands.Presence) -> None:
        assert session.participant is not None
        check_line(request.text, MAX_STATUS, "status", "text")
        self.hub.presence.say(session.participant, request.state, request.text)
        session.answer(request.id, Done())

    def _draft(self, session: Session, request: commands.Draft) -> None:
        self.hub.bots.draft(session, request)

    def _reply(self, session: Session, request: commands.Reply) -> None:
        self.hub.bots.reply(session, request)


_AT_ONCE: dict[type, Callable[[Door, Session, Any], None]] = {
    commands.Hello: Door._hello,
    commands.Ping: Door._ping,
    commands.Typing: Door._typing,
    commands.Presence: Door._presence,
    commands.Draft: Door._draft,
    commands.Reply: Door._reply,
}
