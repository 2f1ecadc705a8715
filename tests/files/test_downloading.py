"""Downloads over real sockets: who gets what, which part of it, and what browsers are told about it."""

import asyncio

import pytest

from roomful.files.ranges import NotThere, Part, matches, part
from tests.support.raw import RawClient

from .conftest import Served, png

TEXT = bytes(range(48, 58)) * 100_000  # 1 MB: several pieces


async def test_rights_are_those_of_the_room(served: Served, alice: RawClient, bob: RawClient) -> None:
    file = await served.put(alice, b"secret")
    await served.say(alice, file)
    carol = await served.node.client("carol")
    for who, status in ((None, 401), (carol, 404), (bob, 200), (alice, 200)):
        assert (await served.get(who, file)).status == status
        assert (await served.get(who, file, method="HEAD")).status == status
    assert (await served.get(carol, file)).code == "no_such_file"
    assert (await served.get(bob, {"id": "f-none"})).code == "no_such_file"
    await alice.ok("kick", room="#r", nonce="k", who="bob")
    assert (await served.get(bob, file)).status == 404
    cookie = await served.ask("GET", f"/files/{file['id']}/x", None, headers={"Cookie": f"roomful={alice.resume}"})
    assert cookie.body == b"secret"


async def test_who_may_read_from_joining_on_gets_no_older_files(served: Served, alice: RawClient) -> None:
    await alice.ok("set", room="#r", nonce="s", history="joined")
    old = await served.put(alice, b"old")
    await served.say(alice, old)
    bob = await served.node.account("bob", "#r")
    new = await served.put(alice, b"new")
    await served.say(alice, new)
    assert (await served.get(bob, old)).status == 404
    assert (await served.get(bob, new)).body == b"new"


@pytest.mark.parametrize(
    ("asked", "status", "told", "first", "end"),
    [
        ("bytes=0-4", 206, "bytes 0-4/1000000", 0, 5),
        ("bytes=999998-", 206, "bytes 999998-999999/1000000", 999_998, 1_000_000),
        ("bytes=-3", 206, "bytes 999997-999999/1000000", 999_997, 1_000_000),
        ("bytes=5-99999999", 206, "bytes 5-999999/1000000", 5, 1_000_000),
        ("bytes=9-2", 200, None, 0, 1_000_000),
        ("bytes=0-1,5-6", 200, None, 0, 1_000_000),
        ("lines=0-1", 200, None, 0, 1_000_000),
        ("bytes=1000000-", 416, "bytes */1000000", 0, 0),
        ("bytes=-0", 416, "bytes */1000000", 0, 0),
    ],
)
async def test_parts(
    served: Served, alice: RawClient, asked: str, status: int, told: str | None, first: int, end: int
) -> None:
    file = await served.put(alice, TEXT)
    got = await served.get(alice, file, Range=asked)
    assert (got.status, got.headers.get("Content-Range")) == (status, told)
    assert got.body == TEXT[first:end]
    assert got.headers["Accept-Ranges"] == "bytes"


async def test_conditions(served: Served, alice: RawClient) -> None:
    file = await served.put(alice, b"0123456789")
    tag = (await served.get(alice, file)).headers["ETag"]
    again = await served.get(alice, file, If_None_Match=f'"x", {tag}')
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await served.get(alice, file, Range="bytes=2-3", If_Range=tag)).body == b"23"
    assert (await served.get(alice, file, Range="bytes=2-3", If_Range='"other"')).status == 200
    head = await served.get(alice, file, method="HEAD", Range="bytes=2-3")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "10")


ACTIVE = {
    "page.html": b"<html><body onload=alert(1)>",
    "a.png": b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "b.txt": b"<script>alert(1)</script>",
    "c.txt": b'<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>',
    "d.txt": b"<!-- --><svg onload=alert(1)>",
    "e.pdf": b"%PDF-1.7 <script>alert(1)</script>",
    "f.wasm": b"\0asm\1\0\0\0",
    "g.bin": b"\0<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("name", ACTIVE)
async def test_what_could_run_is_never_shown(served: Served, alice: RawClient, name: str) -> None:
    file = await served.put(alice, ACTIVE[name], name)
    got = await served.get(alice, file, name)
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    assert got.headers["Content-Type"] in ("application/octet-stream", "application/pdf", "application/wasm")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert got.body == ACTIVE[name]


async def test_what_is_harmless_is_shown(served: Served, alice: RawClient) -> None:
    wav = b"RIFF\x24\0\0\0WAVEfmt " + bytes(32)
    for data, kind in ((png(), "image/png"), (b"hello \xc3\xbc", "text/plain; charset=utf-8"), (wav, "audio/wav")):
        got = await served.get(alice, await served.put(alice, data, "Größe, 100%.x"))
        assert got.headers["Content-Type"] == kind
        named = "inline; filename=\"Gr__e, 100_.x\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%2C%20100%25.x"
        assert got.headers["Content-Disposition"] == named
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_a_picture_that_is_a_script_too_is_a_picture(served: Served, alice: RawClient) -> None:
    """What begins as a GIF may go on as JavaScript; no browser runs what is said to be a picture (`nosniff`)."""
    both = b"GIF89a=1;/*" + bytes(20) + b"*/alert(1)"
    got = await served.get(alice, await served.put(alice, both, "both.js"), "both.js")
    assert (got.headers["Content-Type"], got.headers["X-Content-Type-Options"]) == ("image/gif", "nosniff")
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_of_a_redacted_message_nothing_is_left(served: Served, alice: RawClient, bob: RawClient) -> None:
    picture = await served.put(alice, png(900, 900), "p.png")
    seq = await served.say(alice, picture, text="caption")
    assert (await served.ask("GET", f"/files/{picture['id']}/thumb", bob)).status == 200
    assert len(served.bytes_there()) == 2
    await alice.ok("redact", room="#r", nonce="r", seq=seq)
    assert (await served.get(bob, picture)).code == "no_such_file"
    assert (await served.ask("GET", f"/files/{picture['id']}/thumb", bob)).status == 404
    page = await bob.ok("history", room="#r")
    assert page["events"][seq - 1]["body"] == {"type": "message", "redacted": seq + 1}
    await served.sweep()
    assert served.bytes_there() == []


async def test_a_reader_that_stalls_holds_up_nobody(served: Served, alice: RawClient) -> None:
    file = await served.put(alice, TEXT)
    host, port = served.base.removeprefix("http://").split(":")
    readers = []
    for _ in range(20):
        reader, writer = await asyncio.open_connection(host, int(port), limit=1)
        head = f"GET /files/{file['id']}/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice.resume}\r\n\r\n"
        writer.write(head.encode())
        readers.append((reader, writer))
    assert (await served.get(alice, file)).body == TEXT
    for _, writer in readers:
        writer.transport.abort()


def test_parts_and_tags_as_the_rfc_has_them() -> None:
    assert part(None, 10) is None
    assert part("bytes = 2-3", 10) == Part(2, 4)
    assert part("bytes=-99", 10) == Part(0, 10)
    assert part("bytes=-", 10) is None
    assert part("bytes=" + "9" * 40 + "-", 10) is None
    for header in ("bytes=0-", "bytes=-1"):
        with pytest.raises(NotThere):
            part(header, 0)
    assert matches('W/"a"', '"a"')
    assert not matches('W/"a"', '"a"', strong=True)
    assert matches("*", '"a"')
    assert not matches(None, '"a"')
