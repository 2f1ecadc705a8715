"""What every store must do with files that were uploaded."""

from msgspec.structs import replace

from roomful.domain.events import Edit, Event, Message, Redaction, encode_body
from roomful.domain.files import Attachment
from roomful.store import (
    Attach,
    Blank,
    Change,
    DeleteRoom,
    DropAccount,
    DropWaiting,
    FileRecord,
    Late,
    PutFile,
    Relate,
    Store,
    Swept,
)

from .changes import ALICE, BOB, NOW, OpenStore, begin, enter, made, posts
from .store_bots import rows

PICTURE = FileRecord("f-picture", "r", ALICE.id, b"p" * 32, "Bild ü.png", "image/png", 12_345, 640, 480, NOW)
NOTES = FileRecord("f-notes", "r", BOB.id, b"n" * 32, "notes.txt", "text/plain", 5, 0, 0, NOW + 1)


def put(*files: FileRecord) -> list[Change]:
    return [rows(PutFile(file.room, file)) for file in files]


def attach(file: FileRecord, seq: int, room: str = "", uploader: str = "") -> Change:
    """A message with the file as number `seq`."""
    where = room or file.room
    said = Message("look", attachments=(file.attachment,))
    event = Event(where, seq, NOW, ALICE, "", encode_body(said))
    return Change((event,), (Attach(where, file.id, uploader or file.uploader, seq),))


class FileSuite:
    """Part of `StoreSuite`."""

    async def test_a_file_is_found_by_its_id(self, store: Store) -> None:
        await made(store, *begin("r"), *put(PICTURE, NOTES))
        assert await store.files([NOTES.id, "none", PICTURE.id, NOTES.id]) == [NOTES, PICTURE]
        assert await store.files([]) == []
        assert PICTURE.attachment == Attachment("f-picture", "Bild ü.png", "image/png", 12_345, 640, 480)

    async def test_a_file_hangs_on_one_message_of_its_room_by_its_uploader(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *put(PICTURE))
        for late in (attach(PICTURE, 1, uploader=BOB.id), attach(PICTURE, 1, room="s")):
            assert (await store.append([late])).late == [Late(0, "file")]
        unknown = replace(PICTURE, id="f-none")
        assert (await store.append([attach(unknown, 1)])).late == [Late(0, "file")]
        first, again = attach(PICTURE, 1), attach(PICTURE, 2)
        assert (await store.append([first, again])).late == [Late(1, "file")]
        assert await store.files([PICTURE.id]) == [replace(PICTURE, seq=1)]
        assert [event.body for event in await store.read("r")] == [Message("look", attachments=(PICTURE.attachment,))]

    async def test_of_two_servers_one_attaches_it(self, open_store: OpenStore) -> None:
        here, there = await open_store(), await open_store()
        await made(here, *begin("r"), *put(PICTURE))
        await made(there, attach(PICTURE, 1))
        assert (await here.append([attach(PICTURE, 2)])).late == [Late(0, "file")]

    async def test_with_the_text_go_its_files_and_their_digests_are_loose(self, store: Store) -> None:
        same = replace(PICTURE, id="f-same", name="another name.png")
        await made(store, *begin("r"), *put(PICTURE, NOTES, same), attach(PICTURE, 1), attach(NOTES, 2))
        edit = Event("r", 3, NOW, ALICE, "", encode_body(Edit(1, "see")))
        await made(store, Change((edit,), (Relate("r", 1, 3, "edit"),)))
        redaction = Event("r", 4, NOW, ALICE, "", encode_body(Redaction(1)))
        await made(store, Change((redaction,), (Blank("r", 1, 4),)))
        assert [event.body for event in await store.read("r", limit=1)] == [Message(redacted=4)]
        assert await store.files([PICTURE.id, NOTES.id]) == [replace(NOTES, seq=2)]
        assert await store.loose() == [PICTURE.digest]
        assert await store.referred([PICTURE.digest, NOTES.digest, b"x" * 32]) == {PICTURE.digest, NOTES.digest}
        await made(store, rows(Swept((PICTURE.digest,))))
        assert await store.loose() == []

    async def test_with_what_expires_go_its_files(self, store: Store) -> None:
        await made(store, *begin("r"), *put(PICTURE), attach(PICTURE, 1))
        assert await store.expire_texts("r", NOW + 1) == [1]
        assert await store.files([PICTURE.id]) == []
        assert await store.loose() == [PICTURE.digest]
        assert await store.referred([PICTURE.digest]) == set()

    async def test_with_a_room_go_its_files(self, store: Store) -> None:
        await made(store, *begin("r", "s"), *put(PICTURE, NOTES, replace(NOTES, id="f-other", room="s")))
        await made(store, attach(PICTURE, 1), rows(DeleteRoom("r")))
        assert [file.id for file in await store.files([PICTURE.id, NOTES.id, "f-other"])] == ["f-other"]
        await store.purge()
        assert await store.loose() == [NOTES.digest, PICTURE.digest]
        assert await store.referred(await store.loose()) == {NOTES.digest}
        assert len(await store.loose(1)) == 1

    async def test_what_is_never_attached_goes(self, store: Store) -> None:
        await made(store, *begin("r"), *put(PICTURE, NOTES, replace(PICTURE, id="f-third")), attach(PICTURE, 1))
        await made(store, rows(DropWaiting(NOW + 1)))
        found = await store.files([PICTURE.id, NOTES.id, "f-third"])
        assert found == [NOTES, replace(PICTURE, seq=1)]
        assert await store.loose() == [PICTURE.digest]

    async def test_with_an_account_goes_what_it_has_not_attached(self, store: Store) -> None:
        await made(store, *begin("r"), *enter("r", ALICE), *put(PICTURE, NOTES, replace(PICTURE, id="f-third")))
        await made(store, attach(PICTURE, 1), rows(DropAccount(ALICE.id)))
        found = await store.files([PICTURE.id, NOTES.id, "f-third"])
        assert found == [NOTES, replace(PICTURE, seq=1)]

    async def test_how_much_somebody_uploads_is_known(self, store: Store) -> None:
        await made(store, *begin("r"), *put(PICTURE, NOTES, replace(PICTURE, id="f-later", created=NOW + 9, size=7)))
        assert await store.uploaded(ALICE.id, NOW - 1) == [(NOW, 12_345), (NOW + 9, 7)]
        assert await store.uploaded(ALICE.id, NOW) == [(NOW + 9, 7)]
        assert await store.uploaded("nobody", 0) == []

    async def test_a_message_that_is_all_files_is_unread(self, store: Store) -> None:
        await made(store, *begin("r"), *enter("r", ALICE, BOB), *put(PICTURE), *posts("r", 1, 1))
        silent = Message(attachments=(PICTURE.attachment,))
        event = Event("r", 2, NOW, ALICE, "", encode_body(silent))
        await made(store, Change((event,), (Attach("r", PICTURE.id, ALICE.id, 2),)))
        assert [counts.unread for counts in await store.unread(BOB.id, ["r"])] == [2]
        redaction = Event("r", 3, NOW, ALICE, "", encode_body(Redaction(2)))
        await made(store, Change((redaction,), (Blank("r", 2, 3),)))
        assert [counts.unread for counts in await store.unread(BOB.id, ["r"])] == [1]
