"""The handlers: one for all rows of the table that stand for a request, and a few for what no request says."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from roomful.domain.answers import Me
from roomful.domain.commands import History, Request
from roomful.errors import (
    Ended,
    NoSuchEvent,
    NoSuchPath,
    NotAllowed,
    RateLimited,
    RoomfulError,
    StoreUnavailable,
    WrongMethod,
)
from roomful.protocol.native import WirePage

from ...calls import Credential
from ..door import Door, Form
from ..problems import problem
from .asked import asked, credential
from .routes import BASE, Export, Follow, Myself, Nothing, One, Route
from .streams import Streams

JSON = "application/json"
EXPORTS = 4  # at a time, of everybody
STALLED = 60.0  # s for which whoever gets an export may take nothing
MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv", "md": "text/markdown"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
encode = msgspec.json.Encoder().encode


class Api:
    """All routes of the table."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._calls = door.calls
        self._streams = Streams(door)
        self._exporting: set[str] = set()  # ids of participants to whom a room is being exported
        self._special: dict[type[Struct], Callable[..., Awaitable[web.StreamResponse]]] = {
            Nothing: self._me,
            One: self._one,
            Export: self._export,
            Follow: self._streams.serve,
        }

    def handler(self, route: Route) -> Handler:
        """Answers one route."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                who = credential(request, self._door)
                await self._calls.session(who)  # who asks comes first, and then what
                ask = await asked(request, route)
                if isinstance(ask, Request):
                    with self._door.lasts(request):  # else it might be cut off between the receipt and the answer
                        return self._answer(request, route, await self._calls.ask(who, ask))
                return await self._special[type(ask)](request, route, who, ask)
            except RoomfulError as why:
                return problem(why)
            except ConnectionResetError:  # who asked has hung up
                raise
            except Exception:
                # Whoever asks must get an answer, whatever went wrong.
                self._door.hub.log.exception("fault while answering", route=route.name)
                return problem(RoomfulError())

        return handle

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        """What is asked is not there; or not in this way."""
        allowed: set[str] = set()
        for resource in request.app.router.resources():
            if resource.canonical != BASE + "{tail}":
                allowed |= (await resource.resolve(request))[1]
        if not allowed:
            return problem(NoSuchPath(f"There is nothing at {request.path[:200]}: see {BASE}/docs."))
        answer = problem(WrongMethod(f"{request.method[:20]} is not for this; {', '.join(sorted(allowed))} are."))
        answer.headers["Allow"] = ", ".join(sorted(allowed))
        return answer

    async def say_goodbye(self, app: web.Application) -> None:
        """The server stops: whoever follows a room is told."""
        await self._streams.close()

    async def close(self, app: web.Application) -> None:
        """End all sessions."""
        await self._calls.close()

    def _answer(self, request: web.Request, route: Route, body: bytes) -> web.Response:
        if route.status == 204:
            return web.Response(status=204, headers={"Cache-Control": "no-store"})
        if not route.cached:
            return web.Response(
                body=body, status=route.status, content_type=JSON, headers={"Cache-Control": "no-store"}
            )
        etag = hashlib.blake2b(body, digest_size=12).hexdigest()
        answer = web.Response(status=304) if _knows(request, etag) else web.Response(body=body, content_type=JSON)
        answer.etag = etag
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    # -- what no request says -----------------------------------------------------------------------

    async def _me(self, request: web.Request, route: Route, who: Credential, ask: Nothing) -> web.StreamResponse:
        session, _ = await self._calls.session(who)
        me = session.participant
        if me is None:
            raise Ended
        told = Myself(Me(me.sender.id, me.sender.nick, me.sender.kind, me.account), session.device, me.owner)
        return self._answer(request, route, encode(told))

    async def _one(self, request: web.Request, route: Route, who: Credential, ask: One) -> web.StreamResponse:
        page = await self._calls.answer(who, History(0, ask.room, after=ask.seq - 1, limit=1), WirePage)
        if not page.events or page.events[0].seq != ask.seq:
            raise NoSuchEvent(f"{page.room} has no event {ask.seq} that you may read.", field="seq")
        return self._answer(request, route, encode(page.events[0]))

    async def _export(self, request: web.Request, route: Route, who: Credential, ask: Export) -> web.StreamResponse:
        """A room into a file, for whoever may read all of it."""
        await self._calls.answer(who, History(0, ask.room, limit=1), WirePage)  # with the rights of reading
        session, _ = await self._calls.session(who)
        room = await self._door.hub.load_room(ask.room)
        if room is None or session.participant is None:
            raise Ended
        me = session.participant.sender.id
        if room.state.first_of(me) > 1:
            raise NotAllowed("You may read a part of this room only, and an export is whole.", field="room")
        if self._door.exporting is None:
            raise NotAllowed("This server exports no rooms over HTTP.")
        if me in self._exporting or len(self._exporting) >= EXPORTS:
            raise RateLimited("A room is being exported already: one at a time.", retry_after=5)
        self._exporting.add(me)
        try:
            with self._door.lasts(request):
                return await self._written(request, room.state.id, room.address, ask.form)
        finally:
            self._exporting.discard(me)

    async def _written(self, request: web.Request, id: str, address: str, form: Form) -> web.StreamResponse:
        assert self._door.exporting is not None
        store = self._door.hub.store
        record = (await store.rooms_by_id([id]))[0]
        answer = web.StreamResponse(headers={"Cache-Control": "no-store"})
        answer.content_type = MEDIA[form]
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in address.lstrip("#!"))[:48]
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        await answer.prepare(request)
        try:
            async for piece in self._door.exporting(store, record, form):
                async with asyncio.timeout(STALLED):
                    await answer.write(piece)
            await answer.write_eof()
        except (StoreUnavailable, TimeoutError) as why:  # its status is long said: what was cut off must look so
            self._door.hub.log.warning("an export was cut off", reason=str(why) or "nobody took it")
            if request.transport is not None:
                request.transport.abort()
        return answer


def _knows(request: web.Request, etag: str) -> bool:
    """Whether who asks has this already (RFC 9110, 13.1.2)."""
    known = request.if_none_match or ()
    return any(one.value in (etag, "*") for one in known)
