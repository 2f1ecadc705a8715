"""Uploads over real sockets: what is taken, what is refused, and what is left behind by neither."""

import asyncio
from collections.abc import AsyncIterator, Callable
from hashlib import sha256

import pytest
from msgspec.structs import replace

from roomful.hub import hub as hubs
from roomful.hub.limits import Limits
from tests.hub.conftest import World
from tests.support.raw import PATIENCE, RawClient

from .conftest import SETTINGS, Served, png, serve


async def test_a_file_hangs_on_a_message_and_is_fetched(served: Served, alice: RawClient, bob: RawClient) -> None:
    picture = png(640, 480)
    file = await served.put(alice, picture, "Bild ü.png")
    assert file == {
        "id": file["id"],
        "name": "Bild ü.png",
        "type": "image/png",
        "size": len(picture),
        "width": 640,
        "height": 480,
    }
    assert (await served.get(bob, file)).code == "no_such_file", "it hangs on nothing yet"
    assert (await served.get(alice, file)).body == picture
    seq = await served.say(alice, file, text="")
    event = await bob.event("#r")
    assert (event["seq"], event["body"]) == (seq, {"type": "message", "attachments": [file]})
    got = await served.get(bob, file)
    assert (got.status, got.body, got.headers["Content-Type"]) == (200, picture, "image/png")
    digest = sha256(picture).hexdigest()
    assert served.bytes_there() == [f"{digest[:2]}/{digest}"]


async def test_a_text_goes_with_up_to_ten_files(served: Served, alice: RawClient, bob: RawClient) -> None:
    files = [await served.put(alice, f"note {n}".encode(), f"{n}.txt") for n in range(11)]
    ids = [file["id"] for file in files]
    assert await alice.error("post", room="#r", nonce="a", text="x", attachments=ids) == "bad_request"
    await served.say(alice, *files[:10], text="ten of them, @bob")
    body = (await bob.event("#r"))["body"]
    assert (body["text"], body["mentions"]) == ("ten of them, @bob", [bob.me["id"]])
    assert [one["name"] for one in body["attachments"]] == [f"{n}.txt" for n in range(10)]
    assert await alice.error("post", room="#r", nonce="b", text="", attachments=[]) == "bad_text"


async def test_the_same_bytes_lie_once(served: Served, alice: RawClient, bob: RawClient) -> None:
    first, second = await served.put(alice, b"same", "a.txt"), await served.put(bob, b"same", "b.txt")
    assert first["id"] != second["id"]
    assert len(served.bytes_there()) == 1
    await alice.ok("redact", room="#r", nonce="r", seq=await served.say(alice, first))
    await served.say(bob, second)
    await served.sweep()
    assert (await served.get(alice, second)).body == b"same"
    assert (await served.get(alice, first)).status == 404


async def test_a_file_is_attached_once_by_who_sent_it_in_its_room(
    served: Served, alice: RawClient, bob: RawClient
) -> None:
    await alice.ok("join", room="#other")
    file = await served.put(alice, b"hello")

    async def refused(who: RawClient, room: str, *ids: str) -> str:
        return await who.error("post", room=room, nonce=f"x{room}", text="x", attachments=list(ids))

    assert await refused(bob, "#r", file["id"]) == "no_such_file"
    assert await refused(alice, "#other", file["id"]) == "no_such_file"
    assert await refused(alice, "#r", "f-none") == "no_such_file"
    assert await refused(alice, "#r", file["id"], file["id"]) == "file_attached"
    two = [alice.send("post", room="#r", nonce=f"p{n}", text="x", attachments=[file["id"]]) for n in (1, 2)]
    replies = [await alice.reply(id) for id in two]
    assert [reply.get("code", "ok") for reply in replies] == ["ok", "file_attached"], "in one batch, too"
    assert await refused(alice, "#r", file["id"]) == "file_attached"
    again = await alice.ask("post", room="#r", nonce="p1", text="x", attachments=[file["id"]], again=True)
    assert again["seq"] == replies[0]["seq"], "the same post sent again is the same message"


