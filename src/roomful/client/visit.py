"""Who one is at the server: a visit goes on over as many connections as it takes."""

from collections.abc import Awaitable, Callable, Iterator

from roomful.client.failures import delay
from roomful.client.outbox import Asked, Outbox, T
from roomful.client.ways import Way
from roomful.domain import commands
from roomful.domain.answers import Done, LoggedIn, Me, Renamed, Welcome
from roomful.domain.names import MAX_NICK
from roomful.errors import BadResume, NickTaken, RateLimited, TryLater
from roomful.protocol.native import VERSION

NUMBERED = 99  # nicks tried when one's own was given away

Sleep = Callable[[float], Awaitable[None]]


async def patiently(ask: Callable[[], Asked[T]], sleep: Sleep) -> T:
    """The answer to a request, asked again as long as the server says "later". Raises Refused, ConnectionLost."""
    while True:
        try:
            return await ask().answer
        except TryLater as why:
            await sleep(delay(why))


class Visit:
    """The participant that one is, and the proof of it."""

    def __init__(
        self,
        outbox: Outbox,
        sleep: Sleep,
        *,
        nick: str | None,
        resume: str | None,
        agent: str,
        code: str | None = None,
        way: Way | None = None,
    ) -> None:
        self.me: Me | None = None
        self.welcome: Welcome | None = None
        self.resume = resume
        self._nick = nick
        self._agent = agent
        self._code = code
        self._way = way
        self.token = way.token if way is not None else ""
        self.device = ""
        self.owner = False
        self._presence: commands.Presence | None = None
        self._outbox = outbox
        self._sleep = sleep

    async def greet(self) -> Welcome:
        """Say hello on a new connection. Raises ConnectionLost."""
        hello = commands.Hello(0, VERSION, self._agent)
        self.welcome = await self._outbox.ask_first(hello, Welcome).answer
        self._outbox.window = self.welcome.max_in_flight
        return self.welcome

    async def begin(self) -> bool:
        """Log in for the first time. Returns whether one came back as somebody who was there before.

        Raises Refused, ConnectionLost.
        """
        back = await self._come_back() if self.resume is not None else False
        if not back and self._way is not None:
            await self._enter(self._way.request())
        elif not back:
            await self._login(commands.Login(0, self._nick, code=self._code))
        return back

    async def go_on(self) -> bool:
        """Log in again on another connection, under another nick if one's own was given away.

        Returns whether one is who one was. Raises Refused, ConnectionLost.
        """
        for nick in self._nicks():
            try:
                back = await self._come_back(nick)
                if not back and self.me is not None and self.me.account is not None:
                    back = await self._into_account()
                elif not back:
                    await self._login(commands.Login(0, nick, code=self._code))
            except NickTaken as why:
                taken = why
            else:
                if self._presence is not None:
                    self._outbox.ask_first(self._presence, Done)
                return back
        raise taken

    def renamed(self, nick: str) -> None:
        """One's nick is another now."""
        assert self.me is not None
        self.me = Me(self.me.id, nick, self.me.kind, self.me.account)
        self._nick = nick

    def answered(self, answer: Renamed) -> None:
        """A `nick` request was done."""
        self.renamed(answer.nick)

    def presents(self, presence: commands.Presence) -> None:
        """One has said how one is there: it is said again on later connections."""
        self._presence = presence

    async def _come_back(self, nick: str | None = None) -> bool:
        try:
            await self._login(commands.Login(0, nick or self._nick, self.resume))
        except BadResume:
            if self._nick is None:
                raise
            return False
        return True

    async def _into_account(self) -> bool:
        """Come back to one's account where the proof is good no more: by the device's token, or else the password.

        Raises BadResume, BadCredentials: one is logged out of it.
        """
        if self.token:
            await self._login(commands.Login(0, token=self.token, act_as=self._way.act_as if self._way else None))
        elif self._way is not None and self._way.password:
            way = self._way
            await self._enter(commands.Login(0, account=way.account, password=way.password, remember=way.remember))
        else:
            raise BadResume("This device was logged out of the account: log in again.")
        return True

    async def _login(self, login: commands.Login) -> None:
        self.entered(await patiently(lambda: self._outbox.ask_first(login, LoggedIn), self._sleep))

    async def _enter(self, request: commands.Login | commands.Register) -> None:
        """Log in to an account, or make it. Who has guessed wrong too often is told so, and does not wait unawares."""
        while True:
            try:
                self.entered(await self._outbox.ask_first(request, LoggedIn).answer)
            except RateLimited:
                raise
            except TryLater as why:
                await self._sleep(delay(why))
            else:
                return

    def entered(self, answer: LoggedIn) -> None:
        """A login, or a `register`, was done."""
        self.me, self.resume = answer.participant, answer.resume
        self._nick = answer.participant.nick
        self.token, self.device, self.owner = answer.token or self.token, answer.device, answer.owner

    def _nicks(self) -> Iterator[str]:
        nick = self._nick or ""
        yield nick
        for number in range(2, NUMBERED + 1):
            yield nick[: MAX_NICK - len(str(number))] + str(number)
