"""Files by the SDK and in the terminal, over a real server process."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from roomful.client import Attachment, Client, ConnectFailed, Message, Told
from roomful.errors import BadText, FileTooLarge, NoSuchFile, NoSuchRoom
from tests.files.conftest import png
from tests.hub.conftest import Node, node, world
from tests.support.server import Server, serve
from tests.terminal.visits import chatting

__all__ = ["node", "world"]

LIMITS = {"ROOMFUL_FILES__MAX_SIZE": "2000000", "ROOMFUL_FILES__KEEP_FREE": "0"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """One whose limits are small."""
    async with serve(tmp_path, environment=LIMITS) as server:
        yield server


async def told(client: Client) -> Message:
    """The next message."""
    async for item in client.events():
        if isinstance(item, Told) and isinstance(item.body, Message):
            return item.body
    raise AssertionError


async def test_a_file_is_sent_and_fetched(server: Server, tmp_path: Path) -> None:
    source = tmp_path / "Straße 1.png"
    source.write_bytes(png(800, 600, noise=b"n" * 700_000))
    seen: list[tuple[int, int]] = []
    async with Client(server.tcp, nick="ann") as ann, Client(server.tcp, nick="ben") as ben:
        assert ann.http == f"http://{server.http}"
        assert ann.welcome.max_file == 2_000_000
        await ann.join("#files")
        await ben.join("#files")
        file = await ann.upload("#files", source, progress=lambda done, of: seen.append((done, of)))
        assert (file.name, file.type, file.width, file.size) == ("Straße 1.png", "image/png", 800, seen[-1][1])
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        assert (len(seen) >= 3, seen[0][0], seen[-1]) == (True, 0, (file.size, file.size))
        await ann.post("#files", "", attachments=[file])
        said = await told(ben)
        assert said.attachments == (file,)
        assert await ben.download(file) == source.read_bytes()
        target = tmp_path / "copy.png"
        assert await ben.download(file, target) == b""
        assert target.read_bytes() == source.read_bytes()
        with pytest.raises(FileExistsError):
            await ben.download(file, target)
        async with aiohttp.ClientSession() as http, http.get(ann.link(file)) as answer:
            assert answer.status == 401


async def test_what_is_refused_raises(server: Server, tmp_path: Path) -> None:
    async with Client(server.tcp, nick="cat") as cat:
        await cat.join("#files")
        with pytest.raises(FileTooLarge):
            await cat.upload("#files", b"x" * 2_000_001)
        with pytest.raises(NoSuchRoom):
            await cat.upload("#elsewhere", b"x")
        with pytest.raises(FileNotFoundError):
            await cat.upload("#files", tmp_path / "none")
        with pytest.raises(NoSuchFile):
            await cat.post("#files", "x", attachments=[Attachment("f-none", "x", "text/plain", 1)])
        for id in ("f-none", ""):
            with pytest.raises(NoSuchFile):
                await cat.download(Attachment(id, "x", "text/plain", 1), tmp_path / "x")
        assert not (tmp_path / "x").exists(), "what is not there in full is not there"
        with pytest.raises(BadText):
            await cat.post("#files", "")


async def test_without_http_there_are_no_files(node: Node) -> None:
    async with Client(node.address, nick="dan") as dan:
        await dan.join("#files")
        assert dan.http == ""
        with pytest.raises(ConnectFailed):
            await dan.upload("#files", b"x")


async def test_files_outlive_a_kill(server: Server) -> None:
    async with Client(server.tcp, nick="eve") as eve:
        await eve.join("#files")
        file = await eve.upload("#files", b"kept", "kept.txt")
        await server.kill9()
        await server.restart()
        await eve.post("#files", "here it is", attachments=[file])
        assert await eve.download(file) == b"kept"


async def test_files_in_the_terminal(server: Server, tmp_path: Path) -> None:
    (tmp_path / "my plan.txt").write_text("step one\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    async with (
        chatting(server.tcp, "fay", room="#files") as fay,
        chatting(server.tcp, "gus", room="#files") as gus,
    ):
        await fay.does(f"/send '{tmp_path}/my plan.txt' have a look", "fay: have a look")
        await gus.sees("fay: have a look")
        line = await gus.sees("│ my plan.txt (text/plain, 9 bytes) http://")
        assert line.endswith("/my%20plan.txt")
        assert line.partition("http://")[2].startswith(server.http + "/files/f")
        await fay.does(f"/send {tmp_path}/none.txt", "cannot be read: No such file")
        await fay.does("/send", "! Which file?")
        await gus.does("/reply thanks", "gus: thanks")
        await gus.sees("┌ fay: have a look")
        seq = 3  # after both have joined
        await gus.does(f"/save {seq} {tmp_path}/out", "Saved ")
        await gus.does(f"/save {seq} {tmp_path}/out", "my plan-2.txt (9 bytes)")
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["my plan-2.txt", "my plan.txt"]
        assert (tmp_path / "out" / "my plan.txt").read_text(encoding="utf-8") == "step one\n"
        await gus.does("/save 1", "! Line 1 has no files.")
