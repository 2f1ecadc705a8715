"""Bytes both ways between two connections, until both sides are done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

CHUNK = 64 * 1024
IDLE = 900.0  # s in which nothing goes either way
LAST_BYTES = 5.0  # s for what is still to be sent, when a connection is over


async def everything(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """All that comes."""
    while data := await reader.read(CHUNK):
        yield data


async def content(reader: asyncio.StreamReader, length: int | None) -> AsyncIterator[bytes]:
    """The content of one request, of so many bytes or in chunks; what comes behind it is the end.

    That might be another request, to another host and with our password: it is not for whom the first one went to.
    """
    if length is None:
        async for piece in _chunks(reader):
            yield piece
    else:
        async for piece in _exactly(reader, length):
            yield piece
    await reader.read(1)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Chunks as they come, up to the empty line behind the last one (RFC 9112, 7.1). Raises ValueError: they are none."""
    size = 1
    while size:
        line = await reader.readuntil(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        yield line
        if size:
            async for piece in _exactly(reader, size + 2):
                yield piece
    while line != b"\r\n":
        line = await reader.readuntil(b"\r\n")
        yield line


async def _exactly(reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    while size > 0:
        data = await reader.read(min(CHUNK, size))
        if not data:
            raise EOFError
        size -= len(data)
        yield data


async def relay(
    pieces: AsyncIterator[bytes],
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> bool:
    """Pass on `pieces`, and all that the far side says. Returns whether the far side said anything, or nothing was said to it."""
    told = Counted()
    heard = Counted()
    there = asyncio.ensure_future(_copy(pieces, far_writer, told))
    back = asyncio.ensure_future(_copy(everything(far_reader), writer, heard))
    try:
        while not back.done():
            before = told.bytes + heard.bytes
            running = [task for task in (there, back) if not task.done()]
            done, _ = await asyncio.wait(running, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            if not done and told.bytes + heard.bytes == before:
                break  # nobody has said a word for long
    finally:
        for task in (there, back):
            task.cancel()
        await asyncio.gather(there, back, return_exceptions=True)
    return heard.bytes > 0 or told.bytes == 0


class Counted:
    """How much went one way."""

    def __init__(self) -> None:
        self.bytes = 0


async def _copy(pieces: AsyncIterator[bytes], writer: asyncio.StreamWriter, counted: Counted) -> None:
    with contextlib.suppress(OSError):
        async for data in _until_cut(pieces):
            counted.bytes += len(data)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def _until_cut(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What comes, until it ends, or breaks off."""
    with contextlib.suppress(EOFError, ValueError, asyncio.LimitOverrunError):
        async for data in pieces:
            yield data


async def ended(writer: asyncio.StreamWriter) -> None:
    """Let the last bytes out, and close."""
    writer.close()
    try:
        async with asyncio.timeout(LAST_BYTES):
            await writer.wait_closed()
    except (TimeoutError, OSError):
        writer.transport.abort()
    except asyncio.CancelledError:
        writer.transport.abort()
        raise
