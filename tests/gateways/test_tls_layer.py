"""TLS without a socket: however records are cut, what is said is heard."""

import asyncio
import ssl
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from roomful.gateways.tls import TlsLayer
from roomful.protocol.frames import frame
from tests.support import tls

from .conftest import AUTHORITY


class Line:
    """A transport that keeps what is written, for the test to carry across in pieces."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def write_eof(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class Ear(asyncio.Protocol):
    """A connection that keeps what it hears."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.heard += data


@given(st.lists(st.integers(1, 700), min_size=1, max_size=40), st.integers(1, 60_000))
async def test_records_may_be_cut_anywhere(cuts: list[int], size: int) -> None:
    ears, lines = (Ear(), Ear()), (Line(), Line())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    ends: list[TlsLayer] = [tls.ClientLayer(context, ears[0]), TlsLayer(AUTHORITY.server(), ears[1])]
    for end, line in zip(ends, lines, strict=True):
        end.connection_made(cast("Any", line))
    at = 0

    def carry() -> None:
        nonlocal at
        while lines[0].written or lines[1].written:
            for here, there in ((0, 1), (1, 0)):
                cut = cuts[at % len(cuts)]
                at += 1
                piece, lines[here].written = bytes(lines[here].written[:cut]), lines[here].written[cut:]
                if piece:
                    ends[there].data_received(piece)

    carry()
    said = frame(b"x" * size)
    for ear in ears:
        ear.transport.write(said)
    carry()
    assert ears[0].heard == ears[1].heard == said
    ears[1].transport.write_eof()
    carry()
    assert lines[1].closed
    assert lines[0].closed, "close_notify is answered"
