"""An answer that streams from a site: an event stream, lines of JSON, or plain text, cut anywhere."""

import codecs
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from ..settings import Form

LONGEST = 1 << 20  # bytes of a line; what is longer is no answer


async def texts(chunks: AsyncIterator[bytes], form: Form, path: str) -> AsyncGenerator[str, None]:
    """The pieces of text in a body.

    Args:
        chunks: the body as it comes.
        form: `events` (Server-Sent Events, WHATWG HTML 9.2), `lines` (a JSON value each), or `text`.
        path: where the text is in a JSON value, as `choices.0.delta.content`; empty: the data is the text.

    Raises:
        ValueError: what came is not of this form.
    """
    if form == "text":
        async for piece in _plain(chunks):
            yield piece
        return
    async with aclosing(_data(chunks) if form == "events" else _lines(chunks)) as values:
        async for value in values:
            if value == "[DONE]":
                return
            if piece := at(json.loads(value), path) if path else value:
                yield piece


def at(value: Any, path: str) -> str:
    """The text at a path in a JSON value; empty: there is none, as in events that tell something else."""
    for step in path.split("."):
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return ""
    return value if isinstance(value, str) else ""


async def _plain(chunks: AsyncIterator[bytes]) -> AsyncGenerator[str, None]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    async for chunk in chunks:
        if text := decoder.decode(chunk):
            yield text
    if rest := decoder.decode(b"", final=True):
        yield rest


async def _data(chunks: AsyncIterator[bytes]) -> AsyncGenerator[str, None]:
    """The data of events; an event that the end of the stream cuts off still counts, as sites forget its empty line."""
    data: list[str] = []
    async with aclosing(_lines(chunks, empty=True)) as lines:
        async for line in lines:
            if line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif not line and data:
                yield "\n".join(data)
                data = []
    if data:
        yield "\n".join(data)


async def _lines(chunks: AsyncIterator[bytes], *, empty: bool = False) -> AsyncGenerator[str, None]:
    """Lines, cut at line feeds only: JSON may hold other separators as they are."""
    buffer = bytearray()
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            buffer += part
            line = buffer.decode().removesuffix("\r")
            buffer.clear()
            if line or empty:
                yield line
        buffer += rest
        if len(buffer) > LONGEST:
            raise ValueError("a line is too long")
    if buffer:
        yield buffer.decode()
