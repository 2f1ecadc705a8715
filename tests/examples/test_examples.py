"""The examples do what they say, as a reader would run them: processes, against a real server."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from roomful.client import Client, Message, Told
from roomful.domain.events import Mute
from roomful.errors import Muted
from tests.registry.programs import done

from ..support.server import Server, serve

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENCE = 20.0  # s: a safety net, not a measure
NODE = shutil.which("node")
RAW_CLIENTS = [
    pytest.param([sys.executable, str(EXAMPLES / "raw_client.py")], id="python"),
    pytest.param(
        [NODE or "", str(EXAMPLES / "raw_client.js")],
        id="node",
        marks=pytest.mark.skipif(NODE is None, reason="node is not installed"),
    ),
]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as users start it."""
    async with serve(tmp_path) as server:
        yield server


class Example:
    """A running example."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        """The next line it prints."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().rstrip("\n")

    def type(self, *lines: str) -> None:
        """Write lines to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())

    async def end(self) -> tuple[int, str]:
        """End its input. Returns its exit code, and what else it printed."""
        async with asyncio.timeout(PATIENCE):
            out, _ = await self._process.communicate(b"")  # without input, its standard input would stay open
        assert self._process.returncode is not None
        return self._process.returncode, out.decode()


@asynccontextmanager
async def run(*command: str, **more: str) -> AsyncIterator[Example]:
    """Start a program; kill it at the end if it still runs. What it writes to standard error is shown by pytest."""
    pipe = asyncio.subprocess.PIPE
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"} | more
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environment)
    try:
        yield Example(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@asynccontextmanager
async def alice(server: Server) -> AsyncIterator[Client]:
    """Somebody in the lobby."""
    async with Client(server.tcp, nick="alice", patient=True) as client:
        await client.join("#lobby", last=50)
        yield client


async def said(client: Client, room: str = "#lobby") -> Told:
    """The next message of somebody else."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            match item:
                case Told(room=name, sender=sender, body=Message()) if name == room and sender.id != client.me.id:
                    return item
    raise AssertionError("the events ended")


async def came(client: Client, nick: str) -> None:
    """Wait until somebody is a member of the lobby."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            if isinstance(item, Told) and item.sender.nick == nick:
                return


async def test_the_echo_bot_answers_when_it_is_mentioned(server: Server) -> None:
    async with alice(server) as client, run(sys.executable, str(EXAMPLES / "echo_bot.py"), server.tcp):
        await came(client, "echo")
        await client.post("#lobby", "not for you")
        asked = await client.post("#lobby", "@echo are you there?")
        answer = await said(client)
        mentioned = (client.me.id, answer.sender.id)  # itself too, which must not make it answer itself
        body = Message("@alice said: @echo are you there?", "notice", asked.seq, mentions=mentioned)
        assert answer.body == body
        await client.post("#lobby", "@echo and now?")
        assert (await said(client)).seq == answer.seq + 2


async def test_lines_of_standard_input_are_posted(server: Server) -> None:
    lines = [f"line {number} – ä" for number in range(60)]  # more than the rate limit lets through at once
    async with alice(server) as client, run(sys.executable, str(EXAMPLES / "post_lines.py"), server.tcp) as program:
        program.type(*lines, "")
        ended = asyncio.create_task(program.end())
        bodies = [(await said(client)).body for _ in lines]
        assert [body.text for body in bodies if isinstance(body, Message)] == lines
        assert await ended == (0, "")


async def test_a_room_is_printed_as_json(server: Server) -> None:
    async with alice(server) as client:
        await client.post("#lobby", "before")
        async with run(sys.executable, str(EXAMPLES / "room_as_json.py"), server.tcp) as program:
            printed = [json.loads(await program.line()) for _ in range(3)]
            await client.post("#lobby", "after")
            printed.append(json.loads(await program.line()))
    assert [(told["seq"], told["body"]["type"]) for told in printed] == [
        (1, "join"),
        (2, "message"),
        (3, "join"),
        (4, "message"),
    ]
    assert printed[3]["body"]["text"] == "after"


async def test_a_room_is_copied(server: Server) -> None:
    async with alice(server) as client:
        await client.join("#archive", last=50)
        await client.post("#lobby", "before")
        async with run(sys.executable, str(EXAMPLES / "copy_room.py"), "#LOBBY", "#archive", server.tcp):
            copies = [await said(client, "#archive")]
            await client.post("#lobby", "after")
            copies.append(await said(client, "#archive"))
    assert [copy.body.text for copy in copies if isinstance(copy.body, Message)] == ["alice: before", "alice: after"]


async def account(server: Server, name: str, *flags: str) -> str:
    """An account, made by the server's operator. Returns a token of it."""
    await done(server.folder, "add", name, "--password-stdin", *flags, said=f"long password of {name}")
    async with Client(server.tcp, account=name, password=f"long password of {name}") as client:
        return (await client.make_token("a program")).token


