"""Whatever a stranger sends: the checker ends with a reason that is in the table, soon, and with nothing else."""

import asyncio
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roomful.egress import REASONS, Proxy
from roomful.egress.checking.anonymity import anonymity
from roomful.egress.checking.handshakes import HANDSHAKES
from roomful.egress.checking.http import read_answer
from roomful.egress.checking.wire import Failed, Stream
from roomful.egress.seen import Altered, NoJudge, Seen, read, render

LOGIN = Proxy("192.0.2.1", 80, "", "ada", "secret")
HTTP = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 \xb2\xb2\xb2 x\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"\r\n\r\n",
]
HTTP += [b"9" * 5000, b"\xb2", b"-5\r\n", b"fff\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"0\r\n"]
SOCKS = [b"\x05\x00", b"\x05\x02\x01\x00", b"\x05\x00\x00\x03\xff", b"\x00\x5a", b"\x05\x00\x00\x07", b"\x05\xff"]
BYTES = st.lists(st.sampled_from(HTTP + SOCKS) | st.binary(max_size=20), max_size=8).map(b"".join)


class Said(Stream):
    """A stream on which all that will ever come is known."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__()
        self._pieces = [data[at : at + step] for at in range(0, len(data), step)]

    async def fill(self) -> bool:
        if not self._pieces:
            return False
        self.heard = True
        self.buffer += self._pieces.pop(0)
        return True

    def write(self, data: bytes) -> None:
        pass


@given(BYTES, st.integers(1, 50))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 50)
def test_an_answer_is_read_or_refused(data: bytes, step: int) -> None:
    async def main() -> None:
        answer = await read_answer(Said(data, step), 1000, time.monotonic)
        assert answer.size <= 1000

    try:
        asyncio.run(main())
    except Failed as why:
        assert why.code in REASONS


@pytest.mark.parametrize("protocol", sorted(HANDSHAKES))
@given(BYTES, st.integers(1, 50))
def test_a_handshake_succeeds_or_has_a_reason(protocol: str, data: bytes, step: int) -> None:
    try:
        asyncio.run(HANDSHAKES[protocol](Said(data, step), LOGIN, "target.example", 443))  # type: ignore[arg-type]
    except Failed as why:
        assert why.code in REASONS


@pytest.mark.parametrize(
    "said", [b'{"address":"\\ud800","target":"","version":"","fields":[]}', b"[" * 50_000, b"\xff", b"{}"]
)
def test_a_judges_page_is_its_own_or_was_altered(said: bytes) -> None:
    before, mark, after = render(Seen("", "", "", ())).partition(b'<pre id="seen">')
    with pytest.raises(Altered):
        read(before + mark + said + b"</pre>" + after.partition(b"</pre>")[2])
    with pytest.raises(NoJudge):
        read(said)


@given(st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_a_judges_page_says_what_was_put_into_it(target: str, fields: list[tuple[str, str]]) -> None:
    seen = Seen("192.0.2.1", target, "1.1", tuple(fields))
    assert read(render(seen)) == seen


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("192.0.2.9", "transparent"),
        ('for="[2001:db8::9]:4711";proto=http', "transparent"),
        ("for:2001:DB8:0::9", "transparent"),
        ("::ffff:192.0.2.9", "transparent"),
        ("a192.0.2.9:80", "transparent"),
        ("192.0.2.99, 2001:db8::99", "anonymous"),
        (":" * 60_000, "anonymous"),
        ("1." * 30_000, "anonymous"),
    ],
)
def test_our_address_is_found_wherever_it_stands(value: str, verdict: str) -> None:
    seen = Seen("198.51.100.1", "/", "1.1", (("Host", "192.0.2.9"), ("X-Any", value)))
    began = time.process_time()
    assert anonymity(seen, ["192.0.2.9", "2001:db8::9"]) == verdict
    assert time.process_time() - began < 1.0  # somebody may have written it to keep us busy
