"""Accounts: what is asked of them before the committer decides. Passwords are compared beside the event loop.

A login holds its session: later requests wait. It is looked into here (who is meant, is the password right, may so many be
tried), and then goes to the committer, which decides under the rows as they are at that moment (deciding/accounts.py).
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from roomful.domain import commands
from roomful.domain.events import Message, Sender
from roomful.domain.names import parse_nick
from roomful.domain.tokens import code_digest, token_digest
from roomful.errors import (
    AccountGone,
    AccountRequired,
    AccountTaken,
    BadCredentials,
    BadInvite,
    BadName,
    BadRequest,
    Ended,
    LoggedIn,
    NoSuchNick,
    NotAllowed,
    RegistrationClosed,
    RoomfulError,
    TooManyWrong,
)
from roomful.store import AccountRecord, CodeRecord, DropTokens, Row

from .account_rows import check_droppable
from .backoff import Backoff
from .beside import Beside
from .limits import Buckets
from .passwords import Passwords, check_password
from .prepared import Dropping, Entry, Erasure, Founding, Parting, Rekeying, Touch
from .session import Participant, Session
from .work import BARRIERS, Pending

if TYPE_CHECKING:
    from .hub import Hub

MOST_WRONG = 5  # passwords or codes on one connection
FREE_PER_ACCOUNT = 5  # wrong passwords in a row before the account's next login has to wait
FREE_PER_ADDRESS = 50  # a class behind one address may mistype once each
ERASED_AT_ONCE = 100  # messages, in one change
COMPANY = 0.03  # s for which a login waits to be recorded with others
TOUCHED_EVERY = 12  # renewals of claims: an hour


class Accounts:
    """The hub's accounts."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.owner_found: Callable[[], None] = lambda: None  # what follows when the first owner has come
        self.passwords = Passwords()
        self._by_account = Backoff("for this account", FREE_PER_ACCOUNT, hub.monotonic)
        self._by_address = Backoff("from your address", FREE_PER_ADDRESS, hub.monotonic)
        self._registrations = Buckets("registrations from your address", 0.1, 60, hub.monotonic)
        self.beside = Beside()
        self._renewals = 0

    def take(self, session: Session, request: commands.Request) -> None:
        """Take a request about accounts. Raises Refused."""
        kind = type(request)
        if kind is commands.Login and session.participant is not None:
            raise LoggedIn
        if kind not in _PREPARING:
            self.hub.committer.submit(Pending(session, session.participant, request))
            return
        if kind in BARRIERS:
            session.hold()
        self.beside.start(self._prepare(session, session.participant, request))

    def left_behind(self, session: Session) -> list[Row]:
        """What a logout does to the session's device: it is logged out, and its token is good no more."""
        if not session.device or session.participant is None:
            return []
        return [DropTokens(session.participant.sender.id, session.device)]

    def left(self, session: Session) -> None:
        """The connection of a device is no more."""
        if session.device:
            self.hub.submit_in_time(Touch(((session.device, session.address),)))

    def renewed(self) -> None:
        """Claims were renewed: now and then, so are devices that stay connected for long."""
        self._registrations.forget_full()
        self._renewals += 1
        if self._renewals % TOUCHED_EVERY == 0:
            connected = {session.device: session.address for session in self.hub.sessions if session.device}
            if connected:
                self.hub.submit_in_time(Touch(tuple(connected.items())))

    def look_again(self, first: Callable[[], None] | None = None) -> None:
        """Accounts or devices may be gone: end the sessions that hung on them. `first`: what comes before."""
        if first is not None:
            first()
        self.beside.start(self._end_gone())

    def logged_out(self, device: str, me: Participant, depart: Callable[[], None]) -> None:
        """A device was logged out on one of its connections: the others end with it."""
        depart()
        if device and any(other.device == device for other in me.sessions):
            self.look_again()

    def founded(self, session: Session, arrive: Callable[[], None], *, owner: bool) -> None:
        """An account was made on this connection: whoever was a guest there is the account now."""
        guest = session.participant
        if guest is not None:
            guest.sessions = tuple(other for other in guest.sessions if other is not session)
        arrive()
        self.hub.log.info("account", owner=owner, **session.described())
        if owner:
            self.owner_found()
        if guest is not None and guest.sessions:
            self.look_again()  # the guest's other connections are no device of the account

    def parted(self, me: Participant, erased: Mapping[str, int] | None) -> None:
        """An account is gone: say so on all its connections. `erased`: up to where what it said was, if it shall be."""
        me.parted = True
        self.hub.log.info("account deleted", id=me.sender.id)
        if erased is not None:
            self.beside.start(self._erase_rest(me.sender, erased))
        for session in me.sessions:
            self.hub.presence.depart(session, for_good=True)
            session.end(AccountGone())

    def dropped(self, gone: Sender, erased: Mapping[str, int] | None) -> None:
        """An owner of the server deleted an account: see `parted`."""
        self.parted(self.hub.participants.get(gone.id) or Participant(gone), erased)

    def owned(self, id: str, *, owner: bool) -> None:
        """An account owns the server from here on, or no more."""
        if (known := self.hub.participants.get(id)) is not None:
            known.owner = owner

    async def close(self) -> None:
        """Let go of what is under way."""
        await self.beside.close()
        self.passwords.close()

    # -- under way -------------------------------------------------------------------------------------

    async def _prepare(self, session: Session, me: Participant | None, request: Any) -> None:
        try:
            command = await _PREPARING[type(request)](self, session, me, request)
        except Ended as ended:
            session.end(ended)
        except RoomfulError as refused:
            self._refuse(session, request, refused)
        except Exception:
            # The request's sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault while looking into an account", request=type(request).__name__)
            self._refuse(session, request, RoomfulError())
        else:
            # Whoever has waited for a password does not mind a moment more; a storm of logins is then few commits.
            self.hub.committer.submit_patiently(Pending(session, me, command), COMPANY)

    def _refuse(self, session: Session, request: commands.Request, error: RoomfulError) -> None:
        session.refuse(request.id, error)
        if type(request) in BARRIERS and session.held is not None:
            session.release()
        session.flush()  # what a held session is told is kept together until its request is answered

    async def _end_gone(self) -> None:
        devices = {session.device for session in self.hub.sessions if session.device}
        try:
            here = await self.hub.store.devices(sorted(devices), self.hub.clock())
        except RoomfulError as why:
            self.hub.log.warning("devices could not be looked at", reason=why.message)
            return
        for session in list(self.hub.sessions):
            me = session.participant
            if me is None or me.account is None:
                continue
            if session.device in here:
                me.owner = here[session.device]
            elif not session.device or session.device in devices:  # else it has only just come
                session.end(AccountGone())

    # -- logging in -------------------------------------------------------------------------------------

    async def _login(self, session: Session, me: Participant | None, request: commands.Login) -> Entry:
        if sum(way is not None for way in (request.account, request.token, request.resume)) > 1:
            raise BadRequest("Log in with one of `account`, `token` and `resume`.", field="account")
        if request.token is not None:
            entry = await self._by_token(request.id, request.token)
            return entry if request.act_as is None else await self._as_bot(entry, request.act_as)
        if request.resume is not None:
            id, sid = self.hub.proofs.read(request.resume)
            device = self.hub.proofs.device_of(request.resume)
            return Entry(request.id, id, device=device, sid=sid, beside=request.beside)
        if request.account is None or request.password is None:
            raise BadRequest("A login to an account needs its `password`.", field="password")
        try:
            record = await self.hub.store.account_named(parse_nick(request.account).folded)
        except BadName:
            record = None
        await self._check(session, request.account, record, request.password)
        assert record is not None
        rehashed = ""
        if self.passwords.needs_rehash(record.hash):
            rehashed = await self.passwords.hash(request.password)
        return Entry(request.id, record.id, record.hash, rehashed, remember=request.remember)

    async def _by_token(self, re: int, token: str) -> Entry:
        digest = token_digest(token)
        record = await self.hub.store.token(digest) if digest else None
        if record is None:
            raise BadCredentials(field="token")
        return Entry(re, record.account, device=record.id)

    async def _as_bot(self, host: Entry, bot: str) -> Entry:
        """A bot host opens a connection for one of its bots. Raises NotAllowed, NoSuchNick."""
        record = await self.hub.store.account(host.account)
        good = host.device in await self.hub.store.devices([host.device], self.hub.clock())
        if record is None or not good or record.kind != "service":
            raise NotAllowed("Only a bot host's token opens connections of bots.", field="act_as")
        account = await self.hub.store.account(bot)
        if account is None or account.kind != "bot":
            raise NoSuchNick(f"There is no bot with the id {bot}.", field="act_as")
        return Entry(host.id, bot)

    async def _check(self, session: Session, name: str, record: AccountRecord | None, password: str) -> None:
        """Whether this is the account's password. Raises BadCredentials, RateLimited, TryLater, TooManyWrong."""
        key = name.casefold()[:64] if record is None else record.id
        self._try(session.source, key)
        try:
            right = await self.passwords.verify(record.hash if record else None, password)
        except BaseException:
            self._by_address.dropped(session.source)
            self._by_account.dropped(key)
            raise
        if not right or record is None or record.disabled:
            self._wrong(session, record)
            raise BadCredentials(field="password")
        self._by_address.dropped(session.source)
        self._by_account.passed(key)

    def _try(self, source: str, key: str) -> None:
        """Count one more try, for the address and for the account. Raises RateLimited."""
        limits = self.hub.limits
        if limits.enabled and limits.by_address:
            self._by_address.begin(source)
        try:
            if limits.enabled:
                self._by_account.begin(key)
        except RoomfulError:
            self._by_address.dropped(source)
            raise

    def _wrong(self, session: Session, record: AccountRecord | None) -> None:
        """Count and log a wrong password. A name that is nobody's is not logged: it may be a password in the wrong place."""
        session.wrong += 1
        self.hub.log.warning("wrong password", account=record.name if record else "(none)", **session.described())
        if session.wrong >= MOST_WRONG and self.hub.limits.enabled:
            raise TooManyWrong

    # -- making one -------------------------------------------------------------------------------------

    async def _register(self, session: Session, me: Participant | None, request: commands.Register) -> Founding:
        if me is not None and me.account is not None:
            raise LoggedIn
        if self.hub.limits.enabled and self.hub.limits.by_address:
            self._registrations.take(session.source)
        name = parse_nick(request.account)
        digest = (code_digest(request.invite) or b"-") if request.invite else b""
        code = await self._code(session, digest) if digest else None
        there = await self.hub.store.account_named(name.folded)
        self._check_registration(code, there, me)
        check_password(request.password, name.text)
        return Founding(
            request.id,
            name if there is None else parse_nick(there.name),
            await self.passwords.hash(request.password),
            me.sender.id if me is not None else "",
            digest,
            there.id if there is not None else "",
            owner=code is not None and code.owner,
            remember=request.remember,
        )

    async def _code(self, session: Session, digest: bytes) -> CodeRecord:
        """The code, if it may be used. Raises BadInvite, TooManyWrong."""
        code = await self.hub.store.code(digest)
        if code is None or code.uses < 1 or code.until <= self.hub.clock():
            session.wrong += 1
            self.hub.log.warning("wrong invite code", **session.described())
            if session.wrong >= MOST_WRONG and self.hub.limits.enabled:
                raise TooManyWrong
            raise BadInvite(field="invite")
        if code.owner and any(one.owner for one in await self.hub.store.accounts()):
            raise BadInvite("The server has its owner already.", field="invite")
        return code

    def _check_registration(self, code: CodeRecord | None, there: AccountRecord | None, me: Participant | None) -> None:
        """Whether this account may be made, or given its password, with this code. Raises Refused."""
        if code is not None and code.account:  # it is for one account, which is there
            if there is None or there.id != code.account:
                raise BadInvite("This code is for an account of another name.", field="account")
            if me is not None:
                raise LoggedIn("You are here as a guest: `logout` first, then take up your account.")
            return
        mode = self.hub.settings.registration
        if (code is None and mode != "open") or (mode == "closed" and code is not None and not code.owner):
            raise RegistrationClosed(field="invite")
        if there is not None:
            raise AccountTaken(field="account")

    # -- changing and ending it ----------------------------------------------------------------------------

    async def _rekey(self, session: Session, me: Participant | None, request: commands.SetPassword) -> Rekeying:
        record = await self._own(session, me, request.password)
        check_password(request.new_password, record.name)
        return Rekeying(request.id, record.id, record.hash, await self.passwords.hash(request.new_password))

    async def _part(self, session: Session, me: Participant | None, request: commands.Unregister) -> Parting:
        record = await self._own(session, me, request.password)
        erased = await self._erase(Sender(record.id, record.nick, record.kind), {}) if request.erase else None
        return Parting(request.id, record.id, record.hash, erased)

    async def _drop(self, session: Session, me: Participant | None, request: commands.AccountDrop) -> Dropping:
        """An owner of the server deletes somebody else's account. Raises NotAllowed, NoSuchNick, BadName."""
        mine = await self.hub.store.account(me.sender.id) if me is not None else None
        if mine is None or not mine.owner:
            raise NotAllowed("Only owners of the server may do this.")
        record = await self.hub.store.account_named(parse_nick(request.account).folded)
        if record is None:
            raise NoSuchNick(f"There is no account {request.account}.", field="account")
        check_droppable(mine.id, record, self.hub.bots.known)
        erased = await self._erase(Sender(record.id, record.nick, record.kind), {}) if request.erase else None
        return Dropping(request.id, record.id, erased)

    async def _own(self, session: Session, me: Participant | None, password: str) -> AccountRecord:
        """One's own account, if this is its password. Raises AccountRequired, and what `_check` raises."""
        if me is None or me.account is None:
            raise AccountRequired
        record = await self.hub.store.account(me.sender.id)
        await self._check(session, me.account, record, password)
        assert record is not None
        return record

    async def _erase_rest(self, sender: Sender, erased: Mapping[str, int]) -> None:
        """Have redacted what somebody said on another connection while what it had said before was looked for."""
        try:
            await self._erase(sender, erased)
        except RoomfulError as why:
            self.hub.log.error("what was said last could not be erased", id=sender.id, reason=why.message)

    async def _erase(self, sender: Sender, erased: Mapping[str, int]) -> dict[str, int]:
        """Have every message redacted that somebody wrote, in whatever room; returns up to which number, by room's id.

        The log is read once, from end to end, or from where it was `erased`.
        """
        heads = await self.hub.store.all_heads()
        for room, head in heads.items():
            cursor, found = erased.get(room, 0), list[int]()
            while cursor < head:
                events = await self.hub.store.read(room, after=cursor, limit=500, max_bytes=1024 * 1024)
                if not events:
                    break
                cursor = events[-1].seq
                found += [
                    event.seq
                    for event in events
                    if event.sender.id == sender.id and isinstance(b := event.body, Message) and b.redacted is None
                ]
            for at in range(0, len(found), ERASED_AT_ONCE):
                self.hub.submit(Erasure("!" + room, sender, tuple(found[at : at + ERASED_AT_ONCE])))
        return heads


_Preparing = Callable[[Accounts, Session, Participant | None, Any], Coroutine[Any, Any, Any]]

# What takes time before it can be decided.
_PREPARING: dict[type, _Preparing] = {
    commands.Login: Accounts._login,
    commands.Register: Accounts._register,
    commands.SetPassword: Accounts._rekey,
    commands.Unregister: Accounts._part,
    commands.AccountDrop: Accounts._drop,
}
