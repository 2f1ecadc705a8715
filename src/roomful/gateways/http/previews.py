"""Previews over HTTP: `GET /api/v1/rooms/{room}/events/{seq}/previews`, what the links of a message lead to (docs/previews.md).

They are no question of the native protocol: a session's questions are answered in turn, and this one may take as long as the
slowest site does.
"""

from typing import cast

import msgspec
from aiohttp import web

from roomful.errors import LoginRequired, RoomfulError

from .api.asked import asked, credential
from .api.routes import BASE, ROUTES, Linked
from .door import Door
from .problems import problem

ROUTE = next(route for route in ROUTES if route.asks is Linked)


def add(app: web.Application, door: Door) -> None:
    """Its route."""

    async def previews(request: web.Request) -> web.Response:
        try:
            session, _ = await door.calls.session(credential(request, door))
            if session.participant is None:
                raise LoginRequired
            wanted = cast("Linked", await asked(request, ROUTE))
            with door.lasts(request):
                found = await door.hub.previewing.of(session.participant, wanted.room, wanted.seq)
        except RoomfulError as refused:
            return problem(refused)
        body = msgspec.json.encode(found)
        return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-store"})

    app.router.add_get(BASE + ROUTE.path, previews)
