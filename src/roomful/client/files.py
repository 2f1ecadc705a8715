"""Files: sent to rooms and fetched from them over HTTP, beside the connection."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from roomful.client.asking import Asking
from roomful.client.failures import ConnectFailed, refusal
from roomful.domain.files import Attachment
from roomful.errors import NoSuchFile
from roomful.protocol.native import Error

if TYPE_CHECKING:
    import aiohttp

PIECE = 256 * 1024  # bytes
SILENCE = 60.0  # s without a byte after which it has failed
LOOPBACK = ("127.", "::1", "localhost")

Progress = Callable[[int, int], object]  # bytes done, and in all


class _Problem(Struct):
    """What an error says (RFC 9457)."""

    code: str
    detail: str = ""
    field: str | None = None
    retry_after: float | None = None


class Files(Asking):
    """Part of `Client`.

    Who one is over HTTP is proved by `resume`, which therefore never goes unencrypted to another machine that the connection
    itself is encrypted to. Each raises ConnectFailed: HTTP is not reached.
    """

    @property
    def http(self) -> str:
        """Where the server's HTTP is: `http://HOST:PORT`, without a slash; empty: it has none. RuntimeError before `connect`."""
        told, address = self.welcome.http, self._keeper.address
        if address.web:
            return f"{'https' if address.tls else 'http'}://{address.where}"
        if not told.startswith(":"):
            return told.rstrip("/")
        return f"http://{'[' + address.host + ']' if ':' in address.host else address.host}{told}"

    def link(self, file: Attachment) -> str:
        """Where a file is, for a browser that is logged in."""
        return f"{self.http}/files/{file.id}/{quote(file.name, safe='')}"

    async def upload(
        self,
        room: str,
        file: Path | str | bytes,
        name: str | None = None,
        *,
        progress: Progress = lambda done, of: None,
    ) -> Attachment:
        """Send a file to a room; post a message with it within a day, else it is gone.

        Args:
            file: where it is; or its bytes.
            name: what it is called; else as it is where it is.
            progress: called now and then.

        Raises FileTooLarge, BadFileType, Quota, NoSpace, NotAllowed, NotMember, NoSuchRoom, Muted, Archived; and OSError: it
        cannot be read.
        """
        data = file if isinstance(file, bytes) else Path(file)
        size = len(data) if isinstance(data, bytes) else (await asyncio.to_thread(data.stat)).st_size
        called = name or ("file" if isinstance(data, bytes) else data.name)
        answer = await self._ask(
            "POST",
            f"/api/v1/rooms/{quote(room, safe='')}/files?name={quote(called, safe='')}",
            data=_pieces(data, size, progress),
            headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"},
        )
        return msgspec.json.decode(answer, type=Attachment)

    async def download(
        self, file: Attachment, to: Path | str | None = None, *, progress: Progress = lambda done, of: None
    ) -> bytes:
        """Fetch a file that hangs on a message which one may read; `to`: into this file, which must not be there yet.

        Returns its bytes; nothing, where they are in a file. Raises NoSuchFile; OSError: it cannot be written.
        """
        kept = bytearray()
        target = None if to is None else await asyncio.to_thread(open, to, "xb")
        try:
            async for piece in self._fetched(file):
                if target is None:
                    kept += piece
                else:
                    await asyncio.to_thread(target.write, piece)
                progress(len(kept) if target is None else target.tell(), file.size)
        except BaseException:
            if target is not None:
                os.unlink(target.name)  # noqa: PTH108 - what is there in part is nothing
            raise
        finally:
            if target is not None:
                await asyncio.to_thread(target.close)
        return bytes(kept)

    async def _fetched(self, file: Attachment) -> AsyncIterator[bytes]:
        if not file.id:
            raise NoSuchFile(f"{file.name} is not on this server: its message was imported.")
        async with self._requesting() as http:
            import aiohttp

            try:
                async with http.get(f"{self.http}/files/{file.id}/x", headers=self._headers()) as answer:
                    await _check(answer)
                    async for piece in answer.content.iter_chunked(PIECE):
                        yield piece
            except aiohttp.ClientError as why:
                raise self._unreached(why) from None

    async def _ask(self, method: str, path: str, *, headers: dict[str, str], **more: Any) -> bytes:
        import aiohttp

        async with self._requesting() as http:
            try:
                async with http.request(
                    method, self.http + path, headers=self._headers() | headers, allow_redirects=False, **more
                ) as answer:
                    await _check(answer)
                    return await answer.read()
            except (aiohttp.ClientError, TimeoutError) as why:
                raise self._unreached(why) from None

    def _headers(self) -> dict[str, str]:
        """Who one is. Raises ConnectFailed: it would be told to everybody on the way."""
        proof = self._keeper.visit.resume
        if self._keeper.address.tls and not self.http.startswith("https:") and not self._is_here():
            raise ConnectFailed(
                "untrusted",
                f"The connection is encrypted, and the server's HTTP ({self.http}) is not: its operator may set [webhooks] base.",
            )
        return {"Authorization": f"Bearer {proof}"}

    def _is_here(self) -> bool:
        return self.http.partition("://")[2].strip("[").startswith(LOOPBACK)

    def _requesting(self) -> "aiohttp.ClientSession":
        import aiohttp  # only here: 200 ms that a client without files need not wait

        if not self.http:
            raise ConnectFailed("refused", "The server has no HTTP listener, and files come and go by HTTP.")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=SILENCE)
        return aiohttp.ClientSession(timeout=timeout)

    def _unreached(self, why: Exception) -> ConnectFailed:
        return ConnectFailed(
            "unreachable", f"The server's HTTP at {self.http} is not reached ({why or type(why).__name__})."
        )


async def _pieces(data: bytes | Path, size: int, progress: Progress) -> AsyncIterator[bytes]:
    """A file, piece by piece, as it is sent."""
    done = 0
    if isinstance(data, bytes):
        for done in range(0, size, PIECE):
            progress(done, size)
            yield data[done : done + PIECE]
    else:
        file = await asyncio.to_thread(data.open, "rb")
        try:
            while done < size and (piece := await asyncio.to_thread(file.read, min(PIECE, size - done))):
                progress(done, size)
                yield piece
                done += len(piece)
        finally:
            file.close()
    progress(size, size)


async def _check(answer: "aiohttp.ClientResponse") -> None:
    """Raises what the server refused, or ConnectFailed: something else answers there."""
    if answer.status < 300:
        return
    try:
        problem = msgspec.json.decode(await answer.read(), type=_Problem)
    except msgspec.DecodeError:
        raise ConnectFailed("not_roomful", f"Something that is no Roomful answers there: {answer.status}.") from None
    raise refusal(Error(None, problem.code, problem.detail, problem.retry_after, problem.field))
