"""Bots, as far as the hub knows them: who they are, their answers while they grow, and what people ask their host to do.

Nothing here knows how a bot thinks. What a bot may say is decided like everything else, under domain/talk.py.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from roomful.domain import commands
from roomful.domain.answers import BotSaid, Done
from roomful.domain.events import Event, Sender, timestamp
from roomful.domain.signals import Asked, Decision, Draft, OpenDraft
from roomful.domain.texts import check_text
from roomful.domain.verdicts import Verdict
from roomful.errors import BadRequest, NoBotHost, NotAllowed, NotMember, RoomfulError, codes
from roomful.store import BotRecord, PlaceRecord, PutBot, PutPlace

from .asking.readable import readable
from .beside import Beside
from .rooms import Room
from .session import Participant, Session

if TYPE_CHECKING:
    from .hub import Hub

HOST_AGENT = "roomful-bots/"  # what a host calls itself in its `hello`
PATIENCE = 30.0  # s for which a host may think about what it was asked

_BY_CODE: dict[str, type[RoomfulError]] = {error.code: error for error in codes()}


class Voiced(Struct):
    """What a bot's settings, which are its host's, tell the server too."""

    voice: str = ""


_voiced = msgspec.json.Decoder(Voiced).decode


def voice_of(bot: BotRecord) -> str:
    """How a bot sounds where it is read out; empty: as everybody."""
    try:
        return _voiced(bot.settings).voice
    except msgspec.DecodeError:  # a newer host may have written it
        return ""


class BotRefused(RoomfulError):
    """The bot host said no, with a code of its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # the host's, which may be newer than this server


