"""Files over HTTP: `POST /api/v1/rooms/{room}/files` takes one, `GET /files/ID/NAME` gives it (docs/files.md).

What people upload is never trusted: browsers are told to run nothing of it, to guess nothing, and to keep what is not on a short
list of harmless kinds instead of showing it. What it is was told by what it holds.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec
from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from roomful.domain.files import INERT, MARKUP
from roomful.errors import BadRequest, LoginRequired, NoSuchFile, RateLimited, RoomfulError
from roomful.files.kinds import BYTES, TEXT
from roomful.files.ranges import NotThere, Part, matches, part
from roomful.hub.files import PATH, Opened
from roomful.hub.limits import counted_as
from roomful.hub.session import Participant
from roomful.hub.uploading import PIECE, Incoming
from roomful.store import FileRecord

from .api.asked import check_address, credential
from .api.parts import room_named
from .door import Door
from .problems import problem
from .security import EVERYWHERE

QUIET = 30.0  # s of silence after which an upload is broken off
LONGEST = 3600.0  # s that one may take
STALLED = 60.0  # s for a piece of a download
LARGE = 1_000_000  # bytes: a larger download may last
AT_ONCE, AT_ONCE_OF_ADDRESS = 16, 64  # of those, of one participant, and to one address
CACHED = "private, max-age=600"  # s for which a browser need not ask again
HARMLESS = {
    **EVERYWHERE,
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": CACHED,
    "Vary": "Authorization, Cookie",
    "Accept-Ranges": "bytes",
}
_PLAIN = "!#$&+-.^_`|~"  # in names, besides letters and digits (RFC 8187, attr-char)


class FileDoor:
    """The routes' answers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._files = door.hub.files
        self._lasting: Counter[str] = Counter()  # large downloads under way, by participant and by address

    # -- in ---------------------------------------------------------------------------------------

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file: the body is its bytes, `name` in the query is what it is called."""
        try:
            me = await self._who(request)
            check_address(request)
            room, address = room_named(request.match_info["room"]), self._door.address_of(request)
            with self._door.lasts(request):
                async with self._files.upload(me, room, request.content_length, address) as incoming:
                    await _take(request, incoming)
                    attachment = await incoming.finish(request.query.get("name", ""))
        except RoomfulError as refused:
            return problem(refused)
        except TimeoutError:
            return problem(BadRequest(f"Nothing more came for {QUIET:g} s: the upload was broken off."), status=408)
        except (ConnectionError, ClientError, HttpProcessingError) as why:
            return problem(BadRequest(f"The upload was broken off ({type(why).__name__})."))
        where = {"Location": f"{PATH}{attachment.id}/{quote(attachment.name, safe='')}", "Cache-Control": "no-store"}
        return web.Response(
            body=msgspec.json.encode(attachment), status=201, content_type="application/json", headers=where
        )

    async def _who(self, request: web.Request) -> Participant:
        session, _ = await self._door.calls.session(credential(request, self._door))
        if session.participant is None:
            raise LoginRequired
        return session.participant

    # -- out --------------------------------------------------------------------------------------

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give a file to whoever may read the message that it hangs on."""
        try:
            me = await self._who(request)
            file = await self._files.find(me, request.match_info["id"])
            path = self._files.place(file)
            with self._counted(request, me, file.size):
                return await self._send(request, file, path, _served_as(file.type), file.digest.hex())
        except RoomfulError as refused:
            return problem(refused)

    async def thumb(self, request: web.Request) -> web.StreamResponse:
        """Give the small picture of one."""
        try:
            me = await self._who(request)
            file = await self._files.find(me, request.match_info["id"])
            path, kind = await self._files.small(file)
            return await self._send(request, file, path, kind, f"{file.digest.hex()}-small")
        except RoomfulError as refused:
            return problem(refused)

    @contextmanager
    def _counted(self, request: web.Request, me: Participant, size: int) -> Iterator[None]:
        """A large download may take its time, and one has a few of them at once. Raises RateLimited."""
        if size <= LARGE:
            yield
            return
        id, source, limits = me.sender.id, "@" + counted_as(self._door.address_of(request)), self._door.hub.limits
        for key, most in ((id, AT_ONCE), (source, AT_ONCE_OF_ADDRESS)):
            if limits.enabled and self._lasting[key] >= most and (key == id or limits.by_address):
                raise RateLimited(f"At most {most} large files are downloaded at once.", retry_after=1.0)
        self._lasting.update((id, source))
        try:
            with self._door.lasts(request):
                yield
        finally:
            self._lasting.subtract((id, source))
            self._lasting += Counter()  # without those that are none

    async def _send(
        self, request: web.Request, file: FileRecord, path: Path, kind: str, tag: str
    ) -> web.StreamResponse:
        """The bytes at the path, or the part of them that is asked for. Raises NoSuchFile."""
        etag = f'"{tag}"'
        headers = {**HARMLESS, "ETag": etag, "Content-Disposition": disposition(kind, file.name)}
        if matches(request.headers.get("If-None-Match"), etag):
            return web.Response(status=304, headers=headers)
        opened = await self._files.open(path)
        try:
            if path == self._files.place(file) and opened.size != file.size:
                self._door.hub.log.error("a file is damaged", id=file.id, has=opened.size, should=file.size)
                raise NoSuchFile("The file is damaged: it is shorter than it was.")
            try:
                asked = _asked(request, opened.size, etag)
            except NotThere:
                return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{opened.size}"})
            return await _answer(request, opened, asked, headers, kind)
        finally:
            await opened.close()


