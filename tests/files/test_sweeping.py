"""What nobody needs goes, and what somebody needs stays, whatever dies in between and whoever else is at work."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from roomful.files import Folder
from roomful.hub.limits import Limits
from roomful.hub.retention import DAY
from tests.hub.conftest import PASSWORD, World
from tests.support.raw import RawClient

from .conftest import SETTINGS, Served, png, serve


def place(served: Served, data: bytes) -> Path:
    return Folder(served.folder).place(sha256(data).digest())


async def test_what_is_never_attached_goes_after_a_day(served: Served, world: World, alice: RawClient) -> None:
    kept, waiting = await served.put(alice, b"kept"), await served.put(alice, b"waiting")
    await served.say(alice, kept)
    world.clock.advance(DAY)
    await served.sweep()
    assert (await served.get(alice, waiting)).status == 200
    world.clock.advance(1)
    await served.sweep()
    assert (await served.get(alice, waiting)).status == 404
    assert (await served.get(alice, kept)).body == b"kept"
    assert served.bytes_there() == [place(served, b"kept").relative_to(served.folder).as_posix()]


async def test_what_died_before_its_row_is_found_by_the_next_start(
    served: Served, world: World, alice: RawClient
) -> None:
    kept = await served.put(alice, b"kept")
    await served.say(alice, kept)
    folder = Folder(served.folder)
    arriving = folder.begin(100)
    arriving.write(b"orphan")
    folder.keep(arriving, arriving.finish())  # and here it died
    arriving.discard()
    assert place(served, b"orphan").exists()
    await served.stop()
    await world.stop(served.node)
    served = await serve(world)
    await served.sweep()
    assert [place(served, data).exists() for data in (b"orphan", b"kept")] == [False, True]
    await served.stop()


@pytest.mark.parametrize("needed", [True, False])
async def test_what_died_while_sweeping_is_finished(served: Served, alice: RawClient, needed: bool) -> None:
    file = await served.put(alice, b"bytes")
    seq = await served.say(alice, file)
    Folder(served.folder).put_aside([sha256(b"bytes").digest()])  # and here it died
    assert (await served.get(alice, file)).status == 404
    if not needed:
        await alice.ok("redact", room="#r", nonce="r", seq=seq)
    assert served.node.hub.files.sweeper is not None
    await served.node.hub.files.sweeper.compare()
    assert place(served, b"bytes").exists() is needed
    assert not [path for path in served.bytes_there() if path.startswith("gone/")]


async def test_a_sweeper_and_an_upload_of_the_same_bytes_agree(
    served: Served, alice: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes are put aside at the worst moments: just before, and just after, the row of another upload is recorded."""
    store, sweeper = served.node.hub.store, served.node.hub.files.sweeper
    assert sweeper is not None
    digest = sha256(b"same").digest()
    referred = store.referred
    first = await served.put(alice, b"same")
    await alice.ok("redact", room="#r", nonce="r", seq=await served.say(alice, first))
    uploads: list[asyncio.Task[object]] = []

    async def meanwhile(digests: list[bytes]) -> set[bytes]:
        if not uploads:
            uploads.append(asyncio.ensure_future(served.put(alice, b"same", "again.txt")))
            await uploads[0]  # its row is recorded while the bytes are aside
        return await referred(digests)

    monkeypatch.setattr(store, "referred", meanwhile)
    await served.sweep()
    assert uploads
    assert place(served, b"same").read_bytes() == b"same"
    aside = Folder(served.folder).put_aside([digest])
    Folder(served.folder).finish(aside, await referred([digest]))
    assert place(served, b"same").read_bytes() == b"same"


async def test_uploads_that_nobody_finishes_are_swept(served: Served, alice: RawClient) -> None:
    import os

    folder = Folder(served.folder)
    fresh, old = folder.begin(9), folder.begin(9)
    os.utime(old.path, (1, 1))
    assert served.node.hub.files.sweeper is not None
    await served.node.hub.files.sweeper.compare()
    assert (fresh.path.exists(), old.path.exists()) == (True, False)
    fresh.discard()
    old.discard()


async def test_with_a_room_go_its_files(served: Served, alice: RawClient, bob: RawClient) -> None:
    file = await served.put(alice, b"hello")
    await served.say(alice, file)
    await served.put(bob, b"waiting")
    await alice.ok("delete", room="#r", nonce="d")
    assert (await served.get(alice, file)).status == 404
    await served.node.hub.store.purge()
    await served.sweep()
    assert served.bytes_there() == []


async def test_with_its_age_goes_a_file(served: Served, world: World, alice: RawClient) -> None:
    await alice.ok("set", room="#r", nonce="s", retention=1)
    file = await served.put(alice, b"hello")
    await served.say(alice, file, text="")
    await world.pass_time(2 * 86_400)
    assert (await served.get(alice, file)).status in (401, 404)
    await served.sweep()
    assert served.bytes_there() == []


async def test_with_an_account_that_erases_go_its_files(served: Served, alice: RawClient, bob: RawClient) -> None:
    said, other = await served.put(bob, b"said"), await served.put(alice, b"a")
    await served.put(bob, b"waiting")
    await served.say(bob, said, text="")
    await served.say(alice, other)
    await bob.ok("unregister", password=PASSWORD, erase=True)
    await alice.next(lambda pushed: pushed.get("body", {}).get("type") == "redaction")
    assert (await served.get(alice, said)).status == 404
    await served.sweep()
    assert served.bytes_there() == [place(served, b"a").relative_to(served.folder).as_posix()]


async def test_a_day_has_its_quota(world: World) -> None:
    served = await serve(world, files=replace(SETTINGS, daily=1_000), limits=Limits())
    alice = await served.node.account("alice", "#r")
    await served.put(alice, b"x" * 600)
    got = await served.upload(alice, b"y" * 600)
    assert (got.status, got.code) == (429, "quota")
    assert int(got.headers["Retry-After"]) > 80_000
    await served.put(alice, b"z" * 400)
    assert (await served.upload(alice, b"1")).code == "quota"
    await served.stop()
    await world.stop(served.node)
    served = await serve(world, files=replace(SETTINGS, daily=1_000), limits=Limits())
    alice = await served.node.device("alice")
    assert (await served.upload(alice, b"1")).code == "quota", "a restart forgets nothing"
    world.clock.advance(DAY)
    assert (await served.upload(alice, b"1")).status == 201
    await served.stop()


async def test_guests_of_one_address_share_a_quota(world: World) -> None:
    served = await serve(world, files=replace(SETTINGS, daily=1_000), limits=Limits())
    one, other = await served.node.client("one", "#r"), await served.node.client("other", "#r")
    await served.put(one, b"x" * 600)
    assert (await served.upload(other, b"y" * 600)).code == "quota"
    alice = await served.node.account("alice", "#r")
    assert (await served.upload(alice, b"y" * 600)).status == 201
    await served.stop()


async def test_a_file_that_is_damaged_is_not_given(served: Served, alice: RawClient) -> None:
    file = await served.put(alice, png())
    place(served, png()).write_bytes(b"cut")
    assert (await served.get(alice, file)).code == "no_such_file"
    place(served, png()).unlink()
    assert (await served.get(alice, file)).code == "no_such_file"