class Bots:
    """Knows them."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.known: dict[str, BotRecord] = {}  # by id
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[BotSaid]] = {}
        self._beside = Beside()

    async def load(self) -> None:
        """Read who there is. Raises StoreUnavailable."""
        self.known = {bot.id: bot for bot in await self.hub.store.bots()}

    def look_again(self) -> None:
        """Another process may have written."""
        self._beside.start(self._load_again())

    async def _load_again(self) -> None:
        try:
            await self.load()
        except RoomfulError as why:
            self.hub.log.warning("bots could not be looked at", reason=why.message)

    async def close(self) -> None:
        """Let go of everything that is under way."""
        await self._beside.close()

    # -- what follows once something is recorded ------------------------------------------------------

    def put(self, row: PutBot, nick: str) -> None:
        """A bot was made, or is described anew."""
        old = self.known.get(row.id)
        places = old.places if old is not None else ()
        self.known[row.id] = BotRecord(row.id, nick, row.model, row.destination, row.max_bounce, row.settings, places)

    def placed(self, row: PutPlace) -> None:
        """A bot is in a room in this way from now on."""
        if (bot := self.known.get(row.bot)) is not None:
            place = PlaceRecord(row.room, row.mode, row.host, row.settings)
            others = (one for one in bot.places if one.room != row.room)
            self.known[row.bot] = replace(bot, places=(*others, place))

    def brought(self, room: str, bots: Iterable[str], by: Sender) -> None:
        """Bots came into a room because somebody wanted them there. If they were there before, they are as they were then."""
        for bot in bots:
            self.hub.effects.tell_invited(bot, room, by)
        self.look_again()

    def dropped(self, id: str) -> None:
        """A bot was deleted."""
        self.known.pop(id, None)
        self.hub.accounts.look_again()

    def decided(self, room: str, verdicts: Sequence[Verdict], tell: tuple[str, ...], now: int) -> None:
        """Bots said why. Those who would have expected an answer are told."""
        there = self.hub.rooms.by_id.get(room)
        for verdict in verdicts if tell and there is not None else ():
            assert there is not None
            bot = self.known.get(verdict.bot)
            nick = bot.nick if bot is not None else ""
            self.hub.telling.signal(there, None, Decision(replace(verdict, at=timestamp(now)), nick, tell))

    # -- drafts -----------------------------------------------------------------------------------------

    def draft(self, session: Session, request: commands.Draft) -> None:
        """An answer grows, or comes to nothing. Raises Refused."""
        assert session.participant is not None
        me = session.participant.sender
        room = self.hub.rooms.find(request.room)
        if room is None or me.id not in room.state.members:
            raise NotMember(f"You are not in {request.room}: join it first.", field="room")
        if me.kind != "bot":
            raise NotAllowed("Only bots show what they are writing.")
        begun = room.drafts.get(me.id)
        text = begun.text if begun is not None and begun.draft == request.draft else ""
        if request.dropped:
            self._drop_draft(room, me.id)
        elif request.at not in (0, len(text)):
            raise BadRequest(f"The draft has {len(text)} characters so far.", field="at")
        elif room.state.quiet and me.id in room.state.mutes:
            pass  # what is written by one who is muted is shown to nobody
        else:
            text = text[: request.at] + request.append
            check_text(text, self.hub.limits.max_text)
            room.drafts[me.id] = OpenDraft(request.draft, room.state.members[me.id].sender, text)
            self.hub.telling.signal(room, me, Draft(request.draft, request.at, request.append), but=session)
        session.answer(request.id, Done())

    def said(self, room: Room, events: Iterable[Event]) -> None:
        """Events were recorded: drafts that they are the end of are no more."""
        for event in events:
            draft = room.drafts.get(event.sender.id)
            if draft is not None and draft.draft == event.nonce:
                del room.drafts[event.sender.id]

    def left(self, room: Room, id: str) -> None:
        """A participant is not in the room any more, or not connected: what it was writing comes to nothing."""
        if id in room.drafts:
            self._drop_draft(room, id)

    def _drop_draft(self, room: Room, id: str) -> None:
        draft = room.drafts.pop(id, None)
        if draft is not None:
            self.hub.telling.signal(room, draft.sender, Draft(draft.draft, len(draft.text), dropped=True))

    # -- what people ask the host to do ---------------------------------------------------------------------

    def ask(self, session: Session, request: commands.Bot) -> None:
        """Let the bot host do something; the request is answered when it has."""
        assert session.participant is not None
        self._beside.start(self._ask(session, session.participant, request))

    async def _ask(self, session: Session, me: Participant, request: commands.Bot) -> None:
        try:
            answer = await self._relay(session, me, request)
        except RoomfulError as refused:
            session.refuse(request.id, refused)
        except Exception:
            # The request's sender must get an answer, whatever went wrong.
            self.hub.log.exception("fault while asking the bot host")
            session.refuse(request.id, RoomfulError())
        else:
            session.answer(request.id, answer)

    async def _relay(self, session: Session, me: Participant, request: commands.Bot) -> BotSaid:
        if me.sender.kind == "service":
            room = await self.hub.load_room(request.room)
            if room is None:
                raise self.hub.no_such_room(request.room, {})
        else:
            room = await readable(self.hub, me, request.room, "duet" if self._fetches(request) else "bots")
        if (host := self._host(but=session)) is None:
            raise NoBotHost("No bot host is connected: start the server with bots, or run `roomful bots run`.")
        number = next(self._numbers)
        asked: asyncio.Future[BotSaid] = asyncio.get_running_loop().create_future()
        self._asked[number] = asked
        signal = Asked(number, request.do, request.nick, request.settings)
        host.write(host.wire.signal(room.address, me.sender, signal))
        try:
            async with asyncio.timeout(PATIENCE):
                return await asked
        except TimeoutError:
            raise NoBotHost(f"The bot host has not answered within {PATIENCE:g} s: see its log.") from None
        finally:
            del self._asked[number]

    def _host(self, but: Session) -> Session | None:
        """The newest connection of a bot host. Whoever runs the server asks it by the same account (`roomful bots`)."""
        services = [
            s for s in self.hub.sessions if s.participant is not None and s.participant.sender.kind == "service"
        ]
        others = [one for one in services if one.open and one is not but]
        hosts = [one for one in others if one.agent.startswith(HOST_AGENT)] or others
        return hosts[-1] if hosts else None

    def _fetches(self, request: commands.Bot) -> bool:
        """Whether it only lets a bot in that is there for everybody, and sends nothing to other machines: as `duet` does."""
        if request.do != "add" or request.settings:
            return False
        nick = request.nick.removeprefix("@").casefold()
        return any(bot.nick.casefold() == nick and not bot.destination for bot in self.known.values())

    def reply(self, session: Session, request: commands.Reply) -> None:
        """The host says how it went. Raises NotAllowed."""
        assert session.participant is not None
        if session.participant.sender.kind != "service":
            raise NotAllowed("Only a bot host is asked, and replies.")
        asked = self._asked.get(request.ask)
        if asked is not None and not asked.done():
            if request.code:
                known = _BY_CODE.get(request.code)
                asked.set_exception(known(request.text) if known else BotRefused(request.code, request.text))
            else:
                asked.set_result(BotSaid(request.text))
        session.answer(request.id, Done())
