"""Real MCP servers, over standard input and output, and over HTTP."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from roomful.bots.tools.servers import Server, ServerTrouble
from roomful.bots.tools.settings import McpSettings
from roomful.log import Log

from .files_server import server as files_server

PROGRAM = str(Path(__file__).with_name("files_server.py"))


class Time:
    """The test's clock."""

    s = 0.0

    def __call__(self) -> float:
        return self.s


def over_stdio(folder: Path, **settings: Any) -> McpSettings:
    return McpSettings("files", sys.executable, (PROGRAM,), {"FOLDER": str(folder)}, **settings)


@asynccontextmanager
async def using(
    settings: McpSettings, now: Time | None = None, environ: dict[str, str] | None = None
) -> AsyncIterator[Server]:
    server = Server(settings, Log(lambda line: None), now or Time(), environ or {})
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def over_http(folder: Path, guard: Any = None) -> AsyncIterator[str]:
    """The server on a free port; its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    app = files_server(folder).streamable_http_app()
    running = uvicorn.Server(uvicorn.Config(guard(app) if guard else app, log_level="critical"))
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    finally:
        running.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
        listening.close()


async def test_tools_are_listed_and_called_over_stdio(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    async with using(over_stdio(tmp_path, read_only=("read",), deny=("sec*",))) as server:
        tools = {one.name: one for one in await server.tools()}
        assert set(tools) == {"files.read", "files.write", "files.environment", "files.die"}
        assert (tools["files.read"].kind, tools["files.write"].kind) == ("reaches", "writes")
        assert tools["files.read"].parameters["properties"]["path"]["type"] == "string"
        assert tools["files.read"].description == "Read a file."
        assert await server.call("read", {"path": "a.txt"}) == "hello"
        with pytest.raises(ServerTrouble):
            await server.call("read", {"path": "nothing.txt"})


async def test_tools_are_called_over_http_with_the_token(tmp_path: Path) -> None:
    tokens: set[bytes] = set()

    def guard(app: Any) -> Any:
        async def asked(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                tokens.update(value for name, value in scope["headers"] if name == b"authorization")
            await app(scope, receive, send)

        return asked

    async with over_http(tmp_path, guard) as url:
        settings = McpSettings("files", url=url, token_env="FILES_TOKEN", allow=("write",))
        async with using(settings, environ={"FILES_TOKEN": "swordfish"}) as server:
            assert [one.name for one in await server.tools()] == ["files.write"]
            assert await server.call("write", {"path": "b.txt", "text": "abc"}) == "wrote 3"
    assert (tmp_path / "b.txt").read_text() == "abc"
    assert tokens == {b"Bearer swordfish"}


async def test_keys_of_the_host_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "swordfish")
    async with using(over_stdio(tmp_path)) as server:
        given = await server.call("environment", {})
    assert "FOLDER" in given and "OPENAI_API_KEY" not in given


async def test_a_server_that_dies_is_started_again_once(tmp_path: Path) -> None:
    now = Time()
    (tmp_path / "a.txt").write_text("hello")
    async with using(over_stdio(tmp_path), now) as server:
        with pytest.raises(ServerTrouble, match="whether it was done is not known"):
            await server.call("die", {})
        assert await server.call("read", {"path": "a.txt"}) == "hello"
        with pytest.raises(ServerTrouble):
            await server.call("die", {})
        with pytest.raises(ServerTrouble, match="has ended 2 times"):
            await server.call("read", {"path": "a.txt"})
        now.s += 601
        assert await server.call("read", {"path": "a.txt"}) == "hello"


async def test_a_server_that_is_not_there_says_so(tmp_path: Path) -> None:
    async with using(McpSettings("files", str(tmp_path / "no-such-program"))) as server:
        with pytest.raises(ServerTrouble, match="files cannot be reached"):
            await server.tools()


async def test_a_program_that_is_no_server_says_so() -> None:
    async with using(McpSettings("files", sys.executable, ("-c", "print('hello')"))) as server:
        with pytest.raises(ServerTrouble, match="files cannot be reached"):
            await server.tools()


async def test_what_the_settings_hold_is_in_no_error() -> None:
    url = "http://127.0.0.1:9/mcp?key=swordfish"
    async with using(McpSettings("files", url=url)) as server:
        with pytest.raises(ServerTrouble, match="files cannot be reached") as why:
            await server.tools()
    assert "swordfish" not in str(why.value)
    program = McpSettings("files", "/no/such/program", ("--key", "swordfish"), {"KEY": "swordfish"})
    assert "swordfish" not in repr(program)
