"""Uploaded files in backups, exports and checks: what a person who keeps a server relies on."""

import csv
from pathlib import Path

from roomful.client import Attachment, Client, Message, Told
from roomful.files import Folder
from tests.files.conftest import png
from tests.support.server import Server, serve

from .commands import roomful


async def talk(server: Server) -> list[Attachment]:
    """Two messages with files; and one that is redacted."""
    async with Client(server.tcp, nick="ann") as ann:
        await ann.join("#files")
        picture = await ann.upload("#files", png(40, 30), "Bild *1*.png")
        notes = await ann.upload("#files", b"=1+1", "=notes.txt")
        await ann.post("#files", "look", attachments=[picture, notes])
        again = await ann.upload("#files", png(40, 30), "same.png")
        await ann.post("#files", "", attachments=[again])
        return [picture, notes, again]


def place(data: Path) -> list[Path]:
    folder = Folder(data / "files")
    return [folder.place(digest) for digest in folder.digests()]


async def test_a_backup_holds_the_files_and_brings_them_back(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        picture, notes, _ = await talk(server)
        ran = await roomful(tmp_path, "backup", "copy.db")
        assert (ran.code, "2 files into copy.db.files" in ran.err) == (0, True), ran.err
        async with Client(server.tcp, nick="bob") as bob:
            await bob.join("#files")
            newer = await bob.upload("#files", b"after the backup")
            await bob.post("#files", "x", attachments=[newer])
    beside = Folder(tmp_path / "copy.db.files")
    assert len(list(beside.digests())) == 2
    assert {path.stat().st_mode & 0o777 for path in beside.path.rglob("*")} == {0o600, 0o700}

    ran = await roomful(tmp_path, "restore", "copy.db", "--force")
    assert ran.code == 0, ran.err
    assert "files.before-restore-" in ran.err, "what was there is kept"
    assert len(place(tmp_path / "data")) == 2
    assert "2 uploaded files as the database says" in (await roomful(tmp_path, "check")).out
    async with serve(tmp_path) as server, Client(server.tcp, nick="cat") as cat:
        await cat.join("#files", last=50)
        assert await cat.download(picture) == png(40, 30)
        assert await cat.download(notes) == b"=1+1"


async def test_a_second_backup_lets_go_of_what_was_redacted(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await talk(server)
        assert (await roomful(tmp_path, "backup", "copy.db")).code == 0
        async with Client(server.tcp, nick="ann") as ann:
            await ann.join("#files")
            secret = await ann.upload("#files", b"secret")
            seq = (await ann.post("#files", "x", attachments=[secret])).seq
            assert (await roomful(tmp_path, "backup", "copy.db", "--force")).code == 0
            assert len(list(Folder(tmp_path / "copy.db.files").digests())) == 3
            await ann.redact("#files", seq)
            assert (await roomful(tmp_path, "backup", "copy.db", "--force")).code == 0
    assert len(list(Folder(tmp_path / "copy.db.files").digests())) == 2


async def test_a_backup_without_its_files_says_what_is_missing(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await talk(server)
        assert (await roomful(tmp_path, "backup", "copy.db")).code == 0
    (tmp_path / "copy.db.files").rename(tmp_path / "elsewhere")
    ran = await roomful(tmp_path, "restore", "copy.db", "--force")
    assert (ran.code, "2 of 2 uploaded files are not in copy.db.files" in ran.err) == (0, True), ran.err
    ran = await roomful(tmp_path, "check")
    assert (ran.code, "problem  2 uploaded files missing" in ran.out) == (1, True), ran.out


async def test_a_check_finds_what_is_missing_damaged_and_strange(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await talk(server)
    ran = await roomful(tmp_path, "check")
    assert (ran.code, "ok       2 uploaded files as the database says" in ran.out) == (0, True), ran.out
    one, other = place(tmp_path / "data")
    one.write_bytes(b"cut")
    other.rename(other.with_name("ab" * 32))
    ran = await roomful(tmp_path, "check")
    assert ran.code == 1
    assert "problem  1 uploaded file missing, such as " in ran.out
    assert "problem  1 uploaded file damaged" in ran.out
    assert "1 uploaded file to which nothing refers" in ran.out


async def test_exports_list_files_and_imports_keep_their_names(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        await talk(server)
        for form in ("jsonl", "csv", "md"):
            ran = await roomful(tmp_path, "export", "#files", "--format", form, "--out", f"r.{form}")
            assert ran.code == 0, ran.err
        with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["files"] for row in rows if row["type"] == "message"] == ["Bild _1_.png, =notes.txt", "same.png"]
        page = (tmp_path / "r.md").read_text(encoding="utf-8")
        assert r"\[Bild \_1\_.png, image/png, " in page
        ran = await roomful(tmp_path, "import", "r.jsonl", "--room", "#copy")
        assert ran.code == 0, ran.err
        async with Client(server.tcp, nick="dan") as dan:
            await dan.join("#copy", after=0)
            found: list[Attachment] = []
            async for item in dan.events():
                if isinstance(item, Told) and isinstance(item.body, Message):
                    found += item.body.attachments
                    if not item.body.text:
                        break
    assert [(file.name, file.id) for file in found] == [("Bild _1_.png", ""), ("=notes.txt", ""), ("same.png", "")]
