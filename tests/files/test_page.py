"""The examples of docs/files.md, run by a shell against a real server, in the order of the page."""

import asyncio
import re
from pathlib import Path

import msgspec

from roomful.client import Attachment, Client, Message, Told
from tests.support.server import serve

PAGE = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_the_examples_do_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("step one\n", encoding="utf-8")
    async with serve(tmp_path) as server, Client(server.tcp, nick="ann") as ann:
        await ann.join("#lobby")
        shell = await asyncio.create_subprocess_exec(
            "sh",
            "-euc",
            "\n".join(SHELL.findall(PAGE)),
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "ROOMFUL": f"http://{server.http}", "TOKEN": ann.resume},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await asyncio.wait_for(shell.communicate(), 30)
        assert shell.returncode == 0, out.decode()
        file = msgspec.json.decode(out.splitlines()[0], type=Attachment)
        assert (file.name, file.type, file.size) == ("plan.txt", "text/plain", 9)
        async for item in ann.events():
            if isinstance(item, Told) and isinstance(item.body, Message):
                assert (item.body.text, item.body.attachments) == ("for tomorrow", (file,))
                break
    assert out.endswith(b"step one\nstep")
