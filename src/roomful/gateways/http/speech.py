"""Reading out over HTTP: `POST /api/v1/rooms/{room}/speech` gives the sound of a part of a message (docs/voice.md).

A sound is made once, for all who listen. It stays with whoever may read the text: no cache between us may keep it.
"""

import asyncio
from pathlib import Path
from typing import cast

from aiohttp import web

from roomful.errors import LoginRequired, RoomfulError, SpeechTrouble
from roomful.hub.hearing import Sound

from .api.asked import asked, credential
from .api.routes import BASE, ROUTES, Speech
from .door import Door
from .problems import problem
from .security import EVERYWHERE

ROUTE = next(route for route in ROUTES if route.asks is Speech)
HEADERS = {
    **EVERYWHERE,
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=86400",
    "Vary": "Authorization, Cookie",
}


def add(app: web.Application, door: Door) -> None:
    """Its route."""

    async def speech(request: web.Request) -> web.Response:
        try:
            sound = await _sound(request, door)
            data = await _read(sound)
        except RoomfulError as refused:
            return problem(refused)
        headers = HEADERS | {"ETag": f'"{Path(sound.path).name}"'}  # files of sounds are named by what is in them
        return web.Response(body=data, content_type=sound.type, headers=headers)

    app.router.add_post(BASE + ROUTE.path, speech)


async def _sound(request: web.Request, door: Door) -> Sound:
    """What is asked for. Raises RoomfulError."""
    session, _ = await door.calls.session(credential(request, door))
    if session.participant is None:
        raise LoginRequired
    wanted = cast("Speech", await asked(request, ROUTE))
    with door.lasts(request):
        return await door.hub.speaking.sound(
            session.participant,
            wanted.room,
            wanted.text,
            seq=wanted.seq,
            draft=wanted.draft,
            voice=wanted.voice,
        )


async def _read(sound: Sound) -> bytes:
    """Its bytes. Raises SpeechTrouble: it was thrown out just now, to make room."""
    try:
        return await asyncio.to_thread(Path(sound.path).read_bytes)
    except OSError:
        raise SpeechTrouble("The sound is gone again: ask once more.") from None