async def _take(request: web.Request, incoming: Incoming) -> None:
    """What comes. Raises RoomfulError, TimeoutError; ConnectionError, ClientError, HttpProcessingError: it was cut off."""
    async with asyncio.timeout(LONGEST):
        while True:
            async with asyncio.timeout(QUIET):
                data = await request.content.readany()
            if not data:
                return
            await incoming.write(data)


def _served_as(kind: str) -> str:
    """As what a browser is given it: nothing that it could run as a page."""
    return BYTES if kind in MARKUP else kind


def disposition(kind: str, name: str) -> str:
    """Whether a browser shows it, or keeps it under its name (RFC 6266); beside the name, one in ASCII for old programs."""
    how = "inline" if kind in INERT else "attachment"
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


def _asked(request: web.Request, size: int, etag: str) -> Part | None:
    """The part that is asked for; None: all. A range on a condition that does not hold is none. Raises NotThere."""
    condition = request.headers.get("If-Range")
    if request.method != "GET" or (condition is not None and not matches(condition, etag, strong=True)):
        return None
    return part(request.headers.get("Range"), size)


async def _answer(
    request: web.Request, opened: Opened, asked: Part | None, headers: dict[str, str], kind: str
) -> web.StreamResponse:
    """Send it, piece by piece, as fast as whoever reads takes it."""
    answer = web.StreamResponse(status=206 if asked else 200, headers=headers)
    answer.headers["Content-Type"] = f"{TEXT}; charset=utf-8" if kind == TEXT else kind
    if asked:
        answer.headers["Content-Range"] = f"bytes {asked.first}-{asked.end - 1}/{opened.size}"
    at, end = (asked.first, asked.end) if asked else (0, opened.size)
    answer.content_length = end - at
    await answer.prepare(request)
    try:
        while at < end and request.method != "HEAD":
            piece = await opened.read(at, min(PIECE, end - at))
            if not piece:
                raise OSError("it ends too early")
            async with asyncio.timeout(STALLED):
                await answer.write(piece)
            at += len(piece)
        await answer.write_eof()
    except (OSError, TimeoutError):  # the reader is gone, or stalls, or the disk fails: a cut-off answer says so
        if request.transport is not None:
            request.transport.abort()
    return answer


def add(app: web.Application, door: Door) -> None:
    """Their routes."""
    files = FileDoor(door)
    app.router.add_post("/api/v1/rooms/{room}/files", files.upload)
    app.router.add_get(PATH + "{id}", files.download)
    app.router.add_get(PATH + "{id}/thumb", files.thumb)
    app.router.add_get(PATH + "{id}/{name}", files.download)