async def test_only_who_may_post_may_upload(served: Served, alice: RawClient, bob: RawClient) -> None:
    carol = await served.node.client("carol")
    assert (await served.upload(carol, b"x")).code == "not_member"
    assert (await served.upload(carol, b"x", room="#none")).code == "no_such_room"
    await alice.ok("mute", room="#r", nonce="m", who="bob")
    assert (await served.upload(bob, b"x")).code == "muted"
    got = await served.ask("POST", "/api/v1/rooms/r/files?name=x", None, data=b"x")
    assert (got.status, got.code) == (401, "login_required")
    got = await served.ask("POST", "/api/v1/rooms/r/files", None, data=b"x", headers={"Authorization": "Bearer nobody"})
    assert got.status == 401
    assert served.bytes_there() == []


async def test_whoever_is_muted_while_sending_has_sent_nothing(
    served: Served, alice: RawClient, bob: RawClient
) -> None:
    begun, muted = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"half"
        begun.set()
        await muted.wait()
        yield b"rest"

    sending = asyncio.create_task(served.upload(bob, slowly()))
    await begun.wait()
    await alice.ok("mute", room="#r", nonce="m", who="bob")
    muted.set()
    assert (await sending).code == "muted"
    await served.sweep()
    assert served.bytes_there() == []


async def test_a_guest_that_has_uploaded_leaves_like_any_other(served: Served, alice: RawClient) -> None:
    guest = await served.node.client("guest", "#r")
    await served.say(guest, await served.put(guest, b"hello"))
    await guest.ok("bye")
    await alice.next(lambda pushed: pushed.get("body") == {"type": "leave", "reason": "bye"})
    await served.node.client("guest")  # the nick is free
    assert (await served.upload(guest, b"more")).code == "nick_taken"


async def test_what_is_too_large_is_refused_and_gone(served: Served, alice: RawClient) -> None:
    most = served.node.hub.files.settings.max_size
    got = await served.upload(alice, b"x" * (most + 1))
    assert (got.status, got.code) == (413, "file_too_large")
    assert f"{most:,}" in got.json["detail"]

    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(most // 50_000 + 1):
            yield b"x" * 50_000

    got = await served.upload(alice, without_length())
    assert (got.status, got.code) == (413, "file_too_large")
    assert (await served.upload(alice, b"")).code == "bad_request"
    assert served.bytes_there() == []
    assert (await served.upload(alice, b"x" * most)).status == 201


async def test_what_is_cut_off_leaves_nothing(served: Served, alice: RawClient) -> None:
    host, port = served.base.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        "POST /api/v1/rooms/r/files?name=x HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {alice.resume}",
        "Content-Length: 900000",
    )
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + b"x" * 300_000)
    async with asyncio.timeout(PATIENCE):
        await _until(lambda: bool(served.bytes_there()))
        assert served.bytes_there()[0].startswith("incoming/")
        writer.transport.abort()
        await _until(lambda: not served.bytes_there())
    assert [line for line in served.node.logged if "error" in line.lower()] == []


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nobody tells when bytes lie in a folder
        await asyncio.sleep(0)


async def test_a_pause_breaks_an_upload_off(served: Served, alice: RawClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from roomful.gateways.http import files

    monkeypatch.setattr(files, "QUIET", 0.05)
    never = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield b"half"
        await never.wait()

    got = await served.upload(alice, stalls())
    assert got.status == 408
    assert served.bytes_there() == []


async def test_of_the_uploads_at_once_everybody_has_a_share_and_so_has_an_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomful.hub.files.AT_ONCE", 1)
    monkeypatch.setattr("roomful.hub.files.AT_ONCE_OF_ADDRESS", 2)
    served = await serve(world, limits=Limits())
    ann, bob, eve = [await served.node.account(name, "#r") for name in ("ann", "bob", "eve")]
    here, elsewhere = ({"X-Forwarded-For": address} for address in ("192.0.2.7", "192.0.2.8"))
    go_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"half"
        await go_on.wait()

    slow = [asyncio.create_task(served.upload(who, slowly(), headers=here)) for who in (ann, bob)]
    async with asyncio.timeout(PATIENCE):
        await _until(lambda: len(served.bytes_there()) == 2)
    refused = [await served.upload(ann, b"x", headers=elsewhere), await served.upload(eve, b"x", headers=here)]
    assert [(got.status, got.code, got.headers["Retry-After"]) for got in refused] == [(429, "rate_limited", "1")] * 2
    assert "from one address" in refused[1].json["detail"]
    assert (await served.upload(eve, b"x", headers=elsewhere)).status == 201
    go_on.set()
    assert [(await one).status for one in slow] == [201, 201]
    assert (await served.upload(eve, b"x", headers=here)).status == 201
    await served.stop()


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "C:\\Users\\x\\photo.jpg": "photo.jpg",
    "": "file",
    "..": "file",
    " . ": "file",
    "a\0b\r\nSet-Cookie: x.txt": "abSet-Cookie_ x.txt",
    "gpj.exe\u202egpj.txt": "gpj.exegpj.txt",
    "CON.txt": "_CON.txt",
    "thumb": "_thumb",
    'say "hi"<b>.txt': "say _hi__b_.txt",
    "日本語 ✓.txt": "日本語 ✓.txt",
    "e\u0301.txt": "é.txt",
    ".bashrc": "bashrc",
}


