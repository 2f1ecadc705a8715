"""Bytes both ways between two connections, until both sides are done."""

import asyncio
import contextlib

CHUNK = 64 * 1024
IDLE = 900.0  # s in which nothing goes either way
LAST_BYTES = 5.0  # s for what is still to be sent, when a connection is over


async def relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> bool:
    """Pass everything on. Returns whether the far side said anything, or nothing was said to it."""
    told = Counted()
    heard = Counted()
    there = asyncio.ensure_future(_copy(reader, far_writer, told))
    back = asyncio.ensure_future(_copy(far_reader, writer, heard))
    try:
        while not (there.done() and back.done()):
            before = told.bytes + heard.bytes
            await asyncio.wait((there, back), timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            if back.done() or told.bytes + heard.bytes == before:
                break  # whoever was asked is done, or nobody has said a word for long
            if there.done():
                await asyncio.wait((back,), timeout=IDLE)
                break
    finally:
        for task in (there, back):
            task.cancel()
        await asyncio.gather(there, back, return_exceptions=True)
    return heard.bytes > 0 or told.bytes == 0


class Counted:
    """How much went one way."""

    def __init__(self) -> None:
        self.bytes = 0


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: Counted) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            counted.bytes += len(data)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


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