async def test_what_was_missed_is_printed_once(server: Server) -> None:
    token = await account(server, "ann")
    async with alice(server) as client:
        async with Client(server.tcp, token=token) as ann:
            await ann.join("#lobby")
        read = await client.post("#lobby", "one")
        async with Client(server.tcp, token=token) as ann:
            await ann.mark("#lobby", read.seq)
        await client.post("#lobby", "tow")
        await client.edit("#lobby", (await client.post("#lobby", "@ann tree")).seq, "three")
        command = (sys.executable, str(EXAMPLES / "unread_digest.py"), server.tcp)
        async with run(*command, ROOMFUL_TOKEN=token) as program:
            expected = "#lobby: 2 unread, 1 for you\n  alice: tow\n  alice: three\n"
            assert await program.end() == (0, expected)
        async with run(*command, ROOMFUL_TOKEN=token) as program:
            assert await program.end() == (0, "")


async def muted(client: Client) -> str:
    """Who is muted next."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.events():
            match item:
                case Told(body=Mute(target=target)):
                    return target.nick
    raise AssertionError("the events ended")


async def test_the_moderator_redacts_and_mutes(server: Server) -> None:
    token = await account(server, "mod")
    command = (sys.executable, str(EXAMPLES / "moderator_bot.py"), "#lobby", "spam", server.tcp)
    async with alice(server) as client, run(*command, ROOMFUL_TOKEN=token):
        await came(client, "mod")
        await client.role("#lobby", "mod", "moderator")
        async with Client(server.tcp, nick="bob") as bob:
            await bob.join("#lobby")
            said = (await bob.post("#lobby", "buy SPAM now")).seq
            assert await muted(bob) == "bob"
            with pytest.raises(Muted):
                await bob.post("#lobby", "hello")
            first = (await bob.history("#lobby", around=said, limit=1)).events[-1]
            assert first.body == Message("", redacted=said + 1)


async def test_a_script_posts_and_follows_over_http(server: Server) -> None:
    program = str(EXAMPLES / "http" / "follow_and_post.py")
    async with (
        alice(server) as client,
        run(sys.executable, program, "script", "hello", f"http://{server.http}") as script,
    ):
        assert await script.line() == "script: hello"
        assert (await said(client)).body == Message("hello")
        await client.post("#lobby", "hello yourself")
        assert await script.line() == "alice: hello yourself"


@pytest.mark.parametrize("command", RAW_CLIENTS)
async def test_a_client_of_sockets_and_json_only(server: Server, command: list[str]) -> None:
    """It shows what was said before and what is said now, posts what is typed, and leaves when its input ends."""
    async with alice(server) as client:
        await client.post("#lobby", "before – ä \x1b[31m")
        async with run(*command, "raw", *server.tcp.split(":")) as program:
            assert await program.line() == "alice: before – ä ?[31m"
            program.type("hello – ö", "x" * 15_000, "third")
            heard = [(await said(client)).body for _ in range(3)]
            assert [body.text for body in heard if isinstance(body, Message)] == ["hello – ö", "x" * 15_000, "third"]
            await client.post("#lobby", "y" * 15_000)
            shown = [await program.line() for _ in range(4)]
            assert shown == ["raw: hello – ö", "raw: " + "x" * 15_000, "raw: third", "alice: " + "y" * 15_000]
            program.type("last words")
            assert await program.end() == (0, "raw: last words\n")
        assert (await said(client)).body == Message("last words")


@pytest.mark.parametrize("command", RAW_CLIENTS)
async def test_a_raw_client_shows_why_it_is_refused(server: Server, command: list[str]) -> None:
    async with alice(server), run(*command, "alice", *server.tcp.split(":")) as program:
        assert (await program.line()).startswith("-- Somebody else has the nick")
        code, _ = await program.end()
        assert code == 0


@pytest.mark.parametrize(
    ("name", "most"),
    [
        *((name, 20) for name in ("echo_bot.py", "post_lines.py", "room_as_json.py", "copy_room.py")),
        *((name, 25) for name in ("unread_digest.py", "moderator_bot.py")),
        ("http/follow_and_post.py", 25),
        ("raw_client.py", 60),
        ("raw_client.js", 60),
    ],
)
def test_examples_are_short_and_raw_ones_use_nothing_of_ours(name: str, most: int) -> None:
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= most
    if name.startswith(("raw", "http")):
        assert not any("roomful" in line for line in lines if line.startswith(("import", "from", "const")))