@pytest.mark.parametrize("wanted", NAMES)
async def test_names_are_made_safe(served: Served, alice: RawClient, wanted: str) -> None:
    file = await served.put(alice, b"hello", wanted)
    assert file["name"] == NAMES[wanted]
    disposition = (await served.get(alice, file)).headers["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.startswith("inline; filename=")


async def test_a_long_name_keeps_its_ending(served: Served, alice: RawClient) -> None:
    name = (await served.put(alice, b"hello", "ü" * 300 + ".tar.gz"))["name"]
    assert len(name.encode()) <= 150
    assert name.endswith("ü.gz")


async def test_what_it_is_counts_and_not_what_it_says(served: Served, alice: RawClient) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    file = (await served.upload(alice, page, "photo.png", headers={"Content-Type": "image/png"})).json
    assert file["type"] == "text/html"
    assert "width" not in file
    file = (await served.upload(alice, png(), "page.html", headers={"Content-Type": "text/html"})).json
    assert (file["type"], file["width"]) == ("image/png", 3)


async def test_only_types_that_are_allowed_are_taken(world: World) -> None:
    served = await serve(world, files=replace(SETTINGS, types="image/* text/plain"))
    alice = await served.node.account("alice", "#r")
    assert (await served.upload(alice, png(), "x.exe")).status == 201
    assert (await served.upload(alice, b"plain")).status == 201
    got = await served.upload(alice, b"\x7fELF" + bytes(60), "x.png")
    assert (got.status, got.code) == (415, "bad_file_type")
    assert "application/x-executable" in got.json["detail"]
    assert len(served.bytes_there()) == 2
    await served.stop()


async def test_files_may_be_off(world: World) -> None:
    served = await serve(world, files=replace(SETTINGS, enabled=False))
    alice = await served.node.account("alice", "#r")
    assert (await served.upload(alice, b"x")).code == "forbidden"
    await served.stop()


async def test_a_full_disk_is_said(world: World) -> None:
    served = await serve(world, files=replace(SETTINGS, keep_free=2**60))
    alice = await served.node.account("alice", "#r")
    got = await served.upload(alice, b"x")
    assert (got.status, got.code) == (507, "no_space")
    await served.stop()


async def test_what_is_recorded_is_answered_or_unknown(
    served: Served, alice: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "PATIENCE", 0.0)
    got = await served.upload(alice, b"x")
    assert (got.status, got.code) == (503, "store_unavailable")


async def test_a_page_of_another_site_cannot_upload(served: Served, alice: RawClient) -> None:
    cookie = {"Cookie": f"roomful={alice.resume}"}
    where = "/api/v1/rooms/r/files?name=x"
    ours = {"X-Roomful": "1", "Origin": served.base}
    assert (await served.ask("POST", where, None, data=b"x", headers={**cookie, **ours})).status == 201
    for bad in ({"Origin": served.base}, {"X-Roomful": "1", "Origin": "http://evil.example"}):
        got = await served.ask("POST", where, None, data=b"x", headers={**cookie, **bad})
        assert got.status in (403, 415)
        assert got.code in ("wrong_media", "forbidden")
    assert len(served.bytes_there()) == 1
