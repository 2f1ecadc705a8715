"""`/ws`: where a browser's connection becomes a WebSocket."""

from aiohttp import web

from .cookies import completed
from .door import Door
from .problems import problem
from .security import CrossOrigin


class Upgrade:
    """The route's answers."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Let the handshake through, if it comes from a page that may."""
        assert self._door.sockets is not None
        try:
            self._door.origins.check(request)
        except CrossOrigin as why:
            return problem(why)
        with self._door.lasts(request):
            return await self._door.sockets.serve(request, self._door.address_of(request), completed(request))


def add(app: web.Application, door: Door) -> None:
    """Its route."""
    if door.sockets is not None:
        app.router.add_get("/ws", Upgrade(door).serve)
